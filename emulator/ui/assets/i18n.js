// Texts in the user's language.

import { lookup } from "./lookup.js";
import { store } from "./store.js";
import { texts } from "./texts.js";

export const language = () => (document.documentElement.lang === "en" ? "en" : "zh");

export function setLanguage(to) {
  document.documentElement.lang = to === "zh" ? "zh-CN" : "en";
  store("language", to);
}

/** t is the text of a key; {name} in it is replaced by values.name. */
export function t(key, values = {}) {
  const text = lookup(texts, key)?.[language() === "zh" ? 0 : 1] ?? key;
  if (text === key && !known(key)) console.error(`no text for ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** known reports whether there is a text. */
export const known = (key) => lookup(texts, key) !== undefined;

/** named is the text of a value of the API, or the value when it has none. */
export const named = (prefix, value) => (known(`${prefix}.${value}`) ? t(`${prefix}.${value}`) : String(value ?? ""));
