// Controls with rows that are added and removed.

import { post } from "../api.js";
import { h } from "../dom.js";
import { t } from "../i18n.js";
import { attempt, button } from "../parts.js";
import { fieldOf, isSettable } from "./component.js";

/** rows keeps a list of editors, each with a button that takes it out. */
function rows(make, { add, max = Infinity, first = 0 }) {
  const list = [];
  const place = h("div", { class: "items" });
  const more = button(add, () => insert().querySelector("input, select, textarea")?.focus(), { class: "small" });
  function insert() {
    const editor = make(list.length + 1);
    const item = h("div", { class: "item" }, editor.element, button("×", () => {
      list.splice(list.indexOf(editor), 1);
      item.remove();
      more.disabled = false;
      more.focus();
    }, { class: "small quiet", "aria-label": t("form.removeRow") }));
    list.push(editor);
    place.append(item);
    more.disabled = list.length >= max;
    return item;
  }
  for (let i = 0; i < first; i += 1) insert();
  return { list, element: h("div", { class: "repeated" }, place, more) };
}

const firstProblem = (editors) => editors.map((e) => e.invalid?.()).find(Boolean) ?? "";

/** repeated is a list of texts. */
export function repeated(make, write, max) {
  const { list, element } = rows(make, { add: t("form.addRow"), max, first: 1 });
  const filled = () => list.map((e) => e.value()).filter(Boolean);
  return { element, value: () => (filled().length > 0 ? write(filled()) : ""), invalid: () => firstProblem(list) };
}

const fileFields = ["spaceId", "fileId", "fileName", "fileSize", "fileType"];

/** file is one that is put into the approval space when it is chosen, or named by its IDs. */
function file(uploader) {
  const inputs = Object.fromEntries(fileFields.map((name) => [name, h("input", { type: "text", placeholder: name, "aria-label": name, autocomplete: "off" })]));
  const choose = h("input", { type: "file", "aria-label": t("form.chooseFile") });
  choose.onchange = async () => {
    const [chosen] = choose.files;
    const put = chosen && await attempt(async () => post("files", { userId: uploader(), name: chosen.name, content: await base64(chosen) }), t("form.uploaded"));
    for (const name of put ? fileFields : []) inputs[name].value = put[name];
  };
  return {
    element: h("div", { class: "group" }, choose, Object.values(inputs)),
    value: () => Object.fromEntries(fileFields.map((name) => [name, inputs[name].value.trim()])),
  };
}

function base64(chosen) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(chosen);
  });
}

/** attachment is a list of files of the approval space. */
export function attachment(uploader) {
  const { list, element } = rows(() => file(uploader), { add: t("form.addFile"), first: 1 });
  const filled = () => list.map((e) => e.value()).filter((f) => Object.values(f).some(Boolean));
  return { element, value: () => (filled().length > 0 ? JSON.stringify(filled()) : "") };
}

/** table has rows of the columns' editors. */
export function table(component, editorOf) {
  const columns = component.children.filter(isSettable);
  if (columns.length === 0) return raw();
  const { list, element } = rows((number) => row(columns, number, editorOf), { add: t("form.addRow"), first: 1 });
  const filled = () => list.map((r) => r.cells()).filter((cells) => cells.length > 0);
  return {
    element,
    value: () => (filled().length > 0 ? JSON.stringify(filled()) : ""),
    invalid: () => firstProblem(list),
  };
}

function row(columns, number, editorOf) {
  const editors = columns.map((column) => ({ column, editor: editorOf(column) }));
  const cells = () => editors.map(({ column, editor }) => ({ name: column.label, value: editor.value() })).filter((cell) => cell.value !== "");
  return {
    cells,
    element: h("fieldset", { class: "row" }, h("legend", {}, t("form.row", { number })),
      editors.map(({ column, editor }) => fieldOf(column, editor, ""))),
    invalid() {
      if (cells().length === 0) return "";
      const missing = editors.find(({ column, editor }) => column.required && editor.value() === "");
      return missing ? t("form.cellMissing", { label: missing.column.label }) : firstProblem(editors.map((e) => e.editor));
    },
  };
}

/** raw is the value of a table whose columns are not known. */
function raw() {
  const control = h("textarea", { rows: 3, class: "mono", placeholder: '[[{"name":"…","value":"…"}]]' });
  return { element: control, value: () => control.value.trim() };
}
