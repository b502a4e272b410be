// Requests to the gateway.
import { parse, textOf } from "./values.js";

const KEY = "pyro-key";
const LONGEST = 8 * 2 ** 20; // characters of an answer, or of an item
const base = new URL("..", location.href);

/** True if the gateway needs a key. */
export const needsKey = document.body.dataset.key === "needed";

/** An answer that is not a result; its status is that of HTTP. */
export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** The gateway that does not answer. */
export class Silence extends Error {
  constructor() {
    super("The gateway cannot be reached.");
  }
}

/** Throws the error of a request that failed, or was stopped. */
function fail(error) {
  throw error instanceof TypeError ? new Silence() : error;
}

/** Sets the gateway's key, for as long as the tab is open. */
export function setKey(key) {
  sessionStorage.setItem(KEY, key);
}

/** Returns whether a key was given. */
export function hasKey() {
  return sessionStorage.getItem(KEY) !== null;
}

/** Forgets a key that is wrong. */
export function forgetKey() {
  sessionStorage.removeItem(KEY);
}

// A page that was left may be kept in memory, and its requests with it: browsers have few
// connections to a server.
const leaving = new AbortController();
window.addEventListener("pagehide", () => leaving.abort());
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

function send(path, { signal, ...options }) {
  const key = sessionStorage.getItem(KEY);
  return fetch(new URL(path, base), {
    ...options,
    signal: signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal,
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    headers: { ...options.headers, ...(key && { "X-Pyro-Gateway-Key": key }) },
  }).catch(fail);
}

/** Yields the pieces of an answer's text. */
async function* pieces(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const read = () => reader.read().catch(fail);
  try {
    for (let piece = await read(); !piece.done; piece = await read()) {
      yield piece.value;
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have ended by an error
  }
}

async function wholeText(response) {
  let text = "";
  for await (const piece of pieces(response)) {
    text += piece;
    if (text.length > LONGEST) {
      throw new Error("The answer is too large for this page.");
    }
  }
  return text;
}

function parseEvent(block) {
  const event = { type: "message", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "data") {
      event.data += value;
    } else if (name === "event") {
      event.type = value;
    }
  }
  return event;
}

/** Yields the events of an answer: their type and data. */
async function* eventsOf(response) {
  let text = "";
  for await (const piece of pieces(response)) {
    const blocks = (text + piece).split("\n\n");
    text = blocks.pop();
    if (text.length > LONGEST) {
      throw new Error("An item is too large for this page.");
    }
    for (const event of blocks.map(parseEvent)) {
      if (event.data) {
        yield event;
      }
    }
  }
}

/** Yields what the gateway sees, again and again. */
export async function* overview(signal) {
  const response = await send("overview/events", { signal });
  if (!response.ok) {
    throw new Refusal(response.status, await wholeText(response));
  }
  for await (const { data } of eventsOf(response)) {
    yield JSON.parse(data);
  }
}

/** Returns what an object has. */
export async function describe(name, signal) {
  const response = await send(`overview/object?name=${encodeURIComponent(name)}`, { signal });
  const value = parse(await wholeText(response));
  if (!response.ok) {
    throw isRemoteError(value) ? value : new Refusal(response.status, textOf(value));
  }
  return value;
}

/** Returns whether a value is a remote exception, as it is in JSON. */
export function isRemoteError(value) {
  return value?.__exception__ === true;
}

/** Returns the path of a method. With some names, it would be that of something else. */
function pathOf(name, method) {
  if ([name, method].some((each) => /^\.\.?$|\n/.test(each))) {
    throw new Error("No URL can have this name.");
  }
  return `pyro/${encodeURIComponent(name)}/${encodeURIComponent(method)}`;
}

/** Calls a method, or reads an attribute. The body is JSON. Returns { value }, or { items }, which yields values with
 * the size of their JSON. Throws a remote exception as the object that it is in JSON. */
export async function call(name, method, body, signal) {
  const response = await send(pathOf(name, method), {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    signal,
  });
  if (response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    return { items: items(response) };
  }
  const text = await wholeText(response);
  const value = parse(text);
  if (!response.ok) {
    throw isRemoteError(value) ? value : new Refusal(response.status, textOf(value));
  }
  return text === "" ? {} : { value };
}

async function* items(response) {
  for await (const { type, data } of eventsOf(response)) {
    if (type === "end") {
      return;
    } else if (type === "exception") {
      throw parse(data);
    }
    yield { value: parse(data), size: data.length };
  }
}
