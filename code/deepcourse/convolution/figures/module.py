"""What the figure of an inception module begins with: what each branch costs.

`python -m deepcourse.convolution.figures.module` draws it.
"""

from pathlib import Path

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.convolution.inception import shapes, spent
from deepcourse.convolution.runs.modules import naive
from deepcourse.drawing import BOLD, INK, Drawing

# In the page a layer lies over this drawing, in the same places.
LEFT, WIDE, TOP, ROW = 50, 250, 34, 46
BAR, THIN = 14, 9  # heights: with the layers of 1×1, and without
COLUMNS = 388, 468  # right ends of both numbers
HEIGHT = TOP + 5 * ROW + 2
ALL = "all"


def costs(preset: dict) -> dict:
    """Weights and products by branch, with layers of 1×1 and without."""
    size = (preset["side"],) * 2
    widths = [preset[name] for name in ("one", "three", "five", "pool")]
    found = {}
    for kind, given in (("now", widths), ("naive", naive(*widths))):
        branches = shapes(preset["into"], *given)
        found[kind] = {n: spent(k, size) for n, k in branches.items()}
        both = zip(*found[kind].values(), strict=True)
        found[kind][ALL] = tuple(map(sum, both))
    return found


def millions(products: int) -> str:
    """As the drawing writes products."""
    return f"{products / 1e6:.1f} M"


def module(runs: Path) -> Drawing:
    """Bars of the first module of the record."""
    preset = records.read("convolution/modules", runs)["presets"][0]
    found = costs(preset)
    scale = WIDE / max(each[ALL][0] for each in found.values())
    art, ax = draw.paper(HEIGHT)
    draw.label(ax, LEFT, 14, f"module {preset['name']}", "left", **BOLD)
    for x, name in zip(COLUMNS, ("weights", "products"), strict=True):
        draw.label(ax, x, 14, name, "right", **BOLD)
    said = []
    for n, name in enumerate(found["now"]):
        top = TOP + ROW * n
        draw.label(ax, LEFT - 8, top + BAR / 2, name, "right", **BOLD)
        for kind, y, height, fill in (
            ("now", top, BAR, INK),
            ("naive", top + BAR + 7, THIN, "none"),
        ):
            weights, products = found[kind][name]
            width = weights * scale
            draw.box(ax, LEFT, y, width, height, fc=fill, lw=0.8)
            words = f"{weights:,}", millions(products)
            style = BOLD if kind == "now" else {}
            for x, text in zip(COLUMNS, words, strict=True):
                draw.label(ax, x, y + height / 2, text, "right", **style)
        now, before = found["now"][name][0], found["naive"][name][0]
        said.append(f"{name}: {now:,}, and {before:,} without")
    text = (
        f"Weights of the branches of GoogLeNet's module {preset['name']}, as "
        "full bars with its layers of 1×1, and as hollow bars without. "
        f"{'; '.join(said)}. All products: "
        f"{millions(found['now'][ALL][1])}, and "
        f"{millions(found['naive'][ALL][1])} without."
    )
    return Drawing(art, "What each branch of a module costs", text)


FIGURES = draw.Figures("convolution", measured={"module": module})

if __name__ == "__main__":
    FIGURES.main()
