"""What lasts of the gaps between the nets of `family` in four times the time.

`python -m deepcourse.convolution.runs.family_longer [--quick]` writes
runs/convolution/family_longer.json: four of these nets learn on shifted
pictures for four times the epochs, from the same seeds, each at the rate that
`family` chose. A run that is finished is kept.
"""

from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.runs import family, one_layer

NETS = "dense", "local", "shared", "shared_multiply_adds"
PAIRS = {  # what is measured of the first, in pairs with the second
    "local": ("dense",),
    "shared": ("dense", "local"),
    "shared_multiply_adds": ("dense", "local"),
}
TASK = "shifted"
READ = {"shifted_accuracy": "shifted", "back_accuracy": "centred"}


@dataclass(frozen=True)
class Settings(family.Settings):
    """Those of `family`, and how much longer."""

    times: int = 4


QUICK = Settings(**vars(family.QUICK), times=2)


def gathered(chosen: dict) -> dict:
    """Means of the nets of a set, and their differences in pairs."""
    read = {
        (kind, name): np.array([r[where] for r in chosen[kind]])
        for kind, (name, where) in product(NETS, READ.items())
    }
    values = {kind: {} for kind in NETS}
    for (kind, name), here in read.items():
        values[kind] |= family.spread(name, here)
        for other in PAIRS.get(kind, ()):
            ahead = 100 * (here - read[other, name])
            values[kind] |= family.spread(f"{name}_ahead_of_{other}", ahead)
    return values


def measure(s: Settings, runs: Path) -> dict:
    """All nets on all sets, at the rates that are chosen."""
    before = records.read("convolution/family", runs)["values"]
    net = replace(s.net, epochs=s.times * s.net.epochs)
    values, facts = {kind: {} for kind in NETS}, []
    bar = tqdm(total=len(s.data) * len(NETS) * len(s.seeds), unit="run")
    for name in s.data:
        source = getattr(datasets, name)()
        facts.append(source.facts())
        found = {kind: [] for kind in NETS}
        for kind, seed in product(NETS, s.seeds):
            what = kind, TASK, before[kind][name][f"{TASK}_rate"], seed
            bar.set_postfix_str(f"{name} {what}")
            part = records.kept(
                "convolution/family_longer",
                (net, what, source.sha256),
                Path(one_layer.__file__),
                lambda of=source, what=what: one_layer.of_a_run(net, of, *what),
            )
            found[kind].append(part)
            bar.update()
        for kind, gained in gathered(found).items():
            values[kind][name] = gained
    ends = "", "_lowest", "_highest"
    units = {f"{r}{end}": "fraction" for r, end in product(READ, ends)}
    for other in ("dense", "local"):
        for read, end in product(READ, ends):
            units[f"{read}_ahead_of_{other}{end}"] = "percentage points"
    return {
        "values": values,
        "units": units,
        "settings": asdict(s) | {"net": asdict(net)},
        "seeds": s.seeds,
        "data": facts,
    }


if __name__ == "__main__":
    records.run("convolution/family_longer", measure, Settings(), QUICK)
