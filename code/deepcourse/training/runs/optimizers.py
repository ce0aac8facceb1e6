"""Five optimizers on the net of Adam's paper, each at the rate that suits it.

`python -m deepcourse.training.runs.optimizers [--quick]` writes
runs/training/optimizers.json and runs/training/optimizers.csv. Every finished
run is kept, so that a run that was killed goes on where it was.

Kingma and Ba 2015, section 6.2: MNIST, two hidden layers of 1000 ReLU units,
dropout, batches of 128. All rates are powers of the root of ten, one grid for
all. An optimizer begins with three neighbours from the first seed, and walks
on while the best is at an end. Then the best and both its neighbours get all
seeds, until the best is one of three such.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import datasets, records

# What Keras calls it, and its settings that aren't Keras' own.
OPTIMIZERS = {
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adadelta": ("Adadelta", {}),
    "adam": ("Adam", {}),
}
LOST = 100.0  # the cost of a run that went to infinity, and the largest noted


@dataclass(frozen=True)
class Settings:
    """The net, its steps, and where each search of a rate begins."""

    data: str = "mnist"  # the function of `datasets`
    hidden: tuple = (1000, 1000)
    dropout: float = 0.5  # on hidden units
    batch: int = 128
    epochs: int = 4
    validation: int = 10_000  # of the last training pictures
    seeds: tuple = (0, 1, 2)
    adagrad: int = -4  # half powers of ten: a rate of 0.01
    rmsprop: int = -6
    nesterov: int = -3
    adadelta: int = 0
    adam: int = -6
    lowest: int = -14  # no search goes further
    highest: int = 6


QUICK = Settings(
    data="digits",
    hidden=(20, 20),
    batch=64,
    epochs=1,
    validation=200,
    seeds=(0, 1),
)


def rate_of(half: int) -> float:
    """The rate of a half power of ten."""
    return float(f"{10 ** (half / 2):.3g}")


def net_of(s: Settings, pixels: int, seed: int):
    """A net of Keras, with the draws of a seed."""
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((pixels,))]
    for units in s.hidden:
        start = keras.initializers.HeNormal()
        dense = keras.layers.Dense(units, "relu", kernel_initializer=start)
        layers += [dense, keras.layers.Dropout(s.dropout)]
    return keras.Sequential([*layers, keras.layers.Dense(10)])


def of_a_run(s: Settings, source, name: str, half: int, seed: int) -> dict:
    """The cost of each epoch, with dropout, and of validation in the end."""
    images = source.images.reshape(len(source.images), -1) / np.float32(255)
    cut = len(images) - s.validation
    net = net_of(s, images.shape[1], seed)
    kind, settings = OPTIMIZERS[name]
    net.compile(
        getattr(keras.optimizers, kind)(rate_of(half), **settings),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    rows = tf.data.Dataset.from_tensor_slices(
        (images[:cut], source.labels[:cut])
    )
    rows = rows.shuffle(cut, seed=seed).batch(s.batch, drop_remainder=True)
    told = net.fit(
        rows.prefetch(2),
        epochs=s.epochs,
        verbose=0,
        shuffle=False,  # the rows come shuffled
        callbacks=[keras.callbacks.TerminateOnNaN()],
    )
    costs = told.history["loss"]
    costs += [LOST] * (s.epochs - len(costs))
    costs = [min(c, LOST) if np.isfinite(c) else LOST for c in costs]
    held = images[cut:], source.labels[cut:]
    loss, right = net.evaluate(*held, batch_size=1000, verbose=0)
    loss = min(loss, LOST) if np.isfinite(loss) else LOST
    return {"costs": costs, "validation_cost": loss, "validation": right}


def search(run, middle: int, s: Settings) -> tuple[int, dict]:
    """The best rate and all runs, by the cost of the last epoch.

    Args:
        run: a call with a half power of ten and a seed.
        middle: the half power that the search begins around.
        s: the settings.

    Returns:
        The half power of the best rate, whose neighbours were both tried
        with all seeds unless the search ended; and the runs by half power.
    """
    found = {}

    def tried(half, count):
        runs = found.setdefault(half, [])
        runs += [run(half, seed) for seed in s.seeds[len(runs) : count]]

    def best(count):
        whole = [h for h, runs in found.items() if len(runs) >= count]
        return min(
            whole, key=lambda h: np.mean([r["costs"][-1] for r in found[h]])
        )

    for count in (1, len(s.seeds)):
        at = best(1) if found else middle
        while True:
            for half in (at, at - 1, at + 1):
                if s.lowest <= half <= s.highest:
                    tried(half, count)
            if best(count) == at:
                break
            at = best(count)
    return at, found


def of_an_optimizer(at: int, found: dict, s: Settings) -> dict:
    """What a page may quote of an optimizer."""

    def stated(name, numbers):
        spread = np.std(numbers, ddof=1) if numbers[1:] else 0.0
        return {name: np.mean(numbers), f"{name}_sd": spread}

    runs = found[at]
    values = {"rate": rate_of(at), "rates": len(found)}
    values |= stated("cost", [r["costs"][-1] for r in runs])
    values |= stated("first_cost", [r["costs"][0] for r in runs])
    values |= stated("validation", [r["validation"] for r in runs])
    for name, half in (("below", at - 1), ("above", at + 1)):
        if half in found:
            last = [r["costs"][-1] for r in found[half]]
            values |= stated(f"cost_{name}", last)
    values["at_the_edge"] = int(at in (min(found), max(found)))
    return values


def against_adam(found: dict, best: dict) -> dict:
    """How much more each costs than Adam, from the same seeds."""
    base = [r["costs"][-1] for r in found["adam"][best["adam"]]]
    more = {}
    for name in set(found) - {"adam"}:
        runs = found[name][best[name]]
        gaps = [r["costs"][-1] - b for r, b in zip(runs, base, strict=True)]
        more[name] = {
            "more": np.mean(gaps),
            "more_sd": np.std(gaps, ddof=1) if gaps[1:] else 0.0,
        }
    return more


def measure(s: Settings, runs: Path) -> dict:
    """Search the rate of each optimizer."""
    source = getattr(datasets, s.data)()
    found, best = {}, {}
    with tqdm(unit="run") as bar:
        for name in OPTIMIZERS:

            def run(half, seed, name=name):
                bar.update()
                bar.set_postfix_str(f"{name} {rate_of(half)} {seed}")
                settings = (s.data, s.hidden, s.dropout, s.batch, s.epochs)
                key = settings, s.validation, name, half, seed, source.sha256
                return records.kept(
                    "training/optimizers",
                    key,
                    Path(__file__),
                    lambda: of_a_run(s, source, name, half, seed),
                )

            best[name], found[name] = search(run, getattr(s, name), s)
    values = {
        name: of_an_optimizer(best[name], found[name], s) for name in OPTIMIZERS
    }
    for name, more in against_adam(found, best).items():
        values[name] |= more
    rows = [
        (name, rate_of(half), seed, epoch, cost)
        for name, tried in found.items()
        for half, each in sorted(tried.items())
        for seed, run in zip(s.seeds, each, strict=False)
        for epoch, cost in enumerate(run["costs"], 1)
    ]
    header = ("optimizer", "rate", "seed", "epoch", "cost")
    records.write_table(runs / "training/optimizers.csv", header, rows, 5)
    costs = ("cost", "first_cost", "cost_below", "cost_above", "more")
    units = dict.fromkeys(costs, "nat") | {"validation": "fraction"}
    units |= dict.fromkeys(("rates", "at_the_edge"), "count")
    return {
        "values": values,
        "units": units | {"rate": "1"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/optimizers", measure, Settings(), QUICK)
