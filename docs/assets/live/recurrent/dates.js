// A date that is read character by character: how far an LSTM's gates are open, what five of its cells hold, and what it writes.
import { control, drag, draw, over, set, steer } from "../kit.js";

// Where the static figure has its parts, in its own pixels.
const [LEFT, COLUMN, LINE] = [116, 13, 18];
const [GATES, GATE, CELLS, CELL] = [58, 34, 196, 40];
const [FULL, HALF] = [26, 16]; // how high a bar may be
const TOPS = [1, 3]; // what a full bar of a cell is, while it reads and while it writes
const ANSWER = 10;

/**
 * @typedef {{ settings: { units: number }, characters: string, digits: string, cells: Record<string, number> }} Facts
 * @typedef {Facts & { weights: string }} Data
 * @typedef {{ w: Float64Array, wh: Float64Array, b: Float64Array, out: Float64Array, c: Float64Array }} Net
 * @typedef {(number | null)[]} Fixed for the gates i, f, o what each is set to
 */

/** A number of 16 bits. @param {number} bits */
export function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction;
  return bits >> 15 ? -size : size;
}

/**
 * The weights of the layer, and of the dense one behind it.
 * @param {Data} data
 * @returns {Net}
 */
export function unpack({ settings: { units }, characters, digits, weights }) {
  const bytes = Uint8Array.from(atob(weights), (each) => each.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  /** @param {number} count */
  const next = (count) =>
    Float64Array.from({ length: count }, () => {
      at += 2;
      return half(view.getUint16(at - 2, true));
    });
  return {
    w: next(characters.length * 4 * units),
    wh: next(units * 4 * units),
    b: next(4 * units),
    out: next(units * digits.length),
    c: next(digits.length),
  };
}

/** @param {number} a */
const sigmoid = (a) => 1 / (1 + Math.exp(-a));

/**
 * What the net does with a date: gates on average, all cells, and what it writes.
 * @param {Net} net
 * @param {Facts} facts
 * @param {string} words
 * @param {Fixed} fixed
 */
export function read(net, { settings: { units }, characters, digits }, words, fixed) {
  let h = new Float64Array(units);
  let c = new Float64Array(units);
  const places = [...words, ..."?".repeat(ANSWER)].map((each) => characters.indexOf(each));
  /** @type {{ gates: number[], cells: Float64Array }[]} */
  const steps = [];
  let answer = "";
  places.forEach((place, t) => {
    const a = net.b.map((bias, n) => bias + net.w[place * 4 * units + n]);
    h.forEach((value, j) => {
      for (let n = 0; n < a.length; n++) a[n] += value * net.wh[j * 4 * units + n];
    });
    const gates = [0, 1, 3].map((block, n) =>
      a.slice(block * units, (block + 1) * units).map((each) => fixed[n] ?? sigmoid(each)),
    );
    const [i, f, o] = gates;
    c = c.map((value, k) => f[k] * value + i[k] * Math.tanh(a[2 * units + k]));
    h = c.map((value, k) => o[k] * Math.tanh(value));
    steps.push({ gates: gates.map((gate) => gate.reduce((sum, each) => sum + each) / units), cells: c });
    if (t < words.length) return;
    const logits = net.c.map((bias, k) =>
      h.reduce((sum, value, j) => sum + value * net.out[j * digits.length + k], bias),
    );
    answer += digits[logits.indexOf(Math.max(...logits))];
  });
  return { steps, answer };
}

/**
 * Bars over the steps, as a path.
 * @param {number[]} values
 * @param {number} zero where they begin
 * @param {number} one how high a bar of 1 is
 */
const bars = (values, zero, one) =>
  values
    .map((value, t) => {
      const up = Math.max(Math.min(value * one, FULL), -FULL);
      return `M${LEFT + COLUMN * t + 2} ${zero}v${(-up).toFixed(2)}h${COLUMN - 4}v${up.toFixed(2)}z`;
    })
    .join("");

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const net = unpack(data);
  const { layer, art } = over(figure);
  const typed = /** @type {HTMLInputElement} */ (control(figure, "words"));
  const holds = ["input", "forget", "output"].map((name) => /** @type {HTMLSelectElement} */ (control(figure, name)));
  const said = control(figure, "said");
  const names = Object.keys(data.cells);

  draw(art, "text", { x: 4, y: GATES - 9, "font-weight": 700 }).textContent = "how far gates are open, on average";
  draw(art, "text", { x: 4, y: CELLS - 12, "font-weight": 700 }).textContent =
    "what the cell holds that tells most of the …";
  /** @param {number} y @param {string} name */
  const row = (y, name) => {
    draw(art, "text", { x: 4, y }).textContent = name;
    return draw(art, "path", { style: "fill: currentColor" });
  };
  const gates = ["input", "forget", "output"].map((name, n) => row(GATES + GATE * n + 21, name));
  const cells = names.map((name, n) => row(CELLS + CELL * n + 21, name.replace("the ", "")));
  const line = draw(art, "g", { "text-anchor": "middle" });
  const zeros = draw(art, "path", { class: "live-line", "stroke-width": 0.8 });
  const turn = draw(art, "path", { class: "live-zero" });
  const plane = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": "character" });
  const ground = draw(plane, "rect", { x: LEFT, y: 2, height: CELLS + CELL * names.length - 6, "fill-opacity": 0 });
  ground.style.stroke = "none";
  const mark = draw(art, "path", { class: "live-line", "data-lit": true, "stroke-width": 2 });
  let words = typed.value;
  let at = words.length - 1;
  let found = read(net, data, words, [null, null, null]);

  const show = () => {
    const { steps, answer } = found;
    at = Math.min(Math.max(at, 0), steps.length - 1);
    const written = [...words, ...answer];
    line.textContent = "";
    written.forEach((each, t) => {
      const weight = t < words.length ? 400 : 700;
      const style = { x: LEFT + COLUMN * (t + 0.5), y: LINE, "font-weight": weight };
      draw(line, "text", style).textContent = each;
    });
    gates.forEach((path, n) => {
      const values = steps.map((step) => step.gates[n]);
      set(path, { d: bars(values, GATES + GATE * n + FULL, FULL), "data-value": values[at] });
    });
    cells.forEach((path, n) => {
      const values = steps.map((step) => step.cells[data.cells[names[n]]]);
      const cut = values.map((value, t) => Math.max(Math.min(value / TOPS[t < words.length ? 0 : 1], 1), -1));
      set(path, { d: bars(cut, CELLS + CELL * n + HALF, HALF), "data-value": values[at] });
    });
    const lines = [...gates.map((_, n) => GATES + GATE * n + FULL), ...cells.map((_, n) => CELLS + CELL * n + HALF)];
    set(zeros, { d: lines.map((y) => `M${LEFT} ${y}h${COLUMN * steps.length}`).join("") });
    set(turn, { d: `M${LEFT + COLUMN * words.length} 4V${CELLS + CELL * names.length - 6}` });
    set(ground, { width: COLUMN * steps.length });
    set(mark, { d: `M${LEFT + COLUMN * at + 1} 24h${COLUMN - 2}` });
    const character = written[at] === " " ? "a space" : `“${written[at]}”`;
    const cell = data.cells.month;
    const open = steps[at].gates.map((gate) => gate.toFixed(2));
    const heard = `${at < words.length ? "reads" : "writes"} ${character}`;
    set(plane, { "aria-valuemin": 1, "aria-valuemax": steps.length, "aria-valuenow": at + 1, "aria-valuetext": heard });
    said.innerHTML =
      `It reads “${words}” and writes <b>${answer}</b>.<br>` +
      `Where it ${heard}, gates are open by ${open[0]} (input), ${open[1]} (forget) and ${open[2]} (output), ` +
      `and the month’s cell holds ${steps[at].cells[cell].toFixed(2).replace("-", "−")}.`;
  };

  const update = () => {
    const now = typed.value.toLowerCase();
    const strange = [...now].find((each) => each === "?" || !data.characters.includes(each));
    if (!now || strange) {
      said.textContent = now ? `The net has never seen the character “${strange}”.` : "Type a date.";
      return;
    }
    words = now;
    const fixed = holds.map(({ value }) => (value ? Number(value) : null));
    found = read(net, data, words, fixed);
    show();
  };
  /** @param {number} to */
  const choose = (to) => {
    at = to;
    show();
  };
  steer(plane, (rows, columns) => choose(at + columns - rows));
  drag(layer, (x) => {
    const width = /** @type {SVGSVGElement} */ (art).viewBox.baseVal.width;
    choose(Math.floor((x * width - LEFT) / COLUMN));
  });
  for (const each of [typed, ...holds]) each.addEventListener("input", update);
  update();
}
