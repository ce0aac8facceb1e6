// Four calls of one tf.function: what each does is a table that Python wrote, of all sequences of arguments.
import { control, drag, draw, over, set, steer } from "../kit.js";

const TOP = 56; // of the rows; this and what follows as in the static figure
const ROW = 40;
const COLUMNS = [240, 335, 430];
const WIDTH = 84;
const PRESET = [2, 3, 4, 0];
const HEADS = [["as it is"], ["reduce_", "retracing"], ["input_", "signature"]];
/** @type {Record<string, string>} */
const WORDS = { t: "traces", s: "reuses", r: "refuses" };

/**
 * @typedef {{ arguments: string[], answers: Record<string, string[]> }} Data
 */

/**
 * What each of successive calls does.
 * @param {string[]} answers for each number of calls, the letter of the last one, of all sequences
 * @param {number} base how many arguments there are
 * @param {number[]} calls
 */
export function outcomes(answers, base, calls) {
  let found = 0;
  return calls.map((call, t) => {
    found = found * base + call;
    return answers[t][found];
  });
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, data) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const way = /** @type {HTMLSelectElement} */ (control(figure, "way"));
  const ways = [...way.options].map(({ value }) => value);
  const calls = [...PRESET];
  let open = 1; // so many calls are shown; the next is shown once it was guessed
  let guesses = 0;
  let right = 0;
  let verdict = "";

  for (const [i, lines] of HEADS.entries()) {
    for (const [j, line] of lines.entries()) {
      const y = 29 + 17 * (j - (lines.length - 1) / 2);
      draw(art, "text", { x: COLUMNS[i], y, "text-anchor": "middle" }).textContent = line;
    }
  }
  const rows = calls.map((_, t) => {
    const y = TOP + ROW * (t + 0.5);
    draw(art, "text", { x: 12, y: y + 5 }).textContent = `${t + 1}.`;
    const row = draw(art, "g", { role: "spinbutton", tabindex: 0, class: "live-cell" });
    set(row, { "aria-valuemin": 0, "aria-valuemax": data.arguments.length - 1 });
    draw(row, "rect", { x: 34, y: y - 15, width: 144, height: 30, rx: 3 });
    const text = draw(row, "text", { x: 42, y: y + 5 });
    steer(row, (down, along) => {
      choose(t, along - down);
    });
    return { row, text };
  });
  const cells = ways.map((_, i) =>
    calls.map((_, t) => {
      const y = TOP + ROW * (t + 0.5);
      const frame = draw(art, "rect", { x: COLUMNS[i] - WIDTH / 2, y: y - 15, width: WIDTH, height: 30 });
      set(frame, { class: "live-line", "data-lit": true, "stroke-width": 2 });
      const word = draw(art, "text", { x: COLUMNS[i], y: y + 5, "text-anchor": "middle" });
      return { frame, word };
    }),
  );
  const foot = TOP + ROW * (calls.length + 0.5) + 5;
  draw(art, "text", { x: 40, y: foot }).textContent = "graphs traced";
  const sums = COLUMNS.map((x) => draw(art, "text", { x, y: foot, "text-anchor": "middle", class: "live-value" }));

  /** @param {number} t @param {number} by */
  const choose = (t, by) => {
    calls[t] = (calls[t] + by + data.arguments.length) % data.arguments.length;
    open = Math.min(open, Math.max(t, 1));
    verdict = "";
    update();
  };

  const update = () => {
    for (const [t, { row, text }] of rows.entries()) {
      text.textContent = `f(${data.arguments[calls[t]]})`;
      set(text, { "data-value": calls[t] });
      set(row, { "aria-valuenow": calls[t], "aria-valuetext": text.textContent, "aria-label": `Call ${t + 1}` });
    }
    for (const [i, name] of ways.entries()) {
      const found = outcomes(data.answers[name], data.arguments.length, calls);
      const shown = found.slice(0, open);
      for (const [t, { frame, word }] of cells[i].entries()) {
        word.textContent = WORDS[shown[t]] ?? "?";
        set(word, { class: shown[t] === "t" ? "live-value" : "", "data-of": name });
        frame.style.display = shown[t] === "t" ? "" : "none";
      }
      const count = shown.filter((letter) => letter === "t").length;
      sums[i].textContent = `${count}`;
      set(sums[i], { "data-value": count });
    }
    const chosen = way.selectedOptions[0].text;
    const score = guesses ? ` ${right} of ${guesses} guesses were right.` : "";
    const next = open < calls.length ? `What does call ${open + 1} do, ${chosen}?` : "Change a call to guess again.";
    said.innerHTML = `${verdict} ${next}<br>${score}`;
  };

  drag(layer, (_, y, first) => {
    const { height } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    const t = Math.floor((y * height - TOP) / ROW);
    if (first && t >= 0 && t < calls.length) choose(t, 1);
  });
  way.addEventListener("change", () => {
    verdict = "";
    update();
  });
  for (const letter of Object.keys(WORDS)) {
    control(figure, letter).addEventListener("click", () => {
      if (open === calls.length) return;
      const answer = outcomes(data.answers[way.value], data.arguments.length, calls)[open];
      open += 1;
      guesses += 1;
      right += Number(letter === answer);
      verdict = `${letter === answer ? "Right" : "No"}: call ${open} ${WORDS[answer]}.`;
      figure.classList.add("touched");
      update();
    });
  }
  update();
}
