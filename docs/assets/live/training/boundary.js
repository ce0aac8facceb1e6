// A net of two inputs and one hidden layer of tanh, trained here: the line on which it finds both classes alike.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";
import { level } from "../plot.js";

// Where the static figure has its plane, in its own pixels.
const [LEFT, TOP, WIDTH, HEIGHT, UNIT] = [20, 10, 440, 300, 90];
const CELL = 5; // pixels between two scores of which the line is drawn

/** @typedef {[number, number, number]} Point two coordinates, and a class, -1 or 1 */
/** @typedef {{ w1: number[][], b1: number[], w2: number[], b2: number }} Net */
/** @typedef {{ widths: number[], decays: number[], rate: number, steps: number }} Settings */
/** @typedef {{ settings: Settings, points: Point[], others: Point[], first: { w1: number[][], w2: number[] } }} Data */

/**
 * The net of the first hidden units, before its first step.
 * @param {Data["first"]} first
 * @param {number} width
 * @returns {Net}
 */
function begin(first, width) {
  const w1 = first.w1.map((row) => row.slice(0, width));
  return { w1, b1: Array(width).fill(0), w2: first.w2.slice(0, width), b2: 0 };
}

/**
 * @param {Net} net
 * @param {number} x1
 * @param {number} x2
 */
function score({ w1, b1, w2, b2 }, x1, x2) {
  let z = b2;
  for (let i = 0; i < w2.length; i++) z += Math.tanh(x1 * w1[0][i] + x2 * w1[1][i] + b1[i]) * w2[i];
  return z;
}

/**
 * Descend on all points at once, with momentum and an L2 penalty, as `learn` does in Python.
 * @param {Data} data
 * @param {number} width
 * @param {number} decay
 */
export function learn({ settings, points, first }, width, decay) {
  const net = begin(first, width);
  const { w1, b1, w2 } = net;
  const rows = [w1[0], w1[1], b1, w2];
  const u = rows.map(() => Array(width).fill(0));
  let last = 0;
  for (let step = 0; step < settings.steps; step++) {
    const g = rows.map(() => Array(width).fill(0));
    let slope = 0;
    for (const [x1, x2, label] of points) {
      const h = b1.map((b, i) => Math.tanh(x1 * w1[0][i] + x2 * w1[1][i] + b));
      const z = h.reduce((sum, each, i) => sum + each * w2[i], net.b2);
      const dz = -label / (1 + Math.exp(label * z)) / points.length;
      slope += dz;
      for (let i = 0; i < width; i++) {
        const da = dz * w2[i] * (1 - h[i] * h[i]);
        g[0][i] += x1 * da;
        g[1][i] += x2 * da;
        g[2][i] += da;
        g[3][i] += h[i] * dz;
      }
    }
    for (const [k, row] of rows.entries()) {
      const penalty = k === 2 ? 0 : decay; // biases have none
      for (let i = 0; i < width; i++) {
        u[k][i] = 0.9 * u[k][i] + g[k][i] + penalty * row[i];
        row[i] -= settings.rate * u[k][i];
      }
    }
    last = 0.9 * last + slope;
    net.b2 -= settings.rate * last;
  }
  return net;
}

/**
 * The line of score 0.
 * @param {Net} net
 */
function cut(net) {
  /** @param {number} x @param {number} y */
  const of = (x, y) => score(net, (x - WIDTH / 2) / UNIT, (HEIGHT / 2 - y) / UNIT);
  return level(of, [LEFT, TOP, WIDTH, HEIGHT], CELL);
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { settings, points, others } = data;
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const chosen = { decay: 0, width: settings.widths.length - 1 };
  draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${TOP}v${HEIGHT}h${WIDTH}` });
  const plane = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": "weight decay" });
  set(plane, { "aria-valuemin": 0, "aria-valuemax": settings.decays.length - 1 });
  const ground = draw(plane, "rect", { x: LEFT, y: TOP, width: WIDTH, height: HEIGHT, "fill-opacity": 0 });
  ground.style.stroke = "none";
  const marks = points.map(([x1, x2, label]) => {
    const [x, y] = [LEFT + WIDTH / 2 + UNIT * x1, TOP + HEIGHT / 2 - UNIT * x2];
    const d = label < 0 ? `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0` : `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`;
    return draw(art, "path", { class: "live-line", d });
  });
  const line = draw(art, "path", { class: "live-line", "stroke-width": 2.4, "stroke-linecap": "round" });
  line.style.stroke = "var(--accent)";

  const update = () => {
    const width = settings.widths[chosen.width];
    const net = learn(data, width, settings.decays[chosen.decay]);
    const wrong = points.map(([x1, x2, label], i) => {
      const z = score(net, x1, x2);
      const misread = z * label <= 0;
      set(marks[i], { "data-value": z, "stroke-width": misread ? 3 : 1.4 });
      return misread;
    });
    const missed = others.filter(([x1, x2, label]) => score(net, x1, x2) * label <= 0);
    set(line, { d: cut(net) });
    set(plane, { "aria-valuenow": chosen.decay, "aria-valuetext": `${settings.decays[chosen.decay]}` });
    said.innerHTML =
      `${wrong.filter(Boolean).length} of ${points.length} points are on the wrong side (drawn thick),<br>` +
      `and ${missed.length} of ${others.length} new points.`;
  };
  /** @param {number} at */
  const decayed = (at) => {
    const input = /** @type {HTMLInputElement} */ (control(figure, "decay"));
    const place = Math.min(Math.max(at, 0), settings.decays.length - 1);
    if (input.valueAsNumber === place) return;
    input.value = `${place}`;
    input.dispatchEvent(new Event("input"));
  };
  steer(plane, (down, along) => decayed(chosen.decay + along - down));
  drag(layer, (x) => decayed(Math.floor(x * settings.decays.length)));
  slider(
    figure,
    "decay",
    (i) => `${settings.decays[i]}`,
    (i) => {
      chosen.decay = i;
      update();
    },
  );
  slider(
    figure,
    "width",
    (i) => `${settings.widths[i]}`,
    (i) => {
      chosen.width = i;
      update();
    },
  );
}
