// What a kernel and a stride make of a flat picture of ones, on the way up: the overlap, and the grid that it prints.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

const SIDE = 24; // rows and columns that are shown, far from the border
// Where the static figure has its pixels and its words, in its own pixels.
const [LEFT, TOP, CELL] = [4, 30, 12];
const [RIGHT, FIRST, LINE] = [310, 52, 24];

/** @type {Record<string, string>} */
const KINDS = { ones: "All taps 1", hill: "A hill of taps", random: "Uneven taps" };

/**
 * @typedef {{ window: number, stride: number, kind: string, layers: number, resized: boolean }} Setting
 * @typedef {{ random: number[] }} Data
 */

/**
 * The taps of a kernel along an axis.
 * @param {Setting} setting
 * @param {number[]} random
 */
export function taps({ window, kind }, random) {
  return Array.from({ length: window }, (_, u) => {
    if (kind === "hill") return 1 + Math.min(u, window - 1 - u);
    return kind === "ones" ? 1 : random[u];
  });
}

/**
 * Every value of a row puts down the kernel, times itself.
 * @param {number[]} y
 * @param {number[]} w
 * @param {number} stride
 */
export function up(y, w, stride) {
  const x = Array((y.length - 1) * stride + w.length).fill(0);
  y.forEach((value, p) => {
    w.forEach((tap, u) => {
      x[stride * p + u] += value * tap;
    });
  });
  return x;
}

/**
 * The kernel by which `up` repeats pixels and convolves.
 * @param {number[]} w
 * @param {number} stride
 */
export const widened = (w, stride) => up(Array(stride).fill(1), [...w].reverse(), 1);

/**
 * What layers make of a row of ones, far from its border.
 * @param {Setting} setting
 * @param {number[]} w
 */
export function row({ stride, layers }, w) {
  const start = 2 * w.length * stride ** layers;
  let y = Array(start + SIDE).fill(1);
  for (let layer = 0; layer < layers; layer++) y = up(y, w, stride);
  return y.slice(start, start + SIDE);
}

/**
 * The sums of the taps that meet in a pixel, by turns.
 * @param {number[]} w
 * @param {number} stride
 */
export function phases(w, stride) {
  const sums = Array(stride).fill(0);
  w.forEach((tap, u) => {
    sums[u % stride] += tap;
  });
  return sums;
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { art } = over(figure);
  /** @type {Setting} */
  const setting = { window: 3, stride: 2, kind: "ones", layers: 1, resized: false };
  const kind = /** @type {HTMLSelectElement} */ (control(figure, "kind"));
  const resized = /** @type {HTMLInputElement} */ (control(figure, "resized"));
  let place = [2, 3];

  const title = draw(art, "text", { x: LEFT, y: 19, "font-weight": 700 });
  const map = draw(art, "g", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "picture",
    class: "live-cell",
  });
  set(map, { style: "touch-action: none" });
  draw(map, "rect", { x: LEFT, y: TOP, width: SIDE * CELL, height: SIDE * CELL });
  const cells = Array.from({ length: SIDE * SIDE }, (_, n) =>
    draw(art, "rect", {
      x: LEFT + CELL * (n % SIDE),
      y: TOP + CELL * Math.floor(n / SIDE),
      width: CELL,
      height: CELL,
      "shape-rendering": "crispEdges", // no light seams between pixels, which would be a grid
      style: "fill: currentColor; pointer-events: none",
    }),
  );
  const here = draw(art, "rect", { width: CELL, height: CELL, class: "live-line", "stroke-width": 2.5 });
  set(here, { "data-lit": true });
  const lines = Array.from({ length: 4 }, (_, n) =>
    draw(art, "text", { x: RIGHT, y: FIRST + 5 + LINE * n, "font-weight": n > 1 ? 700 : 400 }),
  );

  const answer = () => {
    const { stride, layers } = setting;
    const own = taps(setting, data.random);
    const w = setting.resized ? widened(own, stride) : own;
    const along = row(setting, w);
    const highest = Math.max(...along) ** 2;
    const lowest = Math.min(...along) ** 2;
    const counted = setting.kind === "ones" && layers === 1 && !setting.resized;
    title.textContent = counted ? "windows that reach a pixel" : "what a picture of ones becomes";
    cells.forEach((cell, n) => {
      const value = along[Math.floor(n / SIDE)] * along[n % SIDE];
      set(cell, { "fill-opacity": highest ? value / highest : 0, "data-of": "pixel", "data-value": value });
    });
    const sums = phases(w, stride);
    lines[0].textContent = `taps ${w.join(" ")}`;
    lines[1].textContent = `sums by turns ${sums.join(" ")}`;
    lines[2].textContent = `lowest ${lowest}`;
    lines[3].textContent = `highest ${highest}`;
    const [i, j] = place;
    set(here, { x: LEFT + CELL * j, y: TOP + CELL * i });
    const grid = lowest === highest ? "No grid" : "A grid";
    set(map, {
      "aria-label": `Picture, window ${setting.window}, stride ${stride}: ${grid}. Arrow keys choose a pixel`,
    });
    const way = `${KINDS[setting.kind]}${setting.resized ? ", pixels repeated first" : ""}.`;
    control(figure, "said").textContent =
      `${way} ` +
      `${grid}: ${lowest === highest ? "all pixels are the same" : `it comes again every ${stride ** layers} pixels`}. ` +
      `Pixel ${i}, ${j} is ${along[i]} down times ${along[j]} across, ${along[i] * along[j]}.`;
  };

  /** @param {number[]} to */
  const choose = (to) => {
    place = to.map((z) => Math.min(Math.max(Math.floor(z), 0), SIDE - 1));
    answer();
  };
  steer(map, (rows, columns) => choose([place[0] + rows, place[1] + columns]));
  drag(map, (x, y) => choose([y * SIDE, x * SIDE]));
  for (const name of /** @type {const} */ (["window", "stride", "layers"])) {
    slider(figure, name, String, (value) => {
      setting[name] = value;
      answer();
    });
  }
  kind.addEventListener("change", () => {
    setting.kind = kind.value;
    answer();
  });
  resized.addEventListener("change", () => {
    setting.resized = resized.checked;
    answer();
  });
  setting.kind = kind.value;
  setting.resized = resized.checked;
  answer();
}
