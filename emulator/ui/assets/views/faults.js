import { get, path, post, remove } from "../api.js";
import { h } from "../dom.js";
import { named, t } from "../i18n.js";
import { attempt, button, code, empty, field, heading, option, panel, show, table } from "../parts.js";
import { activeEventFaults, addFault, newEventFault, which } from "./event_faults.js";
import { operationsOfToday } from "./requests.js";

export function faults(root) {
  const list = h("div", { class: "page" });
  const own = panel(t("faults.own"));
  root.append(list, own, panel(t("faults.newEvent"), newEventFault()));
  operationsOfToday().then((operations) => own.append(ownFault(operations)));
  return show(list, {
    async load() {
      const [requests, events] = await Promise.all([get("faults"), get("event-faults")]);
      return { ...requests, events: events.items };
    },
    wants: ({ kind }) => ["fault", "eventFault", "request"].includes(kind),
    render: ({ items, presets, events }) => [
      heading(t("nav.faults"), button(t("faults.clear"), () => attempt(() => remove("faults"), t("faults.cleared")), { disabled: items.length === 0, id: "clear-faults" })),
      panel(t("faults.switches"), h("p", { class: "faint" }, t("faults.switchesHint")), h("ul", { class: "switches" },
        presets.map((preset) => presetSwitch(preset, items.find((f) => f.preset === preset && !f.operation && !f.times && !f.share))),
        h("li", { "data-key": "expire" }, h("div", {}, h("b", {}, t("faults.expire")), h("small", {}, t("faults.expireHint"))),
          button(t("faults.expireNow"), () => attempt(() => post("tokens/expire"), t("faults.expired")), { class: "small", id: "expire" })))),
      panel(t("faults.active"), items.length === 0 ? empty(t("faults.none")) : table(
        ["what", "operation", "which", "seen", "hits", "remove"].map((name) => t(`faults.${name}`)), items.map((f) => ({ key: String(f.id), cells: [
          what(f), f.operation || t("faults.all"), which(f), f.seen, f.hits,
          button(t("faults.remove"), () => attempt(() => remove(path("faults", f.id)), t("faults.removed")), { class: "small", "aria-label": `${t("faults.remove")} ${f.id}` }),
        ] })), t("faults.active"))),
      panel(t("faults.events"), activeEventFaults(events)),
    ],
  });
}

/** presetSwitch puts a documented failure on every request, or takes it away. */
function presetSwitch(preset, active) {
  const flip = () => (active
    ? attempt(() => remove(path("faults", active.id)), t("faults.removed"))
    : attempt(() => post("faults", { preset }), t("faults.added")));
  const id = `preset-${preset}`;
  return h("li", { "data-key": preset }, h("div", {}, h("b", { id: `${id}-name` }, named("preset", preset)), h("small", {}, named("presetHint", preset))),
    h("button", { type: "button", role: "switch", class: "switch", id, "aria-checked": String(Boolean(active)), "aria-labelledby": `${id}-name`, onclick: flip },
      active ? t("on") : t("off")));
}

function what(f) {
  return [
    f.preset && h("b", {}, named("preset", f.preset)),
    f.dropConnection && h("p", {}, t("faults.drop")),
    f.delay && h("p", {}, t("faults.delay"), " ", f.delay),
    (f.status || f.code) && h("p", {}, f.status && `HTTP ${f.status} `, f.code && code(f.code)),
    f.message && h("small", {}, f.message),
    f.after && h("small", {}, t("faults.after")),
  ];
}

function ownFault(operations) {
  const input = (name, attributes) => h("input", { name, type: "text", autocomplete: "off", ...attributes });
  const presets = ["qps", "quota", "ip", "blockPage", "punish", "busy", "token", "drop"];
  const check = (name) => h("label", { class: "check" }, h("input", { type: "checkbox", name }), t(`faults.${name}`));
  const form = h("form", { novalidate: true, class: "fault", id: "own-fault" },
    h("div", { class: "group" },
      field(t("faults.preset"), h("select", { name: "preset" }, option("", t("faults.noPreset")), presets.map((p) => option(p, t(`preset.${p}`))))),
      field(t("faults.operation"), h("select", { name: "operation" }, option("", t("faults.all")), operations.map((o) => option(o.id, o.id)))),
      field(t("faults.times"), input("times", { inputmode: "numeric", placeholder: "0" }), { hint: t("faults.timesHint") }),
      field(t("faults.share"), input("share", { inputmode: "decimal", placeholder: "0.25" }), { hint: t("faults.shareHint") }),
      field(t("faults.delay"), input("delay", { placeholder: "500ms" }))),
    h("div", { class: "group" }, check("after"), check("dropConnection")),
    h("details", {}, h("summary", {}, t("faults.answer")), h("div", { class: "group" },
      field("code", input("code")), field("message", input("message")), field("status", input("status", { inputmode: "numeric" })),
      field("legacyCode", input("legacyCode", { inputmode: "numeric" })), field("retryAfter", input("retryAfter", { placeholder: "2s" })),
      field("body", h("textarea", { name: "body", rows: 2, class: "mono" })), field("contentType", input("contentType")))),
    h("p", { class: "wrong whole", role: "alert" }), h("div", { class: "buttons" }, h("button", { class: "primary", id: "add-fault" }, t("faults.add"))));
  form.onsubmit = (event) => {
    event.preventDefault();
    addFault("faults", form);
  };
  return form;
}
