import { get, path, post } from "../api.js";
import { h } from "../dom.js";
import { duration, pretty, time } from "../format.js";
import { t } from "../i18n.js";
import { attempt, badge, button, code, empty, facts, heading, option, pager, panel, show, table } from "../parts.js";
import { address, note } from "../router.js";
import { callbackPanel } from "./callback.js";

const limit = 20;
const states = ["", "pending", "delivered", "failed", "lost"];
export const eventTypes = ["bpms_instance_change", "bpms_task_change", "suite_ticket"];

export function events(root, { query }) {
  let filter = { ...query };
  const set = (changes) => {
    filter = { ...filter, offset: "", ...changes };
    note("events", "", filter);
    page.reload();
  };
  const filters = () => h("div", { class: "filters" },
    h("div", { class: "segments", role: "group", "aria-label": t("events.state") }, states.map((state) =>
      h("button", { type: "button", "aria-pressed": String((filter.state ?? "") === state && !filter.unread), onclick: () => set({ state, unread: "" }) },
        state === "" ? t("all") : t(`push.${state}`))),
    h("button", { type: "button", "aria-pressed": String(filter.unread === "true"), title: t("events.unreadHint"), onclick: () => set({ state: "", unread: "true" }) }, t("events.unread"))),
    h("label", {}, t("events.type"), h("select", { id: "filter-type", onchange: (e) => set({ eventType: e.target.value }) },
      option("", t("all"), filter.eventType ?? ""), eventTypes.map((type) => option(type, type, filter.eventType)))),
    filter.instance && button(t("events.oneInstance"), () => set({ instance: "" }), { class: "small" }));

  const page = show(root, {
    async load() {
      const [list, { callback }] = await Promise.all([get("pushes", { limit, ...filter }), get("callback")]);
      return { list, callback };
    },
    wants: ({ kind }) => kind === "push" || kind === "callback",
    render: ({ list, callback }) => [
      heading(t("nav.events")),
      callbackPanel(callback),
      filters(),
      list.items.length === 0 ? empty(callback ? t("events.none") : t("events.noneWithoutCallback")) : table(
        ["event", "state", "approval", "attempts", "time"].map((name) => t(`events.${name}`)), list.items.map((p) => ({ key: p.eventId, cells: [
          h("a", { href: address("events", p.eventId) }, p.eventType, " ", p.type),
          [badge("push", p.state), p.problem && p.state !== "delivered" && h("small", {}, p.problem), p.nextAttempt && h("small", {}, t("events.next", { time: time(p.nextAttempt) }))],
          p.instanceId ? h("a", { href: address("instances", p.instanceId) }, p.title || p.instanceId) : "", p.attempts, time(p.time),
        ] })), t("nav.events")),
      pager(list, (offset) => {
        filter = { ...filter, offset };
        note("events", "", filter);
        page.reload();
      }),
    ],
  });
  return page;
}

export function event(root, { id }) {
  let decrypted = false;
  const page = show(root, {
    load: () => get(path("pushes", id)),
    wants: (change) => change.kind === "push" && change.id === id,
    render: (p) => [
      h("nav", { class: "crumbs", "aria-label": t("nav.crumbs") }, h("a", { href: "#/events" }, t("nav.events"))),
      heading(`${p.eventType} ${p.type}`, badge("push", p.state)),
      facts([
        [t("events.id"), code(p.eventId)],
        [t("events.approval"), p.instanceId && h("a", { href: address("instances", p.instanceId) }, p.title || p.instanceId)],
        [t("instance.taskId"), p.taskId && code(p.taskId)],
        [t("time"), time(p.time)],
        [t("events.connection"), p.connection && h("a", { href: "#/streams" }, code(p.connection))],
        [t("events.nextAttempt"), time(p.nextAttempt)],
        [t("events.unread"), p.unread && t("yes")],
      ]),
      h("div", { class: "actions" },
        button(t("events.resend"), () => attempt(() => post(path("pushes", id, "resend")), t("events.resent")), { class: "primary", id: "resend" }),
        button(t("events.lose"), () => attempt(() => post(path("pushes", id, "lose")), t("events.wasLost")), { id: "lose", disabled: p.state === "delivered" || p.state === "lost", title: t("events.loseHint") })),
      panel(t("events.content"),
        h("p", { class: "faint" }, t("events.encrypted")),
        button(decrypted ? t("events.hide") : t("events.decrypt"), () => {
          decrypted = !decrypted;
          page.reload();
        }, { id: "decrypt", "aria-expanded": String(decrypted) }),
        decrypted && h("pre", { tabindex: "0", id: "decrypted" }, JSON.stringify(p.event, null, 2))),
      panel(t("events.deliveries"), p.tries.length === 0 ? empty(t("events.notTried")) : h("ol", { class: "tries" }, p.tries.map(delivery))),
    ],
  });
  return page;
}

function delivery(a, i) {
  return h("li", { "data-key": String(i), class: a.problem ? "bad" : "good" },
    h("div", { class: "what" },
      h("span", { class: `badge ${a.problem ? "bad" : "good"}` }, a.status ? `HTTP ${a.status}` : t("events.noAnswer")),
      h("b", {}, t("events.attempt", { number: i + 1 })), h("span", {}, duration(a.durationMs)), h("time", { datetime: a.time }, time(a.time))),
    a.problem && h("p", { class: "problem" }, a.problem),
    a.url && h("details", {}, h("summary", {}, t("events.request")), h("pre", { tabindex: "0" }, `POST ${a.url}\n\n${pretty(a.request ?? "")}`)),
    a.response && h("details", {}, h("summary", {}, t("events.response")), h("pre", { tabindex: "0" }, pretty(a.response))));
}
