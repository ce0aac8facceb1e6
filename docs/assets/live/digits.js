// A digit in a figure: recorded or drawn.
import { control, drag, draw, set, steer } from "./kit.js";

export const SIDE = 28;
export const MIDDLE = 14;
// Where the static figures have their picture, in their own pixels.
export const LEFT = 4;
export const TOP = 62;
export const CELL = 6.5;

/** @typedef {{ test_image: number, label: number, pixels: string }} Digit */

/** @param {HTMLCanvasElement} canvas @param {Uint8Array} ink */
export function show(canvas, ink) {
  const picture = new ImageData(SIDE, SIDE);
  ink.forEach((grey, at) => {
    picture.data[4 * at + 3] = grey; // black, and as thick as the pixel is bright
  });
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}

/** @param {Digit} digit */
export const picture = (digit) => Uint8Array.from(atob(digit.pixels), (sign) => sign.charCodeAt(0));

/**
 * The digits to try, as options.
 * @param {HTMLSelectElement} select
 * @param {Digit[]} digits
 */
export function offer(select, digits) {
  digits.forEach(({ label, test_image }, i) => {
    select.append(new Option(`${i < 10 ? "first" : "hard"} ${label}, no. ${test_image}`, `${i}`));
  });
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
 * Ink along a line, two pixels to each side of it, soft at its edge.
 * @param {Uint8Array} ink
 * @param {number[]} from row and column
 * @param {number[]} to
 */
function stroke(ink, [i0, j0], [i1, j1]) {
  const length = (i1 - i0) ** 2 + (j1 - j0) ** 2;
  ink.forEach((grey, at) => {
    const [i, j] = [Math.floor(at / SIDE) - i0, (at % SIDE) - j0];
    const along = length ? Math.min(Math.max((i * (i1 - i0) + j * (j1 - j0)) / length, 0), 1) : 0;
    const far = Math.hypot(i - along * (i1 - i0), j - along * (j1 - j0));
    ink[at] = Math.max(grey, 255 * Math.min(Math.max(2 - far, 0), 1));
  });
}

/** @param {number[]} by rows and columns */
const push = ([down, right]) => {
  const across = right ? ` ${Math.abs(right)} ${right > 0 ? "right" : "left"}` : "";
  const along = down ? ` ${Math.abs(down)} ${down > 0 ? "down" : "up"}` : "";
  return across || along ? `moved${across}${along}` : "";
};

/**
 * A canvas where the static figure has its picture, with a frame, and three lines of words above it.
 * @param {HTMLElement} layer
 * @param {SVGElement} art
 */
export function paper(layer, art) {
  const canvas = document.createElement("canvas");
  const { width, height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
  const side = SIDE * CELL;
  set(canvas, { width: SIDE, height: SIDE, tabindex: 0 });
  canvas.style.cssText = `left: ${(100 * LEFT) / width}%; top: ${(100 * TOP) / height}%; width: ${(100 * side) / width}%`;
  layer.prepend(canvas);
  draw(art, "rect", { x: LEFT, y: TOP, width: side, height: side, class: "live-line" });
  return {
    canvas,
    title: [TOP - 46, TOP - 29, TOP - 12].map((y) => draw(art, "text", { x: LEFT, y, "font-weight": 700 })),
  };
}

/**
 * A square to draw in, for test digits too, which pointer, keys and controls push.
 * @param {HTMLElement} figure
 * @param {HTMLElement} layer
 * @param {SVGElement} art
 * @param {Digit[]} digits
 * @param {{ given: () => Uint8Array, answer: () => void, anew?: () => void }} acts
 */
export function pad(figure, layer, art, digits, { given, answer, anew }) {
  const { canvas, title } = paper(layer, art);
  set(canvas, { role: "application", "aria-roledescription": "drawing" });
  canvas.ariaLabel =
    "A square to draw in: arrow keys move the digit; with Shift, the pen, which Space puts down and lifts";
  const pen = draw(art, "rect", { width: CELL, height: CELL, class: "live-pen" });
  const select = /** @type {HTMLSelectElement} */ (control(figure, "digit"));
  const held = {
    canvas,
    ink: /** @type {Uint8Array} */ (new Uint8Array(SIDE * SIDE)),
    taken: /** @type {Digit | undefined} a recorded digit, until it is drawn on */ (undefined),
    by: [0, 0], // pushed by so many rows and columns
    /** @param {string} choice */
    take(choice) {
      select.value = choice;
      held.taken = digits[choice === "" ? -1 : Number(choice)];
      held.ink = held.taken ? picture(held.taken) : new Uint8Array(SIDE * SIDE);
      held.by = [0, 0];
    },
    /** Show pen, digit and push. */
    name() {
      set(pen, { x: LEFT + CELL * at[1], y: TOP + CELL * at[0], "stroke-dasharray": down ? "none" : "2 2" });
      const { taken, by } = held;
      const of = taken ? [`test digit ${taken.test_image}`, `true class: ${taken.label}`] : ["your drawing", ""];
      [...of, push(by)].forEach((words, line) => {
        title[line].textContent = words;
      });
    },
  };
  let at = [MIDDLE, MIDDLE];
  let down = false;

  /** A stroke goes on from what is seen, but begins anew on a test digit. */
  const begin = () => {
    if (held.taken) held.ink = new Uint8Array(SIDE * SIDE);
    else if (held.by.some(Boolean)) held.ink = given();
    held.taken = undefined;
    held.by = [0, 0];
    select.value = "";
    anew?.();
  };
  /** @param {number[]} to */
  const pull = (to) => {
    if (held.taken || held.by.some(Boolean)) begin();
    stroke(held.ink, at, to);
  };

  offer(select, digits);
  /** @param {string} name @param {string} event @param {() => void} act */
  const when = (name, event, act) =>
    control(figure, name).addEventListener(event, () => {
      act();
      answer();
    });
  when("digit", "change", () => held.take(select.value));
  when("next", "click", () => held.take(`${(Number(select.value || -1) + 1) % digits.length}`));
  when("clear", "click", () => held.take(""));
  /** @param {number} rows @param {number} columns */
  const shift = (rows, columns) => {
    held.by = [held.by[0] + rows, held.by[1] + columns].map((z) => Math.min(Math.max(z, -SIDE), SIDE));
  };
  when("left", "click", () => shift(0, -1));
  when("right", "click", () => shift(0, 1));
  drag(canvas, (x, y, first) => {
    const to = [y * SIDE - 0.5, x * SIDE - 0.5];
    if (first) {
      begin();
      at = to;
    }
    pull(to);
    at = to;
    answer();
  });
  steer(canvas, (rows, columns, shifted) => {
    if (shifted || down) {
      const to = [at[0] + rows, at[1] + columns].map((z) => Math.min(Math.max(Math.round(z), 0), SIDE - 1));
      if (down) pull(to);
      at = to;
    } else {
      shift(rows, columns);
    }
    answer();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    down = !down;
    if (down) begin();
    if (down) pull(at);
    answer();
  });
  canvas.addEventListener("blur", () => {
    down = false;
  });
  return held;
}
