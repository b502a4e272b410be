// Numbers and times for people.

const LONG = 1e15; // from here on, all digits would be no use
const MANY = 1e5; // from here on, counts are rounded
const SMALL = 0.1; // below, digits after the point are counted from the first that is not 0
const TINY = 1e-4;

/** Formats a number. */
export function exact(value, digits = 3) {
  const size = Math.abs(value);
  if (size >= LONG || (size > 0 && size < TINY)) {
    return value.toExponential(2);
  }
  return value.toLocaleString("en", size < SMALL ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: digits });
}

/** Formats a count for a place that is narrow: 1.23M. */
export function count(value) {
  return value < MANY ? exact(value) : value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 3 });
}

/** Formats a rate, or a count. */
export function rate(value) {
  return exact(value, value === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

/** Formats a time that something took, in seconds. */
export function duration(seconds) {
  if (seconds >= 1) {
    return `${rate(seconds)} s`;
  }
  return seconds >= 1e-3 ? `${rate(seconds * 1e3)} ms` : `${rate(seconds * 1e6)} µs`;
}

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** Formats a long time, in its largest unit: "3 minutes". */
export function span(seconds) {
  const whole = Math.max(Math.round(seconds), 0);
  const [unit, length] = UNITS.find(([, length]) => whole >= length) ?? UNITS.at(-1);
  const count = Math.floor(whole / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Formats a moment, in seconds since 1970, as the time of the day. */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

/** Formats a number of things. */
export function plural(number, thing, format = exact) {
  return `${format(number)} ${thing}${number === 1 ? "" : "s"}`;
}
