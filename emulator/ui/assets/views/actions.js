// What people do with an approval in the app: decide, hand over, send back.

import { path, post } from "../api.js";
import { h } from "../dom.js";
import { names } from "../format.js";
import { t } from "../i18n.js";
import { lookup } from "../lookup.js";
import { announce, ask, button, field, option } from "../parts.js";

const running = (one) => one.nodes.flatMap((node) => node.tasks.filter((task) => task.status === "RUNNING" && !task.past).map((task) => ({ node, task })));

export function actions(one, company) {
  const tasks = running(one);
  return h("div", { class: "actions", role: "group", "aria-label": t("actions.label") },
    tasks.length > 0 && h("span", {}, t("actions.waitsFor", { names: names(tasks.map(({ task }) => task.user)) })),
    tasks.length > 0 && [
      button(t("action.approve"), () => open("approve", one, company), { class: "primary", id: "approve" }),
      button(t("action.refuse"), () => open("refuse", one, company), { class: "danger", id: "refuse" }),
      button(t("action.redirect"), () => open("redirect", one, company), { id: "redirect" }),
      button(t("action.add-sign"), () => open("add-sign", one, company), { id: "add-sign" }),
      button(t("action.revert"), () => open("revert", one, company), { id: "revert" }),
    ],
    button(t("action.comment"), () => open("comment", one, company), { id: "comment" }),
    one.status === "RUNNING" && button(t("action.terminate"), () => open("terminate", one, company), { id: "terminate" }));
}

const onTask = ["approve", "refuse", "redirect", "add-sign", "revert"];

/** who acts: anybody may, those who have a running task come first. */
function actor(name, one, company) {
  const tasks = onTask.includes(name) ? running(one) : [];
  const has = new Set(tasks.map(({ task }) => task.user.userId));
  const others = company.users.filter((u) => !has.has(u.userId));
  const first = tasks.length > 0 ? null : one.originator.userId;
  return h("select", { name: "userId" },
    tasks.map(({ node, task }) => h("option", { value: task.user.userId, "data-task": task.id }, `${task.user.name} · ${node.name}`)),
    tasks.length > 0 && others.length > 0
      ? h("optgroup", { label: t("actions.others") }, others.map((u) => option(u.userId, u.name, first)))
      : others.map((u) => option(u.userId, u.name, first)));
}

function several(company, name) {
  return h("fieldset", { class: "checks" }, company.users.map((u) => h("label", {}, h("input", { type: "checkbox", name, value: u.userId }), u.name)));
}

function earlier(one) {
  const at = one.nodes.findIndex((n) => n.state === "current");
  return one.nodes.slice(0, Math.max(at, 0)).filter((n) => n.activityId !== "sid-startevent");
}

const more = {
  redirect: (one, company) => [field(t("actions.to"), h("select", { name: "toUserId" }, option("", t("choose")), company.users.map((u) => option(u.userId, u.name))), { required: true })],
  "add-sign": (one, company) => [
    field(t("actions.added"), several(company, "userIds"), { name: "userIds", required: true }),
    field(t("actions.mode"), h("select", { name: "mode" }, ["all", "any", "in turn"].map((mode) => option(mode, t(`mode.${mode}`)))), {}),
    field(t("actions.when"), h("select", { name: "before" }, option("", t("actions.after")), option("true", t("actions.before"))), {}),
  ],
  revert: (one) => [field(t("actions.backTo"), h("select", { name: "activityId" },
    option("", t("actions.originator", { name: one.originator.name })), earlier(one).map((n) => option(n.activityId, n.name))), {})],
};

function body(name, form) {
  const data = new FormData(form);
  const task = form.elements.userId.selectedOptions[0]?.dataset.task;
  const sent = { userId: data.get("userId"), remark: data.get("remark").trim() };
  // IDs of tasks are below 2^53.
  if (task && onTask.includes(name)) sent.taskId = Number(task);
  if (name === "redirect") sent.toUserId = data.get("toUserId");
  if (name === "add-sign") Object.assign(sent, { userIds: data.getAll("userIds"), mode: data.get("mode"), before: data.get("before") === "true" });
  if (name === "revert") sent.activityId = data.get("activityId");
  return sent;
}

function open(name, one, company) {
  ask({
    title: t(`action.${name}`),
    text: one.title,
    danger: name === "refuse" || name === "terminate",
    submit: t(`action.${name}`),
    fields: [
      field(t("actions.as"), actor(name, one, company)),
      lookup(more, name)?.(one, company),
      field(name === "comment" ? t("actions.comment") : t("actions.remark"), h("textarea", { name: "remark", rows: 3 }), { required: name === "comment" }),
    ],
    async does(form) {
      await post(path("instances", one.id, name), body(name, form));
      announce(t(`did.${name}`));
    },
  });
}
