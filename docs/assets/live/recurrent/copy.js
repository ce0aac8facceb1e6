// A pattern of bits, the trained machine of the record that copies it, and where both of its heads look.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

// Where the static figure has its parts, in its own pixels.
const [LEFT, COLUMN, CELL, ROW] = [88, 18, 11, 5];
const [IN, OUT, HEADS] = [24, 146, 264];
const BITS = 8;
const MOST = 10; // vectors of a pattern
const LEAST = 0.02; // of the weights that are drawn

/**
 * @typedef {{ units: number, width: number, rows: number }} Settings
 * @typedef {{ settings: Settings, copier: { weights: string }, shown: number[][] }} Data
 * @typedef {{ w: Float64Array, b: Float64Array }} Layer
 * @typedef {{ reading: Float64Array, writing: Float64Array, p: Float64Array }} Step
 */

/** A number of 16 bits. @param {number} bits */
export function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
  return bits >> 15 ? -size : size;
}

/**
 * The six layers of the machine.
 * @param {Data} data
 * @returns {Layer[]}
 */
export function layers({ settings: { units, width }, copier }) {
  const bytes = Uint8Array.from(atob(copier.weights), (sign) => sign.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const told = [units, width + 6];
  const sizes = [[BITS + 1 + width, units], told, told, [units, width], [units, width], [units + width, BITS]];
  let at = 0;
  /** @param {number} count */
  const next = (count) =>
    Float64Array.from({ length: count }, () => {
      at += 2;
      return half(view.getUint16(at - 2, true));
    });
  return sizes.map(([d, h]) => ({ w: next(d * h), b: next(h) }));
}

/** @param {Layer} layer @param {number[]} x */
function dense({ w, b }, x) {
  return Array.from(b, (bias, h) => x.reduce((sum, value, d) => sum + value * w[d * b.length + h], bias));
}

/** @param {number} z */
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
/** @param {number} z */
const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** @param {number[]} z */
function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((each) => Math.exp(each - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((each) => each / sum);
}

/** @param {number[]} x */
function unit(x) {
  const square = x.reduce((sum, each) => sum + each * each, 0);
  return x.map((each) => each / Math.sqrt(Math.max(square, 1e-12)));
}

/**
 * Where a head looks next.
 * @param {number[][]} memory
 * @param {number[]} last
 * @param {number[]} told
 */
function address(memory, last, told) {
  const width = memory[0].length;
  const key = unit(told.slice(0, width).map(Math.tanh));
  const [strength, gate, ...rest] = told.slice(width);
  const taps = softmax(rest.slice(0, 3));
  const found = softmax(
    memory.map((row) => softplus(strength) * unit(row).reduce((sum, each, j) => sum + each * key[j], 0)),
  );
  const mixed = found.map((each, i) => sigmoid(gate) * each + (1 - sigmoid(gate)) * last[i]);
  const many = mixed.length;
  const moved = mixed.map((_, i) => taps.reduce((sum, tap, u) => sum + tap * mixed[(i - (u - 1) + many) % many], 0));
  return softmax(moved.map((each) => (1 + softplus(rest[3])) * Math.log(Math.max(each, 1e-30))));
}

/**
 * What the machine does with a pattern, step by step.
 * @param {Layer[]} all
 * @param {Settings} settings
 * @param {number[][]} pattern
 * @returns {Step[]}
 */
export function run([net, reader, writer, erase, add, out], { rows, width }, pattern) {
  const many = pattern.length;
  let memory = Array.from({ length: rows }, () => Array(width).fill(1e-6));
  let seen = Array(width).fill(0);
  /** @type {number[]} */
  let reading = Array.from({ length: rows }, (_, i) => Number(i === 0));
  let writing = reading;
  return Array.from({ length: 2 * many + 1 }, (_, t) => {
    const x = [...(pattern[t] ?? Array(BITS).fill(0)), t === many ? 1 : 0];
    const h = dense(net, [...x, ...seen]).map(Math.tanh);
    reading = address(memory, reading, dense(reader, h));
    writing = address(memory, writing, dense(writer, h));
    seen = seen.map((_, j) => reading.reduce((sum, each, i) => sum + each * memory[i][j], 0));
    const wiped = dense(erase, h).map(sigmoid);
    const added = dense(add, h).map(Math.tanh);
    memory = memory.map((row, i) => row.map((each, j) => each * (1 - writing[i] * wiped[j]) + writing[i] * added[j]));
    const p = dense(out, [...h, ...seen]).map(sigmoid);
    return { reading: Float64Array.from(reading), writing: Float64Array.from(writing), p: Float64Array.from(p) };
  });
}

/** Where most of the weights are. @param {Float64Array} weights */
const most = (weights) => weights.indexOf(Math.max(...weights));

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { art } = over(figure);
  const all = layers(data);
  const { rows } = data.settings;
  let pattern = data.shown.map((vector) => [...vector]);
  let at = [0, 0]; // a bit and a vector
  let shown = 2 * pattern.length + 1;
  const steps = /** @type {HTMLInputElement} */ (control(figure, "step"));

  /** @param {number} x @param {number} y @param {string} name */
  const title = (x, y, name) => {
    draw(art, "text", { x, y, "font-weight": 700 }).textContent = name;
  };
  title(4, IN + 50, "in");
  title(4, OUT + 50, "out");
  title(LEFT, HEADS - 9, "the heads, by rows of the memory");
  draw(art, "text", { x: 4, y: IN + 8.5 * CELL + 5 }).textContent = "flag";
  draw(art, "text", { x: 4, y: HEADS + 5 }).textContent = "row 0";
  draw(art, "text", { x: 4, y: HEADS + ROW * rows }).textContent = `row ${rows - 1}`;
  const pad = draw(art, "g", { tabindex: 0, role: "application", class: "live-cell" });
  set(pad, { "aria-roledescription": "pattern", style: "touch-action: none" });
  draw(pad, "rect", { x: LEFT, y: IN, width: MOST * COLUMN, height: BITS * CELL });
  const high = HEADS + ROW * rows - OUT + 1;
  const wide = (2 * MOST + 1) * COLUMN;
  for (const [y, height] of [
    [OUT, BITS * CELL],
    [HEADS, ROW * rows + 1],
  ])
    draw(art, "rect", { x: LEFT, y, width: wide, height, class: "live-line", "stroke-width": 0.8 });
  const time = draw(art, "rect", { x: LEFT, y: OUT, width: wide, height: high, fill: "none" });
  set(time, { style: "pointer-events: all; cursor: pointer; touch-action: none" });
  const marks = draw(art, "g", { role: "img" });
  const now = draw(art, "rect", { y: OUT, width: COLUMN, height: high, class: "live-line", "data-lit": true });
  const pen = draw(art, "rect", {
    width: COLUMN,
    height: CELL,
    class: "live-line",
    "data-lit": true,
    "stroke-width": 2.5,
  });

  let value = 0; // that a drag paints
  /** @param {number} bit @param {number} vector */
  const choose = (bit, vector) => {
    at = [Math.min(Math.max(bit, 0), BITS - 1), Math.min(Math.max(vector, 0), pattern.length - 1)];
  };
  const paint = () => {
    pattern[at[1]][at[0]] = value;
    answer();
  };
  drag(pad, (x, y, first) => {
    choose(Math.floor(y * BITS), Math.floor(x * MOST));
    if (first) value = 1 - pattern[at[1]][at[0]];
    paint();
  });
  drag(time, (x) => {
    const step = Math.floor(x * (2 * MOST + 1)) + 1;
    steps.valueAsNumber = Math.min(Math.max(step, 1), Number(steps.max));
    steps.dispatchEvent(new Event("input"));
  });
  steer(pad, (down, across) => {
    choose(at[0] + down, at[1] + across);
    answer();
  });
  pad.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== " ") return;
    event.preventDefault();
    value = 1 - pattern[at[1]][at[0]];
    paint();
  });

  /**
   * A mark in a column of time.
   * @param {number} t
   * @param {number} y
   * @param {number} high
   * @param {number} share of the width
   * @param {Record<string, string | number | boolean>} [more]
   */
  const mark = (t, y, high, share, more = {}) => {
    const width = (COLUMN - 2) * share;
    const x = LEFT + COLUMN * (t + 0.5) - width / 2;
    return draw(marks, "rect", { x, y: y + 1, width, height: high - 2, ...more });
  };

  const answer = () => {
    const many = pattern.length;
    const found = run(all, data.settings, pattern);
    marks.replaceChildren();
    let wrong = 0;
    for (const [t, { reading, writing, p }] of found.entries()) {
      pattern[t]?.forEach((bit, b) => {
        if (bit) mark(t, IN + CELL * b, CELL, 1);
      });
      if (t === many) mark(t, IN + CELL * BITS, CELL, 1);
      if (t >= shown) continue;
      if (t > many) {
        p.forEach((share, b) => {
          const misses = share > 0.5 !== pattern[t - many - 1][b] > 0.5;
          wrong += Number(misses);
          mark(t, OUT + CELL * b, CELL, share, { "data-of": "p", "data-value": share });
          if (misses) mark(t, OUT + CELL * b, CELL, 1, { class: "live-line", "stroke-width": 1.5 });
        });
      }
      writing.forEach((share, i) => {
        if (share > LEAST) mark(t, HEADS + ROW * i, ROW + 1, share, { "data-of": "writing", "data-value": share });
      });
      reading.forEach((share, i) => {
        if (share > LEAST)
          mark(t, HEADS + ROW * i, ROW + 1, share, { class: "live-line", "data-of": "reading", "data-value": share });
      });
    }
    set(now, { x: LEFT + COLUMN * (shown - 1) });
    set(pen, { x: LEFT + COLUMN * at[1], y: IN + CELL * at[0] });
    set(pad, { "aria-label": `Bit ${at[0]} of vector ${at[1]} is ${pattern[at[1]][at[0]]}: Space turns it over` });
    const { reading, writing } = found[shown - 1];
    control(figure, "said").textContent =
      `Step ${shown}: it writes most at row ${most(writing)}, and reads most at row ${most(reading)}.`;
    const answered = Math.max(0, shown - many - 1) * BITS;
    control(figure, "found").textContent = answered
      ? `Of ${answered} bits that it has answered, ${wrong} are wrong.`
      : "It hasn't answered yet.";
    const said = ["said", "found"].map((name) => control(figure, name).textContent);
    set(marks, { "aria-label": said.join(" ") });
  };

  slider(figure, "step", String, (step) => {
    shown = Math.min(step, 2 * pattern.length + 1);
    answer();
  });
  slider(figure, "length", String, (length) => {
    pattern = Array.from({ length }, (_, n) => pattern[n] ?? Array.from(data.shown[n]));
    choose(at[0], at[1]);
    steps.max = `${2 * length + 1}`;
    steps.valueAsNumber = 2 * length + 1;
    steps.dispatchEvent(new Event("input"));
  });
  /** @param {string} name @param {() => number} bit */
  const fill = (name, bit) =>
    control(figure, name).addEventListener("click", () => {
      pattern = pattern.map((vector) => vector.map(bit));
      answer();
    });
  fill("random", () => Number(Math.random() < 0.5));
  fill("clear", () => 0);
}
