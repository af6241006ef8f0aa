// The components of a form, with the fields of a seed's.

import { field } from "../parts.js";
import { labelOf } from "../values.js";

/** componentsOf a form, with nothing left out that is empty. */
export const componentsOf = (form) => form.components.map(complete);

function complete(component) {
  return { label: "", options: [], ...component, children: (component.children ?? []).map(complete) };
}

// Filled by DingTalk's own client or by nobody: the API takes no value.
const unsettable = new Set([
  "TextNote", "FormRelateField", "DDHolidayField", "SignatureField", "SeqNumberField", "OcrTextField", "OcrIdCardField",
  "InvoiceField", "RecipientAccountField",
]);

export const isSettable = ({ type }) => !unsettable.has(type);

/** hasTime tells a date with hours and minutes from a mere day. */
export const hasTime = ({ format }) => /[Hh]{2}:mm/.test(format ?? "");

/** fieldOf puts an editor into a field with the component's label. */
export function fieldOf(component, editor, hint) {
  return field(labelOf(component.label), editor.control ?? editor.element, { name: component.label, required: component.required, hint, around: editor.element });
}
