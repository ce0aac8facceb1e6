// How far back an LSTM's gradient reaches: two biases, and four blocks of the weights that the way back may leave out.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

// Where the static figure has its panel, in its own pixels, and the powers of ten that it shows.
const [LEFT, TOP, WIDTH, HEIGHT] = [62, 30, 300, 230];
const [LOW, HIGH] = [-12, 2];
const START = 100; // steps back, as in the question
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @typedef {{ forget_biases: number[], input_biases: number[], distances: number[] }} Settings */
/** @typedef {{ settings: Settings, cuts: string[], curves: Record<string, string[]> }} Data */

/**
 * The powers of ten of a curve, one for each distance.
 * @param {Data} data
 * @param {number} forget bias
 * @param {number} input bias
 * @param {string} cut letters, in the order i, f, g, o
 */
export function powers({ cuts, curves }, forget, input, cut) {
  return curves[`${forget} ${input}`][cuts.indexOf(cut)].split(" ").map((each) => Number(each) / 1e4);
}

/**
 * Two digits of a power of ten.
 * @param {number} power
 */
export function words(power) {
  const [digits, exponent] = (10 ** power).toExponential(1).split("e");
  if (Number(exponent) > -4) return `${Number((10 ** power).toPrecision(2))}`;
  return `${digits}·10⁻${[...exponent.slice(1)].map((d) => RAISED[Number(d)]).join("")}`;
}

/** @param {number} value */
const signed = (value) => `${value}`.replace("-", "−");

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { forget_biases, input_biases, distances } = data.settings;
  const inputs = [...input_biases].reverse(); // the slider goes from −8 up to 0
  const last = distances[distances.length - 1];
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const chosen = { forget: 3, input: 0, at: distances.indexOf(START) };
  const boxes = [..."ifgo"].map((name) => /** @type {HTMLInputElement} */ (control(figure, name)));

  const across = (/** @type {number} */ d) => LEFT + (d / last) * WIDTH;
  const down = (/** @type {number} */ power) => TOP + ((HIGH - power) / (HIGH - LOW)) * HEIGHT;

  draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${TOP}v${HEIGHT}h${WIDTH}` });
  draw(art, "path", { class: "live-zero", d: `M${LEFT} ${down(0)}h${WIDTH}` });
  for (const power of [-12, -8, -4, 0]) {
    const text = draw(art, "text", { x: LEFT - 8, y: down(power) + 5, "text-anchor": "end" });
    text.textContent = power ? `10⁻${[...`${-power}`].map((d) => RAISED[Number(d)]).join("")}` : "1";
  }
  for (const d of [0, 20, 40, 60, 80, 100]) {
    draw(art, "text", { x: across(d), y: TOP + HEIGHT + 20, "text-anchor": "middle" }).textContent = `${d}`;
  }
  draw(art, "text", { x: LEFT, y: TOP - 14 }).textContent = "gradient, last step = 1";
  const below = { x: LEFT + WIDTH / 2, y: TOP + HEIGHT + 44, "text-anchor": "middle" };
  draw(art, "text", below).textContent = "steps back from the last output";
  const plane = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": "steps back" });
  set(plane, { "aria-valuemin": 0, "aria-valuemax": last });
  const ground = draw(plane, "rect", { x: LEFT, y: TOP, width: WIDTH, height: HEIGHT, "fill-opacity": 0 });
  ground.style.stroke = "none";
  const mark = draw(art, "path", { class: "live-zero" });
  const lines = {
    direct: draw(art, "path", { class: "live-line", "stroke-width": 1.5, "stroke-dasharray": "2 3" }),
    whole: draw(art, "path", { class: "live-line", "data-lit": true, "stroke-width": 2.4 }),
  };
  const names = { direct: draw(art, "text", {}), whole: draw(art, "text", { "data-top": true }) };

  /**
   * The part of a curve that the panel shows, and where it ends.
   * @param {number[]} curve
   */
  const shown = (curve) => {
    const out = curve.findIndex((power) => power < LOW);
    const ends = curve.map((power, k) => [across(distances[k]), down(power)]);
    if (out < 0) return ends;
    const part = (curve[out - 1] - LOW) / (curve[out - 1] - curve[out]);
    const [[x0], [x1]] = [ends[out - 1], ends[out]];
    return [...ends.slice(0, out), [x0 + part * (x1 - x0), down(LOW)]];
  };

  const update = () => {
    const [forget, input] = [forget_biases[chosen.forget], inputs[chosen.input]];
    const cut = boxes.map((box) => (box.checked ? box.name : "")).join("");
    const curves = { direct: powers(data, forget, input, "ifgo"), whole: powers(data, forget, input, cut) };
    /** @type {Record<string, number[]>} */
    const end = {};
    for (const name of /** @type {const} */ (["direct", "whole"])) {
      const points = shown(curves[name]);
      end[name] = points[points.length - 1];
      set(lines[name], { d: `M${points.join("L")}`, "data-value": curves[name][chosen.at] });
    }
    // Names stand at the ends, one above the other where both end at one place.
    const near = Math.abs(end.direct[1] - end.whole[1]) < 18 && Math.abs(end.direct[0] - end.whole[0]) < 90;
    const up = end.whole[1] <= end.direct[1] ? -1 : 1;
    for (const [name, way] of /** @type {const} */ ([
      ["direct", -up],
      ["whole", up],
    ])) {
      set(names[name], {
        x: end[name][0] + 8,
        y: end[name][1] + 5 - (end[name][1] > down(LOW) - 9 ? 9 : 0) + (near ? 9 * way : 0),
      });
    }
    names.whole.textContent = cut ? "cut" : "whole";
    names.direct.textContent = cut === "ifgo" ? "" : "direct path";
    const far = distances[chosen.at];
    set(mark, { d: `M${across(far)} ${TOP}v${HEIGHT}` });
    set(plane, { "aria-valuenow": far, "aria-valuetext": `${far} steps: ${words(curves.whole[chosen.at])}` });
    said.innerHTML =
      `${far} steps back: <b>${words(curves.whole[chosen.at])}</b> of the last step's gradient,<br>` +
      `and ${words(curves.direct[chosen.at])} by the direct path.`;
  };

  /** @param {number} at */
  const choose = (at) => {
    chosen.at = Math.min(Math.max(at, 0), distances.length - 1);
    update();
  };
  steer(plane, (rows, columns) => choose(chosen.at + columns - rows));
  drag(layer, (x) => {
    const width = /** @type {SVGSVGElement} */ (art).viewBox.baseVal.width;
    const away = distances.map((d) => Math.abs(across(d) - x * width));
    choose(away.indexOf(Math.min(...away)));
  });
  for (const box of boxes) box.addEventListener("change", update);
  for (const [name, all] of /** @type {const} */ ([
    ["forget", forget_biases],
    ["input", inputs],
  ])) {
    slider(
      figure,
      name,
      (i) => signed(all[i]),
      (i) => {
        chosen[name] = i;
        update();
      },
    );
  }
}
