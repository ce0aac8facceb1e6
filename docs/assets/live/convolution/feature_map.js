// A digit, kernels that repeat after some places, and the feature map; what a push of the digit does to the map.
import { CELL, LEFT, moved, pad, SIDE, show, TOP } from "../digits.js";
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

/** @import { Digit } from "../digits.js" */

const WINDOW = 3; // rows and columns of a kernel
const NOTHING = 1e-9; // sums that differ by less differ by rounding alone
const MAP = SIDE - WINDOW + 1; // rows and columns of places
// Where the static figure has its taps, its kernels and its map, in its own pixels.
const [TAPS, TAP] = [195, 34];
const KERNELS = [195, 198, 102]; // left, top, side of all
const RIGHT = 307;

/**
 * @typedef {number[]} Kernel nine weights, row by row
 * @typedef {{ name: string, weights: Kernel }} Preset
 * @typedef {{ settings: { periods: number[] }, presets: Preset[], local: string, digits: Digit[], shown: number }} Data
 */

/**
 * The kernels before one is edited: the presets in their order, and random ones where each place has its own.
 * @param {Data} data
 * @param {number} period after so many rows and columns of places they repeat
 * @returns {Kernel[]}
 */
export function kernels({ presets, local }, period) {
  const many = period * period;
  if (many <= presets.length) return presets.slice(0, many).map(({ weights }) => [...weights]);
  const all = Int8Array.from(atob(local), (sign) => sign.charCodeAt(0));
  return Array.from({ length: many }, (_, n) => [...all.slice(n * WINDOW ** 2, (n + 1) * WINDOW ** 2)]);
}

/** Which kernel a place uses. @param {number} p @param {number} q @param {number} period */
const kernelOf = (p, q, period) => (p % period) * period + (q % period);

/**
 * Weigh each window of a picture by the kernel of its place.
 * @param {ArrayLike<number>} ink 28 rows of 28 greys, 0 .. 255
 * @param {Kernel[]} w
 * @param {number} period
 */
export function conv(ink, w, period) {
  const y = new Float64Array(MAP * MAP);
  for (let p = 0; p < MAP; p++) {
    for (let q = 0; q < MAP; q++) {
      const kernel = w[kernelOf(p, q, period)];
      let sum = 0;
      for (let u = 0; u < WINDOW; u++) {
        for (let v = 0; v < WINDOW; v++) sum += (ink[(p + u) * SIDE + q + v] / 255) * kernel[u * WINDOW + v];
      }
      y[p * MAP + q] = sum;
    }
  }
  return y;
}

/**
 * How far a map is, at each place, from an earlier one that is pushed along; 0 where the push has brought no place.
 * @param {Float64Array} y
 * @param {Float64Array} before
 * @param {number[]} by rows and columns
 */
export function apart(y, before, [rows, columns]) {
  return y.map((sum, at) => {
    const [p, q] = [Math.floor(at / MAP) - rows, (at % MAP) - columns];
    return p < 0 || q < 0 || p >= MAP || q >= MAP ? 0 : Math.abs(sum - before[p * MAP + q]);
  });
}

/**
 * Where a mark of a number lies in its cell: a square above 0, a flat bar below.
 * @param {number} value
 * @param {number} most the largest of all, regardless of its sign
 * @param {number} cell
 * @param {number} [room] of a cell, for the mark of the largest
 */
function mark(value, most, cell, room = 1) {
  const width = most ? room * cell * Math.sqrt(Math.abs(value) / most) : 0;
  const height = value < 0 ? width / 3 : width;
  return { x: (cell - width) / 2, y: (cell - height) / 2, width, height };
}

/** @param {number} value */
const signed = (value) => `${value}`.replace("-", "−");

/** @param {number} value */
const rounded = (value) => signed(Number(value.toFixed(2)));

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const { periods } = data.settings;
  const all = periods.map((period) => kernels(data, period));
  const [presets, tap] = /** @type {[HTMLSelectElement, HTMLInputElement]} */ (
    ["preset", "tap"].map((name) => control(figure, name))
  );
  data.presets.forEach(({ name }, i) => {
    presets.append(new Option(name, `${i}`));
  });
  let level = 0; // which of the periods
  let place = [12, 17];
  let chosen = [1, 0]; // tap

  const given = () => moved(held.ink, held.by);
  const held = pad(figure, layer, art, data.digits, { given, answer: () => answer() });
  /** The kernel of the chosen place. */
  const kernel = () => all[level][kernelOf(place[0], place[1], periods[level])];

  /** @param {number} x @param {string} name */
  const title = (x, name) => {
    draw(art, "text", { x, y: TOP - 46, "font-weight": 700 }).textContent = name;
    return [TOP - 29, TOP - 12].map((y) => draw(art, "text", { x, y }));
  };
  const ofKernel = title(TAPS, "kernel");
  const ofMap = title(RIGHT, "feature map");

  const seen = draw(art, "rect", {
    width: WINDOW * CELL,
    height: WINDOW * CELL,
    class: "live-line",
    "data-lit": true,
  });
  set(seen, { "stroke-width": 2.5 });
  const grid = draw(art, "g", { role: "grid", "aria-label": "the kernel's taps" });
  const taps = Array.from({ length: WINDOW }, (_, u) => {
    const row = draw(grid, "g", { role: "row" });
    return Array.from({ length: WINDOW }, (_, v) => {
      const transform = `translate(${TAPS + TAP * v} ${TOP + TAP * u})`;
      const cell = draw(row, "g", { role: "gridcell", class: "live-cell", transform });
      draw(cell, "rect", { width: TAP, height: TAP });
      const text = draw(cell, "text", { x: TAP / 2, y: TAP / 2 + 5, "text-anchor": "middle" });
      const choose = () => {
        chosen = [u, v];
        answer();
      };
      cell.addEventListener("focus", choose);
      cell.addEventListener("pointerdown", choose);
      return { cell, text };
    });
  });
  steer(grid, (rows, columns) => taps[chosen[0] + rows]?.[chosen[1] + columns]?.cell.focus());

  const [left, top, side] = KERNELS;
  const ground = draw(art, "rect", { x: left, y: top, width: side, height: side, class: "live-line" });
  set(ground, { "stroke-width": 0.8, style: "pointer-events: all; cursor: pointer" });
  const weights = draw(art, "path");
  const ring = draw(art, "rect", { class: "live-line", "stroke-width": 2.5, "data-lit": true });

  const map = draw(art, "g", {
    tabindex: 0,
    role: "application",
    "aria-roledescription": "feature map",
    class: "live-cell",
  });
  set(map, { "aria-label": "Feature map: arrow keys choose a place", style: "touch-action: none" });
  draw(map, "rect", { x: RIGHT, y: TOP, width: MAP * CELL, height: MAP * CELL });
  const sums = Array.from({ length: MAP * MAP }, () => draw(art, "rect", { stroke: "currentColor" }));
  const here = draw(art, "rect", {
    width: CELL,
    height: CELL,
    class: "live-line",
    "stroke-width": 2.5,
    "data-lit": true,
  });

  /** @param {number[]} to */
  const choose = (to) => {
    place = to.map((z) => Math.min(Math.max(Math.floor(z), 0), MAP - 1));
    answer();
  };
  steer(map, (rows, columns) => choose([place[0] + rows, place[1] + columns]));
  drag(map, (x, y) => choose([y * MAP, x * MAP]));
  drag(ground, (x, y) => {
    const t = periods[level];
    // The nearest place above and before that has this kernel, or the first one of all.
    choose(
      [y, x].map((z, axis) => {
        const own = Math.min(Math.max(Math.floor(z * t), 0), t - 1);
        const to = place[axis] - (place[axis] % t) + own;
        return to < MAP ? to : to - t;
      }),
    );
  });

  const answer = () => {
    const period = periods[level];
    const x = given();
    const own = kernel();
    const [p, q] = place;
    show(held.canvas, x);
    held.name();
    const y = conv(x, all[level], period);
    const far = apart(y, conv(held.ink, all[level], period), held.by);
    const most = Math.max(...y.map(Math.abs));
    sums.forEach((cell, at) => {
      const [i, j] = [Math.floor(at / MAP), at % MAP];
      const { x, y: down, width, height } = mark(y[at], most, CELL);
      set(cell, {
        x: RIGHT + CELL * j + x,
        y: TOP + CELL * i + down,
        width,
        height,
        "data-of": "sum",
        "data-value": y[at],
      });
      // A hollow mark is another sum than the one that was pushed along.
      set(cell, {
        "fill-opacity": far[at] > NOTHING ? 0 : 1,
        "stroke-width": far[at] > NOTHING && width > 1 ? 0.8 : 0,
      });
    });
    set(seen, { x: LEFT + CELL * q, y: TOP + CELL * p });
    set(here, { x: RIGHT + CELL * q, y: TOP + CELL * p });
    taps.flat().forEach(({ cell, text }, n) => {
      const is = n === chosen[0] * WINDOW + chosen[1];
      text.textContent = signed(own[n]);
      set(cell, { "aria-label": `tap ${Math.floor(n / WINDOW)} ${n % WINDOW}: ${own[n]}`, "aria-selected": is });
      set(cell, { tabindex: is ? 0 : -1, "data-lit": is ? "sum" : false, "data-of": "tap", "data-value": own[n] });
    });
    const step = side / period;
    const cell = step / WINDOW;
    const strongest = Math.max(...all[level].flat().map(Math.abs));
    set(weights, {
      d: all[level]
        .flatMap((each, n) =>
          each.map((weight, at) => {
            const { x, y, width, height } = mark(weight, strongest, cell, 0.85);
            const [row, column] = [Math.floor(n / period), n % period];
            const across = left + step * column + cell * (at % WINDOW) + x;
            const down = top + step * row + cell * Math.floor(at / WINDOW) + y;
            return width
              ? `M${across.toFixed(1)} ${down.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${-width.toFixed(1)}z`
              : "";
          }),
        )
        .join(""),
    });
    set(ring, { x: left + step * (q % period), y: top + step * (p % period), width: step, height: step });
    ofKernel[0].textContent = `${p % period}, ${q % period}`;
    ofKernel[1].textContent = `of ${period}×${period}`;
    ofMap[0].textContent = `place ${p}, ${q}`;
    ofMap[1].textContent = `sum ${rounded(y[p * MAP + q])}`;
    const same = data.presets.findIndex((preset) => `${preset.weights}` === `${own}`);
    presets.value = same < 0 ? "" : `${same}`;
    tap.valueAsNumber = own[chosen[0] * WINDOW + chosen[1]];
    const said = /** @type {HTMLElement} */ (tap.nextElementSibling);
    said.textContent = signed(tap.valueAsNumber);
    tap.setAttribute("aria-valuetext", said.textContent);
    say(Math.max(...far), y[p * MAP + q]);
  };

  /** @param {number} difference @param {number} sum */
  const say = (difference, sum) => {
    const pushed = held.by.some(Boolean);
    const found = control(figure, "found");
    found.dataset.value = `${difference}`;
    found.textContent = !pushed
      ? "Nothing is pushed yet."
      : difference > NOTHING
        ? `The map isn't the old one, pushed: it differs by up to ${difference.toPrecision(3)}, where marks are hollow.`
        : "The map is the old one, pushed as far as the digit: the largest difference is 0.";
    control(figure, "said").textContent =
      `At place ${place.join(", ")}, kernel ${place.map((z) => z % periods[level]).join(", ")} makes ${rounded(sum)} of its window.`;
  };

  presets.addEventListener("change", () => {
    if (presets.value) kernel().splice(0, WINDOW ** 2, ...data.presets[Number(presets.value)].weights);
    answer();
  });
  held.take(`${data.shown}`);
  slider(
    figure,
    "period",
    (at) => `${periods[at]}, ${at ? (periods[at] < MAP ? "tiled" : "local") : "shared"}`,
    (at) => {
      level = at;
      answer();
    },
  );
  slider(figure, "tap", signed, (weight) => {
    kernel()[chosen[0] * WINDOW + chosen[1]] = weight;
    answer();
  });
}
