// Times, money and texts as people read them.

import { named, t } from "./i18n.js";

const two = (n) => String(n).padStart(2, "0");

/** time is a moment in the browser's zone, to the second. */
export function time(moment) {
  if (!moment) return "";
  const d = new Date(moment);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** duration of milliseconds. */
export const duration = (ms) => (ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms} ms`);

/** money has its thousands apart and every digit that was given. */
export function money(text) {
  const parts = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  return parts ? `¥ ${parts[1]}${parts[2].replace(/\B(?=(\d{3})+$)/g, ",")}${parts[3] ?? ""}` : text;
}

/** size of a file in bytes. */
export function size(bytes) {
  const n = Number(bytes);
  if (!bytes || !Number.isFinite(n)) return String(bytes ?? "");
  if (n < 1024) return `${n} B`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1024 / 1024).toFixed(1)} MB`;
}

/** names of people, as in a sentence. */
export const names = (people) => people.map((p) => p.name).join(t("list.comma"));

/** modeOf a node says how its approvers decide, when there are several. */
export const modeOf = (node) => (node.approvers.length > 1 || node.several ? named("mode", node.mode) : "");

/** json reads JSON, or gives back undefined. */
export function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** pretty indents JSON and leaves other texts alone. */
export function pretty(text) {
  const value = json(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
