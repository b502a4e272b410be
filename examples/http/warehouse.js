// The warehouse: what is in it, to be taken, and a form to store more.
import { call } from "./gateway.js";

const contents = document.getElementById("contents");
const message = document.getElementById("message");
const name = document.getElementById("name");
const item = document.getElementById("item");

async function list() {
  const items = await call("example.warehouse", "list_contents");
  contents.replaceChildren(...items.map((thing) => {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.textContent = `Take the ${thing}`;
    button.addEventListener("click", () => attempt(() => visit("take", thing)));
    row.append(button);
    return row;
  }));
}

async function visit(method, thing) {
  await call("example.warehouse", method, name.value || "Somebody", thing);
  message.textContent = "Thank you, come again!";
  await list();
}

/** Shows the error of an action that fails. */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    message.textContent = error.message;
  }
}

document.getElementById("store").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => visit("store", item.value));
});
attempt(list);
