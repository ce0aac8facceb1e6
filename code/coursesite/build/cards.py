"""A picture for each post where its link is shared: its title and its result, in the course's own typefaces."""

import functools
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from jinja2 import Environment
from mkdocs.structure.files import File
from PIL import Image, ImageDraw, ImageFont

from coursesite import reading, series
from coursesite.build import numbers
from coursesite.build.maths import ROOT
from coursesite.build.quotes import curled

FONTS = ROOT / "docs" / "assets" / "fonts"
SIZE, MARGIN = (1200, 630), 90
PAPER, INK, MUTED, ACCENT = "#fdfcf9", "#1e2227", "#5a616a", "#a03d12"  # of course.css
READ = Environment(variable_start_string="[=", variable_end_string="=]", finalize=lambda found: found.plain)


@functools.cache
def face(name: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    """One of the site's typefaces at a size; Pillow reads no WOFF2."""
    font, plain = TTFont(FONTS / f"{name}.woff2"), BytesIO()
    font.flavor = None
    font.save(plain)
    plain.seek(0)
    made = ImageFont.truetype(plain, size, layout_engine=ImageFont.Layout.BASIC)
    made.set_variation_by_axes([weight])
    return made


def wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """The text in lines that fit between the margins; the narrow space within a number breaks none."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if font.getlength(longer) > SIZE[0] - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def said(text: str) -> str:
    """A result with its numbers, as the lists of posts say it."""
    return READ.from_string(text).render(runs=numbers.known())


@functools.lru_cache(maxsize=64)
def card(title: str, result: str, course: str) -> bytes:
    """The picture, the same to the last byte every time; the words of the result that have a digit stand out."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    large, small = face("serif", 72, 600), face("sans", 30, 600)
    plain, bold = face("sans", 50, 400), face("sans", 50, 700)
    draw.rectangle((0, 0, SIZE[0], 14), ACCENT)
    y = 74
    for line in wrapped(title, large):
        draw.text((MARGIN, y), line, INK, large)
        y += 86
    y += 32
    for line in wrapped(result, bold):
        x = MARGIN
        for word in line.split(" "):
            font, ink = (bold, ACCENT) if any(map(str.isdigit, word)) else (plain, INK)
            draw.text((x, y), word, ink, font)
            x += font.getlength(f"{word} ")
        y += 66
    draw.text((MARGIN, SIZE[1] - 90), course, MUTED, small)
    made = BytesIO()
    picture.quantize(32).save(made, "PNG", optimize=True)
    return made.getvalue()


def on_files(files, config):
    """MkDocs' hook: the card of lessons/02-mnist.md is assets/cards/lessons/02-mnist.png."""
    for file in [each for each in files.documentation_pages() if each.src_uri.startswith(tuple(series.SERIES))]:
        meta = reading.front_matter(Path(file.abs_src_path).read_text(encoding="utf-8"))
        if "slug" in meta:
            result = said(meta.get("result") or meta["description"])
            made = card(curled(meta["title"]), curled(result), config.site_name)
            files.append(File.generated(config, f"assets/cards/{file.src_uri[:-3]}.png", content=made))
    return files
