// A convolution with its numbers: touch an output, a pixel or a tap, and the products of its sum light up.
import { control, draw, over, set, slider, steer } from "../kit.js";

const RING = 1; // of zeros that there may be around the image
const LARGEST = 3; // window
// Where the static figure has its three grids, in its own pixels: left, top, side of a cell.
const PLACES = { x: [4, 40, 30], w: [256, 40, 30], y: [256, 168, 30] };

/**
 * @typedef {"x" | "w" | "y"} Kind
 * @typedef {number[][]} Matrix
 * @typedef {{ x: number[], w: number[], y: number[] }} Term row and column in each
 * @typedef {{ stride: number, window: number, padding: string }} Setting
 * @typedef {{ arrays: { x: Matrix, k: Matrix, dy: Matrix } }} Data
 */

/**
 * Windows along an axis, and zeros before it.
 * @param {number} size
 * @param {Setting} setting
 */
export function along(size, { stride, window, padding }) {
  if (padding === "valid") return [Math.floor((size - window) / stride) + 1, 0];
  const count = Math.ceil(size / stride);
  return [count, Math.floor(Math.max((count - 1) * stride + window - size, 0) / 2)];
}

/** @param {number} rows @param {number} columns */
const pairs = (rows, columns) =>
  Array.from({ length: rows * columns }, (_, n) => [Math.floor(n / columns), n % columns]);

/**
 * Every product of the convolution: where its y, its x and its w stand.
 * @param {number} size
 * @param {Setting} setting
 * @returns {Term[]}
 */
export function terms(size, setting) {
  const [count, before] = along(size, setting);
  const inside = (/** @type {number} */ z) => z >= 0 && z < size;
  return pairs(count, count)
    .flatMap((y) => pairs(setting.window, setting.window).map((w) => ({ y, w })))
    .map(({ y, w }) => ({ y, w, x: [0, 1].map((axis) => setting.stride * y[axis] + w[axis] - before) }))
    .filter(({ x }) => x.every(inside));
}

/**
 * The three sums of one list of products.
 * @param {Term[]} list
 * @param {{ x: Matrix, k: Matrix, dy: Matrix }} arrays
 * @param {number} count of outputs along an axis
 * @param {number} window
 */
export function sums(list, { x, k, dy }, count, window) {
  /** @param {number} size @returns {Matrix} */
  const zeros = (size) => Array.from({ length: size }, () => Array(size).fill(0));
  const found = { y: zeros(count), x: zeros(x.length), w: zeros(window) };
  for (const {
    x: [i, j],
    w: [u, v],
    y: [p, q],
  } of list) {
    found.y[p][q] += x[i][j] * k[u][v];
    found.x[i][j] += dy[p][q] * k[u][v];
    found.w[u][v] += dy[p][q] * x[i][j];
  }
  return found;
}

/** @param {number[]} a @param {number[]} b */
const same = (a, b) => a[0] === b[0] && a[1] === b[1];

/** @param {number} value */
const signed = (value) => `${value}`.replace("-", "−");

/** @param {number} value */
const factor = (value) => (value < 0 ? `(${signed(value)})` : `${value}`);

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { art } = over(figure);
  const { x, k, dy } = data.arrays;
  const said = control(figure, "said");
  const padding = /** @type {HTMLSelectElement} */ (control(figure, "padding"));
  const spread = /** @type {HTMLInputElement} */ (control(figure, "spread"));
  const setting = { stride: 2, window: LARGEST, padding: "same" };
  /** @type {{ kind: Kind, at: number[] }} */
  let chosen = { kind: "y", at: [1, 2] };
  let touched = false; // until then the static figure shows the sum

  /** @param {Kind} kind @param {number} size @param {number} ring */
  const raster = (kind, size, ring) =>
    pairs(size + 2 * ring, size + 2 * ring).map((place) => {
      const [left, top, side] = PLACES[kind];
      const at = { x: left + side * place[1], y: top + side * place[0], width: side, height: side };
      return { at: place.map((z) => z - ring), cell: draw(art, "rect", { ...at, class: "live-zero" }) };
    });
  const [zeros, between] = [raster("x", x.length, RING), raster("y", x.length, 0)];
  /**
   * The cells of a grid, which arrow keys move over.
   * @param {Kind} kind
   * @param {number} size
   */
  const grid = (kind, size) => {
    const [left, top, side] = PLACES[kind];
    const title = draw(art, "text", { x: left, y: top - 12 });
    const whole = draw(art, "g", { role: "grid" });
    const lines = Array.from({ length: size }, () => draw(whole, "g", { role: "row" }));
    const cells = pairs(size, size).map((at) => {
      const cell = draw(lines[at[0]], "g", { role: "gridcell", tabindex: -1, class: "live-cell" });
      draw(cell, "rect", { width: side, height: side });
      draw(cell, "text", { x: side / 2, y: side / 2 + 5, "text-anchor": "middle" });
      const choose = () => {
        chosen = { kind, at };
        update();
      };
      cell.addEventListener("focus", choose);
      cell.addEventListener("pointerdown", choose);
      cell.addEventListener("pointerenter", (event) => {
        if (/** @type {PointerEvent} */ (event).buttons) choose(); // drawn over
      });
      return { at, cell };
    });
    steer(whole, (rows, columns) => {
      const to = [chosen.at[0] + rows, chosen.at[1] + columns];
      const next = cells.find(({ at, cell }) => same(at, to) && cell.style.display !== "none");
      next?.cell.focus();
    });
    return { title, whole, lines, cells };
  };
  const grids = { x: grid("x", x.length), w: grid("w", LARGEST), y: grid("y", x.length) };

  const update = () => {
    const { kind } = chosen;
    const [count, before] = along(x.length, setting);
    const limits = { x: x.length, w: setting.window, y: count };
    chosen.at = chosen.at.map((z) => Math.min(z, limits[kind] - 1));
    const list = terms(x.length, setting);
    const sum = sums(list, data.arrays, count, setting.window);
    const lit = list.filter((term) => same(term[kind], chosen.at));
    // The chosen grid shows its sums, the other two what is multiplied.
    const shown = { x, w: k, y: dy, [kind]: sum[kind] };
    const names = { x: "x", w: "w", y: "dy", [kind]: kind === "y" ? "y" : `d${kind}` };
    for (const [key, { title, whole, lines, cells }] of Object.entries(grids)) {
      const of = /** @type {Kind} */ (key);
      const [left, top, side] = PLACES[of];
      const apart = of === "y" && spread.checked ? setting.stride : 1;
      title.textContent = names[of];
      set(whole, { "aria-label": `${names[of]}, ${limits[of]} by ${limits[of]}` });
      for (const [row, line] of lines.entries()) line.style.display = row < limits[of] ? "" : "none";
      for (const { at, cell } of cells) {
        const here = at.every((z) => z < limits[of]);
        cell.style.display = here ? "" : "none";
        if (!here) continue;
        const value = shown[of][at[0]][at[1]];
        const [row, column] = at.map((z) => side * (z * apart + (of === "x" ? RING : 0)));
        const is = of === kind && same(at, chosen.at);
        const text = /** @type {Element} */ (cell.lastElementChild);
        text.textContent = signed(value);
        set(cell, {
          transform: `translate(${left + column} ${top + row})`,
          tabindex: is || (of !== kind && same(at, [0, 0])) ? 0 : -1,
          "aria-label": `${names[of]} ${at[0]} ${at[1]}: ${value}`,
          "aria-selected": is,
          "data-lit": is ? "sum" : lit.some((term) => same(term[of], at)),
          "data-value": value,
        });
      }
    }
    const wide = (count - 1) * setting.stride + 1;
    const after = Math.max(wide - 1 + setting.window - x.length - before, 0);
    for (const { at, cell } of zeros) {
      const outside = at.some((z) => z < 0 || z >= x.length);
      const padded = at.every((z) => z >= -before && z < x.length + after);
      cell.style.display = outside && padded ? "" : "none";
    }
    for (const { at, cell } of between) {
      cell.style.display = spread.checked && at.every((z) => z < wide) ? "" : "none";
    }
    said.innerHTML = formula(kind, chosen.at, setting, before) + (touched ? products(kind, lit, data.arrays) : "");
  };

  for (const name of /** @type {const} */ (["stride", "window"])) {
    slider(figure, name, String, (value) => {
      setting[name] = value;
      update();
    });
  }
  padding.addEventListener("change", () => {
    setting.padding = padding.value;
    update();
  });
  spread.addEventListener("change", update);
  setting.padding = padding.value;
  update();
  touched = true; // whatever comes from now on
}

/**
 * The sum of a grid with the chosen place filled in.
 * @param {Kind} kind
 * @param {number[]} at
 * @param {Setting} setting
 * @param {number} before
 */
function formula(kind, at, { stride }, before) {
  const times = stride > 1 ? `${stride}·` : "";
  const less = before ? `−${before}` : "";
  const more = before ? `+${before}` : "";
  /** @param {(z: number, name: string) => string} index @param {string} names */
  const both = (index, names) => at.map((z, axis) => index(z, names[axis])).join(", ");
  const left = `<i>${kind === "y" ? "y" : `d${kind}`}</i><sub>${at.join("")}</sub> = Σ`;
  if (kind === "y") {
    const index = both((z, name) => `${times}${z}+${name}${less}`, "uv");
    return `${left}<sub>uv</sub> <i>x</i><sub>${index}</sub> <i>w</i><sub>uv</sub>`;
  }
  if (kind === "x") {
    const index = both((z, name) => `${z}${more}−${times}${name}`, "pq");
    return `${left}<sub>pq</sub> <i>dy</i><sub>pq</sub> <i>w</i><sub>${index}</sub>`;
  }
  const index = both((z, name) => `${times}${name}+${z}${less}`, "pq");
  return `${left}<sub>pq</sub> <i>dy</i><sub>pq</sub> <i>x</i><sub>${index}</sub>`;
}

/**
 * The products of a sum, and the sum.
 * @param {Kind} kind
 * @param {Term[]} lit
 * @param {{ x: Matrix, k: Matrix, dy: Matrix }} arrays
 */
function products(kind, lit, { x, k, dy }) {
  if (!lit.length) return "<br>= 0, as no window sees it";
  const values = lit.map((term) => {
    const all = { x: x[term.x[0]][term.x[1]], w: k[term.w[0]][term.w[1]], y: dy[term.y[0]][term.y[1]] };
    const [a, b] = kind === "y" ? [all.x, all.w] : kind === "x" ? [all.y, all.w] : [all.y, all.x];
    return { words: `${factor(a)}·${factor(b)}`, value: a * b };
  });
  const total = values.reduce((sum, { value }) => sum + value, 0);
  return `<br>= ${values.map(({ words }) => words).join(" + ")}<br>= <b>${signed(total)}</b>`;
}
