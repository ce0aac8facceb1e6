"""A small inception net on MNIST and on Fashion-MNIST.

`python -m deepcourse.convolution.runs.inception [--quick]` writes
runs/convolution/inception.json. Its settings were chosen beforehand; no net
and no epoch is picked. An epoch that is finished is kept.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.inception_net import inception_net
from deepcourse.convolution.runs import inception_fit


@dataclass(frozen=True)
class Settings:
    """The net and its training."""

    data: tuple = ("mnist", "fashion_mnist")  # functions of `datasets`
    stem: int = 24
    modules: tuple = (
        (16, (12, 24), (4, 8), 8),
        (24, (24, 48), (8, 16), 16),
        (24, (24, 48), (8, 16), 16),
    )
    batch: int = 128
    epochs: tuple = (8, 12)  # of the two data sets
    shift: tuple = (2, 1)  # pixels at most, anew in each epoch
    flip: tuple = (False, True)  # half of the pictures, left to right
    rate: float = 0.004  # of Adam, at its highest
    warm: float = 0.1  # share of the steps in which the rate rises
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data=("digits", "digits"),
    stem=4,
    modules=((2, (2, 4), (2, 2), 2),) * 2,
    epochs=(1, 2),
    seeds=(0, 1),
)


def read(net, images, labels) -> float:
    """The share of pictures that a net reads."""
    x = images[..., None] / np.float32(255)
    scores = net.predict(x, 500, 0)
    return float(np.mean(scores.argmax(1) == labels))


def trained(s: Settings, at: int, source, seed: int) -> tuple:
    """One run, epoch after epoch: what the last one left, and all losses."""
    given = source.images, source.labels
    training = inception_fit.Training(s, at, *given, seed)
    state, losses = None, []
    for number in tqdm(range(s.epochs[at]), unit="epoch", leave=False):
        found = records.kept(
            "convolution/inception",
            (s, at, seed, number, source.sha256),
            Path(inception_fit.__file__),
            lambda number=number, state=state: training.epoch(number, state),
        )
        state = found["state"]
        losses.append(found["loss"])
    return state, losses


def restored(s: Settings, source, state: str):
    """The net that a run left."""
    shape = *source.images.shape[1:], 1
    net = inception_net(shape, s.stem, s.modules)
    inception_fit.unpack(net.weights, state)
    return net


def measure(s: Settings, _: Path) -> dict:
    """Train on both, from all seeds in turns, and read the test pictures."""
    sources = [getattr(datasets, name)() for name in s.data]
    found = {at: [] for at in range(len(sources))}
    for seed, at in tqdm([*product(s.seeds, found)], unit="run"):
        source = sources[at]
        state, _ = trained(s, at, source, seed)
        net = restored(s, source, state)
        share = read(net, source.test_images, source.test_labels)
        found[at].append(share)
    values = {"weights": net.count_params()}
    for at, name in enumerate(("mnist", "fashion")):
        values[f"{name}_accuracy"] = float(np.mean(found[at]))
        values[f"{name}_accuracy_sd"] = float(np.std(found[at], ddof=1))
        values[f"{name}_accuracy_lowest"] = min(found[at])
        values[f"{name}_accuracy_highest"] = max(found[at])
    units = {n: "fraction" for n in values if "accuracy" in n}
    return {
        "values": values,
        "units": units | {"weights": "count"},
        "seeds": s.seeds,
        "data": [source.facts() for source in sources],
    }


if __name__ == "__main__":
    records.run("convolution/inception", measure, Settings(), QUICK)
