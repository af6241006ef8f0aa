// Elements, made and updated. Text goes in as text only, so that whatever users
// typed is shown and never interpreted.

const handlers = ["onclick", "onchange", "oninput", "onsubmit", "onkeydown", "onclose"];
const properties = new Set([...handlers, "value", "checked", "disabled", "selected", "hidden", "open", "indeterminate"]);

/**
 * h makes an element: h("a", {href: "#/", class: "quiet"}, "text", child, …).
 * Children that are null, undefined or false are left out, lists are flattened.
 */
export function h(name, attributes, ...children) {
  const element = document.createElement(name);
  element.append(...nodes(children));
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false && !key.startsWith("aria-")) continue;
    if (properties.has(key)) element[key] = value;
    else element.setAttribute(key, value === true && !key.startsWith("aria-") ? "" : String(value));
  }
  return element;
}

/** svg makes an element of an icon. */
export function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== "")
    .map((c) => (c instanceof Node ? c : document.createTextNode(String(c))));
}

/**
 * patch makes a container's children like the given ones, and keeps every
 * element that is still there: focus, selection, scroll position, what was typed
 * and what was folded open stay. Elements with data-key are matched by it. An
 * element that the container has already must not be among the given ones: to put
 * it there takes it out of the page for a moment.
 */
export function patch(container, ...children) {
  const wanted = nodes(children);
  const keyed = new Map();
  for (const old of container.childNodes) {
    if (old.dataset?.key) keyed.set(old.dataset.key, old);
  }
  let at = container.firstChild;
  for (const node of wanted) {
    const key = node.dataset?.key;
    const old = key ? keyed.get(key) : at;
    if (!old || !alike(old, node)) {
      container.insertBefore(node, at);
      continue;
    }
    if (old === at) at = at.nextSibling;
    else container.insertBefore(old, at);
    update(old, node);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(old, node) {
  return old.nodeName === node.nodeName && old.dataset?.key === node.dataset?.key && old.id === node.id;
}

function update(old, node) {
  if (old === node) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== node.nodeValue) old.nodeValue = node.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !node.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of node.attributes) {
    if (name !== "open" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const name of handlers) old[name] = node[name];
  if (old instanceof HTMLTextAreaElement) return; // its text is the user's
  patch(old, ...node.childNodes);
}

/** later calls f once, some time after the last of many calls came in. */
export function later(f, milliseconds = 300) {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = 0;
      f();
    }, milliseconds);
  };
}

/** webAddress gives back http(s) addresses only; anything else is no link. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
