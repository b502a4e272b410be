// Texts that come from elsewhere: they may be of any length.
import { make } from "./dom.js";
import { plural } from "./format.js";

/** Returns a text in which characters are escaped that are not seen, or turn others around. */
export function visible(text) {
  return text.replace(/[\0-\x1F\x7F-\x9F\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Returns a name for an element: lines may break after its dots. */
export function breakable(name) {
  return visible(name).split(/(?<=[.:])/).flatMap((part, i) => i > 0 ? [make("wbr"), part] : part);
}

/** Returns the first characters of a text, and no half of one. */
export function beginning(text, most) {
  const isHalf = text.length > most && /[\uD800-\uDBFF]/.test(text[most - 1]);
  return text.slice(0, isHalf ? most - 1 : most);
}

/** Returns a text that fits into a line. */
export function short(text, most) {
  return text.length > most ? `${beginning(text, most)}…` : text;
}

/** Puts the beginning of a text into an element, and a button that puts all of it there. */
export function fillShort(element, text, most, format = (part) => part) {
  if (text.length <= most) {
    element.append(format(text));
    return element;
  }
  const showAll = () => {
    element.replaceChildren(format(text));
    element.tabIndex = -1;
    element.focus();
  };
  element.append(format(beginning(text, most)), " … ",
    make("button", { type: "button", class: "all", onclick: showAll }, `Show all ${plural(text.length, "character")}`));
  return element;
}
