"""What a layer of 1×1 in front of a larger window costs and saves.

`python -m deepcourse.convolution.runs.bottleneck [--quick]` writes
runs/convolution/bottleneck.json: the two nets of the page and two of about as
few weights, from several seeds, in turns. Of the net without 1×1 it keeps,
too, what its second kernel loses with fewer channels in between. Processor
time is counted, of all threads, for other work on the machine doesn't add to
it. A net that is finished is kept.
"""

import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.convolution.solutions.inception import kept, nearest
from deepcourse.turns import ratio

NETS = "wide", "narrow", "few", "thin"


@dataclass(frozen=True)
class Settings:
    """The nets and their training, as in the lines of the page."""

    data: str = "mnist"  # the function of `datasets`
    window: int = 5
    stride: int = 2
    channels: tuple = (32, 64)  # of the two convolutions
    narrow: int = 8  # of the layer of 1×1 between them
    few: int = 17  # of the second one, where its kernels are few
    thin: int = 9  # of the first one, where its channels are few
    ranks: tuple = (8, 16, 24)  # to which a trained kernel is cut
    batch: int = 128
    epochs: int = 2
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits",
    window=3,
    stride=1,
    epochs=1,
    seeds=(0, 1),
)


def widths_of(s: Settings, net: str) -> tuple:
    """Channels of both convolutions, and of a layer of 1×1 in between."""
    first, second = s.channels
    return {
        "wide": (first, None, second),
        "narrow": (first, s.narrow, second),
        "few": (first, None, s.few),
        "thin": (s.thin, None, second),
    }[net]


def read(model, source) -> float:
    """The share of test pictures that a net reads."""
    x = source.test_images[..., None] / np.float32(255)
    found = model.predict(x, 500, 0).argmax(1)
    return float(np.mean(found == source.test_labels))


def cut(s: Settings, model, source) -> dict:
    """By rank: what a trained net's second kernel keeps, and then reads."""
    layer = model.layers[1]
    kernel, bias = layer.get_weights()
    found = {"kept": {}, "read": {}}
    for rank in s.ranks:
        layer.set_weights([nearest(kernel, rank), bias])
        found["kept"][f"at_{rank}"] = float(kept(kernel, rank))
        found["read"][f"at_{rank}"] = read(model, source)
    return found


def of_a_run(s: Settings, source, net: str, seed: int) -> dict:
    """Train a net, and count what it reads."""
    import keras
    from keras.layers import Conv2D, Dense, GlobalMaxPool2D

    keras.utils.set_random_seed(seed)
    first, between, second = widths_of(s, net)
    sizes = (first, s.window, s.stride), (second, s.window, s.stride)
    convs = [Conv2D(*each, activation="relu") for each in sizes]
    if between:
        convs.insert(1, Conv2D(between, 1, activation="relu"))
    start = keras.Input((*source.images.shape[1:], 1))
    ends = GlobalMaxPool2D(), Dense(10, "softmax")
    model = keras.Sequential([start, *convs, *ends])
    model.compile("adam", "sparse_categorical_crossentropy")
    x = source.images[..., None] / np.float32(255)
    began = time.process_time()
    model.fit(x, source.labels, s.batch, s.epochs, verbose=0)
    found = {
        "took": time.process_time() - began,
        "weights": model.count_params(),
        "accuracy": read(model, source),
    }
    return found | (cut(s, model, source) if net == NETS[0] else {})


def range_of(name: str, values) -> dict:
    """Mean, lowest and highest of some seeds."""
    return {
        name: float(np.mean(values)),
        f"{name}_lowest": float(np.min(values)),
        f"{name}_highest": float(np.max(values)),
    }


def summary(net: str, runs: dict) -> dict:
    """Of the runs of a net: what it reads, and by how much it is behind."""
    weights = runs[net][0]["weights"]
    of = {n: np.array([r["accuracy"] for r in runs[n]]) for n in NETS}
    found = {"weights": weights, **range_of("accuracy", of[net])}
    if net != "wide":
        found |= range_of("behind", 100 * (of["wide"] - of[net]))
    if net not in ("wide", "narrow"):
        lost = 100 * (of["narrow"] - of[net])
        found |= range_of("behind_narrow", lost)
    return found


def measure(s: Settings, _: Path) -> dict:
    """All nets from all seeds, in turns."""
    source = getattr(datasets, s.data)()
    runs = {net: [] for net in NETS}
    for seed, net in product(s.seeds, NETS):
        runs[net].append(
            records.kept(
                "convolution/bottleneck",
                (s, net, seed, source.sha256),
                Path(__file__),
                lambda net=net, seed=seed: of_a_run(s, source, net, seed),
            )
        )
    values = {net: summary(net, runs) for net in NETS}
    wide, narrow = ([each["took"] for each in runs[net]] for net in NETS[:2])
    values["fit"] = ratio("wide_to_narrow", wide, narrow)
    for name in ("kept", "read"):
        values[f"cut_{name}"] = {
            key: v
            for rank in s.ranks
            for key, v in range_of(
                f"at_{rank}", [r[name][f"at_{rank}"] for r in runs["wide"]]
            ).items()
        }
    kinds = {"behind": "percentage points", "weights": "count"}
    last = {name.rsplit(".", 1)[-1] for name, _ in records.leaves(values)}
    units = {n: kinds.get(n.split("_")[0], "fraction") for n in last}
    return {
        "values": values,
        "units": units | dict.fromkeys(values["fit"], "ratio"),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/bottleneck", measure, Settings(), QUICK)
