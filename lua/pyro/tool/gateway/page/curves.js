// The three curves of an object, or of all.
import { Curve } from "./chart.js";
import { make } from "./dom.js";
import { duration, rate } from "./format.js";

const SLOTS = 120; // seconds

/** Curves of calls, errors and times. */
export class Curves {
  constructor() {
    this.calls = new Curve("Calls a second", rate, SLOTS, "calls");
    this.errors = new Curve("Errors a second", rate, SLOTS, "errors");
    this.p99 = new Curve("99 % of calls take at most", duration, SLOTS, "p99");
    this.element = make("div", { class: "curves" },
      this.calls.element, this.errors.element, this.p99.element);
  }

  show(history) {
    for (const name of ["calls", "errors", "p99"]) {
      this[name].show(history.map((rates) => rates?.[name] ?? null));
    }
  }
}
