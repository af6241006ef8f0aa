import { get, post } from "../api.js";
import { h } from "../dom.js";
import { time } from "../format.js";
import { t } from "../i18n.js";
import { attempt, button, code, empty, heading, panel, show, table } from "../parts.js";

export function streams(root) {
  return show(root, {
    load: () => get("streams"),
    wants: ({ kind }) => kind === "stream" || kind === "push",
    render: (list) => [
      heading(t("nav.streams")),
      panel("", h("p", { class: "faint" }, t("streams.hint")),
        list.callback && list.apps.length > 0 && h("p", { class: "problem", role: "alert" }, t("streams.callback", { url: list.callback.url })),
        connections(list.items)),
      panel(t("streams.apps"), apps(list.apps)),
    ],
  });
}

function connections(items) {
  if (items.length === 0) return empty(t("streams.none"));
  return [
    h("div", { class: "actions" },
      button(t("streams.disconnect"), () => attempt(() => post("streams/disconnect"), t("streams.disconnected")), { id: "disconnect", title: t("streams.disconnectHint") }),
      button(t("streams.cut"), () => attempt(() => post("streams/cut"), t("streams.wereCut")), { id: "cut", title: t("streams.cutHint") })),
    table(["id", "app", "topics", "opened", "sent", "acknowledged", "waiting"].map((name) => t(`streams.${name}`)), items.map((c) => ({ key: c.id, cells: [
      [code(c.id), c.leaving && h("span", { class: "badge busy" }, t("streams.leaving"))],
      code(c.app), c.topics.join(t("list.comma")), time(c.opened), c.sent, c.acknowledged, c.waiting,
    ] })), t("nav.streams")),
  ];
}

function apps(items) {
  if (items.length === 0) return empty(t("streams.noApps"));
  return table(["app", "topics", "connections", "pending"].map((name) => t(`streams.${name}`)), items.map((a) => ({
    key: a.app, cells: [code(a.app), a.topics.join(t("list.comma")), a.connections, a.pending],
  })), t("streams.apps"));
}
