// Where events are pushed to.

import { put, remove } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { announce, ask, attempt, button, code, field } from "../parts.js";

export function callbackPanel(callback) {
  return h("div", { class: "actions" },
    h("span", {}, t("overview.callback"), ": ", callback ? code(callback.url || t("overview.inMemory")) : t("overview.noCallback"),
      callback?.events.length > 0 && h("small", {}, ` ${callback.events.join(", ")}`)),
    button(callback ? t("callback.change") : t("callback.set"), () => edit(callback), { class: "small", id: "callback" }),
    callback && button(t("callback.remove"), () => attempt(() => remove("callback"), t("callback.removed")), { class: "small" }));
}

function edit(callback) {
  const text = (name, attributes) => h("input", { name, type: "text", autocomplete: "off", spellcheck: "false", ...attributes });
  ask({
    title: t("callback.title"),
    text: t("callback.hint"),
    submit: t("callback.save"),
    fields: [
      field("URL", text("url", { type: "url", value: callback?.url ?? "", placeholder: "http://127.0.0.1:8080/dingtalk" }), { required: true }),
      field("Token", text("token"), { hint: t("callback.tokenHint") }),
      field("AES key", text("aesKey", { maxlength: 43 }), { hint: t("callback.keyHint") }),
      field(t("callback.events"), text("events", { value: callback?.events.join(", ") ?? "" }), { hint: t("callback.eventsHint") }),
    ],
    async does(form) {
      const value = (name) => form.elements[name].value.trim();
      const events = value("events").split(/[\s,，]+/).filter(Boolean);
      await put("callback", { url: value("url"), token: value("token"), aesKey: value("aesKey"), events });
      announce(t("callback.saved"));
    },
  });
}
