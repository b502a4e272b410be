// The list of objects, and the search in it.
import { find, make, setText } from "./dom.js";
import { exact, plural, rate } from "./format.js";
import { objects } from "./objects.js";
import { breakable, visible } from "./text.js";

const HEALTH = { up: "up", down: "", unknown: "not asked" }; // the word stands at the right for "down"

/** A row, which changes in place: whoever is there with the keyboard stays. */
class Row {
  constructor(name) {
    this.health = make("span", { class: "health" });
    this.rate = make("span", { class: "rate" });
    this.tags = make("span", { class: "tags" });
    this.link = make("a", { href: `#o/${encodeURIComponent(name)}` }, this.health,
      make("span", { class: "name" }, breakable(name)), this.rate, this.tags);
    this.element = make("li", {}, this.link);
  }

  show(entry, isSelected) {
    const health = healthOf(entry);
    const rates = entry.history.at(-1);
    this.health.dataset.health = health;
    setText(this.health, HEALTH[health]);
    setText(this.rate, health === "down" ? "down" : rates && health === "up" ? `${rate(rates.calls)}/s` : "");
    this.rate.classList.toggle("down", health === "down");
    this.showTags(entry.tags ?? []);
    if (isSelected) {
      this.link.setAttribute("aria-current", "true");
    } else {
      this.link.removeAttribute("aria-current");
    }
  }

  showTags(tags) {
    const text = tags.join("\n");
    if (this.shownTags !== text) {
      this.shownTags = text;
      this.tags.replaceChildren(...tags.map((tag) => make("span", { class: "tag" }, visible(tag))));
    }
  }
}

const rows = new Map();
let inSight = null; // the name that the list was scrolled to

const healthOf = (entry) => entry.health ?? "unknown";

function matches(entry, words) {
  const text = [entry.name, entry.uri ?? "", ...(entry.tags ?? [])].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Puts the elements into the list, and moves none that is in its place. */
function arrange(list, elements) {
  let at = list.firstChild;
  for (const element of elements) {
    if (element === at) {
      at = at.nextSibling;
    } else {
      list.insertBefore(element, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** Scrolls to an object that was selected elsewhere, as by an address. */
function bringIntoSight(name) {
  const element = rows.get(name)?.element;
  if (inSight !== name && element?.isConnected) {
    element.scrollIntoView({ block: "nearest" });
    inSight = name;
  }
}

/** Says how many objects there are, and how many may belong to those that are searched. */
function countOf(found, unknown, all) {
  if (all === 0) {
    return objects.nameserver ? "The name server has no names that this gateway shows you." : "";
  }
  const some = found < all ? `${exact(found)} of ${plural(all, "object")}` : plural(all, "object");
  return some + (unknown > 0 ? `; ${exact(unknown)} not known to be up or down` : "") +
    (objects.leftOut ? `; ${exact(objects.leftOut)} more are not shown` : "");
}

/** Shows the objects that are searched. */
export function show(selected) {
  const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const health = find("health").value;
  const searched = [...objects.entries.values()].filter((entry) => matches(entry, words));
  const found = searched.filter((entry) => health === "" || entry.health === health);
  const unknown = health === "" ? [] : searched.filter((entry) => healthOf(entry) === "unknown");
  for (const name of [...rows.keys()].filter((name) => !objects.entries.has(name))) {
    rows.delete(name);
  }
  arrange(find("list"), found.map((entry) => {
    const row = rows.get(entry.name) ?? new Row(entry.name);
    rows.set(entry.name, row);
    row.show(entry, entry.name === selected);
    return row.element;
  }));
  bringIntoSight(selected);
  setText(find("count"), countOf(found.length, unknown.length, objects.entries.size));
}
