// Five optimizers descend from one point of a surface: surface, start, rates and the number of steps are chosen.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";
import { level, words } from "../plot.js";

// Where the static figure has its plane, in its own pixels.
const [LEFT, TOP, SIDE, UNIT] = [28, 24, 288, 90];
const EDGE = 1.5; // how far from 0 the start can be
const FAR = 1e6; // a weight beyond it goes no further
const [BETA, BETA2, EPSILON] = [0.9, 0.999, 1e-7];

/** @typedef {[number, number]} Pair two weights */
/** @typedef {Record<"bowl" | "valley" | "saddle", Pair>} Starts */
/** @typedef {Record<string, Record<string, { rate: number }>>} Best */
/** @typedef {{ settings: Starts & { rates: number[], steps: number, levels: number[], saddle_rate: number }, values: Best }} Data */

/** @type {Record<string, { loss: (w: Pair) => number, gradient: (w: Pair) => Pair }>} */
const SURFACES = {
  bowl: {
    loss: ([x, y]) => (x * x + 25 * (y * y)) / 2,
    gradient: ([x, y]) => [x, 25 * y],
  },
  valley: {
    loss: ([x, y]) => (1 - x) ** 2 + 10 * (y - x * x) ** 2,
    gradient: ([x, y]) => [-2 * (1 - x) - 40 * x * (y - x * x), 20 * (y - x * x)],
  },
  saddle: {
    loss: ([x, y]) => (x * x) / 2 - (y * y) / 2 + y ** 4 / 4,
    gradient: ([x, y]) => [x, y ** 3 - y],
  },
};

/**
 * Each as in Python: what it does with a gradient in one weight.
 * @type {Record<string, (rate: number) => (g: number) => number>}
 */
const RULES = {
  gradient_descent: (rate) => (g) => rate * g,
  momentum: (rate) => {
    let u = 0;
    return (g) => {
      u = BETA * u + g;
      return rate * u;
    };
  },
  adagrad: (rate) => {
    let v = 0;
    return (g) => {
      v += g * g;
      return (rate * g) / Math.sqrt(v + EPSILON);
    };
  },
  rmsprop: (rate) => {
    let v = 0;
    return (g) => {
      v = BETA * v + (1 - BETA) * (g * g);
      return (rate * g) / Math.sqrt(v + EPSILON);
    };
  },
  adam: (rate) => {
    let [m, v, t] = [0, 0, 0];
    return (g) => {
      t += 1;
      m = BETA * m + (1 - BETA) * g;
      v = BETA2 * v + (1 - BETA2) * (g * g);
      const unbias = (1 - BETA2 ** t) ** 0.5 / (1 - BETA ** t);
      return (rate * unbias * m) / (Math.sqrt(v) + EPSILON);
    };
  },
};

/** How each is called, and the dashes of its line. */
const WAYS = {
  gradient_descent: ["gradient descent", "none"],
  momentum: ["momentum", "7 4"],
  adagrad: ["AdaGrad", "2 4"],
  rmsprop: ["RMSProp", "8 4 2 4"],
  adam: ["Adam", "none"],
};

/**
 * Where an optimizer goes: the start, and the place after each step, as long as it isn't far away.
 * @param {string} surface
 * @param {string} optimizer
 * @param {Pair} start
 * @param {number} rate
 * @param {number} steps
 */
export function descend(surface, optimizer, start, rate, steps) {
  const rules = start.map(() => RULES[optimizer](rate));
  const found = [start];
  while (found.length <= steps) {
    const w = found[found.length - 1];
    const g = SURFACES[surface].gradient(w);
    const next = /** @type {Pair} */ (w.map((each, i) => each - rules[i](g[i])));
    if (!(Math.max(...next.map(Math.abs)) <= FAR)) break;
    found.push(next);
  }
  return found;
}

/** @param {Pair} w */
const place = ([x, y]) => [LEFT + SIDE / 2 + UNIT * x, TOP + SIDE / 2 - UNIT * y];

/** @param {Pair} w */
const pair = (w) => `(${w.map(words).join(", ")})`;

/** @param {number} value */
const within = (value) => Math.round(100 * Math.min(Math.max(value, -EDGE), EDGE)) / 100;

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, { settings, values }) {
  const { art } = over(figure);
  const said = control(figure, "said");
  const choice = /** @type {HTMLSelectElement} */ (control(figure, "optimizer"));
  const ground = /** @type {HTMLSelectElement} */ (control(figure, "surface"));
  const slides = /** @type {HTMLInputElement} */ (control(figure, "rate"));
  const { rates, levels } = settings;
  const notes = /** @type {NodeListOf<HTMLElement>} */ (figure.querySelectorAll("span[data-of]"));
  /** @type {Record<string, number>} */
  let rate = {};
  let start = settings.bowl;
  let steps = settings.steps;

  const box = { x: LEFT, y: TOP, width: SIDE, height: SIDE };
  draw(draw(art, "clipPath", { id: "race-plane" }), "rect", box);
  draw(art, "path", { class: "live-line", "stroke-width": 0.8, d: `M${LEFT} ${TOP}v${SIDE}h${SIDE}` });
  for (const at of [-1, 0, 1]) {
    const [x, y] = place([at, at]);
    const mark = words(at);
    draw(art, "text", { x, y: TOP + SIDE + 18, "text-anchor": "middle" }).textContent = mark;
    draw(art, "text", { x: LEFT - 6, y: y + 5, "text-anchor": "end" }).textContent = mark;
  }
  const lines = levels.map(() => draw(art, "path", { class: "live-line", "stroke-width": 0.7, "stroke-opacity": 0.5 }));
  const right = LEFT + SIDE + 10;
  const title = draw(art, "text", { x: right, y: 22, "font-weight": 700 });
  const ways = Object.entries(WAYS).map(([name, [called, dashes]], i) => {
    const style = { class: "live-line", "stroke-dasharray": dashes };
    const y = 46 + 48 * i;
    const row = draw(art, "g", { class: "live-cell" });
    row.addEventListener("click", () => choose(name));
    draw(row, "text", { x: right + 25, y: y + 5 }).textContent = called;
    const loss = draw(row, "text", { x: right + 25, y: y + 24 });
    const sample = draw(art, "path", { ...style, d: `M${right} ${y}h20` });
    const path = draw(art, "path", { ...style, "clip-path": "url(#race-plane)" });
    return { name, called, row, loss, parts: [sample, path], path };
  });
  const dots = draw(art, "path", { class: "live-line", "clip-path": "url(#race-plane)", "stroke-width": 5 });
  set(dots, { "stroke-linecap": "round", "data-lit": true });
  const plane = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell", "aria-label": "start" });
  set(plane, { "aria-valuemin": -EDGE, "aria-valuemax": EDGE });
  const sheet = draw(plane, "rect", { ...box, "fill-opacity": 0 });
  Object.assign(sheet.style, { stroke: "none", touchAction: "none" });
  const knob = draw(plane, "circle", { r: 7, "fill-opacity": 0.5, "stroke-width": 2 });
  knob.style.pointerEvents = "none";

  const update = () => {
    const { loss } = SURFACES[ground.value];
    title.textContent = `loss, step ${steps}`;
    const ends = ways.map(({ name, called, row, loss: shown, parts, path }) => {
      const found = descend(ground.value, name, start, rate[name], steps);
      const last = found[found.length - 1];
      const gone = found.length <= steps;
      const value = gone ? Number.POSITIVE_INFINITY : loss(last);
      const mine = name === choice.value;
      shown.textContent = gone ? "far away" : words(value);
      set(row, { "data-lit": mine, "data-value": value, "data-at": last.join(" ") });
      for (const part of parts) set(part, { "data-lit": mine, "stroke-width": mine ? 2.4 : 1.2 });
      set(path, { "stroke-opacity": mine ? 1 : 0.4 });
      const points = found.map((w) =>
        place(w)
          .map((each) => Math.min(Math.max(each, -1e4), 1e4).toFixed(1))
          .join(" "),
      );
      set(path, { d: `M${points.join("L")}` });
      if (mine) {
        set(dots, { d: points.map((each) => `M${each}h0`).join("") });
        const where = gone ? `is far away after ${found.length} steps` : `is at ${pair(last)}, loss ${words(value)}`;
        said.innerHTML = `${called} at a rate of ${rate[name]} from ${pair(start)} ${where}.<br>`;
      }
      return value;
    });
    const least = Math.min(...ends);
    said.innerHTML += `Lowest now: ${ways
      .filter((_, i) => ends[i] === least)
      .map(({ called }) => called)
      .join(", ")}.`;
    const [cx, cy] = place(start);
    set(knob, { cx, cy });
    set(plane, { "aria-valuenow": start[0], "aria-valuetext": start.join(", ") });
  };
  /** @param {number} x @param {number} y */
  const begin = (x, y) => {
    start = [within(x), within(y)];
    update();
  };
  /** @param {string} optimizer */
  const choose = (optimizer) => {
    choice.value = optimizer;
    slides.value = `${rates.indexOf(rate[optimizer])}`;
    slides.dispatchEvent(new Event("input"));
  };
  const enter = () => {
    const surface = /** @type {keyof Starts} */ (ground.value);
    start = settings[surface];
    const slow = surface === "saddle" ? settings.saddle_rate : 0;
    rate = Object.fromEntries(ways.map(({ name }) => [name, slow || values[surface][name].rate]));
    for (const note of notes) note.style.visibility = note.dataset.of === surface ? "visible" : "hidden";
    const { loss } = SURFACES[surface];
    for (const [i, line] of lines.entries()) {
      /** @param {number} x @param {number} y */
      const above = (x, y) => loss([(x - SIDE / 2) / UNIT, (SIDE / 2 - y) / UNIT]) - levels[i];
      set(line, { d: level(above, [LEFT, TOP, SIDE, SIDE], 4) });
    }
    choose(choice.value);
  };
  steer(plane, (down, along, shift) => {
    const far = shift ? 0.25 : 0.05;
    begin(start[0] + far * along, start[1] - far * down);
  });
  drag(sheet, (x, y) => begin(((x - 0.5) * SIDE) / UNIT, ((0.5 - y) * SIDE) / UNIT));
  ground.addEventListener("change", enter);
  choice.addEventListener("change", () => choose(choice.value));
  rate = Object.fromEntries(ways.map(({ name }) => [name, values.bowl[name].rate]));
  slider(
    figure,
    "steps",
    (n) => `${n}`,
    (n) => {
      steps = n;
      update();
    },
  );
  slider(
    figure,
    "rate",
    (i) => `${rates[i]}`,
    (i) => {
      rate[choice.value] = rates[i];
      update();
    },
  );
  enter();
}
