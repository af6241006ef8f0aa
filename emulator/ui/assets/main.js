// The frame of all pages: navigation, language, colours, and which page is shown.

import { h, patch } from "./dom.js";
import { language, setLanguage, t } from "./i18n.js";
import { icon } from "./icons.js";
import { connect, isConnected, subscribe } from "./live.js";
import { lookup } from "./lookup.js";
import { announcer } from "./parts.js";
import { address, parse } from "./router.js";
import { store, stored } from "./store.js";
import { clock } from "./views/clock.js";
import { event, events } from "./views/events.js";
import { faults } from "./views/faults.js";
import { form, forms } from "./views/forms.js";
import { instance } from "./views/instance.js";
import { instances } from "./views/instances.js";
import { notFound } from "./views/not_found.js";
import { overview } from "./views/overview.js";
import { requests } from "./views/requests.js";
import { start } from "./views/start.js";
import { streams } from "./views/streams.js";

// Pages by name; those with an id in the address may show another one.
const pages = {
  "": { view: overview, icon: "overview", text: "nav.overview" },
  instances: { view: instances, one: instance, icon: "instances", text: "nav.instances" },
  start: { view: start, one: start, icon: "start", text: "nav.start" },
  forms: { view: forms, one: form, icon: "forms", text: "nav.forms" },
  events: { view: events, one: event, icon: "events", text: "nav.events" },
  streams: { view: streams, icon: "streams", text: "nav.streams" },
  requests: { view: requests, icon: "requests", text: "nav.requests" },
  faults: { view: faults, icon: "faults", text: "nav.faults" },
  clock: { view: clock, icon: "clock", text: "nav.clock" },
};

const missing = { view: notFound, text: "notFound.title" };

const header = h("header", { class: "top" });
const main = h("main", { id: "main", tabindex: "-1" });
let shown; // the page that is open

function frame() {
  const { page } = parse(location.hash);
  patch(header,
    h("a", { class: "skip", href: "#main", onclick: skip }, t("nav.skip")),
    h("a", { class: "brand", href: "#/" }, h("img", { src: "/_console/icon.svg", alt: "", width: 22, height: 22 }),
      h("span", {}, "dingoa", h("small", {}, t("nav.subtitle")))),
    h("nav", { "aria-label": t("nav.label") }, Object.entries(pages).map(([name, p]) =>
      h("a", { href: address(name), "aria-current": name === page ? "page" : null }, icon(p.icon), h("span", {}, t(p.text))))),
    h("div", { class: "settings" },
      h("span", { class: isConnected() ? "live on" : "live", role: "status" }, isConnected() ? t("live.on") : t("live.off")),
      h("button", { type: "button", class: "quiet", id: "language", onclick: switchLanguage,
        lang: language() === "zh" ? "en" : "zh-CN", "aria-label": language() === "zh" ? "Switch to English" : "切换到中文" },
      language() === "zh" ? "EN" : "中文"),
      h("button", { type: "button", class: "quiet", id: "theme", onclick: switchTheme, "aria-label": t("theme.switch"), title: t("theme.switch") },
        icon(isDark() ? "sun" : "moon"))));
}

// The address after # is the page, so that "#main" cannot be followed.
function skip(event) {
  event.preventDefault();
  main.focus();
}

function isDark() {
  return (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

function switchTheme() {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  store("theme", document.documentElement.dataset.theme);
  frame();
}

function switchLanguage() {
  setLanguage(language() === "zh" ? "en" : "zh");
  open();
}

function open({ moveFocus = false } = {}) {
  shown?.close();
  document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
  const where = parse(location.hash);
  const page = lookup(pages, where.page) ?? missing;
  frame();
  header.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  document.title = `${t(page.text)} · dingoa`;
  const root = h("div", { class: "page" });
  main.replaceChildren(root);
  shown = (where.id ? page.one ?? page.view : page.view)(root, where);
  if (!moveFocus) return;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

if (stored("theme") === null) matchMedia("(prefers-color-scheme: dark)").addEventListener("change", frame);
addEventListener("hashchange", () => open({ moveFocus: true }));
subscribe((change) => {
  if (change.kind === "connection") frame();
});
document.body.append(header, main, announcer);
open();
connect();
