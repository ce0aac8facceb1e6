// A drawn digit, and what a net of two products says of it, at every stroke.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

const SIDE = 28;
const BOX = 20; // MNIST scales each digit into a box of 20 by 20 pixels,
const MIDDLE = 14; // and moves its centre of mass here.
// Where the static figure has its picture and its bars, in its own pixels.
const LEFT = 4;
const TOP = 34;
const CELL = 9;
const BARS = { left: 286, width: 96, right: 438 };

/**
 * @typedef {{ w: Int8Array, scale: Float32Array, b: Float32Array }} Layer
 * @typedef {{ test_image: number, label: number, pixels: string }} Digit
 * @typedef {{ threshold: number, answered: number, wrong: number }} Threshold
 * @typedef {{ settings: { sizes: number[] }, shown: number, digits: Digit[], thresholds: Threshold[] }} Data
 */

/**
 * The layers of a net, from the bytes that its run wrote.
 * @param {ArrayBuffer} bytes
 * @param {number[]} sizes units per layer, pixels first
 * @returns {Layer[]}
 */
export function unpack(bytes, sizes) {
  const units = sizes.slice(1);
  let floats = 0;
  let whole = 8 * units.reduce((sum, count) => sum + count);
  return units.map((count, i) => {
    const scale = new Float32Array(bytes, floats, count);
    const b = new Float32Array(bytes, floats + 4 * count, count);
    const w = new Int8Array(bytes, whole, sizes[i] * count);
    floats += 8 * count;
    whole += w.length;
    return { w, scale, b };
  });
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

/**
 * @param {Layer[]} net
 * @param {Uint8Array} pixels 0 .. 255
 */
export function logits(net, pixels) {
  const x = Float64Array.from(pixels, (grey) => grey / 255);
  return net.reduce((y, layer, i) => dense(i ? y.map((value) => Math.max(value, 0)) : y, layer), x);
}

/** @param {Float64Array} z */
export function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
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

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} ink */
function show(canvas, ink) {
  const picture = new ImageData(SIDE, SIDE);
  ink.forEach((grey, at) => {
    picture.data[4 * at + 3] = grey; // black, and as thick as the pixel is bright
  });
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** @param {number} share */
const percent = (share) => `${(100 * share).toFixed(1)}\u202f%`;

/** @param {number} p never rounded up to a certainty */
const sure = (p) => percent(Math.floor(1000 * p + 1e-9) / 1000);

/** @param {Digit} digit */
const picture = (digit) => Uint8Array.from(atob(digit.pixels), (sign) => sign.charCodeAt(0));

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const [said, share] = [control(figure, "said"), control(figure, "share")];
  const seen = /** @type {HTMLCanvasElement} */ (figure.querySelector(".live-seen canvas"));
  const digits = /** @type {HTMLSelectElement} */ (control(figure, "digit"));
  const paper = document.createElement("canvas");
  set(paper, { width: SIDE, height: SIDE, tabindex: 0, role: "application", "aria-roledescription": "drawing" });
  paper.ariaLabel = "A square to draw in: arrow keys move the pen, Space puts it down and lifts it";
  const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
  const side = SIDE * CELL;
  paper.style.cssText = `left: ${(100 * LEFT) / width}%; top: ${(100 * TOP) / height}%; width: ${(100 * side) / width}%`;
  layer.prepend(paper);
  draw(art, "rect", { x: LEFT, y: TOP, width: side, height: side, class: "live-line" });
  const title = draw(art, "text", { x: LEFT, y: 21, "font-weight": 700 });
  const pen = draw(art, "rect", { width: CELL, height: CELL, class: "live-pen" });
  const rows = Array.from({ length: 10 }, (_, k) => {
    const y = TOP + (side * (k + 0.5)) / 10;
    draw(art, "text", { x: BARS.left - 12, y: y + 5, "text-anchor": "end" }).textContent = `${k}`;
    const bar = draw(art, "rect", { x: BARS.left, y: y - 7, height: 14, class: "live-bar" });
    return { bar, share: draw(art, "text", { x: BARS.right, y: y + 5, "text-anchor": "end" }) };
  });

  let ink = new Uint8Array(SIDE * SIDE);
  /** @type {Digit | undefined} a recorded digit, until it is drawn on */
  let taken = data.digits[data.shown];
  let at = [MIDDLE, MIDDLE];
  let down = false;
  let threshold = data.thresholds[0];
  /** @type {Promise<Layer[]> | undefined} */
  let net;
  const fetched = async () => {
    const found = await fetch(new URL("../../../runs/mnist/page_net.bin", import.meta.url));
    return unpack(await found.arrayBuffer(), data.settings.sizes);
  };

  const answer = async () => {
    const given = taken ? ink : centred(ink);
    show(paper, ink);
    show(seen, given);
    set(pen, { x: LEFT + CELL * at[1], y: TOP + CELL * at[0], "stroke-dasharray": down ? "none" : "2 2" });
    net ??= fetched();
    const p = softmax(logits(await net, given));
    const top = Math.max(...p);
    const read = p.indexOf(top);
    rows.forEach(({ bar, share }, k) => {
      set(bar, { width: BARS.width * p[k], "data-top": k === read });
      set(share, { "data-value": p[k], "data-top": k === read });
      share.textContent = sure(p[k]);
    });
    title.textContent = taken ? `test digit ${taken.test_image}, a ${taken.label}` : "your drawing";
    const words = `${read}, sure to ${sure(top)}`;
    const reads = top > threshold.threshold ? `It reads ${words}.` : `No answer (it would read ${words}).`;
    said.textContent = ink.some(Boolean) ? reads : "Nothing is drawn yet.";
  };

  /** @param {number[]} to */
  const pull = (to) => {
    stroke(ink, at, to);
    taken = undefined;
    digits.value = "";
  };

  for (const [i, digit] of data.digits.entries()) {
    const option = document.createElement("option");
    option.value = `${i}`;
    option.textContent = `${i < 10 ? "first" : "hard"} ${digit.label}, no. ${digit.test_image}`;
    digits.append(option);
  }
  const take = () => {
    taken = data.digits[digits.value === "" ? -1 : Number(digits.value)];
    ink = taken ? picture(taken) : new Uint8Array(SIDE * SIDE);
    answer();
  };
  digits.addEventListener("change", take);
  control(figure, "clear").addEventListener("click", () => {
    digits.value = "";
    take();
  });
  drag(paper, (x, y, first) => {
    const to = [y * SIDE - 0.5, x * SIDE - 0.5];
    if (first) {
      if (taken) ink = new Uint8Array(SIDE * SIDE); // a stroke begins a digit of one's own
      at = to;
    }
    pull(to);
    at = to;
    answer();
  });
  steer(paper, (rows, columns) => {
    const to = [at[0] + rows, at[1] + columns].map((z) => Math.min(Math.max(Math.round(z), 0), SIDE - 1));
    if (down) pull(to);
    at = to;
    answer();
  });
  paper.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    down = !down;
    if (down && taken) ink = new Uint8Array(SIDE * SIDE);
    if (down) pull(at);
    answer();
  });
  paper.addEventListener("blur", () => {
    down = false;
  });
  slider(
    figure,
    "threshold",
    (i) => percent(data.thresholds[i].threshold),
    (i) => {
      threshold = data.thresholds[i];
      share.textContent =
        `So it answers ${percent(threshold.answered)} of the test digits, ` +
        `and ${percent(threshold.wrong)} of its answers are wrong.`;
      if (net) answer();
    },
  );
  digits.value = `${data.shown}`;
  ink = picture(data.digits[data.shown]);
  figure.addEventListener("focusin", answer, { once: true });
  figure.addEventListener("pointerdown", answer, { once: true });
}
