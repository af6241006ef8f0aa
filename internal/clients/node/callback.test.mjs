// dingtalk-encrypt and crypto.mjs, which open pushes and seal the answer.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test } from "node:test";

import { Crypto } from "./crypto.mjs";
import { settled, startEmulator } from "./emulator.mjs";

const Encryptor = createRequire(import.meta.url)("dingtalk-encrypt");

// libraries make what opens a push and seals "success" from token, key and owner.
const libraries = {
  "dingtalk-encrypt": (sealed) => {
    const cipher = new Encryptor(sealed.token, sealed.aesKey, sealed.ownerKey);
    return {
      // It takes UTF-8 for Latin-1.
      open: (...push) => Buffer.from(cipher.getDecryptMsg(...push), "latin1").toString(),
      seal: (text) => cipher.getEncryptedMap(text, Date.now(), "nonce"),
    };
  },
  "node:crypto": (sealed) => new Crypto(sealed),
};

// receiver is a program that gets pushes.
async function receiver(t, cipher) {
  const events = [];
  const server = createServer(async (request, response) => {
    const query = new URL(request.url, "http://localhost").searchParams;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { encrypt } = JSON.parse(Buffer.concat(chunks));
    events.push(JSON.parse(cipher().open(query.get("msg_signature"), query.get("timestamp"), query.get("nonce"), encrypt)));
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(cipher().seal("success")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/dingtalk`, events };
}

for (const [name, library] of Object.entries(libraries)) {
  test(`events of an approval, by ${name}`, async (t) => {
    let sealed;
    const { url, events } = await receiver(t, () => library(sealed));
    const emulator = await startEmulator(t, "--callback-url", url);
    sealed = emulator.callback;

    const { id } = await emulator.start();
    await emulator.approve(id, "lisi");
    await emulator.approve(id, "wangwu");
    await settled(events, 6);
    assert.deepEqual(
      events.map((event) => [event.EventType, event.type, event.staffId]),
      [
        ["bpms_instance_change", "start", "zhangsan"],
        ["bpms_task_change", "start", "lisi"],
        ["bpms_task_change", "finish", "lisi"],
        ["bpms_task_change", "start", "wangwu"],
        ["bpms_task_change", "finish", "wangwu"],
        ["bpms_instance_change", "finish", "zhangsan"],
      ],
    );
    assert.equal(events.at(-1).title, "张三提交的请假");
    assert.equal(events.at(-1).result, "agree");
    let pushes;
    do pushes = await emulator.admin("GET", "pushes?state=delivered");
    while (pushes.total < events.length);
  });
}
