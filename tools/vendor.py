"""Copies KaTeX's stylesheet and the faces that the course uses from node_modules: `python -m tools.vendor`.

The copies are tracked, so that the site can be built without npm's folder in place; a test compares them with the
installed version.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
KATEX = ROOT / "node_modules" / "katex"
ASSETS = ROOT / "docs" / "assets"
# Fraktur, script, and the bold and slanted variants of the rarer faces stay out: no page uses them.
FACES = [
    *("AMS-Regular", "Caligraphic-Regular", "Main-Bold", "Main-Italic", "Main-Regular", "Math-BoldItalic"),
    *("Math-Italic", "SansSerif-Regular", "Size1-Regular", "Size2-Regular", "Size3-Regular", "Size4-Regular"),
    "Typewriter-Regular",
]


def face(match: re.Match) -> str:
    """The @font-face rule with the WOFF2 file alone, or nothing for a face that is left out."""
    rule = match[0]
    name = re.search(r"fonts/KaTeX_([\w-]+)\.woff2", rule)[1]
    if name not in FACES:
        return ""
    return re.sub(r"src:.*?(?=[;}])", f'src:url(../fonts/katex/KaTeX_{name}.woff2) format("woff2")', rule)


def stylesheet() -> str:
    """KaTeX's own stylesheet, its faces reduced to those that lie in `docs/assets/fonts/katex`."""
    return re.sub(r"@font-face\{[^}]*\}", face, (KATEX / "dist" / "katex.min.css").read_text(encoding="utf-8"))


def copies() -> dict[Path, bytes]:
    """Every vendored file and what must be in it."""
    fonts = ASSETS / "fonts" / "katex"
    made = {
        ASSETS / "css" / "katex.css": stylesheet().encode(),
        fonts / "LICENSE.txt": (KATEX / "LICENSE").read_bytes(),
    }
    for name in FACES:
        made[fonts / f"KaTeX_{name}.woff2"] = (KATEX / "dist" / "fonts" / f"KaTeX_{name}.woff2").read_bytes()
    return made


def main():
    """Write all copies and remove what is none."""
    made = copies()
    for path, data in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for stray in set((ASSETS / "fonts" / "katex").iterdir()) - set(made):
        stray.unlink()


if __name__ == "__main__":
    main()
