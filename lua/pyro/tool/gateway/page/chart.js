// Curves: what changes with time.
import { draw, make, setText } from "./dom.js";
import { exact } from "./format.js";
import { short } from "./text.js";

const WIDTH = 300;
const HEIGHT = 64;

/** Returns a round number that is not below the value: 1, 2 or 5 times a power of ten. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999) ?? value;
}

/** Returns the points of values in a range, the latest at the right; null is a gap. Differences of
 * halves are numbers, however far values are apart. */
function pointsOf(values, slots, low, high) {
  const start = slots - values.length;
  const range = high / 2 - low / 2 || 1;
  return values.map((value, i) => {
    const x = ((start + i) / (slots - 1)) * WIDTH;
    const y = HEIGHT - 2 - ((value / 2 - low / 2) / range) * (HEIGHT - 6);
    return value === null ? null : `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
}

const joined = (points) => points.map((point, i) => point && (points[i - 1] ? "L" : "M") + point).join("");

/** Returns the points that have no neighbours, of which no line is seen. */
const lonely = (points) => points.map((point, i) =>
  point && !points[i - 1] && !points[i + 1] ? `M${point}h0.01` : "").join("");

function drawing(...children) {
  return draw("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true",
  }, draw("path", { class: "base", d: `M0 ${HEIGHT - 2}H${WIDTH}` }), ...children);
}

/** A curve with a title, its latest value, and the highest one. */
export class Curve {
  constructor(title, format, slots, kind) {
    this.format = format;
    this.slots = slots;
    this.path = draw("path", { class: `curve ${kind}` });
    this.dots = draw("path", { class: `curve dots ${kind}` });
    this.now = make("b", {}, "–");
    this.top = make("span", { class: "top" });
    this.element = make("figure", { class: "chart" },
      make("figcaption", {}, make("span", {}, title), this.now), this.top, drawing(this.path, this.dots));
  }

  /** Shows values, the latest last. null: nothing is known. */
  show(values) {
    const last = values.at(-1) ?? null;
    const most = values.reduce((a, b) => Math.max(a, b ?? 0), 0);
    const high = most > 0 ? roundUp(most) : 1;
    setText(this.now, last === null ? "–" : this.format(last));
    setText(this.top, most > 0 ? this.format(high) : "");
    const points = pointsOf(values, this.slots, 0, high);
    this.path.setAttribute("d", joined(points));
    this.dots.setAttribute("d", lonely(points));
  }
}

const SLOTS = 100;
const SERIES = 6;
const NAME = 40; // characters

/** The numbers in a stream: one curve for each name, of the latest values. */
export class Plot {
  series = new Map();

  constructor() {
    this.legend = make("figcaption", { class: "legend" });
    this.drawing = drawing();
    this.low = make("span", { class: "bottom" });
    this.high = make("span", { class: "top" });
    this.element = make("figure", { class: "chart plot", hidden: true },
      this.legend, this.high, this.drawing, this.low);
  }

  add(name, value) {
    let line = this.series.get(name);
    if (!line) {
      if (this.series.size === SERIES) {
        return;
      }
      line = this.begin(name);
    }
    line.values.push(value);
    line.values.splice(0, line.values.length - SLOTS);
    setText(line.now, exact(value));
    this.redraw();
  }

  begin(name) {
    const kind = `series-${this.series.size}`;
    const line = {
      values: [],
      now: make("b"),
      path: draw("path", { class: `curve ${kind}` }),
      dot: draw("path", { class: `curve dots ${kind}` }),
    };
    this.legend.append(make("span", { class: kind }, short(name, NAME) || "value", " ", line.now));
    this.drawing.append(line.path, line.dot);
    this.series.set(name, line);
    this.element.hidden = false;
    return line;
  }

  redraw() {
    const all = [...this.series.values()].flatMap((line) => line.values);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const [low, high] = least === most ? [least - 1, most + 1] : [least, most]; // a flat line is in the middle
    setText(this.low, exact(low));
    setText(this.high, exact(high));
    for (const line of this.series.values()) {
      const points = pointsOf(line.values, SLOTS, low, high);
      line.path.setAttribute("d", joined(points));
      line.dot.setAttribute("d", lonely(points));
    }
  }
}
