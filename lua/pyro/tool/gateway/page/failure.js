// Errors.
import { make, setText } from "./dom.js";
import { clock, exact, plural } from "./format.js";
import * as gateway from "./gateway.js";
import { fillShort, short, visible } from "./text.js";
import { tree } from "./tree.js";
import { parse, textOf } from "./values.js";

const NAME = 200; // characters of a class
const MESSAGE = 2000; // characters that are shown at once
const TRACEBACK = 20000;

const shortClass = (name) => short(textOf(name).split(".").at(-1), NAME);

/** Returns what an exception says: a remote one, as it is in JSON, or one of the browser. */
export function describe(error) {
  if (gateway.isRemoteError(error)) {
    const traceback = error.attributes?._pyroTraceback;
    const args = Array.isArray(error.args) ? error.args : [];
    return {
      title: shortClass(error.__class__),
      message: args.length === 1 ? textOf(args[0]) : textOf(args),
      traceback: Array.isArray(traceback) ? traceback.map(textOf).join("") : "",
      rest: error,
    };
  } else if (error instanceof gateway.Refusal) {
    return { title: "The gateway refuses", message: error.message };
  } else if (error instanceof gateway.Silence) {
    return { title: "No answer", message: error.message };
  }
  return { title: "Error", message: error instanceof Error ? error.message : textOf(error) };
}

function tracebackOf({ traceback, rest }) {
  return [
    traceback && make("details", {}, make("summary", {}, "Remote traceback"),
      fillShort(make("pre", { tabindex: "0" }), traceback, TRACEBACK)),
    rest && make("details", {}, make("summary", {}, "The whole exception"), tree(rest, true)),
  ].filter(Boolean);
}

/** Makes the element that shows an error. */
export function view(error) {
  const told = describe(error);
  return make("div", { class: "failure" },
    make("p", {}, make("b", {}, told.title), ": ", fillShort(make("span"), told.message, MESSAGE)),
    ...tracebackOf(told));
}

/** Returns what is told of errors of one kind. */
function describeKind(failure) {
  const title = shortClass(failure.class);
  if (failure.left_out) {
    return { title, message: `${plural(failure.left_out, "byte")}, too many for this list` };
  }
  return failure.exception ? describe(parse(failure.exception)) : { title };
}

/** A row for errors of one kind, which changes in place. */
class Row {
  constructor({ object, method }) {
    this.time = make("time");
    this.title = make("b");
    this.message = make("span");
    this.traceback = make("pre", { tabindex: "0" });
    this.details = make("details", {}, make("summary", {}, "Remote traceback"), this.traceback);
    this.element = make("li", {}, this.time, " ",
      make("a", { href: `#o/${encodeURIComponent(object)}` }, visible(object)), " ",
      make("span", { class: "member" }, visible(method)), " ", this.title, this.message, this.details);
  }

  show(failure) {
    if (this.failure === failure) {
      return;
    }
    this.failure = failure;
    const { title, message = "", traceback = "" } = describeKind(failure);
    setText(this.time, clock(failure.time));
    setText(this.title, failure.count > 1 ? `${title} × ${exact(failure.count)}` : title);
    setText(this.message, message && `: ${message}`);
    setText(this.traceback, traceback);
    this.details.hidden = traceback === "";
  }
}

/** A list of recent errors. A kind that is new comes first, and stays where it is. */
export class Failures {
  rows = new Map();

  constructor(filter = () => true) {
    this.filter = filter;
    this.list = make("ol", { class: "failures" });
    this.empty = make("p", { class: "quiet" });
    this.element = make("section", {}, make("h3", {}, "Recent errors"), this.empty, this.list);
  }

  show(errors) {
    for (const [kind, row] of this.rows) {
      if (!errors.has(kind)) {
        row.element.remove();
        this.rows.delete(kind);
      }
    }
    for (const [kind, failure] of [...errors].filter(([, failure]) => this.filter(failure))) {
      this.rowOf(kind, failure).show(failure);
    }
    setText(this.empty, this.rows.size > 0 ? "" : "None so far.");
  }

  rowOf(kind, failure) {
    let row = this.rows.get(kind);
    if (!row) {
      row = new Row(failure);
      this.rows.set(kind, row);
      this.list.prepend(row.element);
    }
    return row;
  }
}
