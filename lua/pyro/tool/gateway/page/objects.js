// All objects, as the gateway sees them, and how busy they were of late.
import * as gateway from "./gateway.js";
import { between, total } from "./rates.js";

const LENGTH = 120; // looks that are remembered
const ERRORS = 100;
const PAUSE = 2000; // milliseconds until the next attempt

/** An object: what the gateway says of it, besides its rates. */
class Entry {
  history = [];

  constructor(name) {
    this.name = name;
  }

  take(told) {
    Object.assign(this, { owner: null, ends: null, registered: null, reason: null, tally: null }, told);
  }

  /** Adds the rates since the last look, if there are any. */
  look(seconds) {
    const now = this.tally && total([this.tally]);
    const rates = now && this.before && between(now, this.before, seconds);
    this.before = now;
    remember(this.history, this.health === "up" ? rates : null);
  }
}

function remember(history, value) {
  history.push(value);
  history.splice(0, history.length - LENGTH);
}

/** The known objects. Events: "look" with each look, "state" when there are none any more, or again. */
class Objects extends EventTarget {
  entries = new Map();
  history = [];
  errors = new Map(); // by kind, the latest last
  lookedAt = null;
  nameserver = null;
  trouble = "";
  isLost = false; // the gateway does not answer

  /** Takes one look of the gateway. */
  take(look) {
    this.isLost = false;
    const seconds = this.lookedAt ? look.time - this.lookedAt : 0;
    this.lookedAt = look.time;
    this.nameserver = look.nameserver;
    this.leftOut = look.left_out;
    this.update(look);
    for (const entry of this.entries.values()) {
      entry.look(seconds);
    }
    remember(this.history, this.sum());
    look.errors.forEach((failure) => this.takeError(failure));
    this.setTrouble(look.trouble ?? "");
    this.dispatchEvent(new Event("look"));
  }

  takeError(failure) {
    const kind = JSON.stringify([failure.object, failure.method, failure.class]);
    this.errors.delete(kind);
    this.errors.set(kind, failure);
    if (this.errors.size > ERRORS) {
      this.errors.delete(this.errors.keys().next().value);
    }
  }

  update(look) {
    if (look.names) {
      const before = this.entries;
      this.entries = new Map(look.names.map((name) => [name, before.get(name) ?? new Entry(name)]));
    }
    for (const [name, told] of Object.entries(look.objects)) {
      this.entries.get(name)?.take(told);
    }
  }

  /** Adds up the rates of all objects. Several names of one object count once. */
  sum() {
    const places = new Map([...this.entries.values()].map((entry) => [entry.uri, entry]));
    const rates = [...places.values()].map((entry) => entry.history.at(-1)).filter(Boolean);
    return rates.length === 0 ? null : {
      calls: rates.reduce((all, { calls }) => all + calls, 0),
      errors: rates.reduce((all, { errors }) => all + errors, 0),
      p99: rates.reduce((most, { p99 }) => p99 === null ? most : Math.max(most ?? 0, p99), null),
    };
  }

  setTrouble(trouble) {
    this.trouble = trouble;
    this.dispatchEvent(new Event("state"));
  }

  /** Forgets what a gateway said that has gone; names stay until they come again. */
  restart() {
    this.errors.clear();
    for (const entry of this.entries.values()) {
      entry.before = null;
    }
  }

  /** Says that the gateway has gone: how objects are is not known now. */
  lose(trouble) {
    this.isLost = true;
    for (const entry of this.entries.values()) {
      entry.health = "unknown";
      entry.reason = null;
      remember(entry.history, null);
    }
    remember(this.history, null);
    this.setTrouble(trouble);
    this.dispatchEvent(new Event("look"));
  }

  /** Follows the gateway for ever; when it has gone, or refuses, tries again. Calls `denied` where it
   * wants another key, and ends. */
  async follow(denied) {
    for (;;) {
      let trouble = "The gateway does not answer.";
      try {
        let isFirst = true;
        for await (const look of gateway.overview()) {
          if (isFirst) {
            this.restart();
          }
          isFirst = false;
          this.take(look);
        }
      } catch (error) {
        if (error instanceof gateway.Refusal && error.status === 403 && gateway.needsKey) {
          denied();
          return;
        } else if (error instanceof gateway.Refusal) {
          trouble = `The gateway refuses: ${error.message}.`;
        }
      }
      this.lose(`${trouble} Trying again…`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

export const objects = new Objects();
