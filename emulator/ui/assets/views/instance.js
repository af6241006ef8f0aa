import { get, path, people } from "../api.js";
import { h } from "../dom.js";
import { modeOf, names, pretty, time } from "../format.js";
import { named, t } from "../i18n.js";
import { badge, code, empty, facts, heading, panel, show, statusOf, table } from "../parts.js";
import { componentsOf } from "../fields/component.js";
import { address } from "../router.js";
import { timeline } from "../timeline.js";
import { labelOf, showValue } from "../values.js";
import { actions } from "./actions.js";

export function instance(root, { id }) {
  return show(root, {
    async load() {
      const [one, company] = await Promise.all([get(path("instances", id)), people()]);
      // A form that was deleted leaves its approvals behind.
      const form = await get(path("forms", one.processCode)).catch(() => ({ components: [] }));
      return { one, company, components: componentsOf(form) };
    },
    wants: (change) => change.kind === "instance" && change.id === id || change.kind === "push" && change.item?.instanceId === id,
    render: ({ one, company, components }) => [
      h("nav", { class: "crumbs", "aria-label": t("nav.crumbs") }, h("a", { href: "#/instances" }, t("nav.instances"))),
      heading(one.title, statusOf(one)),
      facts([
        [t("instances.originator"), `${one.originator.name} · ${one.department.name}`],
        [t("instances.created"), time(one.createTime)],
        [t("instances.finished"), time(one.finishTime)],
        [t("instances.form"), h("a", { href: address("forms", one.processCode) }, one.formName)],
        [t("instances.businessId"), code(one.businessId)],
        [t("instances.id"), code(one.id)],
      ]),
      actions(one, company),
      h("div", { class: "columns wide" },
        panel(t("instance.values"), values(one, company, components)),
        panel(t("instance.timeline"), timeline(one))),
      panel(t("instance.events"), pushes(one.pushes)),
      panel(t("instance.nodes"), nodes(one)),
      one.changes.length > 0 && panel(t("instance.changes"), table([t("instance.field"), t("instance.text"), t("instance.by"), t("time")],
        one.changes.map((c, i) => ({ key: String(i), cells: [c.fieldId, c.text, c.user.name, time(c.time)] })), t("instance.changes"))),
    ],
  });
}

function values(one, company, components) {
  if (one.values.length === 0) return empty(t("instance.noValues"));
  return [
    h("dl", { class: "form-values" }, one.values.map((v) => h("div", { "data-key": v.id, class: v.type === "TableField" ? "across" : "" },
      h("dt", {}, labelOf(v.name)), h("dd", {}, showValue(v, company, components.find((c) => c.id === v.id)))))),
    one.cc.length > 0 && h("p", { class: "faint" }, t("instance.cc", { names: names(one.cc) })),
    h("details", {}, h("summary", {}, t("instance.raw")), h("pre", { tabindex: "0" }, pretty(JSON.stringify(one.values)))),
  ];
}

function pushes(items) {
  if (items.length === 0) return empty(t("events.none"));
  return table([t("events.event"), t("events.state"), t("events.attempts"), t("time")], items.map((p) => ({ key: p.eventId, cells: [
    h("a", { href: address("events", p.eventId) }, p.eventType, " ", p.type), [badge("push", p.state), p.problem && p.state !== "delivered" && h("small", {}, p.problem)],
    p.attempts, time(p.time),
  ] })), t("instance.events"));
}

function nodes(one) {
  const rows = one.nodes.flatMap((n) => (n.tasks.length === 0
    ? [{ key: n.activityId, cells: [n.name, modeOf(n), badge("node", n.state), names(n.approvers), "", "", code(n.activityId)] }]
    : n.tasks.map((task) => ({ key: String(task.id), tone: task.past ? "past" : "", cells: [
      n.name, modeOf(n), badge("node", n.state), task.user.name,
      [badge("task", task.status), task.result && named("record", task.result) !== task.result ? h("small", {}, named("record", task.result)) : task.result && h("small", {}, task.result)],
      code(task.id), code(n.activityId),
    ] }))));
  return table(["node", "mode", "nodeState", "approver", "task", "taskId", "activityId"].map((name) => t(`instance.${name}`)), rows, t("instance.nodes"));
}
