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

const render = ({ tex, display }) => {
  try {
    return {
      html: katex.renderToString(tex, {
        displayMode: display, output: "htmlAndMathml", throwOnError: true, strict: "error", macros: { ...macros },
      }),
    };
  } catch (error) {
    return { error: error.message };
  }
};

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(render)));
