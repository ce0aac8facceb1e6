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
  "\\top": "\\mathrm{T}", // one sign for a transposed matrix, however it is written
};

// The MathML of a formula has its TeX, to be copied. One in a sentence that reads the same, such as x, goes without.
const SOURCE = /<annotation encoding="application\/x-tex">.*?<\/annotation>/s;
const said = (html) => html.match(/<semantics>(.*?)<annotation/s)[1].replace(/<[^>]*>/g, "");

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
    const same = !display && said(html) === tex;
    return { html: same ? html.replace(SOURCE, "") : html };
  } catch (error) {
    return { error: error.message };
  }
};

// Only ASCII goes through the pipe: whoever reads it in another encoding reads the same.
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
const made = JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render));
process.stdout.write(made.replace(/[^ -~]/g, escaped));
