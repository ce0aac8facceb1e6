"""Makes the site's typefaces from Adobe's Source families: `python -m tools.fonts FOLDER [FACE …]`.

FOLDER holds the originals:

    npm install --prefix FOLDER source-serif@4.5.1 source-sans@3.52.0 source-code-pro@2.42.0

Each face is cut down to the characters and weights that the pages use. Its licence (SIL OFL 1.1) reserves the name
"Source" for the originals, so the cut faces are called Course Serif, Course Sans and Course Mono.
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

OUT = Path(__file__).parents[1] / "docs" / "assets" / "fonts"
FEATURES = ["kern", "liga", "ccmp", "locl", "tnum", "lnum"]
ASCII = range(0x20, 0x7F)
BASIC = [*ASCII, *range(0xA0, 0x100)]
PUNCTUATION = [0xA0, *range(0x2009, 0x2016), *range(0x2018, 0x201F), *range(0x2020, 0x2027), 0x202F]
GREEK = range(0x391, 0x3CA)
# What drawings and tables say; a formula has the faces of KaTeX. course.css names the same letters.
LETTERS = [ord(letter) for letter in "Σαβγδεηθκλμνπρστφ"]
LATIN = range(0x100, 0x180)
MARKS = [
    *(*PUNCTUATION, 0x2030, 0x2032, 0x2033),
    *(0x2039, 0x203A, 0x2044, *range(0x2070, 0x208F), 0x20AC, 0x2122, *range(0x2153, 0x215F), *range(0x2190, 0x219A)),
    *(0x2202, 0x2206, 0x220F, 0x2211, 0x2212, 0x2215, 0x2219, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265),
    *(0x2713, 0xFFFD),
]
SERIF = "source-serif/VAR/SourceSerif4Variable-Roman.ttf"
SANS = "source-sans/VF/SourceSans3VF-Upright.ttf"
MONO = "source-code-pro/VF/SourceCodeVF-Upright.ttf"
WEIGHTS = (400, 700)
# name of the result: family, original, characters, the axes that are kept (a range) or fixed (a value)
FACES = {
    "serif": ("Course Serif", SERIF, [*BASIC, *MARKS], {"wght": WEIGHTS, "opsz": 18}),
    "serif-latin": ("Course Serif", SERIF, LATIN, {"wght": 400, "opsz": 18}),
    "serif-greek": ("Course Serif", SERIF, GREEK, {"wght": 400, "opsz": 18}),
    "serif-italic": (
        "Course Serif",
        SERIF.replace("Roman", "Italic"),
        [*ASCII, *PUNCTUATION],
        {"wght": 400, "opsz": 18},
    ),
    "sans": ("Course Sans", SANS, [*BASIC, *MARKS], {"wght": WEIGHTS}),
    "sans-latin": ("Course Sans", SANS, LATIN, {"wght": 400}),
    "sans-greek": ("Course Sans", SANS, LETTERS, {"wght": 400}),
    "sans-greek-bold": ("Course Sans", SANS, LETTERS, {"wght": 700}),
    "sans-italic": ("Course Sans", SANS.replace("Upright", "Italic"), [*ASCII, *PUNCTUATION], {"wght": 400}),
    "mono": ("Course Mono", MONO, [*BASIC, *GREEK, *MARKS], {"wght": 400}),
}


def rename(font: TTFont, family: str):
    """Give the cut font a name of its own; copyright and licence stay as they were."""
    names = font["name"]
    for name in (21, 22, 25):
        names.removeNames(nameID=name)
    for record in names.names:
        if record.nameID in (1, 16):
            names.setName(family, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID in (3, 4, 6):
            text = family.replace(" ", "") if record.nameID == 6 else family
            names.setName(text, record.nameID, record.platformID, record.platEncID, record.langID)


def make(source: Path, target: Path, family: str, characters: list[int], axes: dict):
    """Cut `source` to `characters` and `axes` and write it as WOFF2."""
    font = TTFont(source)
    options = subset.Options(layout_features=FEATURES, flavor="woff2", hinting=False, desubroutinize=True)
    options.name_IDs = [0, 1, 2, 3, 4, 6, 13, 14, 16, 17]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, axes)
    rename(font, family)
    subset.save_font(font, str(target), options)


def main(folder: str, *names: str):
    """Make the faces named, or all, and copy the licences beside them."""
    modules = Path(folder) / "node_modules"
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (family, source, characters, axes) in FACES.items():
        if names and name not in names:
            continue
        target = OUT / f"{name}.woff2"
        make(modules / source, target, family, characters, axes)
        print(f"{target.name}: {target.stat().st_size:,} bytes")
    for package in ("source-serif", "source-sans", "source-code-pro"):
        shutil.copyfile(modules / package / "LICENSE.md", OUT / f"LICENSE-{package}.txt")


if __name__ == "__main__":
    main(*sys.argv[1:])
