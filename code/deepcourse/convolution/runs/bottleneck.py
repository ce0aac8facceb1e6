"""What a layer of 1×1 in front of a larger window costs and saves.

`python -m deepcourse.convolution.runs.bottleneck [--quick]` writes
runs/convolution/bottleneck.json: the two nets of the page from several seeds,
in turns. Processor time is counted, of all threads, for other work on the
machine doesn't add to it. A net that is finished is kept.
"""

import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.turns import ratio

NETS = "wide", "narrow"


@dataclass(frozen=True)
class Settings:
    """The nets and their training, as in the lines of the page."""

    data: str = "mnist"  # the function of `datasets`
    window: int = 5
    stride: int = 2
    channels: tuple = (32, 64)  # of the two convolutions
    narrow: int = 8  # of the layer of 1×1 between them
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


def of_a_run(s: Settings, source, net: str, seed: int) -> dict:
    """Train a net, and count what it reads."""
    import keras
    from keras.layers import Conv2D, Dense, GlobalMaxPool2D

    keras.utils.set_random_seed(seed)
    first, second = (
        Conv2D(k, s.window, s.stride, activation="relu") for k in s.channels
    )
    narrow = [Conv2D(s.narrow, 1, activation="relu")] if net == NETS[1] else []
    layers = [first, *narrow, second, GlobalMaxPool2D(), Dense(10, "softmax")]
    start = keras.Input((*source.images.shape[1:], 1))
    model = keras.Sequential([start, *layers])
    model.compile("adam", "sparse_categorical_crossentropy")
    x = source.images[..., None] / np.float32(255)
    began = time.process_time()
    model.fit(x, source.labels, s.batch, s.epochs, verbose=0)
    took = time.process_time() - began
    scores = model.predict(
        source.test_images[..., None] / np.float32(255), 500, 0
    )
    share = float(np.mean(scores.argmax(1) == source.test_labels))
    return {"weights": model.count_params(), "took": took, "accuracy": share}


def summary(found: list[dict]) -> dict:
    """Of the runs of a net from some seeds: mean and range."""
    read = [each["accuracy"] for each in found]
    return {
        "weights": found[0]["weights"],
        "accuracy": float(np.mean(read)),
        "accuracy_lowest": min(read),
        "accuracy_highest": max(read),
    }


def measure(s: Settings, _: Path) -> dict:
    """Both nets from all seeds, in turns."""
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
    values = {net: summary(found) for net, found in runs.items()}
    wide, narrow = ([each["took"] for each in runs[net]] for net in NETS)
    lost = [
        100 * (a["accuracy"] - b["accuracy"])
        for a, b in zip(runs["wide"], runs["narrow"], strict=True)
    ]
    values["narrow"]["behind"] = float(np.mean(lost))
    values["narrow"]["behind_lowest"] = min(lost)
    values["narrow"]["behind_highest"] = max(lost)
    values["fit"] = ratio("wide_to_narrow", wide, narrow)
    fractions = "accuracy", "accuracy_lowest", "accuracy_highest"
    points = "behind", "behind_lowest", "behind_highest"
    return {
        "values": values,
        "units": dict.fromkeys(values["fit"], "ratio")
        | dict.fromkeys(fractions, "fraction")
        | dict.fromkeys(points, "percentage points")
        | {"weights": "count"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/bottleneck", measure, Settings(), QUICK)
