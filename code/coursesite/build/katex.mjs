// Reads [{tex, display}, …] as JSON, writes [{html} | {error}, …]: KaTeX at build time, none in the browser.
import { readFileSync } from "node:fs";
import katex from "katex";

const macros = {
  "\\R": "\\mathbb{R}",
  "\\E": "\\operatorname{E}",
  "\\Var": "\\operatorname{Var}",
  "\\d": "\\mathrm{d}",
  "\\relu": "\\operatorname{relu}",
  "\\softmax": "\\operatorname{softmax}",
  "\\top": "\\mathsf{T}", // one sign for a transposed matrix, however it is written
};

// The MathML of a displayed formula has its TeX, to be copied; with that of the others a page would be 3 kB heavier.
const SOURCE = /<annotation encoding="application\/x-tex">.*?<\/annotation>/s;

const render = ({ tex, display }) => {
  try {
    const options = {
      displayMode: display,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "error",
    };
    const html = katex.renderToString(tex, {
      ...options,
      macros: { ...macros },
    });
    return { html: display ? html : html.replace(SOURCE, "") };
  } catch (error) {
    return { error: error.message };
  }
};

// Only ASCII goes through the pipe: whoever reads it in another encoding reads the same.
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
const made = JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render));
process.stdout.write(made.replace(/[^ -~]/g, escaped));
