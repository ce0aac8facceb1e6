"""A picture for each post where its link is shared: its title and description, in the course's own typefaces."""

import functools
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from mkdocs.structure.files import File
from PIL import Image, ImageDraw, ImageFont

from coursesite import reading, series
from coursesite.build.maths import ROOT

FONTS = ROOT / "docs" / "assets" / "fonts"
SIZE, MARGIN = (1200, 630), 90
PAPER, INK, MUTED, ACCENT = "#fdfcf9", "#1e2227", "#5a616a", "#a03d12"  # of course.css


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


def wrapped(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text in lines that fit between the margins."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > SIZE[0] - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


@functools.lru_cache(maxsize=64)
def card(title: str, description: str, course: str) -> bytes:
    """The picture, the same to the last byte every time."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    large, middle, small = face("serif", 78, 600), face("sans", 36, 400), face("sans", 30, 600)
    heading = wrapped(title, large)
    draw.rectangle((0, 0, SIZE[0], 14), ACCENT)
    draw.multiline_text((MARGIN, 84), heading, INK, large, spacing=12)
    below = draw.multiline_textbbox((MARGIN, 84), heading, large, spacing=12)[3]
    draw.multiline_text((MARGIN, below + 44), wrapped(description, middle), MUTED, middle, spacing=14)
    draw.text((MARGIN, SIZE[1] - 90), course, ACCENT, small)
    made = BytesIO()
    picture.quantize(32).save(made, "PNG", optimize=True)
    return made.getvalue()


def on_files(files, config):
    """MkDocs' hook: the card of lessons/02-mnist.md is assets/cards/lessons/02-mnist.png."""
    for file in [each for each in files.documentation_pages() if each.src_uri.startswith(tuple(series.SERIES))]:
        meta = reading.front_matter(Path(file.abs_src_path).read_text(encoding="utf-8"))
        if "slug" in meta:
            made = card(meta["title"], meta["description"], config.site_name)
            files.append(File.generated(config, f"assets/cards/{file.src_uri[:-3]}.png", content=made))
    return files
