import { h } from "../dom.js";
import { t } from "../i18n.js";
import { heading } from "../parts.js";

export function notFound(root) {
  root.append(heading(t("notFound.title")), h("p", {}, h("a", { href: "#/" }, t("notFound.back"))));
  return { close() {} };
}
