// Rates: what was counted between two looks.

const UNIT = 0.25e-6; // seconds: the first bound of histograms

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);

/** Adds up what was counted of several objects. */
export function total(tallies) {
  const buckets = new Map();
  let calls = 0;
  let errors = 0;
  for (const tally of tallies) {
    calls += tally.calls;
    errors += sum(tally.errors);
    for (const [bound, count] of tally.buckets) {
      buckets.set(bound, (buckets.get(bound) ?? 0) + count);
    }
  }
  return { calls, errors, buckets };
}

/** Returns the lower bound of the bucket that has an upper bound: there are four in each octave. */
function lowerBound(bound) {
  const octave = Math.max(Math.ceil(Math.log2(bound / UNIT / 8) - 1e-9), 0);
  return Math.max(bound - 2 ** octave * UNIT, 0);
}

/** Returns the time that a part of the calls (0 to 1) did not exceed; null where there are none. */
export function quantile(buckets, part) {
  const bounds = [...buckets].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  let wanted = part * bounds.reduce((all, [, count]) => all + count, 0);
  for (const [bound, count] of bounds) {
    if (wanted <= count) {
      const lower = lowerBound(bound);
      return lower + ((bound - lower) * wanted) / count;
    }
    wanted -= count;
  }
  return null;
}

/** Returns the rates between two totals; null where the counting began anew meanwhile. */
export function between(now, before, seconds) {
  const buckets = [...now.buckets].map(([bound, count]) =>
    [bound, count - (before.buckets.get(bound) ?? 0)]);
  const isNew = now.calls < before.calls || now.errors < before.errors ||
    buckets.some(([, count]) => count < 0);
  return isNew || seconds <= 0 ? null : {
    calls: (now.calls - before.calls) / seconds,
    errors: (now.errors - before.errors) / seconds,
    p99: quantile(buckets, 0.99),
  };
}
