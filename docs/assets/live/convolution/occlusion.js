// A square over a digit, and how far the class that a net reads is ahead: from the record, for each place of the square.
import { control, drag, draw, over, set, steer } from "../kit.js";

// Where the static figure has the digit and the map, in its own pixels.
const [LEFT, RIGHT, TOP, CELL] = [4, 250, 52, 6.75];
const HEADS = [17, 37];

/**
 * @typedef {{ lead: string, read: string }} Covered
 * @typedef {{ test_image: number, label: number, read: number, lead: number, pixels: string }} Shown
 * @typedef {Shown & { grey: Covered, black: Covered }} Picture
 * @typedef {{ settings: { side: number, greys: number[] }, side: number, pictures: Picture[] }} Data
 */

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/**
 * How far the class is ahead, for each place of the square.
 * @param {Covered} covered
 */
export function leads({ lead }) {
  const view = new DataView(bytes(lead).buffer);
  return Array.from({ length: view.byteLength / 2 }, (_, at) => view.getInt16(2 * at, true) / 100);
}

/** @param {number} value */
const signed = (value) => value.toFixed(1).replace("-", "−");

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { art } = over(figure);
  const size = data.settings.side;
  const places = data.side - size + 1;
  const half = Math.floor(size / 2); // a cell of the map stands where the middle of the square is
  const picture = /** @type {HTMLSelectElement} */ (control(figure, "picture"));
  const cover = /** @type {HTMLSelectElement} */ (control(figure, "cover"));
  const whole = /** @type {HTMLInputElement} */ (control(figure, "whole"));
  data.pictures.forEach(({ test_image, label, read }, n) => {
    picture.append(new Option(`no. ${test_image}, a ${label}${read === label ? "" : `, read as ${read}`}`, `${n}`));
  });

  /** @param {number} x @param {boolean} bold @param {number} line */
  const text = (x, bold, line) => draw(art, "text", { x, y: HEADS[line], "font-weight": bold ? 700 : 400 });
  const heads = [text(LEFT, true, 0), text(LEFT, false, 1), text(RIGHT, true, 0), text(RIGHT, false, 1)];
  /** @param {number} left @param {string} name */
  const pad = (left, name) => {
    const made = draw(art, "g", { tabindex: 0, role: "application", "aria-roledescription": name, class: "live-cell" });
    set(made, { "aria-label": `${name}: arrow keys move the square`, style: "touch-action: none" });
    draw(made, "rect", { x: left, y: TOP, width: data.side * CELL, height: data.side * CELL });
    return made;
  };
  const [digit, map] = [pad(LEFT, "digit"), pad(RIGHT, "map")];
  const solid = "fill: currentColor; pointer-events: none";
  /** @param {number} left @param {number} columns @param {number} n */
  const cell = (left, columns, n) =>
    draw(art, "rect", {
      x: left + CELL * (n % columns),
      y: TOP + CELL * Math.floor(n / columns),
      width: CELL,
      height: CELL,
      stroke: "currentColor",
      "stroke-width": 0,
      style: solid,
    });
  const ink = Array.from({ length: data.side ** 2 }, (_, n) => cell(LEFT, data.side, n));
  const sums = Array.from({ length: places ** 2 }, (_, n) => cell(RIGHT, places, n));
  for (const each of sums) set(each, { transform: `translate(${CELL * half} ${CELL * half})` });
  const line = { class: "live-line", "stroke-width": 2.5, "data-lit": true };
  const square = draw(art, "rect", { width: CELL * size, height: CELL * size, ...line });
  const here = draw(art, "rect", { width: CELL, height: CELL, ...line });
  let place = [0, 0];
  let seen = new Set(); // where the square has been: the map shows no more, until it is asked for

  const now = () => {
    const shown = data.pictures[Number(picture.value)];
    const covered = shown[/** @type {"grey" | "black"} */ (cover.value)];
    return { shown, found: leads(covered), read: bytes(covered.read) };
  };
  const answer = () => {
    const { shown, found, read } = now();
    const [i, j] = place;
    const pixels = bytes(shown.pixels);
    const shade = cover.value === "grey" ? data.settings.greys[0] : data.settings.greys[1];
    ink.forEach((each, at) => {
      const [row, column] = [Math.floor(at / data.side), at % data.side];
      const under = row >= i && row < i + size && column >= j && column < j + size;
      set(each, { "fill-opacity": under ? shade : pixels[at] / 255 });
    });
    seen.add(i * places + j);
    const lost = found.map((lead) => Math.max(shown.lead - lead, 0));
    const most = Math.max(...lost);
    sums.forEach((each, at) => {
      const open = whole.checked || seen.has(at);
      set(each, {
        "fill-opacity": open && most ? lost[at] / most : 0,
        "stroke-width": open && found[at] < 0 ? 0.8 : 0,
      });
      set(each, { "data-of": "lead", "data-value": found[at] });
    });
    set(square, { x: LEFT + CELL * j, y: TOP + CELL * i });
    set(here, { x: RIGHT + CELL * (j + half), y: TOP + CELL * (i + half) });
    const lead = found[i * places + j];
    const words = [
      `test digit ${shown.test_image}, a ${shown.label}`,
      `read as ${shown.read}, which leads by ${signed(shown.lead)}`,
      "what the square costs",
      `here ${signed(shown.lead - lead)} nats of ${signed(shown.lead)}`,
    ];
    words.forEach((said, n) => {
      heads[n].textContent = said;
    });
    const winner = read[i * places + j];
    control(figure, "said").textContent =
      `Square from row ${i}, column ${j}: ${shown.read} is ${lead < 0 ? "behind" : "ahead"} by ` +
      `${Math.abs(lead).toFixed(1)} nats${winner === shown.read ? "." : `, so the net reads ${winner}.`} ` +
      `The map shows ${whole.checked ? found.length : seen.size} of ${found.length} places.`;
  };

  /** @param {number[]} to */
  const choose = (to) => {
    place = to.map((z) => Math.min(Math.max(Math.floor(z), 0), places - 1));
    answer();
  };
  /** Back to a corner, with an empty map: the reader guesses first. */
  const begin = () => {
    whole.checked = false;
    seen = new Set();
    choose([0, 0]);
  };
  for (const each of [digit, map]) {
    steer(each, (rows, columns) => choose([place[0] + rows, place[1] + columns]));
    drag(each, (x, y) => choose([y * data.side - half, x * data.side - half]));
  }
  picture.addEventListener("change", begin);
  cover.addEventListener("change", begin);
  whole.addEventListener("change", answer);
  begin();
}
