// A test digit, and what nets without the units dropped say of it: the last one, and the mean of all so far.
import { offer, paper, picture, show } from "../digits.js";
import { control, draw, over, set, steer } from "../kit.js";
import { charts, classes, fetched, hidden, lights, reading, reads, UNIT } from "./nets.js";

/** @import { Data, Layer } from "./nets.js" */

const FIRST = 3; // of the digits that the net reads, the one on which thinned nets disagree most
const COLUMNS = [
  { of: "page", name: ["the whole", "net"] },
  { of: "thinned", name: ["the last", "thinned net"], beside: "page" },
  { of: "mean", name: ["mean of all", "thinned nets"], beside: "page" },
];

/**
 * The mean of some nets' probabilities.
 * @param {Float64Array[]} each
 */
export const mean = (each) => each[0].map((_, k) => each.reduce((sum, p) => sum + p[k], 0) / each.length);

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const digits = /** @type {HTMLSelectElement} */ (control(figure, "digit"));
  const { drop_hidden: rate, sizes } = data.settings.page; // thinned as it was trained
  const { canvas, title } = paper(layer, art);
  canvas.style.touchAction = "auto";
  canvas.style.cursor = "pointer";
  set(canvas, { role: "spinbutton", "aria-label": "Test digit" });
  set(canvas, { "aria-valuemin": 1, "aria-valuemax": data.digits.length });
  const chart = charts(art, COLUMNS);
  const { cells, light } = lights(art, sizes[1], "larger where they find more; crossed: dropped");
  const half = UNIT / 2;
  const crosses = cells.map(({ x, y }) =>
    draw(art, "path", { class: "live-line", d: `M${x + half - 5} ${y + half - 5}l10 10m0-10l-10 10` }),
  );

  /** @type {number[][]} factors for the hidden units of each thinned net: 0 where one is dropped */
  let masks = [];
  /** @type {Promise<Layer[][]> | undefined} */
  let nets;

  const answer = async () => {
    nets ??= fetched(data);
    const layers = (await nets)[2];
    const digit = data.digits[Number(digits.value)];
    const { label, test_image } = digit;
    const h = hidden(layers, picture(digit), true);
    const page = classes(layers, h);
    const each = masks.map((keep) => classes(layers, h, keep));
    const thinned = each[each.length - 1];
    const all = thinned && mean(each);
    chart({ page, thinned, mean: all }, label);
    light(h);
    const last = masks[masks.length - 1];
    cells.forEach(({ square }, i) => {
      const kept = last ? last[i] : 1;
      set(square, { "data-keep": kept, fill: kept ? "currentColor" : "none" });
      set(crosses[i], { visibility: kept ? "hidden" : "visible" });
    });
    title[0].textContent = `test digit ${test_image}`;
    title[1].textContent = `true class: ${label}`;
    const whole = `The whole net reads ${reads(page)}`;
    control(figure, "said").textContent = last
      ? `${whole}, the last thinned net, of ${last.filter(Boolean).length} units, ${reads(thinned)}.`
      : `${whole}. What will a thinned net read?`;
    const right = each.filter((p) => reading(p) === label).length;
    control(figure, "thinned").textContent = last
      ? `${right} of ${each.length} thinned net${each.length > 1 ? "s" : ""} read the ${label}. ` +
        `On average they give ${reads(all)}, and each class within ` +
        `${(100 * Math.max(...all.map((p, k) => Math.abs(p - page[k])))).toFixed(1)} points of the whole net.`
      : "";
  };

  /** @param {number} i */
  const take = (i) => {
    const at = (i + data.digits.length) % data.digits.length;
    digits.value = `${at}`;
    set(canvas, { "aria-valuenow": at + 1, "aria-valuetext": digits.selectedOptions[0].text });
    show(canvas, picture(data.digits[at]));
  };
  /** @param {number} count */
  const drop = (count) => {
    for (let i = 0; i < count; i++) {
      masks.push(Array.from({ length: sizes[1] }, () => (Math.random() < rate ? 0 : 1 / (1 - rate))));
    }
  };
  /** @param {HTMLElement} part @param {string} event @param {() => void} act */
  const when = (part, event, act) =>
    part.addEventListener(event, () => {
      act();
      answer();
    });
  when(control(figure, "drop"), "click", () => drop(1));
  when(control(figure, "more"), "click", () => drop(20));
  when(control(figure, "all"), "click", () => {
    masks = [];
  });
  when(control(figure, "next"), "click", () => take(Number(digits.value) + 1));
  when(canvas, "click", () => take(Number(digits.value) + 1));
  when(digits, "change", () => take(Number(digits.value)));
  steer(canvas, (down, along) => {
    take(Number(digits.value) + along - down);
    answer();
  });
  offer(digits, data.digits);
  take(FIRST);
  figure.addEventListener("focusin", answer, { once: true });
  figure.addEventListener("pointerdown", answer, { once: true });
}
