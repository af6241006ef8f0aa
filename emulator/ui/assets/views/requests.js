import { get } from "../api.js";
import { h } from "../dom.js";
import { duration, time } from "../format.js";
import { t } from "../i18n.js";
import { code, empty, heading, option, pager, show, table } from "../parts.js";
import { note } from "../router.js";

const limit = 50;

export function requests(root, { query }) {
  let filter = { ...query };
  const set = (changes) => {
    filter = { ...filter, offset: "", ...changes };
    note("requests", "", filter);
    page.reload();
  };
  const filters = (operations) => h("div", { class: "filters" },
    h("div", { class: "segments", role: "group", "aria-label": t("requests.show") }, ["", "true"].map((refused) =>
      h("button", { type: "button", "aria-pressed": String((filter.refused ?? "") === refused), onclick: () => set({ refused }) },
        refused ? t("requests.refused") : t("all")))),
    h("label", {}, t("requests.operation"), h("select", { id: "filter-operation", onchange: (e) => set({ operation: e.target.value }) },
      option("", t("all"), filter.operation ?? ""), operations.map((o) => option(o.id, o.id, filter.operation)))));

  const page = show(root, {
    async load() {
      const [list, operations] = await Promise.all([get("requests", { limit, ...filter }), operationsOfToday()]);
      return { list, operations };
    },
    wants: ({ kind }) => kind === "request",
    render: ({ list, operations }) => [
      heading(t("nav.requests")),
      filters(operations),
      list.items.length === 0 ? empty(filter.refused ? t("requests.noneRefused") : t("requests.none")) : table(
        ["request", "answer", "reason", "duration", "time"].map((name) => t(`requests.${name}`)),
        list.items.map((r) => ({ key: String(r.id), cells: [
          [h("b", {}, r.operation || t("requests.unknown")), h("small", { class: "path" }, code(`${r.method} ${r.path}`))],
          status(r), reason(r), duration(r.durationMs), time(r.time),
        ] })), t("nav.requests")),
      pager(list, (offset) => {
        filter = { ...filter, offset };
        note("requests", "", filter);
        page.reload();
      }),
    ],
  });
  return page;
}

function status(r) {
  const refused = r.code || r.status === 0;
  return h("span", { class: `badge ${refused ? "bad" : "good"}` }, r.status === 0 ? t("request.dropped") : String(r.status));
}

function reason(r) {
  if (!r.code) return "";
  return [code(r.code), r.message && h("p", { class: "reason" }, r.message), r.field && h("p", { class: "reason" }, t("requests.field"), ": ", h("b", {}, r.field))];
}

let known;

/** operationsOfToday are those that a fault or a filter can name; they never change. */
export async function operationsOfToday() {
  known ??= (await get("operations")).items.filter((o) => !o.replacedBy);
  return known;
}
