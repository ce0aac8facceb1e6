// What figures with axes share: lines on which a function is 0, and numbers as the pages write them.

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} exponent */
export const power = (exponent) => {
  const digits = [...`${Math.abs(exponent)}`].map((digit) => RAISED[Number(digit)]).join("");
  return `${exponent < 0 ? "⁻" : ""}${digits}`;
};

/**
 * Two digits of a number, those of very small and very large ones with a power of ten.
 * @param {number} value
 */
export function words(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e").map(Number);
  const short = Math.abs(exponent) < 3 ? `${Number(value.toPrecision(2))}` : `${mantissa}·10${power(exponent)}`;
  return short.replace("-", "−");
}

/**
 * The line on which a function is 0, cell by cell, where it cuts two sides of a cell or more.
 * @param {(x: number, y: number) => number} value of a place in pixels, from the corner of the box
 * @param {[number, number, number, number]} box left, top, width and height, in pixels
 * @param {number} cell pixels between two values
 */
export function level(value, [left, top, width, height], cell) {
  const [columns, rows] = [width / cell, height / cell];
  const z = Array.from({ length: rows + 1 }, (_, j) =>
    Array.from({ length: columns + 1 }, (_, i) => value(i * cell, j * cell)),
  );
  let path = "";
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ];
      const ends = [];
      for (const [k, [a, b]] of corners.entries()) {
        const [c, d] = corners[(k + 1) % 4];
        const [from, to] = [z[b][a], z[d][c]];
        if (from > 0 === to > 0) continue;
        const part = from / (from - to);
        const [x, y] = [a + part * (c - a), b + part * (d - b)];
        ends.push(`${(left + cell * x).toFixed(1)} ${(top + cell * y).toFixed(1)}`);
      }
      for (let k = 0; k + 1 < ends.length; k += 2) path += `M${ends[k]}L${ends[k + 1]}`;
    }
  }
  return path;
}
