// A drawn digit, and what three nets say of it at every stroke.
import { CELL, LEFT, MIDDLE, moved, pad, SIDE, show, TOP } from "../digits.js";
import { control, draw, over, set, slider } from "../kit.js";
import { charts, classes, fetched, hidden, lights, NETS, reads, UNIT } from "./nets.js";

/** @import { Data, Layer } from "./nets.js" */

const BOX = 20; // MNIST scales each digit into a box of 20 by 20 pixels, and moves its centre of mass to the MIDDLE.
const COLUMNS = [
  { of: "softmax", name: ["softmax", "regression"] },
  { of: "identity", name: ["two linear", "layers"] },
  { of: "page", name: ["two layers", "with ReLU"] },
];

/**
 * A drawing as MNIST has its digits: in a box of 20 by 20, its centre of mass in the middle.
 * @param {Uint8Array} ink 28 rows of 28 pixels
 */
export function centred(ink) {
  let [mass, row, column] = [0, 0, 0];
  let [top, bottom, left, right] = [SIDE, -1, SIDE, -1];
  ink.forEach((grey, at) => {
    if (!grey) return;
    const [i, j] = [Math.floor(at / SIDE), at % SIDE];
    mass += grey;
    row += grey * i;
    column += grey * j;
    [top, bottom] = [Math.min(top, i), Math.max(bottom, i)];
    [left, right] = [Math.min(left, j), Math.max(right, j)];
  });
  if (!mass) return ink;
  const scale = BOX / (1 + Math.max(bottom - top, right - left));
  /** @param {number} i @param {number} j */
  const at = (i, j) => (i < 0 || j < 0 || i >= SIDE || j >= SIDE ? 0 : ink[i * SIDE + j]);
  return ink.map((_, place) => {
    const i = row / mass + (Math.floor(place / SIDE) - MIDDLE) / scale;
    const j = column / mass + ((place % SIDE) - MIDDLE) / scale;
    const [u, v] = [Math.floor(i), Math.floor(j)];
    const above = at(u, v) * (v + 1 - j) + at(u, v + 1) * (j - v);
    const below = at(u + 1, v) * (v + 1 - j) + at(u + 1, v + 1) * (j - v);
    return Math.round(above * (u + 1 - i) + below * (i - u));
  });
}

/**
 * The weights of a unit over the picture: squares where they raise its sum, dashes where they lower it.
 * @param {Layer} layer
 * @param {number} unit
 */
export function weights({ w, b }, unit) {
  const found = ["", ""];
  for (let d = 0; d * b.length < w.length; d++) {
    const z = w[d * b.length + unit];
    const size = CELL * Math.sqrt(Math.abs(z) / 127);
    if (size < 2) continue; // such ones would hide the others
    const [x, y] = [LEFT + CELL * ((d % SIDE) + 0.5) - size / 2, TOP + CELL * (Math.floor(d / SIDE) + 0.5)];
    found[z > 0 ? 0 : 1] += z > 0 ? `M${x} ${y - size / 2}h${size}v${size}h${-size}z` : `M${x} ${y}h${size}`;
  }
  return found;
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const seen = /** @type {HTMLCanvasElement} */ (figure.querySelector(".live-seen canvas"));
  const units = /** @type {HTMLInputElement} */ (control(figure, "unit"));
  /** @param {number} unit */
  const choose = (unit) => {
    units.valueAsNumber = unit;
    units.dispatchEvent(new Event("input"));
  };
  /** What the nets get: a drawing as MNIST has its digits, then moved. */
  const given = () => moved(held.taken ? held.ink : centred(held.ink), held.by);
  const anew = () => {
    if (units.value !== "0") choose(0);
  };
  const held = pad(figure, layer, art, data.digits, { given, answer: () => answer(), anew });
  const { canvas } = held;
  const raise = draw(art, "path", { "data-top": true });
  const lower = draw(art, "path", { class: "live-line", "stroke-width": 1.5 });
  const chart = charts(art, COLUMNS);
  const { cells, light } = lights(art, data.settings.page.sizes[1], "larger where they find more");
  const ring = draw(art, "rect", { width: UNIT, height: UNIT, class: "live-line", "stroke-width": 3 });
  cells.forEach(({ frame }, unit) => {
    set(frame, { style: "pointer-events: all; cursor: pointer" });
    frame.addEventListener("pointerdown", () => choose(units.valueAsNumber === unit + 1 ? 0 : unit + 1));
  });
  /** @type {Promise<Layer[][]> | undefined} */
  let nets;

  const answer = async () => {
    const x = given();
    const unit = units.valueAsNumber - 1;
    show(canvas, unit < 0 && !held.by.some(Boolean) ? held.ink : x);
    canvas.style.opacity = unit < 0 ? "1" : ".4";
    show(seen, x);
    held.name();
    nets ??= fetched(data);
    const all = await nets;
    const h = all.map((layers, i) => hidden(layers, x, data.settings[NETS[i]].activation === "relu"));
    const [softmax, identity, page] = all.map((layers, i) => classes(layers, h[i]));
    chart({ softmax, identity, page }, held.taken?.label);
    light(h[2]);
    set(ring, { visibility: unit < 0 ? "hidden" : "visible" });
    if (unit >= 0) set(ring, { x: cells[unit].x, y: cells[unit].y });
    const [plus, minus] = unit < 0 ? ["", ""] : weights(all[2][0], unit);
    set(raise, { d: plus });
    set(lower, { d: minus });
    control(figure, "said").textContent = held.ink.some(Boolean)
      ? `Linear: softmax regression reads ${reads(softmax)}, two layers ${reads(identity)}. ` +
        `With ReLU, two layers read ${reads(page)}.`
      : "Nothing is drawn yet.";
    control(figure, "found").textContent =
      unit < 0
        ? "Choose a hidden unit: its weights are drawn over the digit."
        : `Unit ${unit + 1} found ${h[2][unit].toFixed(2)}: ink on squares raises it, on dashes lowers it.`;
  };

  slider(
    figure,
    "unit",
    (unit) => (unit ? `${unit}` : "none"),
    () => {
      if (nets) answer();
    },
  );
  held.take(`${data.shown}`);
  show(seen, given());
  figure.addEventListener("focusin", answer, { once: true });
  figure.addEventListener("pointerdown", answer, { once: true });
}
