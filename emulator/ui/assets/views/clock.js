import { get, post } from "../api.js";
import { h, patch } from "../dom.js";
import { time } from "../format.js";
import { t } from "../i18n.js";
import { announce, ask, attempt, blame, button, facts, field, heading, panel, show } from "../parts.js";

const steps = [["15s", "+15 s"], ["10m", "+10 min"], ["2h", "+2 h"], ["1d", "+1 d"], ["120d", "+120 d"]];

export function clock(root) {
  let ahead = 0; // of the browser's clock, in milliseconds
  const now = h("p", { class: "now", id: "now", "aria-live": "off" });
  const tick = () => patch(now, time(Date.now() + ahead));
  const ticking = setInterval(tick, 1000);
  const state = h("div", {});
  root.append(
    heading(t("nav.clock")),
    panel("", now, state, h("div", { class: "actions" }, steps.map(([advance, text]) =>
      button(text, () => attempt(() => post("clock", { advance }), (r) => t("clock.advanced", { time: time(r.now) })), { id: `advance-${advance}` }))),
    ownStep()),
    panel(t("clock.why"), h("ul", { class: "plain" }, ["revoke", "retry", "token", "list"].map((why) => h("li", {}, t(`clock.${why}`))))),
    panel(t("reset.title"), h("p", {}, t("reset.hint")), button(t("reset.button"), reset, { class: "danger", id: "reset" })));
  const page = show(state, {
    load: () => get("clock"),
    wants: ({ kind }) => kind === "clock" || kind === "push",
    render(c) {
      ahead = new Date(c.now) - Date.now();
      tick();
      return facts([[t("clock.ahead"), c.ahead], [t("clock.nextPush"), time(c.nextPush)]]);
    },
  });
  return {
    ...page,
    close() {
      clearInterval(ticking);
      page.close();
    },
  };
}

function ownStep() {
  const input = h("input", { type: "text", name: "advance", placeholder: "90m", size: 8 });
  const form = h("form", { class: "inline", novalidate: true }, field(t("clock.own"), input, { hint: t("clock.ownHint") }),
    h("button", {}, t("clock.advance")), h("p", { class: "wrong whole", role: "alert" }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    blame(form);
    try {
      announce(t("clock.advanced", { time: time((await post("clock", { advance: input.value.trim() })).now) }));
    } catch (error) {
      blame(form, error);
    }
  };
  return form;
}

function reset() {
  ask({
    title: t("reset.title"),
    text: t("reset.warning"),
    submit: t("reset.button"),
    danger: true,
    fields: [field(t("reset.seed"), h("textarea", { name: "seed", rows: 8, class: "mono", spellcheck: "false", placeholder: "users:\n  - {id: lisi, name: 李四}" }), { hint: t("reset.seedHint") })],
    async does(form) {
      const seed = form.elements.seed.value;
      await post("reset", seed.trim() ? { seed } : undefined);
      announce(t("reset.done"));
    },
  });
}
