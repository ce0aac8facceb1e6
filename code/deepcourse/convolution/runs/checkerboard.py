"""Three ways to enlarge, learned: their errors, and the grid they print.

`python -m deepcourse.convolution.runs.checkerboard [--quick]` writes
runs/convolution/checkerboard.json. A net gets a picture of Fashion-MNIST whose
sides are a quarter as long, and is to make the picture of it. Two layers
enlarge, each by 2. All nets of a seed see the same pictures in the same order,
so that their differences are paired. A run that is finished is kept.

The grid of a net is what it makes of a flat picture, which has no edge: far
from the border the same `FACTOR`×`FACTOR` pixels again and again.
"""

import base64
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records

WAYS = ("three", "four", "resize")
FACTOR = 4  # by which sides grow, in two layers
LEVELS = 255  # greys above black
FLAT = 20  # rows and columns of a flat picture
COUNTS = "weights", "products", "at_the_edge"
SHARES = "folded", "folded_lowest", "folded_highest"
GREYS = "error", "span", "behind"
ENDS = "", "_lowest", "_highest"
OTHERS = "mean", "lowest", "highest", "nearest", "bilinear", "rate"
UNITS = dict.fromkeys(COUNTS, "count") | dict.fromkeys(SHARES, "fraction")
UNITS |= {name + end: "1" for name in GREYS for end in ENDS}
UNITS |= dict.fromkeys(OTHERS, "1")


@dataclass(frozen=True)
class Settings:
    """The nets and their training."""

    data: str = "fashion_mnist"  # the function of `datasets`
    channels: int = 16
    batch: int = 64
    train: int = 6_000  # of the first training pictures
    looked: tuple = (0, 1, 2, 4)  # after so many epochs; then it ends
    rates: tuple = (0.001, 0.003, 0.01)  # of Adam
    greys: tuple = (0.25, 0.5, 0.75)  # of the flat pictures
    validation: int = 2_000  # of the last training pictures, to choose on
    shown: int = 0  # which test picture the figure enlarges
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits",
    channels=4,
    train=400,
    looked=(0, 1),
    rates=(0.01,),
    validation=200,
    seeds=(0, 1),
)


def small(pictures: np.ndarray) -> np.ndarray:
    """(B, I/4, J/4, C) the means of 4×4 pixels."""
    b, i, j, c = pictures.shape
    blocks = pictures.reshape(b, i // FACTOR, FACTOR, j // FACTOR, FACTOR, c)
    return blocks.mean(axis=(2, 4))


def upwards(way: str, channels: int, **how) -> list:
    """The layers of Keras that make sides twice as long."""
    from keras.layers import Conv2D, Conv2DTranspose, UpSampling2D

    how = {"padding": "same", **how}
    if way == "resize":
        return [UpSampling2D(2), Conv2D(channels, 3, **how)]
    window = {"three": 3, "four": 4}[way]
    return [Conv2DTranspose(channels, window, strides=2, **how)]


def net(s: Settings, way: str):
    """A decoder for pictures of any size."""
    import keras

    first = keras.layers.Conv2D(
        s.channels, 3, padding="same", activation="relu"
    )
    between = upwards(way, s.channels, activation="relu")
    return keras.Sequential(
        [keras.Input((None, None, 1)), first, *between, *upwards(way, 1)]
    )


def grid(model, grey: float) -> np.ndarray:
    """(4, 4) what it makes of a flat picture, far from the border."""
    flat = np.full((1, FLAT, FLAT, 1), grey, np.float32)
    made = model(flat).numpy()[0, :, :, 0]
    middle = FLAT // 2 * FACTOR
    return made[middle : middle + FACTOR, middle : middle + FACTOR]


def strength(cells: np.ndarray) -> float:
    """How far the pixels of a grid lie from their mean: root mean square."""
    return float(np.std(cells) * LEVELS)


def folded(difference: np.ndarray) -> float:
    """The share of squared errors that comes again every 4 pixels."""
    b, i, j, _ = difference.shape
    blocks = difference.reshape(b, i // FACTOR, FACTOR, j // FACTOR, FACTOR)
    cells = blocks.mean(axis=(1, 3))
    cells -= cells.mean(axis=(1, 2), keepdims=True)
    return float((cells**2).mean() / (difference**2).mean())


def error(difference: np.ndarray) -> float:
    """The root of the mean squared error, in greys."""
    return float(np.sqrt(np.mean(difference**2)) * LEVELS)


def of_a_run(s: Settings, source, what: tuple) -> dict:
    """Errors of a net after its training, and its grids on the way."""
    import keras

    way, rate, seed = what
    keras.utils.set_random_seed(seed)
    model = net(s, way)
    model.compile(keras.optimizers.Adam(rate), "mse", jit_compile=False)
    x, held, test = parts(s, source)
    draw = np.random.default_rng((seed, 1))  # the same for all nets of a seed
    strengths, done = {}, 0
    for epochs in s.looked:
        for _ in range(epochs - done):
            wide = x[draw.permutation(len(x))]
            model.fit(small(wide), wide, s.batch, shuffle=False, verbose=0)
        done = epochs
        grids = [grid(model, grey) for grey in s.greys]
        strengths[f"after_{epochs}"] = float(np.mean([*map(strength, grids)]))
    made = model.predict(small(test), 500, 0)
    return {
        "weights": model.count_params(),
        "validation": error(model.predict(small(held), 500, 0) - held),
        "error": error(made - test),
        "folded": folded(made - test),
        "span": float(np.mean([*map(np.ptp, grids)]) * LEVELS),
        "strength": strengths,
        "grids": [(cells * LEVELS).tolist() for cells in grids],
        "made": coded(made[s.shown]),
    }


def parts(s: Settings, source) -> list:
    """Pictures to train on, to choose on and to test, (B, I, J, 1), 0 .. 1."""
    images = source.images[: s.train], source.images[-s.validation :]
    return [
        pictures[..., None] / np.float32(LEVELS)
        for pictures in (*images, source.test_images)
    ]


def coded(picture: np.ndarray) -> str:
    """A picture as bytes in base64."""
    greys = np.round(picture * LEVELS).clip(0, LEVELS).astype(np.uint8)
    return base64.b64encode(greys.tobytes()).decode()


def products(s: Settings, way: str, side: int) -> int:
    """Products that both enlarging layers add up for a picture."""
    taps, k = {"three": 9, "four": 16, "resize": 36}[way], s.channels
    first = (side // FACTOR) ** 2  # a repeated pixel is convolved four times
    return first * taps * k * k + 4 * first * taps * k


def without(s: Settings, source) -> dict:
    """Errors of what needs no training."""
    import tensorflow as tf

    _, _, test = parts(s, source)
    size = test.shape[1:3]
    return {
        method: error(tf.image.resize(small(test), size, method).numpy() - test)
        for method in ("nearest", "bilinear")
    }


def best(s: Settings, way: str, run) -> tuple:
    """The rate of the lowest error in validation, and its runs by seed."""
    found = {r: [run((way, r, seed)) for seed in s.seeds] for r in s.rates}
    rate = min(
        found, key=lambda r: np.mean([each["validation"] for each in found[r]])
    )
    return rate, found[rate]


def summary(s: Settings, way: str, side: int, rate: float, runs: list) -> dict:
    """Means of a way's runs, and the range of its seeds."""
    found = {
        "rate": rate,
        "at_the_edge": int(rate in (s.rates[0], s.rates[-1])),
        "weights": runs[0]["weights"],
        "products": products(s, way, side),
    }
    for name in ("error", "folded", "span"):
        values = [each[name] for each in runs]
        found[name] = float(np.mean(values))
        found[f"{name}_lowest"] = min(values)
        found[f"{name}_highest"] = max(values)
    found["strength"] = {}
    for name in runs[0]["strength"]:
        values = [each["strength"][name] for each in runs]
        found["strength"][name] = {
            "mean": float(np.mean(values)),
            "lowest": min(values),
            "highest": max(values),
        }
    return found


def measure(s: Settings, _: Path) -> dict:
    """All ways at the rate that suits each best, and pairs with resizing."""
    source = getattr(datasets, s.data)()

    def run(what):
        bar.update()
        key, start = (s, what, source.sha256), Path(__file__)
        return records.kept(
            "convolution/checkerboard",
            key,
            start,
            lambda: of_a_run(s, source, what),
        )

    total = len(WAYS) * len(s.rates) * len(s.seeds)
    with tqdm(total=total, unit="run") as bar:
        chosen = {way: best(s, way, run) for way in WAYS}
    side = source.images.shape[1]
    values = {way: summary(s, way, side, *chosen[way]) for way in WAYS}
    for way, (_, runs) in chosen.items():
        pairs = zip(runs, chosen["resize"][1], strict=True)
        behind = [one["error"] - other["error"] for one, other in pairs]
        values[way]["behind"] = float(np.mean(behind))
        values[way]["behind_lowest"] = min(behind)
        values[way]["behind_highest"] = max(behind)
    values["without_training"] = without(s, source)
    test = parts(s, source)[2]
    middle = len(s.greys) // 2
    return {
        "values": values,
        "units": UNITS,
        "seeds": s.seeds,
        "data": source.facts(),
        "pictures": {
            "test_image": s.shown,
            "truth": coded(test[s.shown]),
            "small": coded(small(test)[s.shown]),
            **{way: runs[0]["made"] for way, (_, runs) in chosen.items()},
        },
        "grids": {
            way: runs[0]["grids"][middle] for way, (_, runs) in chosen.items()
        },
    }


if __name__ == "__main__":
    records.run("convolution/checkerboard", measure, Settings(), QUICK)
