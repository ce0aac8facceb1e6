// A displayed formula is copied as its TeX. And every face of the formulas comes once there is time: what is below the
// first screen asks for none until it is near, which is too late for a page that is printed.

const formula = (node) => (node.closest ? node : node.parentElement).closest(".katex")

addEventListener("copy", (event) => {
  const selection = getSelection()
  if (selection.isCollapsed) return
  const range = selection.getRangeAt(0).cloneRange()
  const first = formula(range.startContainer)
  const last = formula(range.endContainer)
  if (first) range.setStartBefore(first)
  if (last) range.setEndAfter(last)
  const copied = document.createElement("div")
  copied.append(range.cloneContents())
  if (!copied.querySelector(".katex")) return
  for (const element of copied.querySelectorAll(".katex-html, .equation-claim, .headerlink")) element.remove()
  event.clipboardData.setData("text/html", copied.innerHTML)
  for (const tex of copied.querySelectorAll("annotation")) tex.closest(".katex").replaceWith(`$$${tex.textContent}$$`)
  event.clipboardData.setData("text/plain", copied.textContent.trim())
  event.preventDefault()
})

addEventListener("load", () => (window.requestIdleCallback || setTimeout)(() => {
  for (const { selectorText, style } of document.querySelector("link[href$='katex.css']").sheet.cssRules)
    if (selectorText && style.fontFamily.startsWith("KaTeX") && document.querySelector(selectorText))
      document.fonts.load(`${style.fontStyle || "normal"} ${style.fontWeight || 400} 1em ${style.fontFamily}`)
}))
