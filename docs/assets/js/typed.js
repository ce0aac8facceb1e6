// Fields for numbers that the reader works out: each says at once whether its number is right, close, or how far off.

const CLOSE = 0.05; // of the right number

/**
 * The number of a text, with a minus, a comma or a fraction as people write them; NaN if it is none.
 * @param {string} text
 */
export function read(text) {
  const [, above, , below] = text.replace(/−/g, "-").replace(",", ".").match(NUMBER) ?? [];
  return Number(above ?? Number.NaN) / Number(below ?? 1);
}

const THOUSANDS = /^\s*[+−-]?\d{1,3}(,\d{3})+\s*$/; // as the page writes a large number
const NUMBER = /^\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*(\/\s*(\d+))?\s*$/;

/**
 * Whether a number is the right one, or the right one rounded to two of its digits or more.
 * @param {string} text
 * @param {number} right
 */
function rounded(text, right) {
  const off = Math.abs(read(text) - right);
  if (off <= 1e-9 * Math.abs(right)) return true;
  const digits = text.replace(/[^\d.,]/g, "").replace(",", ".");
  const decimals = digits.split(".")[1]?.length ?? 0;
  const enough = digits.replace(".", "").replace(/^0+/, "").length >= 2;
  return enough && !text.includes("/") && off <= 0.5 * 10 ** -decimals;
}

/**
 * What a field answers.
 * @param {string} text
 * @param {number} right
 * @returns {{ is: string, says: string }}
 */
export function answer(text, right) {
  if (!text.trim() || /^\s*[+\-−]?[.,]?\s*$/.test(text)) return { is: "", says: "" };
  if (Math.abs(right) >= 1000 && THOUSANDS.test(text)) return answer(text.replaceAll(",", ""), right);
  const value = read(text);
  if (!Number.isFinite(value)) return { is: "none", says: "not a number" };
  if (rounded(text, right)) return { is: "right", says: "✓ right" };
  const off = value - right;
  const by = `${Number(Math.abs(off).toPrecision(2))} too ${off > 0 ? "large" : "small"}`;
  const whole = Number.isInteger(right) && Number.isInteger(value); // whole numbers are right or wrong
  if (!whole && Math.abs(off) <= CLOSE * Math.abs(right)) return { is: "close", says: `close: ${by}` };
  return { is: "wrong", says: rounded(text, -right) ? "✗ the other sign" : `✗ ${by}` };
}

for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".typed input"))) {
  const said = /** @type {HTMLElement} */ (field.closest("p")?.querySelector("output"));
  field.addEventListener("input", () => {
    const { is, says } = answer(field.value, Number(field.dataset.right));
    said.dataset.is = is;
    said.textContent = says;
  });
}
