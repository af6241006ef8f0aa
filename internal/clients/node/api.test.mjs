// @alicloud/dingtalk, the official SDK: only protocol and endpoint are others.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { startEmulator } from "./emulator.mjs";

const require = createRequire(import.meta.url);
const { Config } = require("@alicloud/openapi-client");
const { RuntimeOptions } = require("@alicloud/tea-util");
const oauth = require("@alicloud/dingtalk/oauth2_1_0");
const workflow = require("@alicloud/dingtalk/workflow_1_0");

async function connect(t) {
  const emulator = await startEmulator(t);
  const { host } = new URL(emulator.url);
  const config = new Config({ protocol: "http", endpoint: host, regionId: "central" });
  const { appKey, appSecret } = emulator;
  const { body } = await new oauth.default(config).getAccessToken(new oauth.GetAccessTokenRequest({ appKey, appSecret }));
  const client = new workflow.default(config);
  // call sends an operation with its token: call("GetProcessInstance", {…}).
  const call = async (operation, fields) => {
    const method = operation[0].toLowerCase() + operation.slice(1) + "WithOptions";
    const headers = new workflow[operation + "Headers"]({ xAcsDingtalkAccessToken: body.accessToken });
    const reply = await client[method](new workflow[operation + "Request"](fields), headers, new RuntimeOptions({}));
    return reply.body;
  };
  return { emulator, call };
}

const value = (name, text) => new workflow.StartProcessInstanceRequestFormComponentValues({ name, value: text });

const leave = (...values) => ({ processCode: "PROC-EMULATOR-LEAVE", originatorUserId: "zhangsan", deptId: 100, formComponentValues: values });

const complete = () => leave(value("请假类型", "年假"), value("开始日期", "2026-05-04"), value("天数", "2"));

test("an approval from its start to its end", async (t) => {
  const { emulator, call } = await connect(t);
  const { instanceId } = await call("StartProcessInstance", complete());

  const { result } = await call("GetProcessInstance", { processInstanceId: instanceId });
  assert.equal(result.title, "张三提交的请假");
  assert.equal(result.status, "RUNNING");
  const task = result.tasks.find((task) => task.status === "RUNNING");
  assert.equal(task.userId, "lisi");

  await call("AddProcessInstanceComment", { processInstanceId: instanceId, commentUserId: "wangwu", text: "请附上证明" });
  await call("ExecuteProcessInstance", { processInstanceId: instanceId, actionerUserId: "lisi", taskId: task.taskId, result: "agree" });
  await emulator.approve(instanceId, "wangwu");

  const ended = (await call("GetProcessInstance", { processInstanceId: instanceId })).result;
  assert.equal(ended.status, "COMPLETED");
  assert.equal(ended.result, "agree");
  assert.deepEqual(
    ended.operationRecords.map((record) => record.type),
    ["START_PROCESS_INSTANCE", "ADD_REMARK", "EXECUTE_TASK_NORMAL", "EXECUTE_TASK_NORMAL"],
  );

  const listed = await call("ListProcessInstanceIds", {
    processCode: "PROC-EMULATOR-LEAVE", startTime: Date.now() - 3600_000, nextToken: 0, maxResults: 20,
  });
  assert.deepEqual(listed.result.list, [instanceId]);
});

test("the schema of a form", async (t) => {
  const { call } = await connect(t);
  const { result } = await call("QuerySchemaByProcessCode", { processCode: "PROC-EMULATOR-LEAVE" });
  assert.deepEqual(
    result.schemaContent.items.map((item) => item.props.label),
    ["请假类型", "开始日期", "天数", "事由"],
  );
});

test("the vendor's errors", async (t) => {
  const { emulator, call } = await connect(t);
  await assert.rejects(call("StartProcessInstance", leave(value("请假类型", "年假"))), (error) => {
    assert.equal(error.code, "formConverterError");
    assert.match(error.message, /开始日期/);
    return true;
  });
  await emulator.admin("POST", "faults", { preset: "qps", operation: "StartProcessInstance", times: 1 });
  await assert.rejects(call("StartProcessInstance", complete()), { code: "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi" });
  await call("StartProcessInstance", complete());
});
