import { APIError, get, path, people, post } from "../api.js";
import { h, patch } from "../dom.js";
import { modeOf, names } from "../format.js";
import { t } from "../i18n.js";
import { announce, blame, empty, field, heading, option, panel, problem, show } from "../parts.js";
import { componentsOf, fieldOf, isSettable } from "../fields/component.js";
import { editorOf, hintOf } from "../fields/editors.js";
import { address, go } from "../router.js";
import { labelOf } from "../values.js";

export function start(root, { id }) {
  if (!id) return choose(root);
  let open = true;
  fill(root, id, () => open).catch((error) => patch(root, heading(t("error.title")), problem(error)));
  // Nothing that was typed is lost to a live update.
  return { close: () => { open = false; } };
}

function choose(root) {
  return show(root, {
    load: () => get("forms"),
    wants: ({ kind }) => kind === "form",
    render: ({ items }) => [
      heading(t("nav.start")),
      items.length === 0 ? empty(t("forms.none")) : h("ul", { class: "cards" }, items.map((f) => h("li", { "data-key": f.processCode },
        h("a", { href: address("start", f.processCode) }, h("b", {}, f.name), h("small", {}, f.description || f.processCode))))),
    ],
  });
}

async function fill(root, id, isOpen) {
  const [form, company, recent] = await Promise.all([get(path("forms", id)), people(), get("instances", { limit: 100 })]);
  if (!isOpen()) return;
  const context = { company, list: "instances-known", uploader: () => userId.value };
  const entries = componentsOf(form).map((component) => ({ component, editor: isSettable(component) ? editorOf(component, context) : null }));
  const deptId = h("select", { name: "deptId" });
  const userId = h("select", { name: "userId", onchange: () => departments(deptId, userId.value, company) },
    company.users.map((u) => option(u.userId, u.name, likelyOriginator(form, company))));
  departments(deptId, userId.value, company);
  const choices = form.flow.filter((node) => node.selfSelect).map((node) => choiceOf(node, company));
  const own = form.flow.length === 0 ? ownApprovers(company) : null;
  const cc = userChecks(company.users, "cc");
  const page = h("form", { class: "start", novalidate: true },
    panel("", h("div", { class: "group" }, field(t("instances.originator"), userId, { required: true }), field(t("start.department"), deptId))),
    panel(t("start.values"), entries.map(({ component, editor }) => entry(component, editor))),
    panel(t("forms.flow"), flow(form), choices.map((c) => c.element), own?.element,
      h("details", {}, h("summary", {}, t("start.cc")), field(t("start.cc"), cc.element, { name: "cc" }))),
    h("datalist", { id: context.list }, recent.items.map((i) => option(i.id, i.title))),
    h("p", { class: "wrong whole", role: "alert" }),
    h("div", { class: "buttons" }, h("a", { class: "button", href: "#/start" }, t("dialog.cancel")), h("button", { class: "primary", id: "submit" }, t("start.submit"))));
  page.onsubmit = (event) => {
    event.preventDefault();
    submit(page, () => request({ form, entries, choices, own, cc, userId, deptId }));
  };
  patch(root, h("nav", { class: "crumbs", "aria-label": t("nav.crumbs") }, h("a", { href: "#/start" }, t("nav.start"))), heading(form.name), form.description && h("p", { class: "faint" }, form.description), page);
}

async function submit(page, makeRequest) {
  const send = page.querySelector("#submit");
  blame(page);
  send.disabled = true;
  try {
    const started = await post("instances", makeRequest());
    announce(t("start.done"));
    go("instances", started.id);
  } catch (error) {
    send.disabled = false;
    blame(page, error);
  }
}

function request({ form, entries, choices, own, cc, userId, deptId }) {
  const values = [];
  for (const { component, editor } of entries) {
    refuse(component.label, editor?.invalid?.());
    const value = editor?.value() ?? "";
    if (value !== "") values.push({ id: component.id, name: component.label, value });
  }
  for (const c of choices) refuse(c.key, c.chosen().length === 0 && t("start.nobody"));
  refuse("approvers", own?.chosen().length === 0 && t("start.nobody"));
  const selected = Object.fromEntries(choices.map((c) => [c.key, c.chosen()]));
  const sent = { processCode: form.processCode, userId: userId.value, values, selected, cc: cc.chosen() };
  if (deptId.value) sent.deptId = Number(deptId.value);
  if (own) sent.approvers = own.chosen();
  return sent;
}

/** refuse blames a field before anything is sent, when something is wrong with it. */
function refuse(field, message) {
  if (message) throw new APIError(400, { code: "invalidField", field, message });
}

/** likelyOriginator is somebody who has nothing to decide. */
function likelyOriginator(form, company) {
  const approvers = new Set(form.flow.flatMap((node) => node.approvers.map((u) => u.userId)));
  return company.users.find((u) => !approvers.has(u.userId))?.userId;
}

function departments(select, userId, company) {
  const user = company.users.find((u) => u.userId === userId);
  patch(select, (user?.departments ?? []).map((d) => option(String(d.id), d.name)));
}

function entry(component, editor) {
  const label = labelOf(component.label);
  if (!editor) {
    return h("div", { class: "note" }, component.type === "TextNote"
      ? h("p", {}, label)
      : [h("span", { class: "label" }, label), h("small", {}, t("form.unsettable", { type: component.type }))]);
  }
  return fieldOf(component, editor, hintOf(component));
}

function userChecks(users, name) {
  const boxes = users.map((u) => [u, h("input", { type: "checkbox", name, value: u.userId })]);
  return {
    element: h("fieldset", { class: "checks" }, boxes.map(([u, box]) => h("label", {}, box, u.name))),
    chosen: () => boxes.filter(([, box]) => box.checked).map(([u]) => u.userId),
  };
}

/** choiceOf a node whose approvers the originator chooses (审批人自选). */
function choiceOf(node, company) {
  const users = node.approvers.length > 0 ? node.approvers : company.users;
  const label = t("start.choose", { node: node.name });
  if (node.several) {
    const checks = userChecks(users, node.actionerKey);
    return { key: node.actionerKey, chosen: checks.chosen, element: field(label, checks.element, { name: node.actionerKey, required: true }) };
  }
  const select = h("select", { name: node.actionerKey }, option("", t("choose")), users.map((u) => option(u.userId, u.name)));
  return { key: node.actionerKey, chosen: () => (select.value ? [select.value] : []), element: field(label, select, { name: node.actionerKey, required: true }) };
}

/** ownApprovers are named by whoever starts an approval of a form without flow; one alone decides by NONE. */
function ownApprovers(company) {
  const checks = userChecks(company.users, "approvers");
  const mode = h("select", { name: "mode" }, option("AND", t("mode.all")), option("OR", t("mode.any")));
  return {
    element: h("div", {}, field(t("start.approvers"), checks.element, { name: "approvers", required: true }), field(t("actions.mode"), mode)),
    chosen() {
      const userIds = checks.chosen();
      if (userIds.length === 0) return [];
      return [{ actionType: userIds.length === 1 ? "NONE" : mode.value, userIds }];
    },
  };
}

function flow(form) {
  if (form.flow.length === 0) return h("p", { class: "faint" }, t("forms.noFlow"));
  return h("ol", { class: "flow" }, form.flow.map((node) => h("li", {}, h("b", {}, node.name), h("small", {}, modeOf(node)),
    h("span", {}, node.selfSelect ? t("forms.selfSelect") : names(node.approvers)))));
}
