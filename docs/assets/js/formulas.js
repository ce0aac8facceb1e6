// A formula is copied as its TeX, which its MathML has unless it reads the same; and code that ends within a body, with
// the empty line that a prompt waits for. And every face of the formulas comes once there is time: what is below the
// first screen asks for none until it is near, which is too late for a page that is printed.

/** @param {Node} node @param {string} kind */
const around = (node, kind) => (node instanceof Element ? node : node.parentElement)?.closest(kind);

addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection || !event.clipboardData) return;
  const field = event.target; // the button of a block copies out of one
  if (field instanceof HTMLTextAreaElement) {
    const code = field.value.trimEnd();
    if (!/\n[ \t]+.*$/.test(code)) return;
    event.clipboardData.setData("text/plain", `${code}\n\n`);
    return event.preventDefault();
  }
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0).cloneRange();
  const first = around(range.startContainer, ".katex");
  const last = around(range.endContainer, ".katex");
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = document.createElement("div");
  copied.append(range.cloneContents());
  if (!copied.querySelector(".katex")) return;
  for (const element of copied.querySelectorAll(".katex-html, .equation-claim, .headerlink")) element.remove();
  event.clipboardData.setData("text/html", copied.innerHTML);
  for (const math of copied.querySelectorAll("math")) {
    const [mark, tag] = math.getAttribute("display") ? ["$$", "pre"] : ["$", "span"];
    const tex = document.createElement(tag);
    tex.append(mark, (math.querySelector("annotation") ?? math).textContent, mark);
    math.closest(".katex")?.replaceWith(tex);
  }
  document.body.append(copied); // for a moment that nobody sees
  // biome-ignore lint/performance/useDomNodeTextContent: only what stands on a page has its lines
  event.clipboardData.setData("text/plain", copied.innerText.trim());
  copied.remove();
  event.preventDefault();
});

addEventListener("load", () =>
  (window.requestIdleCallback || setTimeout)(() => {
    const link = /** @type {HTMLLinkElement} */ (document.querySelector("link[href$='course.css']"));
    for (const rule of link.sheet?.cssRules ?? []) {
      if (!(rule instanceof CSSStyleRule) || !rule.style.fontFamily.startsWith("KaTeX")) continue;
      const { fontStyle, fontWeight, fontFamily } = rule.style;
      if (document.querySelector(rule.selectorText))
        document.fonts.load(`${fontStyle || "normal"} ${fontWeight || 400} 1em ${fontFamily}`);
    }
  }),
);
