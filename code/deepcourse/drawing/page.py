"""How a drawing is saved for a page: an SVG to be inlined, its data as CSV.

Such an SVG takes its ink and its typeface from the page around it, so it is
legible in both colour schemes; it has a title and a text alternative, scales
with the column, and comes out the same to the last byte every time.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from deepcourse.records import write_whole

TEXT = (
    14.5  # size of all letters: 12 px on a phone, 400 px wide, if WIDTH is 480
)
INK, ACCENT = "#000001", "#000002"  # stand for the two colours of COLOURS
COLOURS = {
    INK: "currentColor",
    ACCENT: "var(--figure-accent, currentColor)",
    "none": "none",
}
STYLE = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "deepcourse",
    "figure.dpi": 72,  # so that one point is one pixel of the drawing
    "font.family": "sans-serif",
    "font.size": TEXT,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": TEXT,
    "axes.titleweight": 700,
    "figure.facecolor": "none",
    "grid.alpha": 0.12,
    "grid.color": INK,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": INK,
    "patch.facecolor": "none",
    "savefig.facecolor": "none",
    "xtick.color": INK,
    "xtick.labelsize": TEXT,
    "ytick.color": INK,
    "ytick.labelsize": TEXT,
}
SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
LENGTHS = ("d", "x", "y", "width", "height", "transform")


@dataclass
class Drawing:
    """A figure, and what it says to those who don't see it."""

    art: Figure
    title: str
    text: str  # what the figure shows, in sentences with its numbers
    data: list[str] = field(default_factory=list)  # lines of CSV


def save(drawing: Drawing, path: Path) -> Path:
    """Write a drawing to `path`, and its data beside it as CSV."""
    for part in ("title", "text"):
        if not getattr(drawing, part).strip():
            raise ValueError(f"{part}: got nothing, expected words for {path}")
    if drawing.data:
        data = "\n".join(drawing.data) + "\n"
        write_whole(path.with_suffix(".csv"), data)
    return write_whole(path, svg(drawing, "-".join(path.parts[-2:])[:-4]))


def save_picture(picture: Image.Image, path: Path, quality: int) -> Path:
    """Write a picture of pixels to `path` as WebP, whole or not at all."""
    raw = BytesIO()
    picture.save(raw, "WEBP", quality=quality, method=6)
    return write_whole(path, raw.getvalue())


def svg(drawing: Drawing, name: str) -> str:
    """The drawing as an SVG to inline; `name` keeps its ids from clashing."""
    raw = BytesIO()
    with mpl.rc_context(STYLE):
        drawing.art.savefig(raw, format="svg")
    root = ET.fromstring(raw.getvalue())
    tidy(root)
    rename_ids(root, name)
    describe(root, name, drawing)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode") + "\n"


def tidy(root: ET.Element) -> None:
    """Remove what would leak into the page, and translate the colours."""
    prune(root)
    for element in root.iter():
        if element.tag not in (f"{{{SVG}}}text", f"{{{SVG}}}tspan"):
            element.text = "\n" if len(element) else None
        element.tail = "\n"
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        if HREF in element.attrib:
            element.set("href", element.attrib.pop(HREF))
        if "style" in element.attrib:
            element.set("style", restyle(element.get("style")))
        for length in LENGTHS:
            if length in element.attrib:
                element.set(length, boxed(shorten(element.get(length))))


def prune(root: ET.Element) -> None:
    """Drop what a page has itself, what is empty, and what isn't seen."""
    for parent in list(root.iter()):
        for child in list(parent):
            tag = child.tag.removeprefix(f"{{{SVG}}}")
            unused = tag == "defs" and not len(child)
            outline = tag == "path" and child.get("style") == "fill: none"
            if tag in ("metadata", "style") or unused or outline:
                parent.remove(child)


def restyle(style: str) -> str:
    """One style attribute in the page's colours and typeface.

    Raises:
        ValueError: It has a colour that is not one of `COLOURS`.

    >>> restyle("font: 13px 'DejaVu Sans'; fill: #000001")
    'font-size: 13px; fill: currentColor'
    """
    kept = []
    for rule in filter(None, map(str.strip, style.split(";"))):
        key, value = (part.strip() for part in rule.split(":", 1))
        if key in ("fill", "stroke") and not value.startswith("url("):
            if value not in COLOURS:
                raise ValueError(
                    f"colour: got {value} for {key}, expected INK or ACCENT"
                )
            value = COLOURS[value]
        if key == "font":
            before, size = re.match(r"(.*?)\b([\d.]+px)", value).groups()
            words = before.split()
            kept += [f"font-weight: {w}" for w in words if w in ("700", "bold")]
            kept += ["font-style: italic"] if "italic" in words else []
            key, value = "font-size", size
        if key != "font-family":
            kept.append(f"{key}: {value}")
    return "; ".join(kept)


def shorten(numbers: str) -> str:
    """Round to a tenth of a pixel.

    >>> shorten("M 63.000001 9.12645 L -0.001 7")
    'M 63 9.1 L 0 7'
    """

    def short(match):
        text = f"{float(match[0]):.1f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return re.sub(r"-?\d+\.\d+(e-?\d+)?", short, numbers).replace("\n", "")


def boxed(path: str) -> str:
    """Write each upright box of a path as its corner and its sides.

    That is half as long, and a digit is drawn as some hundred boxes.

    >>> boxed("M 4 52  L 9.5 52  L 9.5 60  L 4 60  M 1 1  L 2 3")
    'M4 52h5.5v8h-5.5zM 1 1  L 2 3'
    """

    def box(match):
        (x, y), *turns = (map(float, each.split()) for each in match.groups())
        (right, top), (east, down), (west, south) = turns
        if (top, east, west, south) != (y, right, x, down):
            return match[0]
        wide, high = (f"{side:.4g}" for side in (right - x, down - y))
        return f"M{match[1]}h{wide}v{high}h{-float(wide):g}z"

    corner = r"(-?[\d.]+ -?[\d.]+)"
    line = rf" +L {corner}"
    return re.sub(rf"M {corner}{line}{line}{line} +(?=M|z|$)z?", box, path)


def rename_ids(root: ET.Element, name: str) -> None:
    """Keep only ids that something refers to, as `<name>-1` and so on."""
    link = re.compile(r"^#(.+)$|url\(#(.+?)\)")
    used = {}
    for element in root.iter():
        for value in element.attrib.values():
            for match in link.finditer(value):
                old = match[1] or match[2]
                used.setdefault(old, f"{name}-{len(used) + 1}")

    def new(match):
        old = match[1] or match[2]
        return match[0].replace(old, used[old])

    for element in root.iter():
        for key, value in element.attrib.items():
            element.set(key, link.sub(new, value))
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in used:
                element.set("id", used[old])


def describe(root: ET.Element, name: str, drawing: Drawing) -> None:
    """Give the root its title, its text alternative and its size."""
    width = root.get("viewBox").split()[2]
    parts = {"title": drawing.title, "desc": drawing.text}
    root.attrib = {
        "viewBox": root.get("viewBox"),
        "role": "img",
        "aria-labelledby": " ".join(f"{name}-{part}" for part in parts),
        "style": f"width: 100%; max-width: {float(width):g}px; height: auto",
        "font-family": "sans-serif",
        "stroke-linejoin": "round",
    }
    for i, (part, text) in enumerate(parts.items()):
        element = ET.Element(f"{{{SVG}}}{part}", {"id": f"{name}-{part}"})
        element.text = text
        element.tail = "\n"
        root.insert(i, element)
