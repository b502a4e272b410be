// The methods and attributes of an object.
import { CallForm } from "./call.js";
import { make, setText } from "./dom.js";
import { count, duration, plural } from "./format.js";
import * as failure from "./failure.js";
import * as gateway from "./gateway.js";
import { visible } from "./text.js";
import { tree } from "./tree.js";

const ownValue = (table, name) => Object.hasOwn(table ?? {}, name) ? table[name] : undefined;

function documentation(text) {
  return text ? make("p", { class: "doc" }, text) : null;
}

/** A method: its documentation, its numbers, and a form once it is opened. */
class Method {
  constructor(object, name, { oneway, docs, parameters }) {
    const doc = ownValue(docs, name);
    this.name = name;
    this.parameters = ownValue(parameters, name);
    this.numbers = make("span", { class: "numbers" });
    this.element = make("details", { class: "method" },
      make("summary", {}, make("span", { class: "member" }, visible(name)),
        ownValue(oneway, name) ? make("span", { class: "tag" }, "oneway") : null,
        make("span", { class: "about" }, (doc ?? "").split("\n")[0]), this.numbers),
      documentation(doc));
    this.element.addEventListener("toggle", () => this.open(object), { once: true });
  }

  open(object) {
    this.form = new CallForm(object, this.name, this.parameters);
    this.element.append(this.form.element);
  }

  show(tally) {
    const method = ownValue(tally?.methods, this.name);
    if (tally && !method) {
      setText(this.numbers, "not called");
    } else if (method?.calls === 0) {
      setText(this.numbers, "no call has ended");
    } else if (method) {
      const errors = Object.values(method.errors).reduce((all, number) => all + number, 0);
      setText(this.numbers, `${plural(method.calls, "call", count)}, ${plural(errors, "error", count)}, ` +
        `p99 ${duration(method.p99)}`);
    }
  }
}

/** An attribute: its documentation, and its value, once that is read. */
class Attribute {
  constructor(object, name, doc) {
    this.object = object;
    this.name = name;
    this.value = make("span", { class: "value", role: "status" });
    this.element = make("li", {}, make("span", { class: "member" }, visible(name)), " ",
      make("button", { type: "button", "aria-label": `Read ${name}`, onclick: () => this.read() }, "Read"), " ",
      this.value, documentation(doc));
  }

  async read() {
    this.end();
    const reading = new AbortController();
    this.reading = reading;
    let shown;
    try {
      const result = await gateway.call(this.object, this.name, "[]", reading.signal);
      shown = result.items ? "a stream, which only methods show" : tree(result.value, true);
    } catch (error) {
      shown = failure.view(error);
    }
    if (this.reading === reading) {
      this.value.replaceChildren(shown);
      this.end(); // a stream would go on
    }
  }

  /** Stops what runs. */
  end() {
    this.reading?.abort();
    this.reading = null;
  }
}

/** All members of an object. */
export class Members {
  constructor(object, described) {
    const { docs } = described;
    this.element = make("div", {}, documentation(ownValue(docs, "")));
    this.methods = described.methods.map((name) => new Method(object, name, described));
    this.element.append(make("section", {}, make("h3", {}, "Methods"),
      ...this.methods.map(({ element }) => element),
      this.methods.length === 0 ? make("p", { class: "quiet" }, "None.") : null,
    ));
    this.attributes = described.attributes.map((name) => new Attribute(object, name, ownValue(docs, name)));
    if (this.attributes.length > 0) {
      this.element.append(make("section", {}, make("h3", {}, "Attributes"),
        make("ul", { class: "attributes" }, this.attributes.map(({ element }) => element))));
    }
  }

  show(tally) {
    for (const method of this.methods) {
      method.show(tally);
    }
  }

  /** Stops what runs. */
  close() {
    for (const method of this.methods) {
      method.form?.end();
    }
    for (const attribute of this.attributes) {
      attribute.end();
    }
  }
}
