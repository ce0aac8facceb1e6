// The gradient of each layer as a bar: activation, scale and depth are chosen, the lengths are those of the record.
import { control, drag, draw, over, set, slider, steer } from "../kit.js";
import { power, words } from "../plot.js";

// Where the static figure has its panel, in its own pixels.
const [LEFT, TOP, WIDTH, HEIGHT] = [62, 26, 400, 226];
const HIGHEST = 2; // the exponent at the top
const LOWEST = [-16, -32, -64, -96]; // one of these at the bottom

/** @typedef {{ settings: { depths: number[] }, norms: Record<string, number[]> }} Data */

/**
 * The exponent at the bottom of the axis that leaves room for every length.
 * @param {number[]} norms
 */
export function bottom(norms) {
  const least = Math.log10(Math.min(...norms));
  return LOWEST.find((low) => low < least) ?? LOWEST[LOWEST.length - 1];
}

/**
 * @param {HTMLElement} figure
 * @param {Data} data
 */
export function mount(figure, { settings, norms }) {
  const { layer, art } = over(figure);
  const said = control(figure, "said");
  const selects = ["bend", "rule"].map((name) => /** @type {HTMLSelectElement} */ (control(figure, name)));
  const most = Math.max(...settings.depths);
  const chosen = { depth: 0, at: 0 };

  draw(art, "text", { x: LEFT, y: 17, "font-weight": 700 }).textContent = "length of the gradient";
  draw(art, "text", { x: LEFT + WIDTH, y: 17, "text-anchor": "end" }).textContent = "dots: ReLU, He";
  draw(art, "text", { x: LEFT + WIDTH / 2, y: 292, "text-anchor": "middle" }).textContent = "layer";
  draw(art, "path", {
    class: "live-line",
    "stroke-width": 0.8,
    d: `M${LEFT} ${TOP}v${HEIGHT}h${WIDTH}`,
  });
  const marks = [0, 1, 2, 3, 4].map(() => draw(art, "text", { x: LEFT - 6, "text-anchor": "end" }));
  const ends = ["start", "end"].map((side, i) =>
    draw(art, "text", { x: LEFT + i * WIDTH, y: TOP + HEIGHT + 19, "text-anchor": side }),
  );
  const cells = draw(art, "g", { role: "slider", tabindex: 0, class: "live-cell" });
  set(cells, { "aria-label": "layer", "aria-valuemin": 1 });
  const bars = Array.from({ length: most }, () => draw(cells, "rect"));
  const dots = Array.from({ length: most }, () => draw(art, "circle", { r: 2.5 }));

  const update = () => {
    const depth = settings.depths[chosen.depth];
    const found = norms[`${selects[0].value} ${selects[1].value} ${depth}`];
    const good = norms[`relu he ${depth}`];
    const low = bottom([...found, ...good]);
    const wide = WIDTH / depth;
    chosen.at = Math.min(chosen.at, depth - 1);

    /** @param {number} value */
    const y = (value) => TOP + ((HIGHEST - Math.log10(value)) / (HIGHEST - low)) * HEIGHT;

    for (const [i, mark] of marks.entries()) {
      const exponent = (low / 4) * i;
      mark.textContent = i ? `10${power(exponent)}` : "1";
      set(mark, { y: y(10 ** exponent) + 5 });
    }
    ends[0].textContent = "1";
    ends[1].textContent = `${depth}`;
    for (const [i, bar] of bars.entries()) {
      const shown = i < depth;
      bar.style.display = dots[i].style.display = shown ? "" : "none";
      if (!shown) continue;
      const top = y(found[i]);
      set(bar, { x: LEFT + wide * (i + 0.15), y: top, width: 0.7 * wide, height: TOP + HEIGHT - top });
      set(bar, { "data-value": found[i], "fill-opacity": i === chosen.at ? 1 : 0.35 });
      const touched = i === chosen.at; // its outline is ink, and thick while the keys are heard
      bar.style.fill = "var(--accent)";
      bar.style.stroke = touched ? "" : "var(--accent)";
      bar.style.strokeWidth = touched ? "" : "1";
      set(dots[i], { cx: LEFT + wide * (i + 0.5), cy: y(good[i]) });
    }
    const length = words(found[chosen.at]);
    set(cells, {
      "aria-valuemax": depth,
      "aria-valuenow": chosen.at + 1,
      "aria-valuetext": `${chosen.at + 1}: ${length}`,
    });
    said.innerHTML =
      `Layer ${chosen.at + 1} of ${depth} has a gradient of length ${length};<br>` +
      `the first one ${words(found[0])}, the last one ${words(found[depth - 1])}.`;
  };

  steer(cells, (down, along) => {
    const depth = settings.depths[chosen.depth];
    chosen.at = (chosen.at + along - down + depth) % depth;
    update();
  });
  drag(layer, (x) => {
    const { width } = /** @type {SVGSVGElement} */ (art).viewBox.baseVal;
    const depth = settings.depths[chosen.depth];
    const at = Math.floor(((x * width - LEFT) / WIDTH) * depth);
    chosen.at = Math.min(Math.max(at, 0), depth - 1);
    update();
  });
  for (const select of selects) select.addEventListener("change", update);
  slider(
    figure,
    "depth",
    (i) => `${settings.depths[i]}`,
    (i) => {
      chosen.depth = i;
      update();
    },
  );
}
