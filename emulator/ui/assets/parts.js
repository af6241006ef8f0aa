// What several pages are made of.

import { APIError } from "./api.js";
import { h, later, patch } from "./dom.js";
import { known, named, t } from "./i18n.js";
import { subscribe } from "./live.js";
import { lookup } from "./lookup.js";

/** announcer says what a button did, to eyes and to screen readers. */
export const announcer = h("div", { class: "announcer", role: "status", "aria-live": "polite" });
let forget = 0;

export function announce(text) {
  announcer.textContent = text;
  clearTimeout(forget);
  forget = setTimeout(() => announcer.replaceChildren(), 6000);
}

/** explain is an error in words. */
export function explain(error, besideField = false) {
  if (!(error instanceof APIError)) return String(error?.message ?? error);
  const message = error.code === "invalidField" && error.field && !besideField ? `${error.field} ${error.message}` : error.message;
  return known(`error.${error.code}`) ? `${t(`error.${error.code}`)}${error.status ? ` — ${message}` : ""}` : message;
}

/** attempt does something for a button and announces how it went. */
export async function attempt(does, done) {
  try {
    const result = await does();
    announce(typeof done === "function" ? done(result) : done);
    return result;
  } catch (error) {
    announce(explain(error));
    if (!(error instanceof APIError)) throw error;
    return undefined;
  }
}

/**
 * show fills a page with render(await load()), again whenever wants(change) says
 * so, and changes only what differs.
 */
export function show(root, { load, render, wants = () => false }) {
  let open = true;
  let busy = false;
  let stale = false;
  let loaded = false;
  const reload = async () => {
    if (busy || document.hidden) {
      stale = true;
      return;
    }
    busy = true;
    stale = false;
    try {
      const data = await load();
      if (open) patch(root, render(data));
      loaded = true;
    } catch (error) {
      // What is shown stays while the server is away.
      if (open && !(loaded && error.code === "unreachable")) patch(root, h("h1", {}, t("error.title")), problem(error));
      if (!(error instanceof APIError)) console.error(error);
    }
    busy = false;
    if (stale && open) soon();
  };
  const soon = later(() => open && reload());
  const unsubscribe = subscribe((change) => {
    if (change.kind === "reset" || wants(change)) soon();
  });
  const seen = () => stale && soon();
  document.addEventListener("visibilitychange", seen);
  reload();
  return {
    reload,
    close() {
      open = false;
      unsubscribe();
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

export const problem = (error) => h("p", { class: "problem", role: "alert" }, explain(error));

export const heading = (text, ...beside) => h("div", { class: "heading" }, h("h1", {}, text), beside);

export const panel = (title, ...content) => h("section", { class: "panel" }, title && h("h2", {}, title), content);

export const empty = (text) => h("p", { class: "empty" }, text);

export const button = (text, onclick, attributes = {}) => h("button", { type: "button", onclick, ...attributes }, text);

/** facts is a list of names and values; those without a value are left out. */
export function facts(list) {
  return h("dl", { class: "facts" }, list.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

const tones = {
  RUNNING: "busy", NEW: "idle", PAUSED: "idle", COMPLETED: "good", agree: "good", AGREE: "good", refuse: "bad", REFUSE: "bad",
  TERMINATED: "idle", CANCELED: "idle", pending: "busy", delivered: "good", failed: "bad", lost: "idle",
  done: "good", current: "busy", waiting: "idle",
};

/** badge is a state in words and colour. */
export const badge = (prefix, value) => h("span", { class: `badge ${lookup(tones, value) ?? "idle"}` }, named(prefix, value));

/** statusOf is how an approval stands: its result once it is completed. */
export const statusOf = (i) => (i.status === "COMPLETED" && i.result ? badge("result", i.result) : badge("status", i.status));

/** code is what a reader may want to copy. */
export const code = (text, attributes = {}) => h("code", attributes, text);

/** table has column titles and rows of cells; on a phone a row becomes a card. */
export function table(titles, rows, label) {
  return h("div", { class: "scroll" }, h("table", { "aria-label": label },
    h("thead", {}, h("tr", {}, titles.map((title) => h("th", { scope: "col" }, title)))),
    h("tbody", {}, rows.map(({ key, cells, tone }) => h("tr", { "data-key": key, class: tone },
      cells.map((cell, i) => h("td", { "data-title": titles[i] }, cell)))))));
}

/** pager steps through a list of the API. */
export function pager(list, goTo) {
  const last = Math.min(list.offset + list.limit, list.total);
  return h("div", { class: "pager" },
    h("span", {}, list.total === 0 ? "" : t("list.range", { from: list.offset + 1, to: last, total: list.total.toLocaleString() })),
    button(t("list.previous"), () => goTo(Math.max(0, list.offset - list.limit)), { disabled: list.offset === 0 }),
    button(t("list.next"), () => goTo(list.offset + list.limit), { disabled: last >= list.total }));
}

/** option of a select. */
export const option = (value, text, selected) => h("option", { value, selected: value === selected }, text);

let lastID = 0;

/**
 * field is a control with its label and a place for what is wrong with it; around
 * is an element that holds the control with what is beside it.
 */
export function field(label, control, { name, required = false, hint, around = control } = {}) {
  const id = control.id || (control.id = `field-${lastID += 1}`);
  const group = control.matches("fieldset, div");
  control.setAttribute("aria-describedby", `${id}-problem`);
  const title = [label, required && h("span", { class: "required", title: t("form.required") }, " *")];
  if (group) {
    control.setAttribute("role", "group");
    control.setAttribute("aria-labelledby", `${id}-label`);
  } else if (required) control.setAttribute("aria-required", "true");
  return h("div", { class: "field", "data-field": name ?? control.name },
    group ? h("span", { class: "label", id: `${id}-label` }, title) : h("label", { for: id }, title),
    around, hint && h("small", {}, hint), h("p", { class: "wrong", id: `${id}-problem`, role: "alert" }));
}

/** blame puts an error beside the field at fault, or below the form. */
export function blame(container, error) {
  for (const place of container.querySelectorAll(".wrong")) place.replaceChildren();
  container.querySelectorAll("[aria-invalid]").forEach((control) => control.removeAttribute("aria-invalid"));
  if (!error) return;
  const name = String(error.field ?? "").replace(/\[.*$/, "");
  const at = [...container.querySelectorAll("[data-field]")].find((e) => name && e.dataset.field === name);
  const place = at?.querySelector(":scope > .wrong") ?? container.querySelector(".wrong.whole");
  place.textContent = explain(error, Boolean(at));
  const control = at?.querySelector("input, select, textarea, button");
  control?.setAttribute("aria-invalid", "true");
  control?.focus();
  if (!(error instanceof APIError)) console.error(error);
}

/** ask opens a dialog with fields; does(form) is called with what was filled in. */
export function ask({ title, fields, text, submit, danger = false, does }) {
  const form = h("form", { method: "dialog", novalidate: true },
    h("h2", {}, title), text && h("p", {}, text), fields, h("p", { class: "wrong whole", role: "alert" }),
    h("div", { class: "buttons" },
      button(t("dialog.cancel"), () => dialog.close()),
      h("button", { class: danger ? "primary danger" : "primary" }, submit)));
  const dialog = h("dialog", { onclose: () => dialog.remove(), "aria-label": title }, form);
  form.onsubmit = async (event) => {
    event.preventDefault();
    blame(form);
    try {
      await does(form);
      dialog.close();
    } catch (error) {
      blame(form, error);
    }
  };
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
