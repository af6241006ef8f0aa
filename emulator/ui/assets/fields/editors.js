// Controls that fill in a component. An editor is its element and value(), the
// text that the API takes; "" is nothing. invalid() is what is wrong with it.

import { h } from "../dom.js";
import { known, t } from "../i18n.js";
import { lookup } from "../lookup.js";
import { option } from "../parts.js";
import { hasTime } from "./component.js";
import { attachment, repeated, table } from "./lists.js";

const json = (values) => JSON.stringify(values);

function input(attributes = {}, { before, after } = {}) {
  const control = h("input", { type: "text", autocomplete: "off", ...attributes });
  const units = before || after;
  return {
    element: units ? h("div", { class: "with-unit" }, before && h("span", {}, before), control, after && h("span", {}, after)) : control,
    control,
    value: () => control.value.trim(),
  };
}

function number(component, before) {
  const editor = input({ inputmode: "decimal", placeholder: component.placeholder }, { before, after: component.unit });
  editor.invalid = () => (editor.value() !== "" && !/^-?\d+(\.\d+)?$/.test(editor.value()) ? t("form.number") : "");
  return editor;
}

/** moment is a day, or a day with hours and minutes. */
function moment(component, label) {
  const control = h("input", { type: hasTime(component) ? "datetime-local" : "date", "aria-label": label });
  return { element: control, value: () => control.value.replace("T", " ") };
}

/** group puts several controls in a row. */
const group = (editors) => h("div", { class: "group" }, editors.map((e) => e.element));

function range(component) {
  const labels = parsed(component.label) ?? [t("form.from"), t("form.to")];
  const [from, to] = [moment(component, labels[0]), moment(component, labels[1])];
  return {
    element: group([from, to]),
    value: () => (from.value() || to.value() ? JSON.stringify([from.value(), to.value()]) : ""),
    invalid: () => (Boolean(from.value()) !== Boolean(to.value()) ? t("form.bothEnds") : ""),
  };
}

function parsed(text) {
  try {
    const value = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function select(options) {
  const control = h("select", {}, option("", t("choose")), options.map(([value, text]) => option(value, text)));
  return { element: control, value: () => control.value };
}

/** checks is a choice of several; write joins the chosen values. */
function checks(options, write) {
  const boxes = options.map(([value, text]) => [value, h("input", { type: "checkbox", value }), text]);
  const chosen = () => boxes.filter(([, box]) => box.checked).map(([value]) => value);
  return {
    element: h("fieldset", { class: "checks" }, boxes.map(([, box, text]) => h("label", {}, box, text))),
    value: () => (chosen().length > 0 ? write(chosen()) : ""),
  };
}

function contact({ multiple }, { company }) {
  const users = company.users.map((u) => [u.userId, u.name]);
  if (multiple) return checks(users, json);
  const one = select(users);
  return { element: one.element, value: () => (one.value() ? JSON.stringify([one.value()]) : "") };
}

function department({ multiple }, { company }) {
  const departments = company.departments.map((d) => [String(d.id), d.name]);
  return multiple ? checks(departments, (ids) => ids.join(",")) : select(departments);
}

function address({ addressModel }) {
  const parts = ["province", "city", "district", "street"].slice(0, { city: 2, district: 3 }[addressModel] ?? (addressModel ? 4 : 3));
  const inputs = parts.map((part) => input({ placeholder: t(`address.${part}`), "aria-label": t(`address.${part}`) }));
  const filled = () => inputs.map((i) => i.value()).filter(Boolean);
  return { element: group(inputs), value: () => filled().join(",") };
}

const stars = ({ maxStars }) => select(Array.from({ length: maxStars ?? 10 }, (_, i) => [String(i + 1), "★".repeat(i + 1)]));

function location() {
  const when = moment({ format: "yyyy-MM-dd HH:mm" }, t("location.time"));
  const [longitude, latitude, where, accuracy] = ["longitude", "latitude", "address", "accuracy"].map((part) =>
    input({ placeholder: t(`location.${part}`), "aria-label": t(`location.${part}`) }));
  return {
    element: group([when, longitude, latitude, where, accuracy]),
    value: () => (where.value() || longitude.value()
      ? JSON.stringify([`${when.value()}:00`, Number(longitude.value()), Number(latitude.value()), where.value(), Number(accuracy.value())]) : ""),
    invalid: () => ([longitude, latitude, accuracy].some((i) => Number.isNaN(Number(i.value()))) ? t("form.number") : ""),
  };
}

// The last option may stand for any text; then what is proposed can be overwritten.
function choice({ options, otherOption }) {
  if (options.length > 0 && !otherOption) return select(options.map((o) => [o, o]));
  return proposed(options.slice(0, -1));
}

function choices({ options, otherOption }) {
  if (options.length > 0 && !otherOption) return checks(options.map((o) => [o, o]), json);
  return repeated(() => proposed(options.slice(0, -1)), json);
}

let lastList = 0;

/** proposed is a text with proposals. */
function proposed(options) {
  const list = `proposals-${lastList += 1}`;
  const editor = input({ list });
  return { ...editor, element: h("div", { class: "proposed" }, editor.control, h("datalist", { id: list }, options.map((o) => option(o, o)))) };
}

function textarea({ placeholder }) {
  const control = h("textarea", { rows: 3, placeholder });
  return { element: control, value: () => control.value };
}

// By the vendor's name of the component.
const editors = {
  TextField: ({ placeholder }) => input({ placeholder }),
  TextareaField: textarea,
  NumberField: (c) => number(c),
  MoneyField: (c) => number(c, "¥"),
  DDSelectField: choice,
  DDMultiSelectField: choices,
  DDDateField: (c) => moment(c),
  DDDateRangeField: range,
  PhoneField: () => input({ type: "tel", placeholder: "+86 138…" }),
  DDPhotoField: () => repeated(() => input({ type: "url", placeholder: "https://…" }), json, 9),
  TableField: (c, context) => table(c, (child) => editorOf(child, context)),
  DDAttachment: (c, { uploader }) => attachment(uploader),
  InnerContactField: contact,
  DepartmentField: department,
  RelateField: (c, { list }) => repeated(() => input({ list, placeholder: t("form.instanceID") }), json, 9),
  AddressField: address,
  StarRatingField: stars,
  TimeAndLocationField: location,
  CalculateField: (c) => number(c),
  IdCardField: () => input({ maxlength: 18 }),
};

/** editorOf makes the control of a component. */
export function editorOf(component, context) {
  return (lookup(editors, component.type) ?? (() => input()))(component, context);
}

/** hintOf says what is not obvious of a component. */
export const hintOf = ({ type }) => (known(`hint.${type}`) ? t(`hint.${type}`) : "");
