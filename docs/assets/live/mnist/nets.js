// The nets of lesson 2 that fit a page, and what both its figures draw of them: bars and hidden units.
import { CELL, LEFT, SIDE, TOP } from "../digits.js";
import { draw, set } from "../kit.js";

/** @import { Digit } from "../digits.js" */

// Where the static figures have their bars and their units, in their own pixels.
const BARS = 210;
const PITCH = 90;
const WIDE = 80;
const BELOW = 278;
export const UNIT = 29.5;
const ACROSS = 16;

/**
 * @typedef {{ w: Int8Array, scale: Float32Array, b: Float32Array }} Layer
 * @typedef {{ sizes: number[], activation: string, drop_hidden: number }} Settings
 * @typedef {Record<"softmax" | "identity" | "page", Settings>} All
 * @typedef {{ settings: All, shown: number, digits: Digit[] }} Data
 */

export const NETS = /** @type {const} */ (["softmax", "identity", "page"]); // in the order of their bytes

/**
 * The layers of each net, from the bytes that their run wrote.
 * @param {ArrayBuffer} bytes
 * @param {number[][]} sizes for each net its units per layer, pixels first
 * @returns {Layer[][]}
 */
export function unpack(bytes, sizes) {
  let whole = 0;
  return sizes.map((all) => {
    const units = all.slice(1);
    let floats = whole;
    whole += 8 * units.reduce((sum, count) => sum + count);
    return units.map((count, i) => {
      const scale = new Float32Array(bytes, floats, count);
      const b = new Float32Array(bytes, floats + 4 * count, count);
      const w = new Int8Array(bytes, whole, all[i] * count);
      floats += 8 * count;
      whole += w.length;
      return { w, scale, b };
    });
  });
}

/**
 * The layers of each net, from the file beside their record.
 * @param {Data} data
 */
export async function fetched({ settings }) {
  const found = await fetch(new URL("../../../runs/mnist/page_net.bin", import.meta.url));
  return unpack(
    await found.arrayBuffer(),
    NETS.map((name) => settings[name].sizes),
  );
}

/**
 * One dense layer: a sum over the inputs for each unit.
 * @param {Float64Array} x
 * @param {Layer} layer
 */
function dense(x, { w, scale, b }) {
  const y = new Float64Array(b.length);
  x.forEach((value, d) => {
    if (value) for (let h = 0; h < y.length; h++) y[h] += value * w[d * y.length + h];
  });
  return y.map((sum, h) => sum * scale[h] + b[h]);
}

/** @param {Float64Array} z */
function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

/**
 * What the hidden units pass on, or the input where there are none.
 * @param {Layer[]} layers
 * @param {Uint8Array} pixels 0 .. 255
 * @param {boolean} bend whether a ReLU stands between two layers
 */
export function hidden(layers, pixels, bend) {
  let y = Float64Array.from(pixels, (grey) => grey / 255);
  for (const layer of layers.slice(0, -1)) {
    y = dense(y, layer);
    if (bend) y = y.map((value) => Math.max(value, 0));
  }
  return y;
}

/**
 * The probabilities of the classes.
 * @param {Layer[]} layers
 * @param {Float64Array} h what the hidden units pass on
 * @param {number[]} [keep] factors for it: 0 where a unit is dropped
 */
export function classes(layers, h, keep) {
  return softmax(dense(keep ? h.map((value, i) => value * keep[i]) : h, layers[layers.length - 1]));
}

/** @param {number} p never rounded up to a certainty */
const sure = (p) => `${(Math.floor(1000 * p + 1e-9) / 10).toFixed(1)}\u202f%`;

/** @param {Float64Array} p */
export const reading = (p) => p.indexOf(Math.max(...p));

/** @param {Float64Array} p */
export const reads = (p) => `${reading(p)} (${sure(Math.max(...p))})`;

/**
 * Three columns of ten bars, each with a name of two lines and what it reads; what isn't known yet has no bars.
 * @param {Element} art
 * @param {{ of: string, name: string[], beside?: string }[]} columns `beside` is the one whose bars are dashed behind
 */
export function charts(art, columns) {
  const step = (SIDE * CELL) / 10;
  const rows = Array.from({ length: 10 }, (_, k) => TOP + step * (k + 0.5));
  const found = columns.map(({ of, name, beside }, i) => {
    const x = BARS + PITCH * i;
    name.forEach((words, line) => {
      draw(art, "text", { x, y: TOP - 46 + 17 * line }).textContent = words;
    });
    const said = draw(art, "text", { x, y: TOP - 12, "data-top": true });
    draw(art, "path", { d: `M${x} ${TOP}v${SIDE * CELL}`, class: "live-line" });
    const bars = rows.map((y) => {
      const full = draw(art, "rect", { x, y: y - 8, height: 16, class: "live-zero" });
      return { full, bar: draw(art, "rect", { x, y: y - 6, height: 12 }) };
    });
    return { of, beside, said, bars };
  });
  const truth = draw(art, "rect", { x: BARS - 19, width: 16, height: step, class: "live-line" });
  const names = rows.map((y, k) => {
    const name = draw(art, "text", { x: BARS - 11, y: y + 5, "text-anchor": "middle" });
    name.textContent = `${k}`;
    return name;
  });
  /**
   * @param {Record<string, Float64Array | undefined>} p by column
   * @param {number} [label] the true class, which gets a frame
   */
  return (p, label = -1) => {
    for (const { of, beside, said, bars } of found) {
      const each = p[of] ?? new Float64Array(10);
      const behind = p[of] && beside ? p[beside] : undefined;
      const read = p[of] ? reading(each) : -1;
      said.textContent = p[of] ? `${read}: ${sure(each[read])}` : "?";
      bars.forEach(({ full, bar }, k) => {
        set(bar, { width: WIDE * each[k], "data-of": of, "data-value": each[k], "data-top": k === read });
        set(full, { width: behind && behind[k] >= 0.01 ? WIDE * behind[k] : 0 });
      });
    }
    names.forEach((name, k) => {
      set(name, { "font-weight": k === label ? 700 : 400 });
    });
    set(truth, { y: TOP + step * label, visibility: label < 0 ? "hidden" : "visible" });
  };
}

/**
 * A square for each hidden unit, the larger the more it passes on.
 * @param {Element} art
 * @param {number} count
 * @param {string} words
 */
export function lights(art, count, words) {
  draw(art, "text", { x: LEFT, y: BELOW - 10 }).textContent = `${count} hidden units, ${words}`;
  const cells = Array.from({ length: count }, (_, i) => {
    const [x, y] = [LEFT + UNIT * (i % ACROSS), BELOW + UNIT * Math.floor(i / ACROSS)];
    const frame = draw(art, "rect", { x, y, width: UNIT, height: UNIT, class: "live-line", "stroke-width": 0.5 });
    return { x, y, frame, square: draw(art, "rect", { stroke: "currentColor" }) };
  });
  /** @param {Float64Array} h */
  const light = (h) => {
    const most = Math.max(...h) || 1;
    cells.forEach(({ x, y, square }, i) => {
      const side = (UNIT - 4) * Math.sqrt(h[i] / most);
      const near = (UNIT - side) / 2;
      set(square, { x: x + near, y: y + near, width: side, height: side, "stroke-width": side ? 0.8 : 0 });
      set(square, { "data-of": "hidden", "data-value": h[i] });
    });
  };
  return { cells, light };
}
