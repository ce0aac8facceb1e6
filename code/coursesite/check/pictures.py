"""Checks of what is to be seen: figures drawn by a run, and pictures in the text."""

import re
from pathlib import Path
from xml.etree import ElementTree

from coursesite import reading
from coursesite.build import numbers

CALL = re.compile(
    r"\[%\s*call\s+(?P<macro>figure|live)\(\s*[\"'](?P<name>[^\"']+)[\"']"
    r"(?:[^)]*\brecord\s*=\s*[\"'](?P<record>[^\"']+)[\"'])?"
)
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(")
TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"\balt=([\"'])\s*\S.*?\1")
HARD = re.compile(
    r"\s*(?:black|white|#0{3,4}|#0{6}|#f{3,4}|#f{6}|rgba?\(\s*(?:0|255)\s*(?:,?\s*(?:0|255)\s*){2}\))\s*", re.I
)
HYPHEN = re.compile(r"(?<![\w-])-\d")  # a minus that isn't one
POWER = re.compile(r"\b\d[\d.]*[eE][+-]?\d+\b")
SVG = "{http://www.w3.org/2000/svg}"


def figures(root: Path) -> list[str]:
    """A figure that a page calls was drawn, and one of pixels has its text alternative in a record."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        for match in CALL.finditer(reading.without_code(text)):
            name = match["name"]
            place = f"{page.relative_to(root)}:{reading.line_of(text, match.start())}: the figure {name}"
            made = [kind for kind in (".svg", ".webp", ".png") if (root / "runs" / f"{name}{kind}").exists()]
            if not made:
                problems.append(f"{place} was not drawn; let its stage write runs/{name}.svg, .webp or .png")
            elif made[0] != ".svg" and not numbers.alternative(numbers.records(root / "runs"), name):
                short = name.split("/")[-1]
                problems.append(
                    f'{place} has no text alternative; let its stage record {{"alternatives": {{"{short}": …}}}}'
                )
            elif match["macro"] == "live":
                module, record = f"docs/assets/live/{name}", match["record"] or name
                needed = (f"runs/{name}.svg", f"{module}.js", f"{module}.html", f"runs/{record}.json")
                if lacking := [path for path in needed if not (root / path).exists()]:
                    problems.append(f"{place} can't answer without {', '.join(lacking)}; write it, or correct the name")
    return problems


def drawings(root: Path) -> list[str]:
    """Each SVG of a run says what it shows, and takes its colours from the page."""
    problems = []
    for path in sorted((root / "runs").glob("*/*.svg")):
        place = f"{path.relative_to(root)}:1: the drawing"
        svg = ElementTree.parse(path).getroot()
        for name in ("title", "desc"):
            if not (svg.findtext(f"{SVG}{name}") or "").strip():
                problems.append(f"{place} has no text in <{name}>; let its stage write one")
        if svg.get("role") != "img":
            problems.append(f'{place} has no role="img"; let its stage write it')
        said = ["".join(element.itertext()) for element in svg.iter(f"{SVG}text")]
        problems += [f"{place} says {text!r}, with a hyphen; write the sign −" for text in said if HYPHEN.search(text)]
        said += [svg.findtext(f"{SVG}{name}") or "" for name in ("title", "desc")]
        powers = [match[0] for text in said for match in POWER.finditer(text)]
        problems += [f"{place} says {power!r}, which is code; write it by draw.number" for power in powers]
        for element in svg.iter():
            style = dict(part.split(":", 1) for part in element.get("style", "").split(";") if ":" in part)
            colours = {
                k.strip(): v for k, v in (element.attrib | style).items() if k.strip() in ("fill", "stroke", "color")
            }
            if hard := [f"{key} {value}" for key, value in colours.items() if HARD.fullmatch(value)]:
                tag = element.tag.removeprefix(SVG)
                problems.append(
                    f"{place} has a <{tag}> of {hard[0]}, lost in one of the schemes; use currentColor or a variable"
                )
                break
    return problems


def images(root: Path) -> list[str]:
    """Each picture in the text has a text alternative."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = reading.without_code(page.read_text(encoding="utf-8"))
        bare = [match for match in IMAGE.finditer(text) if not match["alt"].strip()]
        bare += [match for match in TAG.finditer(text) if not ALT.search(match[0])]
        for match in bare:
            line = reading.line_of(text, match.start())
            problems.append(f"{page.relative_to(root)}:{line}: a picture without text alternative; say what it shows")
    return problems
