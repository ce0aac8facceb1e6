"""Which part of the convolutional net reads digits that are pushed.

`python -m deepcourse.convolution.runs.parts [--quick]` writes
runs/convolution/parts.json. The nets of the page, each without one of their
parts, and with zeros around; then the same nets on wider pictures. A run that
is finished is kept.
"""

import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.turns import ratio

NETS = ("dense", "two_dense", "flat", "one", "conv", "same")
FRACTIONS = "accuracy", "accuracy_lowest", "accuracy_highest", "lost_ink"
UNITS = dict.fromkeys(FRACTIONS, "fraction")
UNITS |= {"weights": "count", "fit_seconds": "s"}


@dataclass(frozen=True)
class Settings:
    """The nets and their training, as in the lines of the page."""

    data: str = "mnist"  # the function of `datasets`
    window: int = 5  # rows and columns of a kernel
    stride: int = 2
    channels: tuple = (16, 64)  # of the two convolutions
    units: int = 34  # of a hidden dense layer
    batch: int = 128
    epochs: int = 2
    pushes: tuple = (1, 2, 3, 4, -4)  # to the right
    wider: int = 4  # empty columns at the right
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits", window=3, epochs=1, pushes=(1, -1), wider=1, seeds=(0, 1)
)


def pushed(pictures: np.ndarray, right: int) -> np.ndarray:
    """(B, I, J) some pixels to the right; zeros enter, what leaves is gone."""
    size, far = pictures.shape[2], abs(right)
    wide = np.pad(pictures, [(0, 0), (0, 0), (far, far)])
    return wide[:, :, far - right : far - right + size]


def layers(s: Settings, net: str) -> list:
    """All layers of a net but the last, in Keras."""
    from keras.layers import Conv2D, Dense, Flatten, GlobalMaxPool2D

    padding = "same" if net == "same" else "valid"
    like = s.window, s.stride, padding
    first, second = (Conv2D(k, *like, activation="relu") for k in s.channels)
    one = Conv2D(s.channels[1], *like, activation="relu")
    units = [Dense(s.units, "relu") for _ in range(2)]
    return {
        "dense": [Flatten(), units[0]],
        "two_dense": [Flatten(), *units],
        "flat": [first, second, Flatten()],
        "one": [one, GlobalMaxPool2D()],
    }.get(net, [first, second, GlobalMaxPool2D()])


def views(s: Settings, pictures: np.ndarray, net: str) -> dict:
    """Test pictures where they stand, pushed, and with more columns."""
    found = {"stand": pictures}
    for n in s.pushes:
        name = f"right_{n}" if n > 0 else f"left_{-n}"
        found[name] = pushed(pictures, n)
    if net == "conv":  # its maximum takes pictures of any size
        wide = np.pad(pictures, [(0, 0), (0, 0), (0, s.wider)])
        found["wide"] = wide
        found[f"wide_right_{s.wider}"] = pushed(wide, s.wider)
    return found


def of_a_run(s: Settings, source, net: str, seed: int) -> dict:
    """Train a net, and let it read all views of the test pictures."""
    import keras

    keras.utils.set_random_seed(seed)
    size = source.images.shape[1:]
    free = (None, None) if net == "conv" else size
    start = keras.Input((*free, 1))
    last = keras.layers.Dense(10, "softmax")
    model = keras.Sequential([start, *layers(s, net), last])
    loss = "sparse_categorical_crossentropy"
    model.compile("adam", loss, metrics=["accuracy"])
    x = source.images[..., None] / np.float32(255)
    began = time.perf_counter()
    model.fit(x, source.labels, s.batch, s.epochs, verbose=0)
    took = time.perf_counter() - began
    right = {}
    for name, pictures in views(s, source.test_images, net).items():
        scores = model.predict(pictures[..., None] / np.float32(255), 500, 0)
        right[name] = float(np.mean(scores.argmax(1) == source.test_labels))
    return {"weights": model.count_params(), "took": took, "right": right}


def summary(found: list[dict]) -> dict:
    """Of the runs of a net from some seeds: means, and their ranges."""
    values = {"weights": found[0]["weights"]}
    for view in found[0]["right"]:
        read = [each["right"][view] for each in found]
        values[view] = {
            "accuracy": float(np.mean(read)),
            "accuracy_lowest": min(read),
            "accuracy_highest": max(read),
        }
    took = [each["took"] for each in found]
    return {**values, "fit_seconds": float(np.median(took))}


def measure(s: Settings, _: Path) -> dict:
    """All nets from all seeds, and how far the seeds are apart."""
    source = getattr(datasets, s.data)()
    runs = {net: [] for net in NETS}
    for seed, net in product(s.seeds, NETS):  # so that nets take turns
        key = (s, net, seed, source.sha256)
        runs[net].append(
            records.kept(
                "convolution/parts",
                key,
                Path(__file__),
                lambda net=net, seed=seed: of_a_run(s, source, net, seed),
            )
        )
    values = {net: summary(found) for net, found in runs.items()}
    over, under = (
        [each["took"] for each in runs[net]] for net in ("conv", "dense")
    )
    lost = source.test_images[:, :, -max(s.pushes) :].any(axis=(1, 2))
    values["fit"] = ratio("conv_to_dense", over, under)
    values["lost_ink"] = float(lost.mean())  # of a push to the right
    return {
        "values": values,
        "units": UNITS | dict.fromkeys(values["fit"], "ratio"),
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/parts", measure, Settings(), QUICK)
