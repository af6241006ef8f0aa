// Form values the way an approver sees them.

import { h, webAddress } from "./dom.js";
import { json, money, size } from "./format.js";
import { t } from "./i18n.js";
import { lookup } from "./lookup.js";
import { address } from "./router.js";

/** link to a web address; other text stays text. */
export function link(text, shown = text) {
  const href = webAddress(text);
  return href ? h("a", { href, rel: "noreferrer noopener", target: "_blank" }, shown) : String(shown);
}

const list = (items) => h("ul", { class: "values" }, items.map((item) => h("li", {}, item)));

function strings(text) {
  const value = json(text);
  return Array.isArray(value) ? value.map(String) : null;
}

const people = (text, company) => (strings(text) ?? text.split(",")).map((id) => company.userName.get(id) ?? id).join(t("list.comma"));

const departments = (text, company) => (strings(text) ?? text.split(","))
  .map((id) => company.departmentName.get(id.trim()) ?? id.trim()).join(t("list.comma"));

function photos(text) {
  const urls = strings(text);
  return urls ? list(urls.map((url, i) => link(url, webAddress(url) ? t("value.photo", { number: i + 1, name: url.split("/").pop() }) : url))) : text;
}

export function attachments(files) {
  return list(files.map((f) => h("span", { class: "file", title: t("value.file", { space: f.spaceId ?? "", file: f.fileId ?? "" }) },
    f.fileName || f.fileId || "?", " ", h("small", {}, [f.fileType, size(f.fileSize)].filter(Boolean).join(" · ")))));
}

function files(text) {
  const value = json(text);
  return Array.isArray(value) ? attachments(value) : text;
}

// Read back, approvals are titles, with their IDs beside.
function related(text, company, component, extValue) {
  const ids = json(extValue ?? "")?.list?.map((r) => r.procInstId) ?? [];
  return list((strings(text) ?? [text]).map((title, i) => h("a", { href: address("instances", ids[i] ?? title) }, title)));
}

function stars(text) {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > 10) return text;
  return h("span", {}, h("span", { class: "stars", "aria-hidden": "true" }, "★".repeat(n)), " ", text);
}

function place(text) {
  const value = json(text);
  if (!Array.isArray(value)) return text;
  const [when, longitude, latitude, where] = value;
  return h("span", {}, where ?? "", h("small", {}, ` ${when ?? ""} · ${longitude ?? ""}, ${latitude ?? ""}`));
}

/** rowsOf reads a table's value: rows of {name, value}, or of objects by label. */
export function rowsOf(text) {
  const value = json(text);
  if (!Array.isArray(value)) return null;
  return value.map((row) => {
    const cells = Array.isArray(row) ? row : row?.rowValue ?? Object.entries(row ?? {}).map(([name, v]) => ({ name, value: v }));
    return cells.map((cell) => ({ ...cell, name: cell.name ?? cell.label ?? cell.id ?? cell.key ?? "" }));
  });
}

function grid(text, company, component) {
  const rows = rowsOf(text);
  if (!rows) return text;
  const children = component?.children ?? [];
  const titles = [...new Set(rows.flat().map((cell) => cell.name))];
  const childOf = (name) => children.find((c) => c.label === name || c.id === name);
  return h("div", { class: "scroll" }, h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "#"), titles.map((title) => h("th", { scope: "col" }, childOf(title)?.label ?? title)))),
    h("tbody", {}, rows.map((row, i) => h("tr", {}, h("td", {}, i + 1), titles.map((title) => {
      const cell = row.find((c) => c.name === title);
      const value = typeof cell?.value === "string" ? cell.value : JSON.stringify(cell?.value ?? "");
      const child = childOf(title);
      return h("td", {}, cell && showValue({ type: child?.type ?? cell.componentType ?? "", value }, company, child));
    }))))));
}

const shows = {
  MoneyField: money,
  TextareaField: (text) => h("span", { class: "lines" }, text),
  DDMultiSelectField: (text) => (strings(text) ?? [text]).join(t("list.comma")),
  DDDateRangeField: (text) => strings(text)?.join(" → ") ?? text,
  PhoneField: (text) => text,
  DDPhotoField: photos,
  DDAttachment: files,
  InnerContactField: people,
  DepartmentField: departments,
  RelateField: related,
  AddressField: (text) => (strings(text)?.join(" ") ?? text).replaceAll(",", " "),
  StarRatingField: stars,
  TimeAndLocationField: place,
  TableField: grid,
};

/** showValue is a form value as text, link, list or table. */
export function showValue({ type, value, extValue }, company, component) {
  if (value === "" || value === undefined || value === null) return h("span", { class: "faint" }, "—");
  return (lookup(shows, type) ?? ((text) => text))(value, company, component, extValue);
}

/** labelOf is a component's label; ranges have two in a JSON array. */
export const labelOf = (label) => strings(label)?.join(" – ") ?? label;
