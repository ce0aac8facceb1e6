// What the figures that answer share: a layer over the static figure, drawing, dragging, arrow keys, sliders.

/**
 * A new element of an SVG.
 * @param {Element} parent
 * @param {string} tag
 * @param {Record<string, string | number | boolean>} [attributes]
 * @returns {SVGElement}
 */
export function draw(parent, tag, attributes = {}) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(made, attributes);
  parent.append(made);
  return made;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/**
 * A layer with the measures of the static figure, over it. It is seen when the figure is touched for the first time.
 * @param {HTMLElement} figure
 * @returns {{ layer: HTMLElement, art: SVGElement }} art counts the pixels of the drawing, as the static figure does
 */
export function over(figure) {
  const still = /** @type {SVGSVGElement} */ (figure.querySelector(".figure-art > svg"));
  const { width, height } = still.viewBox.baseVal;
  const layer = document.createElement("div");
  layer.className = "live-layer";
  layer.style.aspectRatio = `${width} / ${height}`;
  layer.addEventListener("selectstart", (event) => event.preventDefault()); // a drag marks no text
  still.after(layer);
  for (const touch of ["pointerdown", "focusin", "input"]) {
    figure.addEventListener(
      touch,
      () => {
        figure.classList.add("touched");
        still.ariaHidden = "true"; // what it says of itself holds no longer
      },
      { once: true },
    );
  }
  return { layer, art: draw(layer, "svg", { viewBox: `0 0 ${width} ${height}` }) };
}

/**
 * Tells where a pressed pointer is, as fractions of the element's width and height; `first` where it was put down.
 * @param {Element} element
 * @param {(x: number, y: number, first: boolean) => void} act
 */
export function drag(element, act) {
  /** @param {PointerEvent} event @param {boolean} first */
  const tell = (event, first) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    act((event.clientX - left) / width, (event.clientY - top) / height, first);
  };
  /** @param {Event} event */
  const down = (event) => {
    element.setPointerCapture(/** @type {PointerEvent} */ (event).pointerId);
    tell(/** @type {PointerEvent} */ (event), true);
  };
  /** @param {Event} event */
  const move = (event) => {
    const pointer = /** @type {PointerEvent} */ (event);
    if (!element.hasPointerCapture(pointer.pointerId)) return;
    const between = pointer.getCoalescedEvents();
    for (const each of between.length ? between : [pointer]) tell(each, false);
  };
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
}

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Tells by how many rows and columns the arrow keys move, and whether Shift is held.
 * @param {Element} element
 * @param {(rows: number, columns: number, shift: boolean) => void} act
 */
export function steer(element, act) {
  element.addEventListener("keydown", (event) => {
    const { key, shiftKey } = /** @type {KeyboardEvent} */ (event);
    const step = ARROWS[key];
    if (!step) return;
    event.preventDefault(); // the page stays where it is
    act(...step, shiftKey);
  });
}

/**
 * The control or the output of that name.
 * @template {HTMLElement} T
 * @param {HTMLElement} figure
 * @param {string} name
 * @returns {T}
 */
export function control(figure, name) {
  return /** @type {T} */ (figure.querySelector(`[name="${name}"]`));
}

/**
 * A slider that writes what it is set to beside itself.
 * @param {HTMLElement} figure
 * @param {string} name
 * @param {(value: number) => string} words
 * @param {(value: number) => void} act
 */
export function slider(figure, name, words, act) {
  const input = /** @type {HTMLInputElement} */ (control(figure, name));
  const said = /** @type {HTMLElement} */ (input.nextElementSibling);
  const moved = () => {
    said.textContent = words(input.valueAsNumber);
    input.setAttribute("aria-valuetext", said.textContent);
    act(input.valueAsNumber);
  };
  input.addEventListener("input", moved);
  moved();
}
