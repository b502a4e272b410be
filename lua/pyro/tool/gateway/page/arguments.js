// The arguments of a call, as the user types them.
import { make, setText } from "./dom.js";
import { short } from "./text.js";
import { typeOf } from "./tree.js";

const PLAIN = { autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
const HINT = "JSON, or text";
const KEYS = "Enter calls, Shift+Enter begins a new line";
const LINES = 12; // that a field grows to where the browser does not fit it to its text
const REASON = 100; // characters

let fields = 0;

/** Returns what was typed as JSON: itself, as that keeps all digits, or else a string of it. */
function read(text) {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** Returns the type of what was typed, and whether it looks like JSON, but is none. */
function judge(text) {
  try {
    const type = typeOf(JSON.parse(text));
    return { told: type === "number" ? (/[.e]/i.test(text) ? "float" : "int") : type };
  } catch (error) {
    const isWrong = /^\s*["[{]/.test(text);
    const reason = `sent as text, since it is not JSON: ${short(error.message, REASON)}`;
    return { told: isWrong ? reason : text && "text", isWrong };
  }
}

/** Lets Enter send the form, as in a field of one line; with Shift, or in the midst of a composed
 * character, it does not. */
function sendByEnter(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
}

/** An input for a value, and what the value will be. */
class Field {
  constructor(properties = {}) {
    fields += 1;
    this.told = make("span", { class: "told", id: `told-${fields}` });
    this.input = make("textarea", { rows: 1, placeholder: HINT, title: KEYS, enterkeyhint: "go",
      "aria-describedby": this.told.id, ...PLAIN, ...properties, onkeydown: sendByEnter, oninput: () => this.tell() });
  }

  get text() {
    return this.input.value;
  }

  tell() {
    const { told, isWrong = false } = judge(this.text);
    setText(this.told, told);
    this.told.classList.toggle("wrong", isWrong);
    this.input.rows = Math.min(this.text.split("\n").length, LINES);
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
    const field = new Field();
    this.known.push(field);
    this.list.append(make("li", {},
      make("label", {}, make("span", { class: "member" }, name), field.input), field.told));
  }

  add() {
    const of = `argument ${this.known.length + this.rows.length + 1} of ${this.method}`;
    const row = {
      name: make("input", { "aria-label": `Name of ${of}`, placeholder: "name (optional)", ...PLAIN }),
      field: new Field({ "aria-label": `Value of ${of}` }),
    };
    const isNamed = this.known.length === 0;
    const remove = make("button", {
      type: "button", class: "quiet", "aria-label": `Remove ${of}`, onclick: () => this.remove(row),
    }, "×");
    row.element = make("li", { class: `added ${isNamed ? "named" : "unnamed"}` },
      isNamed ? row.name : null, row.field.input, remove, row.field.told);
    this.rows.push(row);
    this.list.append(row.element);
    row.field.input.focus();
  }

  remove(row) {
    this.rows.splice(this.rows.indexOf(row), 1);
    row.element.remove();
    this.more.focus();
  }

  /** Returns the values in their order. Parameters without a value at the end are left out, and
   * others are null. */
  inOrder() {
    const more = this.rows.map(({ field }) => read(field.text));
    const last = more.length > 0 ? this.known.length : this.known.findLastIndex(({ text }) => text !== "") + 1;
    return this.known.slice(0, last).map(({ text }) => text === "" ? "null" : read(text)).concat(more);
  }

  /** Returns the body of the request, as JSON. Throws where only some arguments have names, or two
   * have the same. */
  body() {
    const named = this.rows.filter(({ name }) => name.value !== "");
    if (named.length === 0) {
      return `[${this.inOrder().join(", ")}]`;
    } else if (named.length < this.rows.length) {
      throw new Error("Give names to all arguments, or to none.");
    } else if (new Set(named.map(({ name }) => name.value)).size < named.length) {
      throw new Error("Give each argument a name of its own.");
    }
    return `{${named.map(({ name, field }) => `${JSON.stringify(name.value)}: ${read(field.text)}`).join(", ")}}`;
  }
}
