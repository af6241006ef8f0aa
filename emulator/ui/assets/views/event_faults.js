// What goes wrong with events on their way, to a callback and to a stream alike.

import { path, post, remove } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { announce, attempt, blame, button, empty, field, option, table } from "../parts.js";
import { eventTypes } from "./events.js";

const effects = ["reorder", "duplicate", "drop", "lose", "corrupt", "closeConnection"];

export function activeEventFaults(items) {
  if (items.length === 0) return empty(t("faults.none"));
  return table(["what", "event", "which", "seen", "hits", "remove"].map((name) => t(`faults.${name}`)), items.map((f) => ({ key: String(f.id), cells: [
    [effects.filter((effect) => f[effect]).map((effect) => t(`effect.${effect}`)).join(t("list.comma")), f.delay && h("p", {}, t("faults.delay"), " ", f.delay)],
    f.eventType || t("all"), which(f), f.seen, f.hits,
    button(t("faults.remove"), () => attempt(() => remove(path("event-faults", f.id)), t("faults.removed")), { class: "small", "aria-label": `${t("faults.remove")} ${f.id}` }),
  ] })), t("faults.events"));
}

/** which of the requests or events a fault hits. */
export function which(f) {
  const parts = [f.times > 0 && t("faults.left", { number: f.times }), f.share > 0 && t("faults.part", { percent: Math.round(f.share * 100) })].filter(Boolean);
  return parts.join(", ") || t("faults.every");
}

export function newEventFault() {
  const input = (name, attributes) => h("input", { name, type: "text", autocomplete: "off", ...attributes });
  const form = h("form", { novalidate: true, class: "fault", id: "own-event-fault" },
    h("div", { class: "checks" }, effects.map((effect) => h("label", {}, h("input", { type: "checkbox", name: effect }), t(`effect.${effect}`)))),
    h("div", { class: "group" },
      field(t("faults.event"), h("select", { name: "eventType" }, option("", t("all")), eventTypes.map((type) => option(type, type)))),
      field(t("faults.times"), input("times", { inputmode: "numeric", placeholder: "0" }), { hint: t("faults.timesHint") }),
      field(t("faults.share"), input("share", { inputmode: "decimal", placeholder: "0.25" }), { hint: t("faults.shareHint") }),
      field(t("faults.delay"), input("delay", { placeholder: "2s" }))),
    h("p", { class: "wrong whole", role: "alert" }), h("div", { class: "buttons" }, h("button", { class: "primary", id: "add-event-fault" }, t("faults.add"))));
  form.onsubmit = (event) => {
    event.preventDefault();
    addFault("event-faults", form);
  };
  return form;
}

const numbers = ["times", "share", "status", "legacyCode"];

/** addFault sends what a form says, and shows what is wrong with it. */
export async function addFault(where, form) {
  blame(form);
  const body = {};
  for (const { name, type, value, checked } of form.elements) {
    if (type === "checkbox") body[name] = checked;
    else if (name && value.trim() !== "") body[name] = numbers.includes(name) && !Number.isNaN(Number(value)) ? Number(value) : value;
    // What is no number is sent as it is, and refused with its field.
  }
  try {
    await post(where, body);
    announce(t("faults.added"));
    form.reset();
  } catch (error) {
    blame(form, error);
  }
}
