// A form that calls a method, and what comes of it.
import { Arguments } from "./arguments.js";
import { Plot } from "./chart.js";
import { make, setText } from "./dom.js";
import { duration, plural } from "./format.js";
import * as failure from "./failure.js";
import * as gateway from "./gateway.js";
import { tree } from "./tree.js";
import { digitsOf } from "./values.js";

const ITEMS = 200; // of a stream that are shown
const LARGEST = 16 * 2 ** 20; // characters of JSON of these, unless it is one

/** Returns the name and the number in an item such as 3.5, or ["IBM", 23.5]. */
function numberIn(item) {
  const list = item?.$tuple ?? item;
  const isPair = Array.isArray(list) && list.length === 2 && typeof list[0] === "string";
  const [name, value] = isPair ? list : ["", item];
  const number = typeof value === "number" ? value : Number(digitsOf(value) ?? NaN);
  return Number.isFinite(number) ? [name, number] : null;
}

/** The latest items of a stream, the last one first. */
class Items {
  count = 0;
  sizes = [];
  size = 0;

  constructor() {
    this.plot = new Plot();
    this.list = make("ol", { class: "items", tabindex: "0", "aria-label": "Items" });
  }

  add({ value, size }) {
    const number = numberIn(value);
    if (number) {
      this.plot.add(...number);
    }
    this.count += 1;
    this.list.prepend(make("li", { value: this.count }, tree(value)));
    this.sizes.push(size);
    this.size += size;
    while (this.sizes.length > ITEMS || (this.size > LARGEST && this.sizes.length > 1)) {
      this.list.lastChild.remove();
      this.size -= this.sizes.shift();
    }
  }
}

/** The form of a method. */
export class CallForm {
  constructor(object, method, parameters) {
    this.object = object;
    this.method = method;
    this.arguments = new Arguments(method, parameters);
    this.status = make("p", { class: "status", role: "status" });
    this.output = make("div", { class: "output" });
    this.call = make("button", { class: "primary" }, "Call");
    this.stop = make("button", { type: "button", hidden: true, onclick: () => this.end() }, "Stop");
    this.element = make("form", { onsubmit: (event) => this.submit(event) },
      this.arguments.list, make("div", { class: "buttons" }, this.call, this.arguments.more, this.stop),
      this.status, this.output);
  }

  /** Stops what runs. */
  end() {
    this.running?.abort();
  }

  submit(event) {
    event.preventDefault();
    this.end();
    const running = new AbortController();
    this.running = running;
    this.shown = null;
    this.output.replaceChildren();
    setText(this.status, "Calling…");
    this.stop.hidden = false;
    this.run(running.signal).catch((error) => this.fail(error, running.signal)).finally(() => {
      if (this.running === running) {
        this.running = null;
        this.finish();
      }
    });
  }

  finish() {
    if (document.activeElement === this.stop) {
      this.call.focus();
    }
    this.stop.hidden = true;
  }

  async run(signal) {
    const started = performance.now();
    const result = await gateway.call(this.object, this.method, this.arguments.body(), signal);
    signal.throwIfAborted();
    if (result.items) {
      await this.follow(result.items, signal);
      return;
    }
    const isSent = !("value" in result);
    const taken = duration((performance.now() - started) / 1000);
    setText(this.status, isSent ? `Sent after ${taken}. A oneway call has no result.` : `Result after ${taken}`);
    this.output.replaceChildren(isSent ? "" : tree(result.value, true));
  }

  /** Shows the items of a stream as they come. */
  async follow(items, signal) {
    const shown = new Items();
    this.shown = shown;
    this.output.replaceChildren(shown.plot.element, shown.list);
    setText(this.status, "The result is a stream.");
    for await (const item of items) {
      signal.throwIfAborted();
      shown.add(item);
      if (shown.count % 20 === 0) {
        await new Promise((resolve) => setTimeout(resolve)); // the page is to be usable
      }
    }
    setText(this.status, `The stream ended after ${plural(shown.count, "item")}.`);
  }

  fail(error, signal) {
    if (signal !== this.running?.signal) {
      return; // it was called again
    } else if (signal.aborted) {
      setText(this.status, "Stopped.");
      return;
    }
    setText(this.status, this.shown ? `The stream failed after ${plural(this.shown.count, "item")}.` : "The call failed.");
    this.output.append(failure.view(error));
  }
}
