"""What GoogLeNet's nine modules cost, beside what its table says.

`python -m deepcourse.convolution.runs.modules [--quick]` writes
runs/convolution/modules.json. Widths and costs of the table are those of
Szegedy et al.: Going deeper with convolutions (2015), table 1.
"""

from dataclasses import dataclass
from pathlib import Path

from deepcourse import records
from deepcourse.convolution.inception import shapes, spent

# places along an axis, channels in, and the widths of the four branches
MODULES = {
    "3a": (28, 192, 64, (96, 128), (16, 32), 32),
    "3b": (28, 256, 128, (128, 192), (32, 96), 64),
    "4a": (14, 480, 192, (96, 208), (16, 48), 64),
    "4b": (14, 512, 160, (112, 224), (24, 64), 64),
    "4c": (14, 512, 128, (128, 256), (24, 64), 64),
    "4d": (14, 512, 112, (144, 288), (32, 64), 64),
    "4e": (14, 528, 256, (160, 320), (32, 128), 128),
    "5a": (7, 832, 256, (160, 320), (32, 128), 128),
    "5b": (7, 832, 384, (192, 384), (48, 128), 128),
}
# thousands of weights, and millions of products, as printed
TABLE = {
    "3a": (159, 128),
    "3b": (380, 304),
    "4a": (364, 73),
    "4b": (437, 88),
    "4c": (463, 100),
    "4d": (580, 119),
    "4e": (840, 170),
    "5a": (1072, 54),
    "5b": (1388, 71),
}
THOUSAND = 1024  # the table's


@dataclass(frozen=True)
class Settings:
    """Which modules."""

    modules: tuple = tuple(MODULES)


QUICK = Settings(modules=("3a", "3b"))


def naive(one, three, five, _):
    """The widths of a module without bottlenecks."""
    return one, (None, three[1]), (None, five[1]), None


def all_of(kernels: dict) -> list:
    """The shapes of all branches."""
    return [shape for branch in kernels.values() for shape in branch]


def counted(name: str) -> dict:
    """A module's costs, those without bottlenecks, and the table's."""
    side, into, *widths = MODULES[name]
    found = {}
    for kind, given in (("", widths), ("naive_", naive(*widths))):
        kernels = all_of(shapes(into, *given))
        both = spent(kernels, (side, side))
        found[f"{kind}weights"], found[f"{kind}products"] = both
    found["naive_to_bottleneck"] = found["naive_weights"] / found["weights"]
    return found


def compared(name: str) -> dict:
    """A module's thousands and millions: as counted, and as printed."""
    found = counted(name)
    ours = found["weights"] / THOUSAND, found["products"] / 1e6
    return {"counted": [round(n, 1) for n in ours], "printed": TABLE[name]}


def preset(name: str) -> dict:
    """A module as the figure in the page takes it."""
    side, into, one, three, five, pool = MODULES[name]
    widths = {"one": one, "three": three, "five": five, "pool": pool}
    return {"name": name, "side": side, "into": into, **widths}


def measure(s: Settings, _: Path) -> dict:
    """Count all modules."""
    values = {f"module_{name}": counted(name) for name in s.modules}
    counts = "weights", "products", "naive_weights", "naive_products"
    return {
        "values": values,
        "units": dict.fromkeys(counts, "count")
        | {"naive_to_bottleneck": "ratio"},
        "seeds": [],
        "data": {"name": "widths of the modules of GoogLeNet"},
        "table": {name: compared(name) for name in s.modules},
        "presets": [preset(name) for name in s.modules],
    }


if __name__ == "__main__":
    records.run("convolution/modules", measure, Settings(), QUICK)
