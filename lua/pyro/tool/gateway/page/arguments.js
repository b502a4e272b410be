// The arguments of a call, as the user types them.
import { make } from "./dom.js";

const PLAIN = { autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
const HINT = "JSON, or text";

/** Returns the value that was typed: JSON, or else the text itself. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Inputs: one for each parameter that is known, and those that the user adds. */
export class Arguments {
  known = [];
  rows = [];

  constructor(method, parameters) {
    this.method = method;
    this.list = make("ol", { class: "arguments" });
    this.more = make("button", { type: "button", class: "quiet", onclick: () => this.add() }, "Add argument");
    this.more.hidden = parameters !== undefined && !parameters.includes("...");
    for (const name of (parameters ?? []).filter((name) => name !== "...")) {
      this.addKnown(name);
    }
  }

  addKnown(name) {
    const value = make("input", { placeholder: HINT, ...PLAIN });
    this.known.push(value);
    this.list.append(make("li", {}, make("label", {}, make("span", { class: "member" }, name), value)));
  }

  add() {
    const of = `argument ${this.known.length + this.rows.length + 1} of ${this.method}`;
    const row = {
      name: make("input", { "aria-label": `Name of ${of}`, placeholder: "name (optional)", ...PLAIN }),
      value: make("input", { "aria-label": `Value of ${of}`, placeholder: HINT, ...PLAIN }),
    };
    row.element = make("li", {}, this.known.length === 0 ? row.name : null, row.value, make("button", {
      type: "button", class: "quiet", "aria-label": `Remove ${of}`, onclick: () => this.remove(row),
    }, "×"));
    this.rows.push(row);
    this.list.append(row.element);
    row.value.focus();
  }

  remove(row) {
    this.rows.splice(this.rows.indexOf(row), 1);
    row.element.remove();
    this.more.focus();
  }

  /** Returns the values in their order. Parameters without a value at the end are left out, and
   * others are null. */
  inOrder() {
    const more = this.rows.map(({ value }) => read(value.value));
    const last = more.length > 0 ? this.known.length :
      this.known.findLastIndex(({ value }) => value !== "") + 1;
    return this.known.slice(0, last).map(({ value }) => value === "" ? null : read(value)).concat(more);
  }

  /** Returns the body of the request. Throws where only some arguments have names. */
  body() {
    const named = this.rows.filter(({ name }) => name.value !== "");
    if (named.length === 0) {
      return this.inOrder();
    } else if (named.length < this.rows.length) {
      throw new Error("Give names to all arguments, or to none.");
    }
    return Object.fromEntries(named.map(({ name, value }) => [name.value, read(value.value)]));
  }
}
