// A drawn digit, and what three nets say of it at every stroke.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";
import {
  CELL,
  charts,
  classes,
  fetched,
  hidden,
  LEFT,
  lights,
  NETS,
  offer,
  paper,
  picture,
  reads,
  SIDE,
  show,
  TOP,
  UNIT,
} from "./nets.js";

/** @import { Data, Digit, Layer } from "./nets.js" */

const BOX = 20; // MNIST scales each digit into a box of 20 by 20 pixels,
const MIDDLE = 14; // and moves its centre of mass here.
const COLUMNS = [
  { of: "softmax", name: ["softmax", "regression"] },
  { of: "identity", name: ["two linear", "layers"] },
  { of: "page", name: ["two layers", "with ReLU"] },
];

/**
 * A picture some rows down and some columns to the right; what leaves it is gone.
 * @param {Uint8Array} ink
 * @param {number[]} by
 */
export function moved(ink, [rows, columns]) {
  return ink.map((_, at) => {
    const [i, j] = [Math.floor(at / SIDE) - rows, (at % SIDE) - columns];
    return i < 0 || j < 0 || i >= SIDE || j >= SIDE ? 0 : ink[i * SIDE + j];
  });
}

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
 * Ink along a line, two pixels to each side of it, soft at its edge.
 * @param {Uint8Array} ink
 * @param {number[]} from row and column
 * @param {number[]} to
 */
export function stroke(ink, [i0, j0], [i1, j1]) {
  const length = (i1 - i0) ** 2 + (j1 - j0) ** 2;
  ink.forEach((grey, at) => {
    const [i, j] = [Math.floor(at / SIDE) - i0, (at % SIDE) - j0];
    const along = length ? Math.min(Math.max((i * (i1 - i0) + j * (j1 - j0)) / length, 0), 1) : 0;
    const far = Math.hypot(i - along * (i1 - i0), j - along * (j1 - j0));
    ink[at] = Math.max(grey, 255 * Math.min(Math.max(2 - far, 0), 1));
  });
}

/** @param {number[]} by rows and columns */
const push = ([down, right]) => {
  const across = right ? ` ${Math.abs(right)} ${right > 0 ? "right" : "left"}` : "";
  const along = down ? ` ${Math.abs(down)} ${down > 0 ? "down" : "up"}` : "";
  return across || along ? `moved${across}${along}` : "";
};

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
  const digits = /** @type {HTMLSelectElement} */ (control(figure, "digit"));
  const units = /** @type {HTMLInputElement} */ (control(figure, "unit"));
  const { canvas, title } = paper(layer, art);
  set(canvas, { role: "application", "aria-roledescription": "drawing" });
  canvas.ariaLabel =
    "A square to draw in: arrow keys move the digit; with Shift, the pen, which Space puts down and lifts";
  const raise = draw(art, "path", { "data-top": true });
  const lower = draw(art, "path", { class: "live-line", "stroke-width": 1.5 });
  const pen = draw(art, "rect", { width: CELL, height: CELL, class: "live-pen" });
  const chart = charts(art, COLUMNS);
  const { cells, light } = lights(art, data.settings.page.sizes[1], "larger where they find more");
  const ring = draw(art, "rect", { width: UNIT, height: UNIT, class: "live-line", "stroke-width": 3 });
  cells.forEach(({ frame }, unit) => {
    set(frame, { style: "pointer-events: all; cursor: pointer" });
    frame.addEventListener("pointerdown", () => {
      units.valueAsNumber = units.valueAsNumber === unit + 1 ? 0 : unit + 1;
      units.dispatchEvent(new Event("input"));
    });
  });

  let ink = new Uint8Array(SIDE * SIDE);
  /** @type {Digit | undefined} a recorded digit, until it is drawn on */
  let taken;
  let by = [0, 0]; // moved by so many rows and columns
  let at = [MIDDLE, MIDDLE];
  let down = false;
  /** @type {Promise<Layer[][]> | undefined} */
  let nets;
  /** What the nets get: a drawing as MNIST has its digits, then moved. */
  const given = () => moved(taken ? ink : centred(ink), by);

  const answer = async () => {
    const x = given();
    const unit = units.valueAsNumber - 1;
    show(canvas, unit < 0 && !by.some(Boolean) ? ink : x);
    canvas.style.opacity = unit < 0 ? "1" : ".4";
    show(seen, x);
    set(pen, { x: LEFT + CELL * at[1], y: TOP + CELL * at[0], "stroke-dasharray": down ? "none" : "2 2" });
    nets ??= fetched(data);
    const all = await nets;
    const h = all.map((layers, i) => hidden(layers, x, data.settings[NETS[i]].activation === "relu"));
    const [softmax, identity, page] = all.map((layers, i) => classes(layers, h[i]));
    chart({ softmax, identity, page }, taken?.label);
    light(h[2]);
    set(ring, { visibility: unit < 0 ? "hidden" : "visible" });
    if (unit >= 0) set(ring, { x: cells[unit].x, y: cells[unit].y });
    const [plus, minus] = unit < 0 ? ["", ""] : weights(all[2][0], unit);
    set(raise, { d: plus });
    set(lower, { d: minus });
    const of = taken ? [`test digit ${taken.test_image}`, `true class: ${taken.label}`] : ["your drawing", ""];
    [...of, push(by)].forEach((words, line) => {
      title[line].textContent = words;
    });
    control(figure, "said").textContent = ink.some(Boolean)
      ? `Linear: softmax regression reads ${reads(softmax)}, two layers ${reads(identity)}. ` +
        `With ReLU, two layers read ${reads(page)}.`
      : "Nothing is drawn yet.";
    control(figure, "found").textContent =
      unit < 0
        ? "Choose a hidden unit: its weights are drawn over the digit."
        : `Unit ${unit + 1} found ${h[2][unit].toFixed(2)}: ink on squares raises it, on dashes lowers it.`;
  };

  /** A stroke goes on from what is seen, but begins anew on a test digit. */
  const begin = () => {
    if (taken) ink = new Uint8Array(SIDE * SIDE);
    else if (by.some(Boolean)) ink = given();
    taken = undefined;
    by = [0, 0];
    digits.value = "";
    if (units.value !== "0") {
      units.value = "0";
      units.dispatchEvent(new Event("input"));
    }
  };
  /** @param {number[]} to */
  const pull = (to) => {
    if (taken || by.some(Boolean)) begin();
    stroke(ink, at, to);
  };

  offer(digits, data.digits);
  /** @param {string} choice */
  const take = (choice) => {
    digits.value = choice;
    taken = data.digits[choice === "" ? -1 : Number(choice)];
    ink = taken ? picture(taken) : new Uint8Array(SIDE * SIDE);
    by = [0, 0];
  };
  /** @param {string} name @param {string} event @param {() => void} act */
  const when = (name, event, act) =>
    control(figure, name).addEventListener(event, () => {
      act();
      answer();
    });
  when("digit", "change", () => take(digits.value));
  when("next", "click", () => take(`${(Number(digits.value || -1) + 1) % data.digits.length}`));
  when("clear", "click", () => take(""));
  /** @param {number} rows @param {number} columns */
  const shift = (rows, columns) => {
    by = [by[0] + rows, by[1] + columns].map((z) => Math.min(Math.max(z, -SIDE), SIDE));
  };
  when("left", "click", () => shift(0, -1));
  when("right", "click", () => shift(0, 1));
  drag(canvas, (x, y, first) => {
    const to = [y * SIDE - 0.5, x * SIDE - 0.5];
    if (first) {
      begin();
      at = to;
    }
    pull(to);
    at = to;
    answer();
  });
  steer(canvas, (rows, columns, held) => {
    if (held || down) {
      const to = [at[0] + rows, at[1] + columns].map((z) => Math.min(Math.max(Math.round(z), 0), SIDE - 1));
      if (down) pull(to);
      at = to;
    } else {
      shift(rows, columns);
    }
    answer();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    down = !down;
    if (down) begin();
    if (down) pull(at);
    answer();
  });
  canvas.addEventListener("blur", () => {
    down = false;
  });
  slider(
    figure,
    "unit",
    (unit) => (unit ? `${unit}` : "none"),
    () => {
      if (nets) answer();
    },
  );
  take(`${data.shown}`);
  show(seen, given());
  figure.addEventListener("focusin", answer, { once: true });
  figure.addEventListener("pointerdown", answer, { once: true });
}
