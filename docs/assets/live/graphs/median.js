// The geometric median: drag the points; Weiszfeld's iteration answers, and gradient descent walks to it.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

// Where the static figure has its panel, in its own pixels, and what the panel shows.
const [LEFT, TOP, WIDTH, HEIGHT] = [30, 10, 420, 315];
const [X0, X1, Y0, Y1] = [-2, 10, -1.5, 7.5];
const LEAST = 1e-13; // a step that is none any more
const NEAR = 1e-8; // the steps until then are told
const MOST = 5000; // steps

/** @typedef {number[]} Point */

/** @param {Point} a @param {Point} b */
const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** @param {Point[]} points @param {number[]} weights */
const weighted = (points, weights) => {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return [0, 1].map((axis) => points.reduce((sum, p, i) => sum + weights[i] * p[axis], 0) / total);
};

/** @param {Point[]} points */
export const mean = (points) =>
  weighted(
    points,
    points.map(() => 1),
  );

/**
 * The sum of the unit vectors towards the points, but for those at y: minus the slope.
 * @param {Point[]} points
 * @param {Point} y
 */
export function pull(points, y) {
  const away = points.filter((p) => distance(p, y) > 0);
  return [0, 1].map((axis) => away.reduce((sum, p) => sum + (p[axis] - y[axis]) / distance(p, y), 0));
}

/**
 * Weiszfeld's step, as Vardi and Zhang mended it for where y is one of the points.
 * @param {Point[]} points
 * @param {Point} y
 */
function step(points, y) {
  const others = points.filter((p) => distance(p, y) > 0);
  const here = points.length - others.length;
  const force = Math.hypot(...pull(points, y));
  if (here && force <= here) return y;
  const to = weighted(
    others,
    others.map((p) => 1 / distance(p, y)),
  );
  const stay = here / (force || 1);
  return [0, 1].map((axis) => stay * y[axis] + (1 - stay) * to[axis]);
}

/**
 * The median, and the steps to it.
 * @param {Point[]} points
 */
export function median(points) {
  const all = [mean(points)];
  do all.push(step(points, all[all.length - 1]));
  while (all.length <= MOST && distance(all[all.length - 1], all[all.length - 2]) > LEAST);
  const y = all[all.length - 1];
  return { y, count: all.findIndex((each) => distance(each, y) <= NEAR) };
}

/**
 * Where gradient descent is, from the mean on. At a point the slope is 0/0, and the walk is over.
 * @param {Point[]} points
 * @param {number} rate
 * @param {number} steps
 */
export function walk(points, rate, steps) {
  const at = [mean(points)];
  while (at.length <= steps && points.every((p) => distance(p, at[at.length - 1]) > 0)) {
    const y = at[at.length - 1];
    const force = pull(points, y);
    at.push([0, 1].map((axis) => y[axis] + rate * force[axis]));
  }
  return at;
}

/** @param {Point} point in pixels of the drawing */
const placed = ([x, y]) => [LEFT + ((x - X0) / (X1 - X0)) * WIDTH, TOP + ((Y1 - y) / (Y1 - Y0)) * HEIGHT];

/** @param {number} z @param {number} low @param {number} high */
const within = (z, low, high) => Math.min(Math.max(z, low), high);

/** @param {number} value */
const short = (value) => value.toFixed(2).replace("-", "−");

/** @param {Point} point */
const pair = (point) => `(${point.map(short).join(", ")})`;

/**
 * @param {HTMLElement} figure
 * @param {{ settings: { apart: Point[] } }} data
 */
export function mount(figure, { settings }) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const points = settings.apart.map((p) => [...p]);
  const chosen = { point: 0, rate: 0.25, steps: 20 };

  const rays = points.map(() => draw(art, "path", { class: "live-line", "stroke-width": 0.6 }));
  const path = draw(art, "path", { class: "live-line", "data-lit": true, "stroke-width": 1.5 });
  const cross = draw(art, "path", { class: "live-line", "stroke-width": 2 });
  const end = draw(art, "circle", { r: 4, "data-top": true });
  const ring = draw(art, "circle", { r: 8, class: "live-line", "data-lit": true, "stroke-width": 2 });
  const cells = points.map((_, i) => {
    const cell = draw(art, "g", { role: "button", tabindex: 0, class: "live-cell", "data-lit": "sum" });
    draw(cell, "circle", { r: 6 });
    steer(cell, (rows, columns, shift) => {
      const far = shift ? 1 : 0.1;
      move(i, [points[i][0] + far * columns, points[i][1] - far * rows]);
    });
    return cell;
  });

  /** @param {number} i @param {Point} to */
  const move = (i, [x, y]) => {
    points[i] = [within(x, X0, X1), within(y, Y0, Y1)];
    update();
  };

  const update = () => {
    const { y, count } = median(points);
    const at = walk(points, chosen.rate, chosen.steps);
    const last = at[at.length - 1];
    const middle = mean(points);
    for (const [i, point] of points.entries()) {
      set(cells[i], {
        transform: `translate(${placed(point)})`,
        "aria-label": `point ${i + 1} at ${pair(point)}`,
        "data-value": point[0],
        "data-y": point[1],
      });
      set(rays[i], { d: `M${placed(point)}L${placed(y)}` });
    }
    set(path, { d: `M${at.map(placed).join("L")}` });
    set(cross, { d: `M${placed(middle)}m-5-5l10 10m0-10l-10 10`, "data-value": middle[0], "data-y": middle[1] });
    for (const [circle, [x, z]] of /** @type {const} */ ([
      [ring, y],
      [end, last],
    ])) {
      const [cx, cy] = placed([x, z]);
      set(circle, { cx, cy, "data-value": x, "data-y": z });
    }
    const lost = at.length <= chosen.steps ? ", where the slope is 0/0" : "";
    said.innerHTML =
      `The median is at ${pair(y)}, within 10⁻⁸ by Weiszfeld in ${count} steps; the mean, a cross, at ${pair(middle)}.<br>` +
      `Descent, from the mean, is at ${pair(last)} after ${at.length - 1} steps${lost}: ` +
      `${distance(last, y).toPrecision(2)} away.`;
  };

  drag(layer, (x, y, first) => {
    const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    const [px, py] = [x * width, y * height];
    if (first) {
      const far = points.map((p) => distance(placed(p), [px, py]));
      chosen.point = far.indexOf(Math.min(...far));
    }
    move(chosen.point, [X0 + ((px - LEFT) / WIDTH) * (X1 - X0), Y1 - ((py - TOP) / HEIGHT) * (Y1 - Y0)]);
  });
  for (const name of /** @type {const} */ (["rate", "steps"])) {
    slider(figure, name, name === "rate" ? short : String, (value) => {
      chosen[name] = value;
      update();
    });
  }
}
