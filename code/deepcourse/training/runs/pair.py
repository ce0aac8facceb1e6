"""Whether moved pictures and dropout, both at once, beat moved pictures alone.

`python -m deepcourse.training.runs.pair [--quick]` writes
runs/training/pair.json. Both inherit the rate and the pixels that were chosen
for each alone; the dropout of the pair is sought anew. A run that is finished
is kept, so that an experiment that was killed goes on.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.runs.regularization import (
    QUICK,
    Settings,
    best,
    compared,
    of_a_run,
    scaled,
)


@dataclass(frozen=True)
class Pair:
    """The nets, and what was chosen for each number of digits."""

    net: Settings = field(
        default_factory=lambda: Settings(many=(250,), nets=(5,))
    )
    rates: tuple = (0.03,)  # chosen in regularization.json
    pixels: tuple = (2,)  # likewise
    dropout: tuple = (0.1, 0.2, 0.35, 0.5)


def of_a_size(s: Pair, seeds: range, run) -> dict:
    """Moved pictures alone and with dropout, at the best of its strengths.

    Args:
        s: the settings.
        seeds: of the nets.
        run: a call with strengths and a seed, for what a net misreads.
    """

    def tried(pixels, r):
        given = {"shifts": pixels} | ({"dropout": r} if r else {})
        return [run(given, seed) for seed in seeds]

    def held(r):
        found = tried(s.pixels[0], r)
        return float(np.mean([each["validation"] for each in found]))

    plain = [run({}, seed) for seed in seeds]
    alone = tried(s.pixels[0], 0)
    r, _ = best(s.dropout, held)
    pair = tried(s.pixels[0], r)
    over = compared(pair, alone)
    wins = zip(pair, alone, strict=True)
    return {
        "shifts": compared(alone, plain),
        "both": {
            **compared(pair, plain),
            "over": over["bought"],
            "over_se": over["bought_se"],
            "better": sum(a["test"] < b["test"] for a, b in wins),
            "dropout": r,
        },
    }


def measure(s: Pair, _: Path) -> dict:
    """The pair on each number of pictures."""
    source, values = getattr(datasets, s.net.data)(), {}
    pictures = scaled(source)
    chosen = zip(s.net.many, s.net.nets, s.rates, s.pixels, strict=True)
    with tqdm(unit="run") as bar:
        for many, nets, rate, pixels in chosen:

            def run(given, seed, many=many, rate=rate):
                bar.update()
                what = many, "both", given, rate, seed
                key = s.net, what, source.sha256
                name, start = "training/pair", Path(__file__)
                return records.kept(
                    name, key, start, lambda: of_a_run(s.net, pictures, what)
                )

            one = Pair(s.net, (rate,), (pixels,), s.dropout)
            values[f"of_{many}"] = of_a_size(one, range(nets), run)
    names = "bought", "bought_se", "over", "over_se"
    return {
        "values": values,
        "units": {
            **dict.fromkeys(names, "percentage points"),
            "test_error": "fraction",
            "test_loss": "nat",
            "better": "count",
            "dropout": "1",
        },
        "seeds": tuple(range(max(s.net.nets))),
        "data": source.facts(),
    }


if __name__ == "__main__":
    small = Pair(QUICK, (0.1, 0.1), (1, 1), (0.1, 0.2))
    records.run("training/pair", measure, Pair(), small)
