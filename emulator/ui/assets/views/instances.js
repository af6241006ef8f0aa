import { get, people } from "../api.js";
import { h } from "../dom.js";
import { names, time } from "../format.js";
import { t } from "../i18n.js";
import { code, empty, heading, option, pager, show, statusOf, table } from "../parts.js";
import { address, note } from "../router.js";

const limit = 20;

// What a choice of status asks the API for.
const choices = {
  "": {},
  RUNNING: { status: "RUNNING" },
  agree: { status: "COMPLETED", result: "agree" },
  refuse: { status: "COMPLETED", result: "refuse" },
  TERMINATED: { status: "TERMINATED" },
};

function chosen({ status = "", result = "" }) {
  if (status === "COMPLETED" && !result) return null; // by a link: both results
  return status === "COMPLETED" ? result : status;
}

export function instances(root, { query }) {
  let filter = { ...query };
  const set = (changes) => {
    filter = { ...filter, offset: "", ...changes };
    note("instances", "", filter);
    page.reload();
  };
  let typing = 0;
  const search = (event) => {
    const q = event.target.value.trim();
    clearTimeout(typing);
    typing = setTimeout(() => set({ q }), 250);
  };
  const filters = (company, forms) => h("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    h("div", { class: "segments", role: "group", "aria-label": t("instances.status") }, Object.keys(choices).map((choice) =>
      h("button", { type: "button", "aria-pressed": String(chosen(filter) === choice),
        onclick: () => set({ status: "", result: "", ...choices[choice] }) }, choice === "" ? t("all") : t(`status.${choice}`)))),
    h("label", {}, t("instances.form"), h("select", { id: "filter-form", onchange: (e) => set({ form: e.target.value }) },
      option("", t("all"), filter.form ?? ""), forms.map((f) => option(f.processCode, f.name, filter.form)))),
    ["originator", "waitsFor"].map((name) => h("label", {}, t(`instances.${name}`),
      h("select", { id: `filter-${name}`, onchange: (e) => set({ [name]: e.target.value }) },
        option("", t("all"), filter[name] ?? ""), company.users.map((u) => option(u.userId, u.name, filter[name]))))),
    h("label", {}, t("instances.search"), h("input", { id: "search", type: "search", value: filter.q ?? "", oninput: search, placeholder: t("instances.searchHint") })));

  const page = show(root, {
    async load() {
      const [list, company, forms] = await Promise.all([get("instances", { limit, ...filter }), people(), get("forms")]);
      return { list, company, forms: forms.items };
    },
    wants: ({ kind }) => kind === "instance" || kind === "form",
    render: ({ list, company, forms }) => [
      heading(t("nav.instances"), h("a", { class: "button primary", href: "#/start" }, t("nav.start"))),
      filters(company, forms),
      list.items.length === 0 ? empty(t("instances.none")) : table(
        ["title", "form", "originator", "status", "waitsFor", "created"].map((name) => t(`instances.${name}`)),
        list.items.map((i) => ({ key: i.id, cells: [
          [h("a", { href: address("instances", i.id) }, i.title), h("small", {}, code(i.businessId))],
          i.formName, [i.originator.name, h("small", {}, i.department.name)], statusOf(i), names(i.waitsFor), time(i.createTime),
        ] })), t("nav.instances")),
      pager(list, (offset) => {
        filter = { ...filter, offset };
        note("instances", "", filter);
        page.reload();
      }),
    ],
  });
  return page;
}
