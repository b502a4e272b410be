// Values as trees. What is inside a list or a dict is made when that is opened.
import { make } from "./dom.js";
import { plural } from "./format.js";
import { beginning, fillShort, short, textOf, visible } from "./text.js";

const ITEMS = 100; // shown at once
const TEXT = 2000; // characters of a string
const LABEL = 200; // characters of a key, or of a type
const SHORT = 80; // characters of what is shown of a closed container
const OPEN = 12; // containers up to this size are open from the start, if they are outermost

const FORMS = { $tuple: "tuple", $set: "set", $frozenset: "frozenset" };

/** Returns the one key of a form such as {"$bytes": "AAE="}; undefined if it is none. */
function formOf(value) {
  const keys = value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
  return keys.length === 1 && keys[0].startsWith("$") ? keys[0] : undefined;
}

const quoted = (value) => visible(JSON.stringify(value));

function scalar(value) {
  if (typeof value === "string") {
    return fillShort(make("span", { class: "string" }), value, TEXT, quoted);
  }
  return make("span", { class: value === null ? "null" : typeof value }, String(value));
}

/** Returns the items of a container, each with its label; null: it is none. */
function contents(value) {
  const form = formOf(value);
  if (Array.isArray(value)) {
    return { kind: "list", items: value.map((item, i) => [i, item]) };
  } else if (FORMS[form] && Array.isArray(value[form])) {
    return { kind: FORMS[form], items: value[form].map((item, i) => [i, item]) };
  } else if (form === "$dict" && Array.isArray(value.$dict) && value.$dict.every(Array.isArray)) {
    return { kind: "dict", items: value.$dict.map(([key, item]) => [JSON.stringify(key), item]) };
  } else if (value && typeof value === "object" && !form) {
    return { kind: "dict", items: Object.entries(value) };
  }
  return null;
}

function addItems(list, items, start) {
  const end = Math.min(start + ITEMS, items.length);
  for (const [label, item] of items.slice(start, end)) {
    list.append(make("li", {}, make("span", { class: "label" }, `${visible(short(textOf(label), LABEL))}: `), tree(item)));
  }
  if (end < items.length) {
    const more = make("button", { type: "button" }, `${plural(items.length - end, "more item")}`);
    const row = make("li", {}, more);
    more.addEventListener("click", () => {
      row.remove();
      addItems(list, items, end);
    });
    list.append(row);
  }
}

/** Makes the tree of a value. */
export function tree(value, isOutermost = false) {
  const container = contents(value);
  const form = formOf(value);
  if (!container && form) {
    return make("span", {}, make("span", { class: "type" }, visible(short(form.slice(1), LABEL))), " ", tree(value[form]));
  } else if (!container) {
    return scalar(value);
  } else if (container.items.length === 0) {
    return make("span", { class: "type" }, `empty ${container.kind}`);
  }
  return branch(container, isOutermost && container.items.length <= OPEN);
}

/** Returns the beginning of what is in a container, of scalars only. */
function preview(items) {
  const texts = [];
  for (const [label, item] of items.slice(0, 8)) {
    if (item !== null && typeof item === "object") {
      break;
    }
    const told = quoted(typeof item === "string" ? beginning(item, SHORT) : item);
    texts.push(typeof label === "number" ? told : `${visible(short(label, SHORT))}: ${told}`);
  }
  return short(texts.join(", ") + (texts.length < items.length ? " …" : ""), SHORT);
}

function branch({ kind, items }, isOpen) {
  const list = make("ul");
  const element = make("details", { class: "tree" }, make("summary", {},
    make("span", { class: "type" }, `${kind} of ${items.length}`),
    make("span", { class: "preview" }, preview(items))), list);
  const build = () => list.firstChild ?? addItems(list, items, 0);
  element.addEventListener("toggle", build);
  if (isOpen) {
    build();
    element.open = true;
  }
  return element;
}
