"""Dense, local, tiled and shared hidden layers on MNIST, centred and shifted.

`python -m deepcourse.convolution.runs.family [--quick]` writes
runs/convolution/family.json. Each net has one hidden layer and ten scores. It
is given as many weights as the dense one, or as many multiplications. All nets
of a seed see the same pictures in the same order, so that their differences
are paired. A run that is finished is kept.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.counts import costs

KINDS = ("dense", "local", "tiled", "shared")
BUDGETS = ("weights", "products")  # in which a net equals the dense one
TASKS = ("centred", "shifted")  # where the training pictures stand


@dataclass(frozen=True)
class Settings:
    """The nets and their training."""

    data: str = "mnist"  # the function of `datasets`
    margin: int = 2  # pixels of zeros on each side, before a shift
    shift: int = 6  # pixels up, down, left and right at most
    window: int = 5  # rows and columns of a kernel
    stride: int = 2
    period: int = 2  # of the tiled kernels
    units: int = 64  # of the dense layer
    batch: int = 128
    epochs: int = 4
    rates: tuple = (0.001, 0.003, 0.01)  # of Adam
    validation: int = 10_000  # of the last training pictures, to choose on
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits",
    margin=2,
    shift=2,
    window=3,
    units=16,
    batch=64,
    epochs=2,
    rates=(0.01,),
    validation=200,
    seeds=(0, 1),
)


def moved(pictures: np.ndarray, margin: int, shifts: np.ndarray) -> np.ndarray:
    """Pictures with zeros around, each moved by rows and columns of its own.

    Args:
        pictures: (B, I, J) 0 .. 255.
        margin: zeros on each side.
        shifts: (B, 2) how far down and to the right; what leaves is cut off.

    Returns:
        Pictures of 0 .. 1, larger by two margins, with one channel.
    """
    far = int(np.abs(shifts).max(initial=0))
    around = margin + far
    wide = np.pad(pictures, [(0, 0), (around, around), (around, around)])
    size = [n + 2 * margin for n in pictures.shape[1:]]
    down, right = (far - shifts).T
    rows = down[:, None] + np.arange(size[0])
    columns = right[:, None] + np.arange(size[1])
    each = np.arange(len(pictures))[:, None, None]
    found = wide[each, rows[:, :, None], columns[:, None, :]]
    return found[..., None] / np.float32(255)


def places(s: Settings, side: int) -> int:
    """Windows along an axis."""
    return (side + 2 * s.margin - s.window) // s.stride + 1


def shape(s: Settings, kind: str, side: int, channels: int) -> tuple:
    """The six axes of a hidden layer's kernel."""
    size, many = side + 2 * s.margin, places(s, side)
    if kind == "dense":
        return 1, 1, size, size, 1, channels
    kernels = {"local": many, "tiled": s.period, "shared": 1}[kind]
    return kernels, kernels, s.window, s.window, 1, channels


def spent(s: Settings, kind: str, side: int, channels: int) -> dict:
    """Weights and multiplications of the whole net, biases included."""
    many = (1, 1) if kind == "dense" else (places(s, side),) * 2
    kernel = shape(s, kind, side, channels)
    weights, products = costs(kernel, many)
    biases = kernel[0] * kernel[1] * channels
    last = many[0] * many[1] * channels * 10
    return {
        "weights": weights + biases + last + 10,
        "products": products + last,
    }


def channels(s: Settings, kind: str, side: int, budget: str) -> int:
    """As many channels as come nearest to the dense net's budget."""
    if kind == "dense":
        return s.units
    wanted = spent(s, "dense", side, s.units)[budget]
    tried = range(1, 513)
    return min(
        tried, key=lambda k: abs(spent(s, kind, side, k)[budget] - wanted)
    )


def hidden(s: Settings, kind: str, side: int, k: int):
    """A hidden layer of Keras, ReLU included, with He's first weights."""
    import keras
    import tensorflow as tf

    if kind == "dense":
        flat = keras.layers.Flatten()
        return [
            flat,
            keras.layers.Dense(k, "relu", kernel_initializer="he_normal"),
        ]

    class Kernels(keras.layers.Layer):
        """Kernels that repeat after some places."""

        def build(self, _):
            down, _, u, v, c, out = shape(s, kind, side, k)
            scale = keras.initializers.RandomNormal(
                stddev=(2 / (u * v * c)) ** 0.5
            )
            self.w = self.add_weight(
                shape=(down, down, u * v * c, out), initializer=scale
            )
            self.b = self.add_weight(
                shape=(down, down, out), initializer="zeros"
            )
            self.where = np.arange(places(s, side)) % down

        def own(self, kernels):
            """The kernel of each place."""
            rows = tf.gather(kernels, self.where, axis=0)
            return tf.gather(rows, self.where, axis=1)

        def call(self, x):
            size, step = [1, s.window, s.window, 1], [1, s.stride, s.stride, 1]
            seen = tf.image.extract_patches(x, size, step, [1] * 4, "VALID")
            sums = tf.einsum("npqd,pqdk->npqk", seen, self.own(self.w))
            return tf.nn.relu(sums + self.own(self.b))

    if kind == "shared":
        convolution = keras.layers.Conv2D(
            k,
            s.window,
            s.stride,
            activation="relu",
            kernel_initializer="he_normal",
        )
        return [convolution, keras.layers.Flatten()]
    return [Kernels(), keras.layers.Flatten()]


def of_a_run(s: Settings, source, what: tuple) -> dict:
    """What a net reads, after all epochs."""
    import keras

    kind, budget, task, rate, seed = what
    keras.utils.set_random_seed(seed)
    side = source.images.shape[1]
    k = channels(s, kind, side, budget)
    net = keras.Sequential([*hidden(s, kind, side, k), keras.layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    net.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
    cut = len(source.images) - s.validation
    far = s.shift if task == "shifted" else 0
    draw = np.random.default_rng((seed, 1))  # the same for all nets of a seed
    for _ in range(s.epochs):
        order = draw.permutation(cut)
        x = moved(source.images[order], s.margin, shifts(draw, cut, far))
        net.fit(x, source.labels[order], s.batch, shuffle=False, verbose=0)
    assert net.count_params() == spent(s, kind, side, k)["weights"]

    def read(pictures, labels, far, purpose):
        draw = np.random.default_rng((0, purpose))  # the same for all nets
        x = moved(pictures, s.margin, shifts(draw, len(pictures), far))
        return float(np.mean(net.predict(x, 500, 0).argmax(1) == labels))

    held = source.images[cut:], source.labels[cut:]
    test = source.test_images, source.test_labels
    return {
        "validation": read(*held, far, 2),
        "centred": read(*test, 0, 3),
        "shifted": read(*test, s.shift, 4),
    }


def shifts(draw, many: int, far: int) -> np.ndarray:
    """How far each picture goes down and to the right."""
    return draw.integers(-far, far + 1, (many, 2))


def best(s: Settings, what: tuple, run) -> list:
    """The rate that reads most in validation, and its runs by seed."""
    found = {
        rate: [run((*what, rate, seed)) for seed in s.seeds] for rate in s.rates
    }
    rate = max(
        found, key=lambda r: np.mean([each["validation"] for each in found[r]])
    )
    return rate, found[rate]


def measure(s: Settings, _: Path) -> dict:
    """All nets at the rate that suits each best, and pairs with the shared."""
    source = getattr(datasets, s.data)()
    side = source.images.shape[1]
    values = {}

    def run(what):
        bar.update()
        if what[0] == "dense":  # one net for both budgets
            what = ("dense", BUDGETS[0], *what[2:])
        key, start = (s, what, source.sha256), Path(__file__)
        return records.kept(
            "convolution/family", key, start, lambda: of_a_run(s, source, what)
        )

    with tqdm(unit="run") as bar:
        for budget, task in product(BUDGETS, TASKS):
            place = values.setdefault(budget, {}).setdefault(task, {})
            runs = {kind: best(s, (kind, budget, task), run) for kind in KINDS}
            for kind, (rate, found) in runs.items():
                k = channels(s, kind, side, budget)
                place[kind] = {
                    "rate": rate,
                    "channels": k,
                    **spent(s, kind, side, k),
                }
                place[kind]["at_the_edge"] = int(
                    rate in (s.rates[0], s.rates[-1])
                )
                for test in TASKS:
                    read = np.array([each[test] for each in found])
                    best_read = [each[test] for each in runs["shared"][1]]
                    ahead = 100 * (np.array(best_read) - read)
                    place[kind][test] = {
                        "accuracy": float(read.mean()),
                        "accuracy_sd": float(read.std(ddof=1)),
                        "shared_ahead": float(ahead.mean()),
                        "shared_ahead_se": float(ahead.std(ddof=1))
                        / len(s.seeds) ** 0.5,
                    }
    counted = ("channels", "weights", "products", "at_the_edge")
    return {
        "values": values,
        "units": dict.fromkeys(counted, "count")
        | {
            "accuracy": "fraction",
            "shared_ahead": "percentage points",
            "shared_ahead_se": "percentage points",
            "rate": "1",
        },
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/family", measure, Settings(), QUICK)
