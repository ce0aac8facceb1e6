// The mean loss in a noisy bowl by schedule: rate, warm-up, and the shape and the length of the fall are chosen.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";
import { words } from "../plot.js";

// Where the static figure has its panels, in its own pixels, and what they show.
const [LEFT, WIDTH] = [66, 390];
const RATES = { top: 26, height: 80, highest: 1 };
const LOSSES = { top: 150, height: 180, low: 2e-4, high: 1 };
const FALLS = 15; // steps from one length of a fall to the next
const WARMS = 5; // and from one warm-up to the next
const START = 240; // the step that is read at first

/** @typedef {{ curvatures: number[], noise: number, steps: number, rates: number[] }} Bowl */
/** @typedef {{ settings: Bowl, values: { constant: { rate: number, end: number } } }} Data */

/**
 * A rate for each step: up in a line, level, and down at the end.
 * @param {string} shape
 * @param {number} highest
 * @param {number} warm
 * @param {number} fall
 * @param {number} steps
 */
export function ratesOf(shape, highest, warm, fall, steps) {
  const down = shape === "none" ? 0 : Math.min(fall, steps - warm);
  return Array.from({ length: steps }, (_, i) => {
    const t = i + 1;
    if (t <= warm) return (highest * t) / warm;
    if (t <= steps - down) return highest;
    if (shape === "line") return (highest * (steps - t)) / down;
    return (highest * (1 + Math.cos((Math.PI * (t - steps + down)) / down))) / 2;
  });
}

/**
 * The mean loss after each step.
 * @param {number[]} rates
 * @param {Bowl} bowl
 */
export function expectedLosses(rates, { curvatures, noise }) {
  const square = curvatures.map(() => 1);
  return rates.map((rate) => {
    let loss = 0;
    for (const [i, c] of curvatures.entries()) {
      square[i] = (1 - rate * c) ** 2 * square[i] + rate * rate * noise;
      loss += (c * square[i]) / 2;
    }
    return loss;
  });
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, { settings, values }) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const shape = /** @type {HTMLSelectElement} */ (control(figure, "shape"));
  const { rates, steps } = settings;
  const chosen = { rate: 0, warm: 0, fall: 0, at: START };
  const best = values.constant;

  /** @param {number} t */
  const x = (t) => LEFT + (t / steps) * WIDTH;
  /** @param {number} rate */
  const high = (rate) => RATES.top + (1 - rate / RATES.highest) * RATES.height;
  /** @param {number} loss */
  const deep = (loss) =>
    LOSSES.top + (Math.log(LOSSES.high / loss) / Math.log(LOSSES.high / LOSSES.low)) * LOSSES.height;
  /** @param {number[]} all @param {(value: number) => number} y */
  const line = (all, y) => `M${all.map((each, i) => `${x(i + 1).toFixed(1)} ${y(each).toFixed(2)}`).join("L")}`;

  for (const { top, height } of [RATES, LOSSES]) {
    draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${top}v${height}h${WIDTH}` });
  }
  /** @param {number} at @param {number} y @param {string} anchor @param {string} text */
  const write = (at, y, anchor, text) => {
    draw(art, "text", { x: at, y, "text-anchor": anchor }).textContent = text;
  };
  for (const rate of [0, 0.5, 1]) write(LEFT - 8, high(rate) + 5, "end", `${rate}`);
  for (const loss of [0.001, 0.01, 0.1, 1]) write(LEFT - 8, deep(loss) + 5, "end", `${loss}`);
  for (const t of [0, 100, 200, 300]) write(x(t), LOSSES.top + LOSSES.height + 20, "middle", `${t}`);
  write(LEFT, RATES.top - 10, "start", "rate");
  write(LEFT, LOSSES.top - 10, "start", "mean loss");
  write(LEFT + WIDTH / 2, LOSSES.top + LOSSES.height + 40, "middle", "step");
  write(LEFT + WIDTH, LOSSES.top - 10, "end", `dashed: always ${best.rate}`);
  const level = ratesOf("none", best.rate, 0, 0, steps);
  const dashed = { class: "live-line", "stroke-width": 1.2, "stroke-dasharray": "6 4" };
  draw(art, "path", { ...dashed, d: line(level, high) });
  draw(art, "path", { ...dashed, d: line(expectedLosses(level, settings), deep) });
  const plane = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": "step" });
  set(plane, { "aria-valuemin": 1, "aria-valuemax": steps });
  const ground = draw(plane, "rect", { x: LEFT, y: RATES.top, width: WIDTH, "fill-opacity": 0 });
  set(ground, { height: LOSSES.top + LOSSES.height - RATES.top });
  ground.style.stroke = "none";
  const mark = draw(art, "path", { class: "live-zero" });
  const lit = { class: "live-line", "data-lit": true, "stroke-width": 2.4 };
  const [upper, lower] = [draw(art, "path", lit), draw(art, "path", lit)];

  const update = () => {
    const { at } = chosen;
    const own = ratesOf(shape.value, chosen.rate, chosen.warm, chosen.fall, steps);
    const losses = expectedLosses(own, settings);
    set(upper, { d: line(own, high), "data-value": own[at - 1] });
    set(lower, { d: line(losses, deep), "data-value": losses[at - 1] });
    set(mark, { d: `M${x(at)} ${RATES.top}V${LOSSES.top + LOSSES.height}` });
    const now = `rate ${words(own[at - 1])}, mean loss ${words(losses[at - 1])}`;
    set(plane, { "aria-valuenow": at, "aria-valuetext": `step ${at}: ${now}` });
    const end = losses[steps - 1];
    said.innerHTML =
      `Step ${at}: ${now}.<br>It ends at <b>${words(end)}</b>, ` + `the best constant rate at ${words(best.end)}.`;
  };
  /** @param {number} at */
  const choose = (at) => {
    chosen.at = Math.min(Math.max(at, 1), steps);
    update();
  };
  steer(plane, (down, along, shift) => choose(chosen.at + (shift ? 10 : 1) * (along - down)));
  drag(layer, (part) => {
    const { width } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    choose(Math.round(((part * width - LEFT) / WIDTH) * steps));
  });
  shape.addEventListener("change", update);
  for (const [name, read] of /** @type {const} */ ([
    ["fall", (/** @type {number} */ i) => FALLS * i],
    ["rate", (/** @type {number} */ i) => rates[i]],
    ["warm", (/** @type {number} */ i) => WARMS * i],
  ])) {
    slider(
      figure,
      name,
      (i) => `${read(i)}`,
      (i) => {
        chosen[name] = read(i);
        update();
      },
    );
  }
}
