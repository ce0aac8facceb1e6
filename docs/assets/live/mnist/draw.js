// A drawn digit, and what three nets say of it, one of them also thinned, at every stroke.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";

const SIDE = 28;
const BOX = 20; // MNIST scales each digit into a box of 20 by 20 pixels,
const MIDDLE = 14; // and moves its centre of mass here.
// Where the static figure has its picture, its units and its bars, in its own pixels.
const LEFT = 4;
const TOP = 52;
const CELL = 6.5;
const BELOW = 288;
const UNIT = 22.75;
const ACROSS = 8;
const BARS = 210;
const ABOVE = { top: TOP, height: SIDE * CELL, width: 80 };
const UNDER = { top: BELOW, height: ACROSS * UNIT, width: 124 };
const COLUMNS = [
  { of: "softmax", name: "softmax", left: BARS, ...ABOVE },
  { of: "identity", name: "no bend", left: BARS + 90, ...ABOVE },
  { of: "page", name: "ReLU", left: BARS + 180, ...ABOVE },
  { of: "thinned", name: "thinned", left: BARS, ...UNDER },
  { of: "mean", name: "mean", left: BARS + 135, ...UNDER },
];

/**
 * @typedef {{ w: Int8Array, scale: Float32Array, b: Float32Array }} Layer
 * @typedef {{ test_image: number, label: number, pixels: string }} Digit
 * @typedef {{ sizes: number[], activation: string, drop_hidden: number }} Settings
 * @typedef {Record<"softmax" | "identity" | "page", Settings>} All
 * @typedef {{ settings: All, shown: number, digits: Digit[] }} Data
 */

const NETS = /** @type {const} */ (["softmax", "identity", "page"]); // in the order of their bytes

/**
 * The layers of each net, from the bytes that their run wrote.
 * @param {ArrayBuffer} bytes
 * @param {number[][]} sizes for each net its units per layer, pixels first
 * @returns {Layer[][]}
 */
export function unpack(bytes, sizes) {
  let whole = 0;
  return sizes.map((all) => {
    const units = all.slice(1);
    let floats = whole;
    whole += 8 * units.reduce((sum, count) => sum + count);
    return units.map((count, i) => {
      const scale = new Float32Array(bytes, floats, count);
      const b = new Float32Array(bytes, floats + 4 * count, count);
      const w = new Int8Array(bytes, whole, all[i] * count);
      floats += 8 * count;
      whole += w.length;
      return { w, scale, b };
    });
  });
}

/**
 * One dense layer: a sum over the inputs for each unit.
 * @param {Float64Array} x
 * @param {Layer} layer
 */
function dense(x, { w, scale, b }) {
  const y = new Float64Array(b.length);
  x.forEach((value, d) => {
    if (value) for (let h = 0; h < y.length; h++) y[h] += value * w[d * y.length + h];
  });
  return y.map((sum, h) => sum * scale[h] + b[h]);
}

/** @param {Float64Array} z */
export function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((value) => Math.exp(value - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((value) => value / sum);
}

/**
 * What the hidden units pass on, or the input where there are none.
 * @param {Layer[]} layers
 * @param {Uint8Array} pixels 0 .. 255
 * @param {boolean} bend whether a ReLU stands between two layers
 */
export function hidden(layers, pixels, bend) {
  let y = Float64Array.from(pixels, (grey) => grey / 255);
  for (const layer of layers.slice(0, -1)) {
    y = dense(y, layer);
    if (bend) y = y.map((value) => Math.max(value, 0));
  }
  return y;
}

/**
 * The probabilities of the classes.
 * @param {Layer[]} layers
 * @param {Float64Array} h what the hidden units pass on
 * @param {number[]} [keep] factors for it: 0 where a unit is dropped
 */
export function classes(layers, h, keep) {
  return softmax(dense(keep ? h.map((value, i) => value * keep[i]) : h, layers[layers.length - 1]));
}

/**
 * A picture some rows down and some columns to the right; what leaves it is gone.
 * @param {Uint8Array} ink
 * @param {number[]} by
 */
export function moved(ink, [rows, columns]) {
  return ink.map((_, at) => {
    const [i, j] = [Math.floor(at / SIDE) - rows, (at % SIDE) - columns];
    return i < 0 || j < 0 || i >= SIDE || j >= SIDE ? 0 : ink[i * SIDE + j];
  });
}

/**
 * A drawing as MNIST has its digits: in a box of 20 by 20, its centre of mass in the middle.
 * @param {Uint8Array} ink 28 rows of 28 pixels
 */
export function centred(ink) {
  let [mass, row, column] = [0, 0, 0];
  let [top, bottom, left, right] = [SIDE, -1, SIDE, -1];
  ink.forEach((grey, at) => {
    if (!grey) return;
    const [i, j] = [Math.floor(at / SIDE), at % SIDE];
    mass += grey;
    row += grey * i;
    column += grey * j;
    [top, bottom] = [Math.min(top, i), Math.max(bottom, i)];
    [left, right] = [Math.min(left, j), Math.max(right, j)];
  });
  if (!mass) return ink;
  const scale = BOX / (1 + Math.max(bottom - top, right - left));
  /** @param {number} i @param {number} j */
  const at = (i, j) => (i < 0 || j < 0 || i >= SIDE || j >= SIDE ? 0 : ink[i * SIDE + j]);
  return ink.map((_, place) => {
    const i = row / mass + (Math.floor(place / SIDE) - MIDDLE) / scale;
    const j = column / mass + ((place % SIDE) - MIDDLE) / scale;
    const [u, v] = [Math.floor(i), Math.floor(j)];
    const above = at(u, v) * (v + 1 - j) + at(u, v + 1) * (j - v);
    const below = at(u + 1, v) * (v + 1 - j) + at(u + 1, v + 1) * (j - v);
    return Math.round(above * (u + 1 - i) + below * (i - u));
  });
}

/**
 * Ink along a line, two pixels to each side of it, soft at its edge.
 * @param {Uint8Array} ink
 * @param {number[]} from row and column
 * @param {number[]} to
 */
export function stroke(ink, [i0, j0], [i1, j1]) {
  const length = (i1 - i0) ** 2 + (j1 - j0) ** 2;
  ink.forEach((grey, at) => {
    const [i, j] = [Math.floor(at / SIDE) - i0, (at % SIDE) - j0];
    const along = length ? Math.min(Math.max((i * (i1 - i0) + j * (j1 - j0)) / length, 0), 1) : 0;
    const far = Math.hypot(i - along * (i1 - i0), j - along * (j1 - j0));
    ink[at] = Math.max(grey, 255 * Math.min(Math.max(2 - far, 0), 1));
  });
}

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} ink */
function show(canvas, ink) {
  const picture = new ImageData(SIDE, SIDE);
  ink.forEach((grey, at) => {
    picture.data[4 * at + 3] = grey; // black, and as thick as the pixel is bright
  });
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** @param {number} p never rounded up to a certainty */
const sure = (p) => `${(Math.floor(1000 * p + 1e-9) / 10).toFixed(1)}\u202f%`;

/** @param {Digit} digit */
const picture = (digit) => Uint8Array.from(atob(digit.pixels), (sign) => sign.charCodeAt(0));

/** @param {number[]} by rows and columns */
const push = ([down, right]) => {
  const across = right ? ` ${Math.abs(right)} ${right > 0 ? "right" : "left"}` : "";
  const along = down ? ` ${Math.abs(down)} ${down > 0 ? "down" : "up"}` : "";
  return across || along ? `moved${across}${along}` : "";
};

/** @param {Float64Array} p */
const reading = (p) => p.indexOf(Math.max(...p));

/** @param {Float64Array} p */
const reads = (p) => `${reading(p)} (${sure(Math.max(...p))})`;

/**
 * Ten bars for each answer; behind those of the thinned net and of the mean, dashed, the bars of the net.
 * Until units are dropped, words keep their place.
 * @param {Element} art
 */
function charts(art) {
  const wait = draw(art, "text", { x: BARS, y: BELOW - 12 });
  wait.textContent = "thinned nets: press Drop units";
  const under = draw(art, "g");
  const found = COLUMNS.map(({ of, name, left, top, height, width }) => {
    const place = top === TOP ? art : under;
    const title = draw(place, "text", { x: left, y: top - 31 });
    const said = draw(place, "text", { x: left, y: top - 12, "data-top": true });
    title.textContent = name;
    draw(place, "path", { d: `M${left} ${top}v${height}`, class: "live-line" });
    const bars = Array.from({ length: 10 }, (_, k) => {
      const y = top + (height * (k + 0.5)) / 10;
      const full = draw(place, "rect", { x: left, y: y - 8, height: 16, class: "live-zero" });
      return { full, bar: draw(place, "rect", { x: left, y: y - 6, height: 12 }) };
    });
    return { of, width, title, said, bars };
  });
  const names = [ABOVE, UNDER].flatMap(({ top, height }) =>
    Array.from({ length: 10 }, (_, k) => {
      const name = draw(top === TOP ? art : under, "text", {
        x: BARS - 6,
        y: top + (height * (k + 0.5)) / 10 + 5,
        "text-anchor": "end",
      });
      name.textContent = `${k}`;
      return name;
    }),
  );
  /**
   * @param {Record<string, Float64Array>} p
   * @param {number} [label] the true class
   * @param {number} [count] of the thinned nets
   */
  return (p, label, count = 0) => {
    set(wait, { display: count ? "none" : "inline" });
    set(under, { display: count ? "inline" : "none" });
    for (const { of, width, said, bars } of found) {
      const read = reading(p[of]);
      said.textContent = `${read}: ${sure(p[of][read])}`;
      bars.forEach(({ full, bar }, k) => {
        set(bar, { width: width * p[of][k], "data-of": of, "data-value": p[of][k], "data-top": k === read });
        const beside = p.page[k] >= 0.01 && (of === "thinned" || of === "mean");
        set(full, { width: beside ? width * p.page[k] : 0 });
      });
    }
    names.forEach((name, at) => {
      set(name, { "font-weight": at % 10 === label ? 700 : 400 });
    });
    found[4].title.textContent = `mean of ${count}`;
  };
}

/**
 * A square for each hidden unit, the larger the stronger it is; hollow and crossed if it is dropped.
 * @param {Element} art
 * @param {number} count
 * @param {(unit: number) => void} choose
 */
function lights(art, count, choose) {
  draw(art, "text", { x: LEFT, y: BELOW - 12 }).textContent = `${count} hidden units`;
  const cells = Array.from({ length: count }, (_, i) => {
    const [x, y] = [LEFT + UNIT * (i % ACROSS), BELOW + UNIT * Math.floor(i / ACROSS)];
    const frame = draw(art, "rect", { x, y, width: UNIT, height: UNIT, class: "live-line", "stroke-width": 0.5 });
    set(frame, { style: "pointer-events: all; cursor: pointer" });
    frame.addEventListener("pointerdown", () => choose(i));
    const light = draw(art, "rect", { stroke: "currentColor" });
    return { x, y, light, cross: draw(art, "path", { class: "live-line", d: `M${x + 7} ${y + 7}l8 8m0-8l-8 8` }) };
  });
  const ring = draw(art, "rect", { width: UNIT, height: UNIT, class: "live-line", "stroke-width": 3 });
  /**
   * @param {Float64Array} h
   * @param {number[] | undefined} keep
   * @param {number} chosen
   */
  return (h, keep, chosen) => {
    const most = Math.max(...h) || 1;
    cells.forEach(({ x, y, light, cross }, i) => {
      const kept = keep ? keep[i] : 1;
      const side = (UNIT - 4) * Math.sqrt(h[i] / most);
      const near = (UNIT - side) / 2;
      set(light, { x: x + near, y: y + near, width: side, height: side, "data-of": "hidden", "data-value": h[i] });
      set(light, { "stroke-width": side ? 0.8 : 0, "data-keep": kept, fill: kept ? "currentColor" : "none" });
      set(cross, { visibility: kept ? "hidden" : "visible" });
    });
    set(ring, { visibility: chosen < 0 ? "hidden" : "visible" });
    if (chosen >= 0) set(ring, { x: cells[chosen].x, y: cells[chosen].y });
  };
}

/**
 * The weights of a unit over the picture: squares where they raise its sum, dashes where they lower it.
 * @param {Layer} layer
 * @param {number} unit
 */
export function weights({ w, b }, unit) {
  const found = ["", ""];
  for (let d = 0; d * b.length < w.length; d++) {
    const z = w[d * b.length + unit];
    const size = CELL * Math.sqrt(Math.abs(z) / 127);
    if (size < 2) continue; // such ones would hide the others
    const [x, y] = [LEFT + CELL * ((d % SIDE) + 0.5) - size / 2, TOP + CELL * (Math.floor(d / SIDE) + 0.5)];
    found[z > 0 ? 0 : 1] += z > 0 ? `M${x} ${y - size / 2}h${size}v${size}h${-size}z` : `M${x} ${y}h${size}`;
  }
  return found;
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const seen = /** @type {HTMLCanvasElement} */ (figure.querySelector(".live-seen canvas"));
  const digits = /** @type {HTMLSelectElement} */ (control(figure, "digit"));
  const units = /** @type {HTMLInputElement} */ (control(figure, "unit"));
  const paper = document.createElement("canvas");
  set(paper, { width: SIDE, height: SIDE, tabindex: 0, role: "application", "aria-roledescription": "drawing" });
  paper.ariaLabel =
    "A square to draw in: arrow keys move the digit; with Shift, the pen, which Space puts down and lifts";
  const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
  const side = SIDE * CELL;
  paper.style.cssText = `left: ${(100 * LEFT) / width}%; top: ${(100 * TOP) / height}%; width: ${(100 * side) / width}%`;
  layer.prepend(paper);
  draw(art, "rect", { x: LEFT, y: TOP, width: side, height: side, class: "live-line" });
  const title = [21, 40].map((y) => draw(art, "text", { x: LEFT, y, "font-weight": 700 }));
  const raise = draw(art, "path", { "data-top": true });
  const lower = draw(art, "path", { class: "live-line", "stroke-width": 1.5 });
  const pen = draw(art, "rect", { width: CELL, height: CELL, class: "live-pen" });
  const chart = charts(art);
  const light = lights(art, data.settings.page.sizes[1], (unit) => {
    units.valueAsNumber = units.valueAsNumber === unit + 1 ? 0 : unit + 1;
    units.dispatchEvent(new Event("input"));
  });

  let ink = new Uint8Array(SIDE * SIDE);
  /** @type {Digit | undefined} a recorded digit, until it is drawn on */
  let taken;
  let by = [0, 0]; // moved by so many rows and columns
  let at = [MIDDLE, MIDDLE];
  let down = false;
  const { drop_hidden: rate, sizes } = data.settings.page; // thinned as it was trained
  /** @type {number[][]} */
  let masks = [];
  /** @type {Promise<Layer[][]> | undefined} */
  let nets;
  const fetched = async () => {
    const found = await fetch(new URL("../../../runs/mnist/page_net.bin", import.meta.url));
    return unpack(
      await found.arrayBuffer(),
      NETS.map((name) => data.settings[name].sizes),
    );
  };
  /** What the nets get: a drawing as MNIST has its digits, then moved. */
  const given = () => moved(taken ? ink : centred(ink), by);

  const answer = async () => {
    const x = given();
    const unit = units.valueAsNumber - 1;
    show(paper, unit < 0 && !by.some(Boolean) ? ink : x);
    paper.style.opacity = unit < 0 ? "1" : ".4";
    show(seen, x);
    set(pen, { x: LEFT + CELL * at[1], y: TOP + CELL * at[0], "stroke-dasharray": down ? "none" : "2 2" });
    nets ??= fetched();
    const all = await nets;
    const h = all.map((layers, i) => hidden(layers, x, data.settings[NETS[i]].activation === "relu"));
    const [soft, flat, net] = all.map((layers, i) => classes(layers, h[i]));
    const each = masks.map((keep) => classes(all[2], h[2], keep));
    const some = each.length ? each : [net];
    const thinned = some[some.length - 1];
    const mean = thinned.map((_, k) => some.reduce((sum, p) => sum + p[k], 0) / some.length);
    chart({ softmax: soft, identity: flat, page: net, thinned, mean }, taken?.label, each.length);
    light(h[2], masks[masks.length - 1], unit);
    const [plus, minus] = unit < 0 ? ["", ""] : weights(all[2][0], unit);
    set(raise, { d: plus });
    set(lower, { d: minus });
    title[0].textContent = taken ? `test digit ${taken.test_image}, a ${taken.label}` : "your drawing";
    title[1].textContent = push(by);
    control(figure, "said").textContent = ink.some(Boolean)
      ? `Softmax regression reads ${reads(soft)}, two layers without a bend ${reads(flat)}, the net ${reads(net)}.`
      : "Nothing is drawn yet.";
    control(figure, "thinned").textContent = each.length
      ? `Thinned at ${rate}, the net reads ${reads(thinned)}, ` +
        `and ${each.length} thinned ${each.length > 1 ? "nets" : "net"} on average ${reads(mean)}.`
      : "";
    control(figure, "found").textContent =
      unit < 0
        ? `The larger its square, the more a unit found${each.length ? "; a crossed one is dropped" : ""}.`
        : `Unit ${unit + 1} found ${h[2][unit].toFixed(2)}: ink on squares raises it, on dashes lowers it.`;
  };

  /** A stroke goes on from what is seen, but begins anew on a test digit. */
  const begin = () => {
    if (taken) ink = new Uint8Array(SIDE * SIDE);
    else if (by.some(Boolean)) ink = given();
    taken = undefined;
    by = [0, 0];
    digits.value = "";
    if (units.value !== "0") {
      units.value = "0";
      units.dispatchEvent(new Event("input"));
    }
  };
  /** @param {number[]} to */
  const pull = (to) => {
    if (taken || by.some(Boolean)) begin();
    stroke(ink, at, to);
  };

  for (const [i, digit] of data.digits.entries()) {
    const option = document.createElement("option");
    option.value = `${i}`;
    option.textContent = `${i < 10 ? "first" : "hard"} ${digit.label}, no. ${digit.test_image}`;
    digits.append(option);
  }
  /** @param {string} choice */
  const take = (choice) => {
    digits.value = choice;
    taken = data.digits[choice === "" ? -1 : Number(choice)];
    ink = taken ? picture(taken) : new Uint8Array(SIDE * SIDE);
    by = [0, 0];
  };
  /** @param {string} name @param {string} event @param {() => void} act */
  const when = (name, event, act) =>
    control(figure, name).addEventListener(event, () => {
      act();
      answer();
    });
  when("digit", "change", () => take(digits.value));
  when("next", "click", () => take(`${(Number(digits.value || -1) + 1) % data.digits.length}`));
  when("clear", "click", () => take(""));
  when("drop", "click", () => {
    masks.push(Array.from({ length: sizes[1] }, () => (Math.random() < rate ? 0 : 1 / (1 - rate))));
  });
  when("all", "click", () => {
    masks = [];
  });
  /** @param {number} rows @param {number} columns */
  const shift = (rows, columns) => {
    by = [by[0] + rows, by[1] + columns].map((z) => Math.min(Math.max(z, -SIDE), SIDE));
  };
  when("left", "click", () => shift(0, -1));
  when("right", "click", () => shift(0, 1));
  drag(paper, (x, y, first) => {
    const to = [y * SIDE - 0.5, x * SIDE - 0.5];
    if (first) {
      begin();
      at = to;
    }
    pull(to);
    at = to;
    answer();
  });
  steer(paper, (rows, columns, held) => {
    if (held || down) {
      const to = [at[0] + rows, at[1] + columns].map((z) => Math.min(Math.max(Math.round(z), 0), SIDE - 1));
      if (down) pull(to);
      at = to;
    } else {
      shift(rows, columns);
    }
    answer();
  });
  paper.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    down = !down;
    if (down) begin();
    if (down) pull(at);
    answer();
  });
  paper.addEventListener("blur", () => {
    down = false;
  });
  slider(
    figure,
    "unit",
    (unit) => (unit ? `${unit}` : "none"),
    () => {
      if (nets) answer();
    },
  );
  take(`${data.shown}`);
  show(seen, given());
  figure.addEventListener("focusin", answer, { once: true });
  figure.addEventListener("pointerdown", answer, { once: true });
}
