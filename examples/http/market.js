// The stock market: its quotes are items of a stream, which come as events.
import { gateway } from "./gateway.js";

const table = document.querySelector("#quotes tbody");
const rows = new Map();

function show([symbol, price]) {
  let row = rows.get(symbol);
  if (!row) {
    row = table.insertRow();
    row.insertCell().textContent = symbol;
    row.insertCell();
    rows.set(symbol, row);
  }
  row.cells[1].textContent = price.toFixed(2);
}

const quotes = new EventSource(`${gateway}/pyro/example.stockmarket.nasdaq/quotes`);
quotes.addEventListener("message", (event) => show(JSON.parse(event.data)));
for (const last of ["end", "exception"]) {
  quotes.addEventListener(last, () => quotes.close());
}
