// The part right of the list: an object, or all of them.
import { Curves } from "./curves.js";
import { make, setText } from "./dom.js";
import { describe, Failures, view } from "./failure.js";
import { clock, span } from "./format.js";
import * as gateway from "./gateway.js";
import { Members } from "./members.js";
import { objects } from "./objects.js";
import { breakable, visible } from "./text.js";

const PAUSE = 10000; // milliseconds until an object is asked again that did not tell what it has

/** All objects together. */
export class Overview {
  title = "Remote objects";

  constructor() {
    this.curves = new Curves();
    this.failures = new Failures();
    this.element = make("div", {}, make("h2", {}, "All objects"), this.curves.element,
      make("p", { class: "quiet" },
        "Choose an object to see and call its methods. ",
        "The curves are of servers of pyrolua; those of Pyro do not count calls."),
      this.failures.element);
  }

  show() {
    this.curves.show(objects.history);
    this.failures.show(objects.errors);
  }

  close() {}
}

function lease(entry) {
  if (!entry.owner) {
    return "none; the name stays until somebody removes it";
  }
  return entry.ends ? `ends in ${span(entry.ends - objects.lookedAt)}, unless it is renewed` : "not known";
}

/** The name server's words about an object. */
class Facts {
  constructor() {
    this.values = new Map();
    this.element = make("dl", { class: "facts" });
  }

  set(title, text) {
    let value = this.values.get(title);
    if (!value) {
      value = make("dd");
      this.values.set(title, value);
      this.element.append(make("div", {}, make("dt", {}, title), value));
    }
    setText(value, visible(text));
  }

  show(entry) {
    this.set("Address", entry.uri);
    this.set("Tags", entry.tags.length > 0 ? entry.tags.join(", ") : "none");
    this.set("Owner", entry.owner ?? "none");
    this.set("Lease", lease(entry));
    if (entry.registered) {
      this.set("Registered", `${span(objects.lookedAt - entry.registered)} ago, at ${clock(entry.registered)}`);
    }
  }
}

/** Returns whether an object may tell what it has. The gateway does not look after all servers. */
function canAnswer(health) {
  return health === "up" || (health === "unknown" && !objects.isLost);
}

/** One object. */
export class ObjectPane {
  constructor(name) {
    this.name = name;
    this.title = `${visible(name)} – Remote objects`;
    this.health = make("span", { class: "health" });
    this.reason = make("p", { class: "reason", role: "status" });
    this.facts = new Facts();
    this.curves = new Curves();
    this.lacking = make("p", { class: "quiet" });
    this.members = make("div");
    this.failures = new Failures(({ object }) => object === name);
    this.asking = new AbortController();
    this.nextAsking = 0;
    this.element = make("div", {}, make("a", { class: "back", href: "#" }, "All objects"),
      make("h2", {}, make("span", {}, breakable(name)), " ", this.health), this.reason, this.facts.element, this.curves.element,
      this.lacking, this.members, this.failures.element);
  }

  show() {
    const entry = objects.entries.get(this.name);
    const health = entry?.health ?? (objects.lookedAt ? "gone" : "unknown");
    setText(this.health, health);
    this.health.dataset.health = health;
    setText(this.reason, health === "gone" ? "The name server has no such name." : entry?.reason ?? "");
    this.curves.element.hidden = !entry?.tally && (entry?.history ?? []).every((rates) => rates === null);
    if (entry?.uri) {
      this.facts.show(entry);
      this.curves.show(entry.history);
      setText(this.lacking, this.lack(health));
      this.described?.show(entry.tally);
    }
    if (entry?.uri && canAnswer(health)) {
      this.describe(entry.uri);
    } else {
      this.nextAsking = 0;
    }
    this.failures.show(objects.errors);
  }

  /** Returns what is not shown, and why. */
  lack(health) {
    if (health === "up" && this.curves.element.hidden) {
      return "The server of this object does not count calls, so it has no curves.";
    }
    return this.described || canAnswer(health) ? "" : "Methods and attributes are shown once the server is up.";
  }

  /** Asks what the object has, once at each place, and when its server is up again. If it does not
   * tell, it is asked again after a while. */
  async describe(uri) {
    if (this.asked === uri && performance.now() < this.nextAsking) {
      return;
    }
    this.asked = uri;
    this.nextAsking = Infinity;
    try {
      this.take(await gateway.describe(this.name, this.asking.signal));
    } catch (error) {
      if (!this.asking.signal.aborted) {
        this.nextAsking = performance.now() + PAUSE;
        this.complain(error);
      }
    }
  }

  /** Shows what the object has. Forms stay, unless that is something else than before. */
  take(told) {
    const text = JSON.stringify(told);
    if (this.told !== text) {
      this.told = text;
      this.described?.close();
      this.described = new Members(this.name, told);
      this.members.replaceChildren(this.described.element);
      this.described.show(objects.entries.get(this.name)?.tally);
    }
  }

  /** Shows why it is not known what the object has. It is asked again and again: the same words stay. */
  complain(error) {
    const { message } = describe(error);
    if (!this.described && this.complaint !== message) {
      this.complaint = message;
      this.members.replaceChildren(view(error));
    }
  }

  close() {
    this.asking.abort();
    this.described?.close();
  }
}
