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

// KaTeX hangs an index into a table of ten elements, which holds several scripts, one above the other, and makes a
// space an element. One script alone is raised or lowered where it stands, and a space is a margin of what it follows:
// a page of formulas has a fifth less elements, looks the same to a pixel, and is laid out sooner.
const SIZES = { size1: 0.5, size2: 0.6, size3: 0.7, size4: 0.8, size5: 0.9, size6: 1 };
const em = (length) => Number.parseFloat(length ?? "0");
const relative = (length) => `${+length.toFixed(4)}em`;

const spaced = (children) =>
  children.reduce((kept, node) => {
    const before = kept.at(-1);
    const space = node.classes?.join(" ") === "mspace" && Object.keys(node.style).join(" ") === "marginRight";
    if (!space || !before?.style || before.classes.includes("katex-strut")) return kept.concat(node);
    const margin = before.style.marginRight ?? before.italic; // of an italic letter, which leans
    before.style.marginRight = relative(em(margin) + em(node.style.marginRight));
    return kept;
  }, []);

const lighten = (node) => {
  for (const child of node.children ?? []) lighten(child);
  if (node.classes) node.children = node.children && spaced(node.children);
  if (!node.classes?.includes("msupsub")) return;
  const scripts = node.children[0].children[0].children[0].children;
  if (scripts.length !== 1) return;
  const [{ style, children }] = scripts;
  const [strut, script] = children;
  const [own, outer] = [...script.classes.join(" ").matchAll(/size\d/g)].map(([size]) => SIZES[size]).reverse();
  const scale = own / outer;
  script.style.verticalAlign = relative(-(em(style.top) + em(strut.style.height)) / scale);
  for (const side of ["marginLeft", "marginRight"]) {
    if (em(style[side])) script.style[side] = relative(em(style[side]) / scale);
  }
  node.children = [script];
};

const render = ({ tex, display }) => {
  try {
    const options = {
      displayMode: display,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "error",
    };
    const tree = katex.__renderToDomTree(tex, { ...options, macros: { ...macros } });
    lighten(tree);
    const html = tree.toMarkup();
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
