// Values of JSON, and the forms of what JSON has no type for, such as {"$int": "9007199254740993"}.

/** Keeps a number that JavaScript would write otherwise, as a form: {"$float": "1.0"}. Some browsers
 * of before 2025 do not tell how it was written. */
function keepNumber(_, value, written) {
  if (typeof value !== "number" || (written?.source ?? String(value)) === String(value)) {
    return value;
  }
  return /^-?\d+$/.test(written.source) ? { $int: written.source } : { $float: written.source };
}

/** Parses JSON, with numbers as they are written; returns the text where it is none. */
export function parse(text) {
  try {
    return JSON.parse(text, keepNumber);
  } catch {
    return text;
  }
}

/** Returns the one key of a form such as {"$bytes": "AAE="}; undefined if it is none. */
export function formOf(value) {
  const keys = value && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];
  return keys.length === 1 && keys[0].startsWith("$") ? keys[0] : undefined;
}

/** Returns the digits of a number that is a form. */
export function digitsOf(value) {
  const form = formOf(value);
  return (form === "$int" || form === "$float") && typeof value[form] === "string" ? value[form] : undefined;
}

/** Returns a value as JSON, but for numbers, which are not in forms. */
export function jsonOf(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.replace(/\{"\$(?:int|float)":"([^"\\]*)"\}/g, "$1"); // in a text, quotes would be escaped
}

/** Returns a value as a text. The value may have a member toString that is no function. */
export function textOf(value) {
  return typeof value === "string" ? value : jsonOf(value);
}
