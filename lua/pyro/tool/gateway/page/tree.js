// Values as trees. What is inside a list or a dict is made when that is opened.
import { make } from "./dom.js";
import { exact, plural } from "./format.js";
import { beginning, fillShort, short, visible } from "./text.js";
import { digitsOf, formOf, jsonOf, textOf } from "./values.js";

const ITEMS = 100; // shown at once
const TEXT = 2000; // characters of a string
const LABEL = 200; // characters of a key, or of a type
const SHORT = 80; // characters of what is shown of a closed container
const OPEN = 12; // containers up to this size are open from the start, if they are outermost

const FORMS = { $tuple: "tuple", $set: "set", $frozenset: "frozenset" };

const quoted = (value) => visible(JSON.stringify(value));
const titleOf = ({ kind, size }) => size === 0 ? `empty ${kind}` : `${kind} of ${exact(size)}`;

function scalar(value) {
  if (typeof value === "string") {
    return fillShort(make("span", { class: "string" }), value, TEXT, quoted);
  }
  return make("span", { class: value === null ? "null" : typeof value }, String(value));
}

const numbered = (kind, list) => ({ kind, size: list.length, items: () => list.map((item, i) => [i, item]) });

/** Returns what a container is, and its items, each with its label; null: it is none. */
function contents(value) {
  const form = formOf(value);
  if (Array.isArray(value)) {
    return numbered("list", value);
  } else if (FORMS[form] && Array.isArray(value[form])) {
    return numbered(FORMS[form], value[form]);
  } else if (form === "$dict" && Array.isArray(value.$dict) && value.$dict.every(Array.isArray)) {
    return { kind: "dict", size: value.$dict.length,
      items: () => value.$dict.map(([key, item]) => [jsonOf(key), item]) };
  } else if (value && typeof value === "object" && !form) {
    return { kind: "dict", size: Object.keys(value).length, items: () => Object.entries(value) };
  }
  return null;
}

/** Returns the type of a value, for people. */
export function typeOf(value) {
  const type = contents(value)?.kind ?? formOf(value)?.slice(1);
  return type ?? (value === null ? "null" : typeof value === "string" ? "text" : typeof value);
}

/** Makes a row of a tree. The label of a container is part of what opens it. */
function row(label, item) {
  const shown = make("span", { class: "label" }, `${visible(short(textOf(label), LABEL))}: `);
  const value = tree(item);
  if (value instanceof HTMLDetailsElement) {
    value.firstChild.prepend(shown);
    return make("li", {}, value);
  }
  return make("li", { class: "leaf" }, shown, value);
}

function addItems(list, items, start) {
  const end = Math.min(start + ITEMS, items.length);
  for (const [label, item] of items.slice(start, end)) {
    list.append(row(label, item));
  }
  if (end < items.length) {
    const more = make("button", { type: "button" }, `${plural(items.length - end, "more item")}`);
    const last = make("li", { class: "leaf" }, more);
    more.addEventListener("click", () => {
      last.remove();
      addItems(list, items, end);
      list.children[end].tabIndex = -1;
      list.children[end].focus(); // where the button was
    });
    list.append(last);
  }
}

/** Makes the tree of a value. */
export function tree(value, isOutermost = false) {
  const container = contents(value);
  const form = formOf(value);
  const digits = digitsOf(value);
  if (digits !== undefined) {
    return make("span", { class: "number" }, visible(short(digits, TEXT)));
  } else if (!container && form) {
    return make("span", {}, make("span", { class: "type" }, visible(short(form.slice(1), LABEL))), " ", tree(value[form]));
  } else if (!container) {
    return scalar(value);
  } else if (container.size === 0) {
    return make("span", { class: "type" }, titleOf(container));
  }
  return branch(container, isOutermost && container.size <= OPEN);
}

/** Returns a value in few words. */
function brief(value) {
  const container = contents(value);
  if (container) {
    return titleOf(container);
  }
  const part = typeof value === "string" ? beginning(value, SHORT) : value;
  return digitsOf(value) ?? (formOf(value) ? typeOf(value) : JSON.stringify(part));
}

/** Returns the beginning of what is in a container; nothing if that is more containers only. */
function preview({ size, items }) {
  const first = items().slice(0, 8);
  if (first.every(([, item]) => contents(item))) {
    return "";
  }
  const texts = first.map(([label, item]) =>
    typeof label === "number" ? brief(item) : `${short(textOf(label), SHORT)}: ${brief(item)}`);
  return short(visible(texts.join(", ")) + (texts.length < size ? " …" : ""), SHORT);
}

function branch(container, isOpen) {
  const list = make("ul");
  const element = make("details", { class: "tree" }, make("summary", {},
    make("span", { class: "type" }, titleOf(container)),
    make("span", { class: "preview" }, preview(container))), list);
  const build = () => list.firstChild ?? addItems(list, container.items(), 0);
  element.addEventListener("toggle", build);
  if (isOpen) {
    build();
    element.open = true;
  }
  return element;
}
