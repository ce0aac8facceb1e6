"""Exercise 3 on what each assumption buys: nets of several periods.

`python -m deepcourse.convolution.runs.periods [--quick]` writes
runs/convolution/periods.json: the nets of the exercise, from ten seeds, for as
many epochs as it says and for four times as many. All nets of a seed see the
same pictures in the same order and at the same places, so each is compared
with the net of period 1 in pairs. A run that is finished is kept.
"""

from dataclasses import asdict, dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.runs import one_layer
from deepcourse.convolution.runs.one_layer import Net

WHAT = "tiled_multiply_adds", "shifted"


@dataclass(frozen=True)
class Settings:
    """The nets of the exercise."""

    data: str = "digits"  # the function of `datasets`
    net: Net = field(
        default_factory=lambda: Net(
            shift=2,
            window=3,
            stride=1,
            few=4,
            pictures=1000,
            validation=200,
            batch=32,
            epochs=8,
        )
    )
    rate: float = 0.01  # of Adam
    periods: tuple = (1, 2, 5, 10)
    times: tuple = (1, 4)  # the epochs
    seeds: tuple = tuple(range(10))


QUICK = replace(
    Settings(),
    net=replace(Settings().net, epochs=1, pictures=200),
    periods=(1, 5),
    seeds=(0, 1),
)


def mean(name: str, numbers) -> dict:
    """Of some seeds: the mean, and its standard error."""
    error = np.std(numbers, ddof=1) / len(numbers) ** 0.5
    return {name: float(np.mean(numbers)), f"{name}_error": float(error)}


def measure(s: Settings, _: Path) -> dict:
    """All periods, from all seeds, for both times."""
    source = getattr(datasets, s.data)()
    values, bar = {}, tqdm(unit="run")
    for times in s.times:
        net = replace(s.net, epochs=times * s.net.epochs)
        read = {period: [] for period in s.periods}
        for period, seed in product(s.periods, s.seeds):
            n = replace(net, period=period)
            part = records.kept(
                "convolution/periods",
                (n, s.rate, seed, source.sha256),
                Path(one_layer.__file__),
                lambda n=n, seed=seed: one_layer.of_a_run(
                    n, source, *WHAT, s.rate, seed
                ),
            )
            read[period].append(part["shifted"])
            bar.update()
        here = values[f"times_{times}"] = {}
        for period, found in read.items():
            here[f"period_{period}"] = mean("read", found)
            if period != s.periods[0]:
                ahead = np.subtract(found, read[s.periods[0]])
                here[f"period_{period}"] |= mean("ahead", 100 * ahead)
    return {
        "values": values,
        "units": {
            "read": "fraction",
            "read_error": "fraction",
            "ahead": "percentage points",
            "ahead_error": "percentage points",
        },
        "settings": asdict(s),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/periods", measure, Settings(), QUICK)
