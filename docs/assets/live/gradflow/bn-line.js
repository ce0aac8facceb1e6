// Batch normalization backward: drag the points (x, dy); what comes back is their distance from a straight line.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

// Where the static figure has its panel, in its own pixels, and what the panel shows.
const [LEFT, TOP, WIDTH, HEIGHT] = [52, 28, 388, 240];
const [X0, X1, Y0, Y1] = [0, 8, -1.25, 1.25];
const TICKS = { x: [0, 2, 4, 6, 8], y: [-1, -0.5, 0, 0.5, 1] };

/** @typedef {{ x: number[], dy: number[], gamma: number, epsilons: number[] }} Settings */

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * The backward pass, as `batchnorm_backward` and `inference_backward` have it, and the line that it takes off.
 * @param {number[]} x
 * @param {number[]} dy
 * @param {number} gamma
 * @param {number} eps
 * @param {boolean} frozen
 */
export function back(x, dy, gamma, eps, frozen) {
  const mu = mean(x);
  const std = Math.sqrt(mean(x.map((v) => (v - mu) ** 2)) + eps);
  const xhat = x.map((v) => (v - mu) / std);
  const beta = mean(dy);
  const slope = mean(dy.map((d, n) => d * xhat[n]));
  // What comes off dy at any x: two means, unless the statistics are constants.
  const line = (/** @type {number} */ at) => (frozen ? 0 : beta + (slope * (at - mu)) / std);
  return {
    line,
    factor: gamma / std,
    dx: x.map((v, n) => (gamma / std) * (dy[n] - line(v))),
    dgamma: slope * x.length,
    dbeta: beta * x.length,
  };
}

/** @param {number} x */
const right = (x) => LEFT + ((x - X0) / (X1 - X0)) * WIDTH;
/** @param {number} y */
const down = (y) => TOP + ((Y1 - y) / (Y1 - Y0)) * HEIGHT;

/** @param {number} z @param {number} low @param {number} high */
const within = (z, low, high) => Math.min(Math.max(z, low), high);

/** @param {number} value */
const short = (value) =>
  value
    .toFixed(2)
    .replace(/^-0\.00$/, "0.00")
    .replace("-", "−");

/**
 * @param {HTMLElement} figure
 * @param {{ settings: Settings }} data
 */
export function mount(figure, { settings }) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const frozen = /** @type {HTMLInputElement} */ (control(figure, "frozen"));
  const points = { x: [...settings.x], dy: [...settings.dy] };
  const chosen = { point: 0, eps: settings.epsilons[0] };

  draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${TOP}v${HEIGHT}h${WIDTH}` });
  draw(art, "path", { class: "live-zero", d: `M${LEFT} ${down(0)}h${WIDTH}` });
  for (const x of TICKS.x) {
    draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${right(x)} ${TOP + HEIGHT}v4` });
    draw(art, "text", { x: right(x), y: TOP + HEIGHT + 20, "text-anchor": "middle" }).textContent = `${x}`;
  }
  for (const y of TICKS.y) {
    draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${down(y)}h-4` });
    draw(art, "text", { x: LEFT - 8, y: down(y) + 5, "text-anchor": "end" }).textContent = `${y}`.replace("-", "−");
  }
  draw(art, "text", { x: LEFT, y: TOP - 12 }).textContent = "dy, the gradient that arrives";
  const below = { x: LEFT + WIDTH / 2, y: TOP + HEIGHT + 44, "text-anchor": "middle" };
  draw(art, "text", below).textContent = "x, the values of the channel";
  const line = draw(art, "path", { class: "live-line", "stroke-width": 1.5 });
  const sticks = points.x.map(() => draw(art, "path", { class: "live-line", "data-lit": true, "stroke-width": 2.4 }));
  const cells = points.x.map((_, n) => {
    const cell = draw(art, "g", { role: "button", tabindex: 0, class: "live-cell", "data-lit": "sum" });
    draw(cell, "circle", { r: 6 });
    steer(cell, (rows, columns, shift) => {
      const far = shift ? 5 : 1;
      move(n, points.x[n] + 0.1 * far * columns, points.dy[n] - 0.05 * far * rows);
    });
    return cell;
  });
  const numbers = points.x.map(() => draw(art, "text", { "text-anchor": "middle", "data-top": true }));

  /** @param {number} n @param {number} x @param {number} dy */
  const move = (n, x, dy) => {
    // To the hundredth, so that what is said is what is there.
    points.x[n] = Math.round(100 * within(x, X0, X1)) / 100;
    points.dy[n] = Math.round(100 * within(dy, Y0, Y1)) / 100;
    update();
  };

  const update = () => {
    const { x, dy } = points;
    const found = back(x, dy, settings.gamma, chosen.eps, frozen.checked);
    const alike = !Number.isFinite(found.factor); // no deviation, and no ε
    for (const [n, cell] of cells.entries()) {
      const here = n < x.length && !alike;
      cell.style.display = n < x.length ? "" : "none";
      for (const part of [sticks[n], numbers[n]]) part.style.display = here ? "" : "none";
      if (n >= x.length) continue;
      set(cell, { transform: `translate(${right(x[n])} ${down(dy[n])})`, "data-value": x[n], "data-y": dy[n] });
      const name = `point ${n + 1}: x ${short(x[n])}, dy ${short(dy[n])}`;
      set(cell, { "aria-label": alike ? name : `${name}, dx ${short(found.dx[n])}` });
      if (alike) continue;
      const over = dy[n] >= found.line(x[n]);
      set(sticks[n], { d: `M${right(x[n])} ${down(found.line(x[n]))}V${down(dy[n])}` });
      // Above the point or below it, away from the line, as long as there is room.
      const room = within(down(dy[n]) + (over ? -12 : 23), TOP + 4, TOP + HEIGHT - 4);
      set(numbers[n], { x: within(right(x[n]), LEFT + 18, LEFT + WIDTH), y: room, "data-value": found.dx[n] });
      numbers[n].textContent = short(found.dx[n]);
    }
    line.style.display = alike || frozen.checked ? "none" : "";
    if (alike) {
      said.textContent = "All x are alike, and ε is 0: there is no deviation to divide by.";
      return;
    }
    set(line, { d: `M${right(X0)} ${down(found.line(X0))}L${right(X1)} ${down(found.line(X1))}` });
    const [start, slope] = [found.line(0), found.line(1) - found.line(0)];
    const sum = found.dx.reduce((total, d) => total + d, 0);
    said.innerHTML =
      (frozen.checked
        ? "No line: each dx is its own dy times γ/σ<sub>ε</sub>."
        : `The line is ${short(start)} ${slope < 0 ? "−" : "+"} ${short(Math.abs(slope))} x. Each dx is the distance from it times γ/σ<sub>ε</sub>.`) +
      `<br>γ/σ<sub>ε</sub> = ${short(found.factor)}, dβ = ${short(found.dbeta)}, dγ = ${short(found.dgamma)}, ` +
      `Σ dx = ${short(sum)}`;
  };

  /** @param {number[]} x @param {number[]} dy */
  const put = (x, dy) => {
    [points.x, points.dy] = [[...x], [...dy]];
    update();
  };
  control(figure, "again").addEventListener("click", () => put(settings.x, settings.dy));
  control(figure, "two").addEventListener("click", () => put([settings.x[0], settings.x[3]], [1, -0.25]));
  control(figure, "straight").addEventListener("click", () => {
    put(
      settings.x,
      settings.x.map((x) => x / 4 - 1),
    );
  });
  frozen.addEventListener("change", update);
  slider(
    figure,
    "eps",
    (i) => `${settings.epsilons[i]}`,
    (i) => {
      chosen.eps = settings.epsilons[i];
      update();
    },
  );

  drag(layer, (across, along, first) => {
    const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    const [px, py] = [across * width, along * height];
    if (first) {
      const far = points.x.map((x, n) => Math.hypot(right(x) - px, down(points.dy[n]) - py));
      chosen.point = far.indexOf(Math.min(...far));
    }
    move(chosen.point, X0 + ((px - LEFT) / WIDTH) * (X1 - X0), Y1 - ((py - TOP) / HEIGHT) * (Y1 - Y0));
  });
}
