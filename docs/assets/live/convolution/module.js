// An inception module's branches: their weights and products, with the layers of 1×1 as set, and without any.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

// Where the static figure has its bars and its columns, in its own pixels.
const [LEFT, WIDE, TOP, ROW, BAR, THIN] = [50, 250, 34, 46, 14, 9];
const COLUMNS = [388, 468];
const NAMES = ["1×1", "3×3", "5×5", "pool", "all"];
const NARROW = /** @type {const} */ (["three", "five", "pool"]);

/**
 * @typedef {[number, number, number, number]} Shape rows and columns of a kernel, channels in and out
 * @typedef {{ one: number, three: number[], five: number[], pool: number }} Widths 0 where there is no layer of 1×1
 * @typedef {Widths & { name: string, side: number, into: number }} Preset
 */

/**
 * The shapes of all kernels, branch by branch.
 * @param {number} into channels of what comes in
 * @param {Widths} widths
 * @returns {Shape[][]}
 */
export function shapes(into, { one, three, five, pool }) {
  /** @type {(side: number, narrow: number, out: number) => Shape[]} */
  const chain = (side, narrow, out) =>
    narrow
      ? [
          [1, 1, into, narrow],
          [side, side, narrow, out],
        ]
      : [[side, side, into, out]];
  return [chain(1, 0, one), chain(3, three[0], three[1]), chain(5, five[0], five[1]), pool ? chain(1, 0, pool) : []];
}

/**
 * Weights and products of each branch, and of all.
 * @param {Shape[][]} branches
 * @param {number} side places along an axis
 */
export function spent(branches, side) {
  const weights = branches.map((kernels) => kernels.reduce((sum, [u, v, c, k]) => sum + u * v * c * k, 0));
  const all = [...weights, weights.reduce((sum, each) => sum + each, 0)];
  return all.map((each) => [each, each * side * side]);
}

/** @param {number} products */
const millions = (products) => `${(products / 1e6).toFixed(1)} M`;

/** @param {number} count */
const grouped = (count) => count.toLocaleString("en");

/**
 * @param {HTMLElement} figure
 * @param {{ presets: Preset[] }} data
 */
export function mount(figure, { presets }) {
  const { layer, art } = over(figure);
  const select = /** @type {HTMLSelectElement} */ (control(figure, "preset"));
  for (const { name } of presets) select.append(new Option(name, name));
  const inputs = NARROW.map((name) => /** @type {HTMLInputElement} */ (control(figure, name)));
  let at = 0; // the branch that is read

  const title = draw(art, "text", { x: LEFT, y: 19, "font-weight": 700 });
  ["weights", "products"].forEach((name, i) => {
    draw(art, "text", { x: COLUMNS[i], y: 19, "text-anchor": "end", "font-weight": 700 }).textContent = name;
  });
  const cells = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell" });
  set(cells, { "aria-label": "branch", "aria-valuemin": 1, "aria-valuemax": NAMES.length });
  const here = draw(cells, "rect", { x: LEFT - 46, width: 474, height: ROW - 4, "fill-opacity": 0 });
  const rows = NAMES.map((name, n) => {
    const top = TOP + ROW * n;
    draw(art, "text", { x: LEFT - 8, y: top + 12, "text-anchor": "end", "font-weight": 700 }).textContent = name;
    return [
      { y: top, height: BAR, bold: 700 },
      { y: top + BAR + 7, height: THIN, bold: 400 },
    ].map(({ y, height, bold }) => ({
      bar: draw(art, "rect", { x: LEFT, y, height, stroke: "currentColor", "stroke-width": 0.8 }),
      texts: COLUMNS.map((x) =>
        draw(art, "text", { x, y: y + height / 2 + 5, "text-anchor": "end", "font-weight": bold }),
      ),
    }));
  });

  const preset = () => /** @type {Preset} */ (presets.find(({ name }) => name === select.value) ?? presets[0]);

  /** @param {number[]} narrow @returns {Widths} */
  const widths = ([three, five, pool]) => {
    const given = preset();
    return { one: given.one, three: [three, given.three[1]], five: [five, given.five[1]], pool };
  };

  const update = () => {
    const { name, side, into } = preset();
    const branches = shapes(into, widths(inputs.map((input) => input.valueAsNumber)));
    const found = [branches, shapes(into, widths([0, 0, 0]))].map((each) => spent(each, side));
    const most = Math.max(...found.map((each) => each[NAMES.length - 1][0]));
    title.textContent = `module ${name}`;
    rows.forEach((row, n) => {
      row.forEach(({ bar, texts }, kind) => {
        const [weights, products] = found[kind][n];
        set(bar, { width: (weights / most) * WIDE, fill: kind ? "none" : "currentColor" });
        [grouped(weights), millions(products)].forEach((text, i) => {
          texts[i].textContent = text;
          set(texts[i], { "data-value": [weights, products][i] });
        });
      });
    });
    set(here, { y: TOP - 5 + ROW * at });
    const kernels = at < branches.length ? branches[at] : branches.flat();
    const words = kernels.map(([u, v, c, k]) => `${u}×${v}, ${c} to ${k}`).join("; ") || "none, it passes on";
    const [now, before] = found.map((each) => each[at][0]);
    const share = before ? `, ${(now / before).toFixed(2)} of ${grouped(before)}` : "";
    control(figure, "said").textContent =
      at < branches.length
        ? `Branch ${NAMES[at]}: kernels of ${words}. ${grouped(now)} weights${share}.`
        : `All branches: ${grouped(now)} weights${share}.`;
    set(cells, { "aria-valuenow": at + 1, "aria-valuetext": `${NAMES[at]}: ${grouped(now)} weights` });
  };

  /** The sliders, as a preset has them; then all branches are read. */
  const take = () => {
    const { into, three, five, pool } = preset();
    [three[0], five[0], pool].forEach((channels, i) => {
      inputs[i].max = `${into}`;
      inputs[i].valueAsNumber = channels;
      inputs[i].dispatchEvent(new Event("input"));
    });
    at = NAMES.length - 1;
    update();
  };
  steer(cells, (down, along) => {
    at = (at + down + along + NAMES.length) % NAMES.length;
    update();
  });
  drag(layer, (_, y) => {
    const { height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    at = Math.min(Math.max(Math.floor((y * height - TOP) / ROW), 0), NAMES.length - 1);
    update();
  });
  NARROW.forEach((name, i) => {
    const words = (/** @type {number} */ channels) => (channels ? `${channels}` : "none");
    slider(figure, name, words, () => {
      at = i + 1; // what is read is the branch that changes
      update();
    });
  });
  at = NAMES.length - 1;
  update();
  select.addEventListener("change", take);
}
