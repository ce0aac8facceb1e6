// A displayed formula is copied as its TeX. And every face of the formulas comes once there is time: what is below the
// first screen asks for none until it is near, which is too late for a page that is printed.

/** @param {Node} node */
const formula = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".katex");

addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !event.clipboardData) return;
  const range = selection.getRangeAt(0).cloneRange();
  const first = formula(range.startContainer);
  const last = formula(range.endContainer);
  if (first) range.setStartBefore(first);
  if (last) range.setEndAfter(last);
  const copied = document.createElement("div");
  copied.append(range.cloneContents());
  if (!copied.querySelector(".katex")) return;
  for (const element of copied.querySelectorAll(".katex-html, .equation-claim, .headerlink")) element.remove();
  event.clipboardData.setData("text/html", copied.innerHTML);
  for (const tex of copied.querySelectorAll("annotation")) tex.closest(".katex")?.replaceWith(`$$${tex.textContent}$$`);
  event.clipboardData.setData("text/plain", copied.textContent.trim());
  event.preventDefault();
});

addEventListener("load", () =>
  (window.requestIdleCallback || setTimeout)(() => {
    const link = /** @type {HTMLLinkElement} */ (document.querySelector("link[href$='katex.css']"));
    for (const rule of link.sheet?.cssRules ?? []) {
      if (!(rule instanceof CSSStyleRule) || !rule.style.fontFamily.startsWith("KaTeX")) continue;
      const { fontStyle, fontWeight, fontFamily } = rule.style;
      if (document.querySelector(rule.selectorText))
        document.fonts.load(`${fontStyle || "normal"} ${fontWeight || 400} 1em ${fontFamily}`);
    }
  }),
);
