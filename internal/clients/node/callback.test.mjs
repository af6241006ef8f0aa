// dingtalk-encrypt, which opens pushes and seals the answer.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { test } from "node:test";

import { settled, startEmulator } from "./emulator.mjs";

const Encryptor = createRequire(import.meta.url)("dingtalk-encrypt");

// receiver is a program that gets pushes, as its documentation shows it.
async function receiver(t, cipher) {
  const events = [];
  const server = createServer(async (request, response) => {
    const query = new URL(request.url, "http://localhost").searchParams;
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { encrypt } = JSON.parse(Buffer.concat(chunks));
    const opened = cipher().getDecryptMsg(query.get("msg_signature"), query.get("timestamp"), query.get("nonce"), encrypt);
    events.push(JSON.parse(Buffer.from(opened, "latin1"))); // it takes UTF-8 for Latin-1
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(cipher().getEncryptedMap("success", Date.now(), "nonce")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/dingtalk`, events };
}

test("events of an approval", async (t) => {
  let sealed;
  const { url, events } = await receiver(t, () => new Encryptor(sealed.token, sealed.aesKey, sealed.ownerKey));
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
