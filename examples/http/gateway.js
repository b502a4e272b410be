// Calls of remote objects, through the gateway.

/** Where the gateway is: "?gateway=http://localhost:8080" behind the page's address says so. */
export const gateway = new URLSearchParams(location.search).get("gateway") ?? "http://localhost:8080";

/** Calls a method, and returns its result. Throws what the object raised. */
export async function call(object, method, ...args) {
  const response = await fetch(`${gateway}/pyro/${object}/${method}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(args),
  });
  const result = await response.json();
  if (!response.ok) {
    throw new Error(`${result.__class__}: ${result.args.join(", ")}`);
  }
  return result;
}
