import { get } from "../api.js";
import { h } from "../dom.js";
import { names, size, time } from "../format.js";
import { t } from "../i18n.js";
import { badge, code, empty, facts, heading, panel, show, statusOf } from "../parts.js";
import { address } from "../router.js";
import { snippets } from "../snippets.js";

export function overview(root) {
  return show(root, {
    async load() {
      const [numbers, waiting, pushes, refused] = await Promise.all([
        get("overview"), get("instances", { status: "RUNNING", limit: 6 }), get("pushes", { limit: 6 }),
        get("requests", { refused: true, limit: 6 }),
      ]);
      return { numbers, waiting, pushes, refused };
    },
    wants: () => true,
    render: ({ numbers, waiting, pushes, refused }) => [
      heading(t("nav.overview"), h("a", { class: "button primary", href: "#/start" }, t("nav.start"))),
      figures(numbers),
      h("div", { class: "columns three" },
        panel(t("overview.waiting"), waiting.items.length === 0 && empty(t("overview.nothingWaits")), rows(waiting.items.map((i) => ({
          key: i.id, href: address("instances", i.id), badge: statusOf(i), title: i.title,
          beside: i.waitsFor.length ? t("overview.waitsFor", { names: names(i.waitsFor) }) : "",
        })))),
        panel(t("overview.events"), pushes.items.length === 0 && empty(t("events.none")), rows(pushes.items.map((p) => ({
          key: p.eventId, href: address("events", p.eventId), badge: badge("push", p.state), title: `${p.eventType} ${p.type}`, beside: p.title,
        })))),
        panel(t("overview.refused"), refused.items.length === 0 && empty(t("requests.noneRefused")), rows(refused.items.map((r) => ({
          key: String(r.id), href: address("requests", "", { refused: "true" }), badge: h("span", { class: "badge bad" }, r.status || t("request.dropped")),
          title: r.operation || r.path, beside: r.message || r.code,
        }))))),
      panel(t("overview.company"), companyFacts(numbers)),
      panel(t("overview.connect"), h("p", { class: "faint" }, t("overview.connectHint")), snippets(numbers.app)),
    ],
  });
}

function figures({ instances, pushes, requests, faults }) {
  const figure = (href, number, text, tone = "") => h("a", { href, class: `figure ${number ? tone : ""}` }, h("b", {}, number.toLocaleString()), h("span", {}, text));
  return h("div", { class: "figures" },
    figure(address("instances", "", { status: "RUNNING" }), instances.RUNNING, t("status.RUNNING"), "busy"),
    figure(address("instances", "", { status: "COMPLETED" }), instances.COMPLETED, t("status.COMPLETED"), "good"),
    figure(address("instances", "", { status: "TERMINATED" }), instances.TERMINATED, t("status.TERMINATED")),
    figure(address("events", "", { state: "delivered" }), pushes.delivered, t("overview.delivered"), "good"),
    figure(address("events", "", { state: "pending" }), pushes.pending, t("overview.pending"), "busy"),
    figure(address("events", "", { state: "failed" }), pushes.failed, t("overview.failed"), "bad"),
    figure(address("requests"), requests.total, t("overview.requests")),
    figure(address("requests", "", { refused: "true" }), requests.refused, t("overview.refusedRequests"), "bad"),
    figure(address("faults"), faults, t("overview.faults"), "bad"));
}

function rows(items) {
  return h("ul", { class: "rows" }, items.map((item) => h("li", { "data-key": item.key },
    h("a", { href: item.href }, item.badge, h("span", { class: "title" }, item.title), h("small", {}, item.beside)))));
}

function companyFacts({ app, suites, premium, callback, state, now, users, forms }) {
  const permissions = app.permissions === null ? t("overview.allPermissions") : app.permissions.join(", ") || t("overview.noPermissions");
  return facts([
    ["CorpId", code(app.corpId)],
    ["AppKey", code(app.appKey)],
    ["AgentId", code(app.agentId)],
    [t("overview.users"), users],
    [t("nav.forms"), h("a", { href: "#/forms" }, forms)],
    [t("overview.suites"), suites.length > 0 && suites.map((s) => code(s))],
    [t("overview.permissions"), permissions],
    [t("overview.limits"), [app.qps && `QPS ${app.qps}`, app.monthlyCalls && t("overview.monthly", { number: app.monthlyCalls }), app.ips?.length && app.ips.join(", ")]
      .filter(Boolean).join(" · ")],
    [t("overview.premium"), premium ? t("yes") : t("no")],
    [t("overview.callback"), callback ? code(callback.url || t("overview.inMemory")) : t("overview.noCallback")],
    [t("overview.state"), state ? [code(state.path), ` ${size(state.bytes)}`, state.note && h("p", { class: "warn" }, state.note), state.problem && h("p", { class: "problem" }, state.problem)] : t("overview.noState")],
    [t("overview.gateways"), code(location.origin)],
    [t("overview.time"), h("a", { href: "#/clock" }, time(now))],
  ].filter(([, value]) => value !== false));
}
