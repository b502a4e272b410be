// The page: which object is selected, and what changes with each look.
import { find, setText } from "./dom.js";
import * as gateway from "./gateway.js";
import * as list from "./list.js";
import { objects } from "./objects.js";
import { ObjectPane, Overview } from "./panes.js";
import * as theme from "./theme.js";

let pane = null;
let selected = null;

/** Returns the name in the address, "#o/NAME"; null: none. */
function nameInAddress() {
  try {
    return location.hash.startsWith("#o/") ? decodeURIComponent(location.hash.slice(3)) : null;
  } catch {
    return null;
  }
}

function show() {
  list.show(selected);
  pane.show();
  setText(find("source"), objects.nameserver ? `Name server ${objects.nameserver}` : "No name server");
}

/** Shows what the address says. */
function select() {
  const isFirst = pane === null;
  selected = nameInAddress();
  pane?.close();
  pane = selected === null ? new Overview() : new ObjectPane(selected);
  document.title = pane.title;
  document.body.classList.toggle("selected", selected !== null);
  find("detail").replaceChildren(pane.element);
  show();
  if (!isFirst) {
    find("detail").focus();
    window.scrollTo(0, 0);
  }
}

function showTrouble() {
  setText(find("trouble"), objects.trouble);
  find("trouble").hidden = objects.trouble === "";
}

function askForKey(message) {
  setText(find("source"), "");
  find("frame").hidden = true;
  find("key").hidden = false;
  setText(find("key-trouble"), message);
  find("key-value").focus();
}

function follow() {
  find("key").hidden = true;
  find("frame").hidden = false;
  objects.follow(() => {
    gateway.forgetKey();
    askForKey("This key is wrong.");
  });
}

/** Leads to what is right of the list, or below; the address stays that of what is selected. */
function skipList(event) {
  event.preventDefault();
  find("detail").focus({ preventScroll: true });
  find("detail").scrollIntoView();
}

function start() {
  theme.start();
  select();
  window.addEventListener("hashchange", select);
  objects.addEventListener("look", show);
  objects.addEventListener("state", showTrouble);
  document.querySelectorAll("a[href='#detail']").forEach((link) => link.addEventListener("click", skipList));
  for (const id of ["search", "health"]) {
    find(id).addEventListener("input", () => list.show(selected));
  }
  find("key").addEventListener("submit", (event) => {
    event.preventDefault();
    gateway.setKey(find("key-value").value);
    find("key-value").value = "";
    follow();
  });
  if (gateway.needsKey && !gateway.hasKey()) {
    askForKey("");
  } else {
    follow();
  }
}

start();
