// Starts dingoa serve for a test; DINGOA is the program.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export async function startEmulator(t, ...flags) {
  const program = spawn(process.env.DINGOA ?? "dingoa", ["serve", "--json", "--addr", "127.0.0.1:0", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(async () => {
    program.kill("SIGTERM");
    if (program.exitCode === null) await once(program, "exit");
  });
  const [line] = await once(createInterface({ input: program.stdout }), "line");
  return new Emulator(JSON.parse(line));
}

class Emulator {
  constructor(started) {
    Object.assign(this, started);
  }

  // admin calls the admin API, which is described in docs/emulator.md.
  async admin(method, path, body) {
    const response = await fetch(this.adminUrl + path, {
      method,
      body: body && JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    });
    const reply = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${reply.error.message}`);
    return reply;
  }

  start() {
    return this.admin("POST", "instances", {
      processCode: "PROC-EMULATOR-LEAVE",
      userId: "zhangsan",
      values: [
        { name: "请假类型", value: "年假" },
        { name: "开始日期", value: "2026-05-04" },
        { name: "天数", value: "2" },
      ],
    });
  }

  approve(instanceId, userId) {
    return this.admin("POST", `instances/${instanceId}/approve`, { userId });
  }
}

// settled waits until there are as many as expected.
export async function settled(list, count) {
  while (list.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  return list;
}
