// Calls of remote objects, through the gateway.

/** Where the gateway is: "?gateway=http://localhost:8080" behind the page's address says so. */
export const gateway = new URLSearchParams(location.search).get("gateway") ?? "http://localhost:8080";

/** Returns the error of an answer: what the object raised, or why the gateway did not call it. */
async function errorOf(response) {
  const isException = response.headers.get("Content-Type")?.startsWith("application/json");
  if (!isException) {
    return new Error(await response.text());
  }
  const exception = await response.json();
  return new Error(`${exception.__class__}: ${exception.args.join(", ")}`);
}

/**
 * Calls a method, and returns its result; undefined if the method is oneway. Throws what the object
 * raised. Browsers do not tell why a request failed: the gateway is not there, or refuses the page.
 */
export async function call(object, method, ...args) {
  const response = await fetch(`${gateway}/pyro/${object}/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(args),
  }).catch(() => {
    throw new Error(`no answer from ${gateway}: is it running, with -c ${location.origin}?`);
  });
  if (!response.ok) {
    throw await errorOf(response);
  }
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}
