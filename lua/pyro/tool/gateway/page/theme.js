// The choice of colours, which the browser remembers.
import { find } from "./dom.js";

const NAME = "pyro-theme";

function apply(theme) {
  document.documentElement.dataset.theme = theme;
}

function remembered() {
  try {
    return localStorage.getItem(NAME) ?? "auto";
  } catch {
    return "auto"; // this browser keeps nothing
  }
}

function remember(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // It is chosen until the page is left.
  }
}

/** Applies the choice, and lets it be changed. */
export function start() {
  const select = find("theme");
  select.value = remembered();
  apply(select.value);
  select.addEventListener("change", () => {
    apply(select.value);
    remember(select.value);
  });
}
