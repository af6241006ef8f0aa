// What happened to an approval, and what is still to come, in one line of time.

import { h } from "./dom.js";
import { modeOf, names, time } from "./format.js";
import { named, t } from "./i18n.js";
import { lookup } from "./lookup.js";
import { badge } from "./parts.js";
import { attachments, link } from "./values.js";

const tones = {
  START_PROCESS_INSTANCE: "done", ADD_REMARK: "remark", PROCESS_CC: "remark", TERMINATE_PROCESS_INSTANCE: "ended",
  REDIRECT_TASK: "remark", APPEND_TASK_BEFORE: "remark", APPEND_TASK_AFTER: "remark", REDIRECT_PROCESS: "remark",
};

function happened(record, i) {
  const decided = record.type === "EXECUTE_TASK_NORMAL";
  const tone = decided ? (record.result === "REFUSE" ? "refused" : "done") : lookup(tones, record.type) ?? "remark";
  return h("li", { class: tone, "data-key": `record-${i}` },
    h("div", { class: "what" },
      h("b", {}, record.type === "PROCESS_CC" ? names(record.cc ?? []) : record.user.name), " ",
      decided ? badge("record", record.result) : h("span", {}, named("record", record.type)),
      record.node && record.type !== "PROCESS_CC" && h("span", { class: "faint" }, record.node),
      h("time", { datetime: record.time }, time(record.time))),
    record.remark && h("blockquote", {}, record.remark),
    record.images?.length > 0 && h("ul", { class: "values" }, record.images.map((url) => h("li", {}, link(url)))),
    record.attachments?.length > 0 && attachments(record.attachments));
}

function current(node) {
  const open = node.tasks.filter((task) => !task.past && ["RUNNING", "NEW", "PAUSED"].includes(task.status));
  return h("li", { class: "current", "data-key": `node-${node.activityId}` },
    h("div", { class: "what" }, h("b", {}, node.name), h("span", { class: "faint" }, modeOf(node))),
    h("ul", { class: "tasks" }, open.map((task) => h("li", { "data-key": String(task.id) }, task.user.name, " ", badge("task", task.status)))));
}

const toCome = (node) => h("li", { class: "waiting", "data-key": `node-${node.activityId}` },
  h("div", { class: "what" }, h("b", {}, node.name), h("span", { class: "faint" }, modeOf(node))),
  h("div", { class: "faint" }, names(node.approvers)));

/** timeline of records, the running tasks, and the nodes that are to come. */
export function timeline(one) {
  const running = one.status === "RUNNING";
  return h("ol", { class: "timeline", "aria-label": t("instance.timeline") },
    one.records.map(happened),
    running && one.nodes.filter((n) => n.state === "current" || n.tasks.some((task) => task.status === "RUNNING" && n.state !== "done")).map(current),
    running && one.nodes.filter((n) => n.state === "waiting" && !n.tasks.some((task) => task.status === "RUNNING")).map(toCome));
}
