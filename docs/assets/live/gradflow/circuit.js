// The circuit L = x max(x w + b, 0): move its three inputs; every value, and below it every gradient, follows.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

/** @typedef {{ circuit: [number, number, number] }} Settings */

// Where the static figure has its nodes, each value, and the gradient below it, in its own pixels.
/** @type {[string, number, number][]} */
const NODES = [
  ["×", 142, 104],
  ["+", 232, 146],
  ["max", 318, 146],
  ["×", 398, 104],
];
/** @type {Record<string, [number, number, number, number]>} */
const SPOTS = {
  x: [30, 47, 30, 75],
  w: [30, 133, 30, 161],
  b: [142, 193, 142, 221],
  q: [196, 98, 164, 148],
  a: [275, 128, 275, 182],
  r: [350, 100, 376, 151],
  L: [436, 86, 436, 124],
};
/** @type {[number, number][][]} */
const WIRES = [
  [
    [62, 64],
    [124, 96],
  ],
  [
    [62, 140],
    [125, 113],
  ],
  [
    [62, 48],
    [96, 22],
    [352, 22],
    [388, 87],
  ],
  [
    [159, 112],
    [215, 137],
  ],
  [
    [172, 193],
    [218, 160],
  ],
  [
    [251, 146],
    [298, 146],
  ],
  [
    [335, 137],
    [381, 113],
  ],
  [
    [417, 104],
    [466, 104],
  ],
];
const [HEAD, SPREAD] = [5, 0.46]; // of an arrow: how long, and how far from its line, in radians
const LATE = [240, 38];
const EARLY = [88, 105];
const [WIDTH, HEIGHT, STEP] = [470, 250, 16]; // of the drawing, and the pixels by which a drag changes an input by 1
/** @type {Record<string, [number, number]>} */
const ENDS = { x: [-4, 4], w: [-4, 4], b: [-6, 4] };

/**
 * Forward and back, as `circuit` and `circuit_backward` have it; `late` and `early` are what the readers of x send.
 * @param {number} x
 * @param {number} w
 * @param {number} b
 */
export function circuit(x, w, b) {
  const q = x * w;
  const a = q + b;
  const r = Math.max(a, 0);
  const da = a > 0 ? x : 0;
  return {
    values: { x, w, b, q, a, r, L: r * x },
    gradients: { x: r + da * w, w: da * x, b: da, q: da, a: da, r: x, L: 1 },
    late: r,
    early: da * w,
  };
}

/**
 * A line through points with an open arrow at its end, as the static figure draws it.
 * @param {[number, number][]} points
 */
function arrow(points) {
  const [[fromX, fromY], [x, y]] = points.slice(-2);
  const along = Math.atan2(y - fromY, x - fromX);
  const [one, other] = [-SPREAD, SPREAD].map((turn) => [
    x - HEAD * Math.cos(along + turn),
    y - HEAD * Math.sin(along + turn),
  ]);
  return `M${points.join("L")}M${one}L${[x, y]}L${other}`;
}

/** @param {number} value */
const said = (value) => `${value + 0}`.replace("-", "−");

/**
 * @param {HTMLElement} figure
 * @param {{ settings: Settings }} data
 */
export function mount(figure, { settings }) {
  const { layer, art } = over(figure);
  const [x, w, b] = settings.circuit;
  /** @type {Record<string, number>} */
  const at = { x, w, b };
  draw(art, "path", { class: "live-line", "stroke-width": 1.2, d: WIRES.map(arrow).join("") });
  for (const [name, cx, cy] of NODES) {
    draw(art, "circle", { class: "live-line", cx, cy, r: 19, "stroke-width": 1.4 });
    draw(art, "text", { x: cx, y: cy + 5, "text-anchor": "middle" }).textContent = name;
  }
  /** @param {Element} parent @param {number} x @param {number} y @param {boolean} top */
  const text = (parent, x, y, top) => {
    const made = draw(parent, "text", { x, y: y + 5, "text-anchor": "middle" });
    if (top) set(made, { "data-top": true });
    return made;
  };
  /** @param {string} name @param {number} value */
  const put = (name, value) => {
    const input = /** @type {HTMLInputElement} */ (control(figure, name));
    const [least, most] = ENDS[name];
    input.value = `${Math.min(Math.max(value, least), most)}`;
    input.dispatchEvent(new Event("input"));
  };
  // The three inputs are cells to drag, or to move by keys; each moves its slider.
  /** @param {string} name @param {number} x @param {number} y */
  const cell = (name, x, y) => {
    const made = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": name });
    set(made, { "aria-valuemin": ENDS[name][0], "aria-valuemax": ENDS[name][1] });
    draw(made, "rect", { x: x - 29, y: y - 13, width: 58, height: 26, rx: 4 });
    steer(made, (rows, columns) => put(name, at[name] + columns - rows));
    return made;
  };
  const rows = Object.entries(SPOTS).map(([name, [x, y, below, low]]) => {
    const held = name in at ? cell(name, x, y) : undefined;
    return { name, held, value: text(held ?? art, x, y, false), gradient: text(art, below, low, true) };
  });
  const late = text(art, LATE[0], LATE[1], true);
  const early = text(art, EARLY[0], EARLY[1], true);
  let from = { name: "x", y: 0, value: 0 };
  drag(layer, (x, y, first) => {
    if (first) {
      const far = (/** @type {string} */ name) => Math.hypot(SPOTS[name][0] - x * WIDTH, SPOTS[name][1] - y * HEIGHT);
      const name = Object.keys(at).reduce((near, each) => (far(each) < far(near) ? each : near));
      from = { name, y, value: at[name] };
    } else put(from.name, from.value + Math.round(((from.y - y) * HEIGHT) / STEP));
  });

  const update = () => {
    const found = circuit(at.x, at.w, at.b);
    const { values, gradients } = /** @type {Record<string, Record<string, number>>} */ (
      /** @type {unknown} */ (found)
    );
    for (const { name, held, value, gradient } of rows) {
      if (held) set(held, { "aria-valuenow": values[name] });
      set(value, { "data-value": values[name] });
      value.textContent = `${name} = ${said(values[name])}`;
      set(gradient, { "data-value": gradients[name] });
      gradient.textContent = `d${name} = ${said(gradients[name])}`;
    }
    late.textContent = `sends ${said(found.late)}`;
    early.textContent = `sends ${said(found.early)}`;
    const off = found.values.a <= 0 ? "The maximum takes the 0: nothing passes it." : "";
    control(figure, "said").textContent =
      `dx = ${said(found.late)} + ${said(found.early)} = ${said(gradients.x)}: the last product sends r, ` +
      `the first sends dq · w. ${off}`;
  };
  for (const name of ["x", "w", "b"]) {
    const input = /** @type {HTMLInputElement} */ (control(figure, name));
    input.value = `${at[name]}`;
    slider(figure, name, said, (value) => {
      at[name] = value;
      update();
    });
  }
}
