import { get, path } from "../api.js";
import { h } from "../dom.js";
import { modeOf, names, time } from "../format.js";
import { named, t } from "../i18n.js";
import { code, empty, facts, heading, panel, show, table } from "../parts.js";
import { componentsOf, isSettable } from "../fields/component.js";
import { address } from "../router.js";
import { labelOf } from "../values.js";

export function forms(root) {
  return show(root, {
    load: () => get("forms"),
    wants: ({ kind }) => kind === "form" || kind === "instance",
    render: ({ items }) => [
      heading(t("nav.forms")),
      items.length === 0 ? empty(t("forms.none")) : table(["name", "code", "instances", "modified", "start"].map((name) => t(`forms.${name}`)),
        items.map((f) => ({ key: f.processCode, cells: [
          [h("a", { href: address("forms", f.processCode) }, f.name), f.hidden && h("span", { class: "badge idle" }, t("forms.hidden")), h("small", {}, f.description)],
          code(f.processCode), h("a", { href: address("instances", "", { form: f.processCode }) }, f.instances), time(f.modified),
          h("a", { class: "button small", href: address("start", f.processCode) }, t("nav.start")),
        ] })), t("nav.forms")),
    ],
  });
}

export function form(root, { id }) {
  return show(root, {
    load: () => get(path("forms", id)),
    wants: ({ kind }) => kind === "form",
    render: (f) => [
      h("nav", { class: "crumbs", "aria-label": t("nav.crumbs") }, h("a", { href: "#/forms" }, t("nav.forms"))),
      heading(f.name, h("a", { class: "button primary", href: address("start", f.processCode) }, t("nav.start"))),
      facts([
        [t("forms.code"), code(f.processCode)],
        [t("forms.description"), f.description],
        [t("forms.instances"), h("a", { href: address("instances", "", { form: f.processCode }) }, f.instances)],
        [t("forms.cc"), names(f.cc)],
        [t("forms.mayRevoke"), f.originatorMayRevoke ? t("yes") : t("no")],
      ]),
      panel(t("forms.components"), components(componentsOf(f))),
      panel(t("forms.flow"), f.flow.length === 0 ? empty(t("forms.noFlow")) : table(
        ["node", "mode", "approvers", "key"].map((name) => t(`forms.${name}`)), f.flow.map((n, i) => ({ key: String(i), cells: [
          n.name, modeOf(n), [n.selfSelect && h("span", { class: "badge idle" }, t("forms.selfSelect")), " ", names(n.approvers)],
          n.selfSelect ? code(n.actionerKey) : "",
        ] })), t("forms.flow"))),
    ],
  });
}

function components(list) {
  const rows = list.flatMap((c) => [c, ...c.children.map((child) => ({ ...child, inside: true }))]);
  return table(["label", "type", "required", "details", "id"].map((name) => t(`forms.${name}`)), rows.map((c, i) => ({ key: String(i), cells: [
    [c.inside && "↳ ", labelOf(c.label)], [named("type", c.type), h("small", {}, code(c.type))],
    !isSettable(c) ? t("forms.notSettable") : c.required ? t("yes") : t("no"),
    [c.options.length > 0 && c.options.join(t("list.comma")), c.format, c.unit].filter(Boolean).join(" · "),
    [code(c.id), c.bizAlias && h("small", {}, c.bizAlias)],
  ] })), t("forms.components"));
}
