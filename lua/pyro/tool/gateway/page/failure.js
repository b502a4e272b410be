// Errors.
import { make, setText } from "./dom.js";
import { clock } from "./format.js";
import * as gateway from "./gateway.js";
import { fillShort, short, textOf, visible } from "./text.js";
import { tree } from "./tree.js";

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

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function row(failure) {
  const exception = failure.exception ? parse(failure.exception) : null;
  const told = exception ? describe(exception) : { title: shortClass(failure.class) };
  const count = failure.count > 1 ? ` × ${failure.count}` : "";
  return make("li", {},
    make("time", {}, clock(failure.time)), " ",
    make("a", { href: `#o/${encodeURIComponent(failure.object)}` }, visible(failure.object)), " ",
    make("span", { class: "member" }, visible(failure.method)), " ",
    make("b", {}, told.title + count), told.message ? `: ${told.message}` : "",
    ...tracebackOf({ traceback: told.traceback }));
}

/** A list of recent errors, the latest first. */
export class Failures {
  shown = 0;

  constructor(filter = () => true) {
    this.filter = filter;
    this.list = make("ol", { class: "failures" });
    this.empty = make("p", { class: "quiet" });
    this.element = make("section", {}, make("h3", {}, "Recent errors"), this.empty, this.list);
  }

  show(errors) {
    const known = errors.filter(this.filter);
    if (known.length === 0 || known.at(-1).number < this.shown) {
      this.list.replaceChildren(); // the gateway was started again
      this.shown = 0;
    }
    for (const failure of known.filter(({ number }) => number > this.shown)) {
      this.list.prepend(row(failure));
      this.shown = failure.number;
    }
    while (this.list.children.length > known.length) {
      this.list.lastChild.remove();
    }
    setText(this.empty, known.length > 0 ? "" : "None while somebody looked.");
  }
}
