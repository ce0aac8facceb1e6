"""How much the two nets that lesson 4 begins with differ from seed to seed.

`python -m deepcourse.convolution.runs.seeds [--quick]` writes
runs/convolution/seeds.json. A run that is finished is kept.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.convolution.runs import parts
from deepcourse.turns import ratio

NETS = ("dense", "conv")


@dataclass(frozen=True)
class Settings(parts.Settings):
    """The nets and their training, from more seeds."""

    seeds: tuple = tuple(range(10))


QUICK = replace(Settings(**vars(parts.QUICK)), seeds=(0, 1))


def measure(s: Settings, _: Path) -> dict:
    """Both nets from all seeds, in turns."""
    source = getattr(datasets, s.data)()
    runs = {net: [] for net in NETS}
    for seed in s.seeds:
        for net, found in runs.items():
            key = (s, net, seed, source.sha256)
            found.append(
                records.kept(
                    "convolution/seeds",
                    key,
                    Path(__file__),
                    lambda net=net, seed=seed: parts.of_a_run(
                        s, source, net, seed
                    ),
                )
            )
    values = {net: parts.summary(found) for net, found in runs.items()}
    for each in values.values():
        del each["fit_seconds"]  # in place of it, their ratio
    over, under = (
        [each["took"] for each in runs[net]] for net in ("conv", "dense")
    )
    values["fit"] = ratio("conv_to_dense", over, under)
    return {
        "values": values,
        "units": parts.UNITS | dict.fromkeys(values["fit"], "ratio"),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/seeds", measure, Settings(), QUICK)
