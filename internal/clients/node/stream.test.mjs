// dingtalk-stream, which gets events over a connection of its own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";

import { settled, startEmulator } from "./emulator.mjs";

// listen runs the program, and collects the events that it prints.
function listen(t, emulator) {
  const program = spawn(process.execPath, ["--import", "./address.mjs", "stream.mjs"], {
    cwd: import.meta.dirname,
    env: { ...process.env, DINGTALK_BASE_URL: emulator.url, DINGTALK_APP_KEY: emulator.appKey, DINGTALK_APP_SECRET: emulator.appSecret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => program.kill());
  const events = [];
  const connected = new Promise((resolve) => {
    createInterface({ input: program.stdout }).on("line", (line) => {
      if (line.startsWith("{")) events.push(JSON.parse(line));
      if (line.includes("connect success")) resolve();
    });
  });
  return { events, connected };
}

test("events of an approval", async (t) => {
  const emulator = await startEmulator(t);
  const { events, connected } = listen(t, emulator);
  await connected;
  const { id } = await emulator.start();
  await emulator.approve(id, "lisi");
  await emulator.approve(id, "wangwu");
  await settled(events, 6);
  assert.deepEqual(
    events.map((event) => [event.type, event.data.type, event.data.staffId]),
    [
      ["bpms_instance_change", "start", "zhangsan"],
      ["bpms_task_change", "start", "lisi"],
      ["bpms_task_change", "finish", "lisi"],
      ["bpms_task_change", "start", "wangwu"],
      ["bpms_task_change", "finish", "wangwu"],
      ["bpms_instance_change", "finish", "zhangsan"],
    ],
  );
  assert.equal(events.at(-1).data.title, "张三提交的请假");
  assert.equal(events.at(-1).data.result, "agree");
});
