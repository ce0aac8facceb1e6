// A graph that runs by the builder's rules: ask for a node, and what it needs lights up, in order, with its values.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

const RADIUS = 17; // of the circles in the static figure

/**
 * @typedef {{ name: string, op: string, inputs: number[], sign: string, at: [number, number], value?: number,
 *   exponent?: number }} Node
 * @typedef {{ nodes: Node[], edges: { ends: [number, number], points: number[][] }[],
 *   fetches: Record<string, number[]>, settings: Record<string, number> }} Data
 */

/** @type {Record<string, (a: number, b: number) => number>} */
const RULES = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  maximum: (a, b) => Math.max(a, b),
  at_least: (a, b) => Number(a >= b),
  assign: (_, b) => b,
};

/**
 * The numbers of all nodes that the fetches need, inputs first.
 * @param {Node[]} nodes
 * @param {number[]} fetches
 */
export function needed(nodes, fetches) {
  const found = new Set(fetches);
  for (const n of found) for (const a of nodes[n].inputs) found.add(a); // a set grows while it is gone through
  return [...found].sort((a, b) => a - b);
}

/**
 * Compute what the fetches need, and write nothing.
 * @param {Node[]} nodes
 * @param {number[]} fetches
 * @param {Record<string, number>} given what is fed and what variables hold, by name
 * @returns {Map<number, number>} the value of each node that ran, in its turn
 */
export function evaluate(nodes, fetches, given) {
  const values = new Map();
  for (const n of needed(nodes, fetches)) {
    const { name, op, inputs, value, exponent } = nodes[n];
    const [a, b] = inputs.map((i) => values.get(i));
    if (op === "power") values.set(n, a ** Number(exponent));
    else values.set(n, inputs.length ? RULES[op](a, b) : (given[name] ?? value));
  }
  return values;
}

/** @param {number} value */
const short = (value) => `${Number(value.toPrecision(3))}`.replace("-", "−");

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, { nodes, edges, fetches, settings }) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const choice = /** @type {HTMLSelectElement} */ (control(figure, "fetch"));
  const held = nodes.filter(({ op }) => op === "variable").map(({ name }) => name);
  const given = { ...settings };
  let asked = fetches.loss;
  let built = Math.max(...asked); // later nodes are built when they are asked for
  let runs = 0;
  let wrote = "";

  const lines = edges.map(({ ends, points }) => {
    const line = draw(art, "path", { d: `M${points.join("L")}`, class: "live-line" });
    const [[x0, y0], [x, y]] = points.slice(-2);
    const turn = (Math.atan2(y - y0, x - x0) * 180) / Math.PI;
    const tip = draw(art, "path", { d: "M-6-3L0 0L-6 3", transform: `translate(${x} ${y}) rotate(${turn})` });
    set(tip, { class: "live-line" });
    return { ends, parts: [line, tip] };
  });
  const whole = draw(art, "g", { role: "radiogroup", "aria-label": "The nodes of the graph" });
  const cells = nodes.map(({ sign, at: [x, y] }, n) => {
    const cell = draw(whole, "g", { role: "radio", class: "live-cell", transform: `translate(${x} ${y})` });
    draw(cell, "circle", { r: RADIUS });
    draw(cell, "text", { y: 5, "text-anchor": "middle" }).textContent = sign;
    cell.addEventListener("focus", () => ask([n]));
    return cell;
  });
  const words = nodes.map(({ at: [x, y] }) => draw(art, "text", { x: x + RADIUS + 3, y: y - 4, class: "live-value" }));

  /** @param {number[]} wanted */
  const ask = (wanted) => {
    asked = wanted;
    built = Math.max(built, ...asked);
    choice.value = Object.keys(fetches).find((name) => `${fetches[name]}` === `${asked}`) ?? "";
    wrote = "";
    update(true);
  };

  /** Lights up what runs, one after the other if that may move. */
  const update = (inTurn = false) => {
    const values = evaluate(nodes, asked, given);
    for (const [n, cell] of cells.entries()) {
      const value = values.get(n);
      const { name, inputs, op } = nodes[n];
      const from = inputs.length ? ` from ${inputs.map((a) => nodes[a].name).join(" and ")}` : "";
      const text = value === undefined ? "" : short(value);
      cell.style.display = words[n].style.display = n <= built ? "" : "none";
      set(cell, {
        tabindex: n === asked[0] ? 0 : -1,
        "aria-checked": asked.includes(n),
        "aria-label": `${name}${from}: ${text || "doesn't run"}`,
        "data-lit": asked.includes(n) ? "sum" : value !== undefined,
      });
      if (value === undefined) cell.removeAttribute("data-value");
      else set(cell, { "data-value": value });
      words[n].textContent = op === "constant" ? "" : text;
    }
    for (const { ends, parts } of lines) {
      for (const part of parts) {
        part.style.display = Math.max(...ends) <= built ? "" : "none";
        set(part, { "data-lit": ends.every((n) => values.has(n)) });
      }
    }
    const state = held.map((name) => `<i>${name}</i> = ${short(given[name])}`).join(", ");
    const names = asked.map((n) => nodes[n].name).join(" and ");
    said.innerHTML = `${values.size} of ${nodes.length} nodes run for ${names}; ${built + 1} are built by then.<br>${wrote || `Held: ${state}.`}`;
    if (!inTurn || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [turn, n] of [...values.keys()].entries()) {
      for (const part of [cells[n], words[n]]) {
        part.animate({ opacity: [0.15, 1] }, { duration: 200, delay: 70 * turn, fill: "backwards" });
      }
    }
  };

  steer(whole, (rows, columns) => {
    cells[(asked[0] + rows + columns + built + 1) % (built + 1)].focus();
  });
  drag(layer, (x, y) => {
    const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    const far = nodes.slice(0, built + 1).map(({ at }) => Math.hypot(at[0] - x * width, at[1] - y * height));
    const nearest = far.indexOf(Math.min(...far));
    if (asked.length > 1 || asked[0] !== nearest) ask([nearest]);
  });
  choice.addEventListener("change", () => ask(fetches[choice.value] ?? [asked[0]]));
  control(figure, "run").addEventListener("click", () => {
    runs += 1;
    const values = evaluate(nodes, asked, given);
    const written = [...values.keys()].filter((n) => nodes[n].op === "assign");
    // All reads came before all writes.
    for (const n of written) given[nodes[nodes[n].inputs[0]].name] = /** @type {number} */ (values.get(n));
    const now = written
      .map((n) => nodes[nodes[n].inputs[0]].name)
      .map((name) => `<i>${name}</i> = ${short(given[name])}`);
    wrote = `Run ${runs} has written ${now.join(", ") || "nothing"}.`;
    update(true);
  });
  control(figure, "anew").addEventListener("click", () => {
    for (const name of held) given[name] = settings[name];
    runs = 0;
    built = Math.max(...fetches.loss);
    ask(fetches.loss);
  });
  for (const name of ["x", "t"]) {
    slider(figure, name, short, (value) => {
      given[name] = value;
      wrote = "";
      update();
    });
  }
}
