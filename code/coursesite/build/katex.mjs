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
};

// The MathML repeats the TeX for programs that read it; no browser shows it, and it would be a tenth of a page.
const SOURCE = /<annotation encoding="application\/x-tex">.*?<\/annotation>/s;

const render = ({ tex, display }) => {
  try {
    const html = katex.renderToString(tex, {
      displayMode: display,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "error",
      macros: { ...macros },
    });
    return { html: html.replace(SOURCE, "") };
  } catch (error) {
    return { error: error.message };
  }
};

// Only ASCII goes through the pipe: whoever reads it in another encoding reads the same.
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
const made = JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render));
process.stdout.write(made.replace(/[^ -~]/g, escaped));
