"""What axe-core finds on a page."""

from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


# A formula without a colour of its own reads like the text around it: what the renderer makes is read on a page or two.
# Its thousands of elements are taken out of the page while axe reads the rest, and put back.
PLAIN = """() => {
  const same = formula => [formula, ...formula.querySelectorAll("*")].every(e => {
    const style = getComputedStyle(e), around = getComputedStyle(formula.parentElement)
    return style.color === around.color && style.backgroundColor === "rgba(0, 0, 0, 0)" && style.opacity === "1"
  })
  window.plain = [...document.querySelectorAll(".katex")].filter(same).map(e => [e, ...e.childNodes])
  for (const [e] of window.plain) e.replaceChildren()
}"""
BACK = "() => { for (const [e, ...all] of window.plain) e.replaceChildren(...all) }"
# Nothing that its rules ask for is loaded again, such as the style sheets. What a finger hits is off by default.
OPTIONS = "resultTypes: ['violations'], elementRef: false, preload: false"
ALL = "rules: {'target-size': {enabled: true}}"
# What depends on colours and sizes; all other rules are about elements, which are the same in each view of a page.
SEEN = "runOnly: ['color-contrast', 'target-size', 'link-in-text-block', 'scrollable-region-focusable']"


def findings(tab, axe: str, within: str = "document", rules: str = ALL) -> list[str]:
    """What axe-core finds on the page that a tab shows, or in a part of it, one line for each element."""
    tab.evaluate(axe)
    found = tab.evaluate(f"axe.run({within}, {{{OPTIONS}, {rules}}})")
    return [
        f"axe {rule['id']} ({rule['help']}): {node['html'][:160]} — {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found["violations"]
        for node in rule["nodes"][:5]
    ]


def findings_but_plain_formulas(tab, axe: str, rules: str = ALL) -> list[str]:
    """The same, but for formulas that look like the text around them."""
    tab.evaluate(PLAIN)
    try:
        return findings(tab, axe, rules=rules)
    finally:
        tab.evaluate(BACK)
