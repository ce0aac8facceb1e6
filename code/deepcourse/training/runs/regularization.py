"""What regularization buys, by the number of pictures that are learnt.

`python -m deepcourse.training.runs.regularization [--quick]` writes
runs/training/regularization.json. A run that is finished is kept, so that an
experiment that was killed goes on where it was. The rate is chosen for the net
without regularization, and the others inherit it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training.begin import begin
from deepcourse.training.regularization import l2, limit, shifted, smooth, stop


@dataclass(frozen=True)
class Settings:
    """The net, its steps, and the strengths that each method may get."""

    data: str = "mnist"  # the function of `datasets`
    hidden: tuple = (128, 128)
    batch: int = 64
    momentum: float = 0.9
    many: tuple = (250, 1000, 5000, 50_000)  # training pictures
    steps: int = 1500
    nets: tuple = (5, 5, 5, 3)  # seeds
    validation: int = 10_000  # of the last training pictures, to choose on
    checks: int = 50  # of the validation loss, to stop early
    rates: tuple = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)  # falls to 0
    l2: tuple = (1e-6, 3e-6, 1e-5, 3e-5, 1e-4, 3e-4) + (
        0.001,
        0.003,
        0.01,
        0.03,
        0.1,
        0.3,
    )
    dropout: tuple = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
    norm: tuple = (8.0, 4.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5, 0.35)
    shifts: tuple = (1, 2, 3, 4, 5)  # pixels
    smoothing: tuple = (0.003, 0.01, 0.03, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9)
    patience: tuple = (1, 2, 4, 8, 16, 32)  # checks


QUICK = Settings(
    data="digits",
    hidden=(16, 16),
    many=(60, 300),
    steps=40,
    nets=(2, 2),
    validation=300,
    checks=10,
    rates=(0.03, 0.1),
    l2=(0.001, 0.01),
    dropout=(0.1, 0.2),
    norm=(2.0, 1.0),
    shifts=(1, 2),
    smoothing=(0.1, 0.2),
    patience=(1, 2),
)
METHODS = ("l2", "dropout", "norm", "shifts", "smoothing")


def scaled(source) -> tuple:
    """Pictures of numbers 0 .. 1 and labels, to train on and to test."""
    pairs = source[1:3], source[3:5]
    return tuple((x / np.float32(255), labels) for x, labels in pairs)


def scores(x, net):
    """What a net of ReLUs says of rows of pixels."""
    for w, b in net[:-1]:
        x = np.maximum(x @ w + b, 0)
    w, b = net[-1]
    return x @ w + b


def told(pictures: tuple, net) -> tuple:
    """The share of pictures that is misread, and the mean loss."""
    images, labels = pictures
    z = scores(images.reshape(len(images), -1), net)
    z = z - z.max(axis=1, keepdims=True)
    losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]
    wrong = z.argmax(axis=1) != labels
    return float(wrong.mean()), float(losses.mean(dtype=float))


def slopes(x, targets, net, rate: float, rng) -> list:
    """The gradients of a net of ReLUs, with dropout of its hidden units."""
    outputs, kept = [x], np.float32(1 / (1 - rate))
    for w, b in net[:-1]:
        h = np.maximum(outputs[-1] @ w + b, 0)
        if rate:
            h *= kept * (rng.random(h.shape, np.float32) >= rate)
        outputs.append(h)
    w, b = net[-1]
    z = outputs[-1] @ w + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    da = (p / p.sum(axis=1, keepdims=True) - targets) / np.float32(len(x))
    found = []
    for (w, _), h in zip(net[::-1], outputs[::-1], strict=True):
        found[:0] = [h.T @ da, da.sum(axis=0)]
        if h is not x:  # a unit that was dropped gives 0, and gets no slope
            da = (da @ w.T) * (kept * (h > 0))
    return found


def learnt(s: Settings, pictures: tuple, what: tuple, look=None):
    """A net after all steps.

    Args:
        s: the settings.
        pictures: to train on, and labels.
        what: pictures, method, strength, rate and seed; for two methods at
            once, the strength is a dict of their strengths.
        look: a call with the net after each of `s.checks` parts of the steps.
    """
    many, method, strength, top, seed = what
    both = isinstance(strength, dict)
    given = strength if both else {method: strength}
    images, labels = (
        part[chosen(s, pictures, many, seed)] for part in pictures
    )
    targets = smooth(labels, given.get("smoothing", 0), 10)
    targets = targets.astype(np.float32)
    sizes = [images[0].size, *s.hidden, 10]
    weights = [
        a.astype(np.float32) for p in begin(sizes, "he", seed) for a in p
    ]
    net = list(zip(weights[::2], weights[1::2], strict=True))
    u = [np.zeros_like(w) for w in weights]
    rng = np.random.default_rng((seed, 3))
    order = batches(s, many, s.steps, seed)
    for t, rows in enumerate(order):
        x = images[rows]
        if "shifts" in given:
            x = shifted(x, given["shifts"], rng)
        x = x.reshape(len(x), -1)
        found = slopes(x, targets[rows], net, given.get("dropout", 0), rng)
        rate = np.float32(top * (1 - t / s.steps))
        if "l2" in given:
            for i, (w, _) in enumerate(net):
                found[2 * i] += l2(w, np.float32(given["l2"]))[1]
        for i, g in enumerate(found):
            u[i] = np.float32(s.momentum) * u[i] + g
            weights[i] -= rate * u[i]
        if "norm" in given:  # of the units of hidden layers
            for w, _ in net[:-1]:
                w[:] = limit(w, np.float32(given["norm"]))
        if look and (t + 1) % (s.steps // s.checks) == 0:
            look(net)
    return net


def chosen(s: Settings, pictures: tuple, many: int, seed: int):
    """Which pictures a run learns: others for each seed."""
    cut = len(pictures[0]) - s.validation
    return np.random.default_rng((seed, 1)).permutation(cut)[:many]


def batches(s: Settings, many: int, steps: int, seed: int):
    """Rows of a batch for each step, in an order of its own each epoch."""
    rng = np.random.default_rng((seed, 2))
    size = min(s.batch, many)
    parts = many // size  # of an epoch
    for t in range(steps):
        if t % parts == 0:
            order = rng.permutation(many)
        yield order[t % parts * size :][:size]


def of_a_run(s: Settings, pictures: tuple, what: tuple) -> dict:
    """What a net misreads in validation and in the test, and its loss."""
    training, test = pictures
    aside = tuple(part[-s.validation :] for part in training)
    with np.errstate(over="ignore", invalid="ignore"):
        return judged(learnt(s, training, what), aside, test)


def judged(net, aside: tuple, test: tuple) -> dict:
    """What a net misreads; if it went to infinity, everything."""
    error, loss = told(test, net)
    held = told(aside, net)[0] if np.isfinite(loss) else 1.0
    return {"validation": held, "test": error, "loss": loss}


def of_a_stopped_run(s: Settings, pictures: tuple, what: tuple) -> dict:
    """The same of nets that stop early, by their patience."""
    training, test = pictures
    aside = tuple(part[-s.validation :] for part in training)
    nets, losses = [], []

    def look(net):
        nets.append([(w.copy(), b.copy()) for w, b in net])
        losses.append(told(aside, net)[1])

    learnt(s, training, what, look)
    found = {}
    for patience in s.patience:
        at = stop(losses, patience)
        found[f"{patience}"] = {
            **judged(nets[at], aside, test),
            "stopped": (at + 1) * (s.steps // s.checks),
        }
    return found


def best(ladder: tuple, error) -> tuple:
    """The strength of the lowest error: from the middle, as long as it falls.

    Args:
        ladder: strengths in their order.
        error: a call with a strength, for its mean error in validation.

    Returns:
        The strength, and whether it is the first or the last of the ladder.

    >>> best((1, 2, 3, 4, 5, 6), lambda n: (n - 5) ** 2)
    (5, 0)
    """
    found, at = {}, len(ladder) // 2
    while True:
        for i in range(max(at - 1, 0), min(at + 2, len(ladder))):
            if i not in found:
                found[i] = error(ladder[i])
        top = min(found, key=found.get)
        if found[top] == found[at]:
            return ladder[at], int(at in (0, len(ladder) - 1))
        at = top


def summary(runs: list) -> dict:
    """Means over the seeds."""
    test = [run["test"] for run in runs]
    return {
        "test_error": float(np.mean(test)),
        "test_error_sd": float(np.std(test, ddof=1)),
        "test_loss": float(np.mean([run["loss"] for run in runs])),
    }


def compared(runs: list, plain: list) -> dict:
    """The same, and what was bought, seed by seed."""
    pairs = zip(runs, plain, strict=True)
    bought = np.array(
        [100 * (mine["test"] - run["test"]) for run, mine in pairs]
    )
    return {
        **summary(runs),
        "bought": float(bought.mean()),
        "bought_se": float(bought.std(ddof=1) / len(bought) ** 0.5),
    }


def of_a_size(s: Settings, many: int, seeds: range, run, stopped) -> dict:
    """All methods on so many pictures."""

    def tried(method, strength, rate):
        return [run((many, method, strength, rate, seed)) for seed in seeds]

    def error(runs):
        return float(np.mean([each["validation"] for each in runs]))

    rate, edge = best(s.rates, lambda r: error(tried("none", 0, r)))
    plain = tried("none", 0, rate)
    spent = {"rate": rate, "at_the_edge": edge}
    values = {"none": {**summary(plain), **spent}}
    for method in METHODS:

        def held(strength, method=method):
            return error(tried(method, strength, rate))

        strength, edge = best(getattr(s, method), held)
        found = compared(tried(method, strength, rate), plain)
        values[method] = {**found, "strength": strength, "at_the_edge": edge}
    paths = [stopped((many, "none", 0, rate, seed)) for seed in seeds]
    patience, edge = best(
        s.patience, lambda p: error([path[f"{p}"] for path in paths])
    )
    runs = [path[f"{patience}"] for path in paths]
    values["stop"] = {
        **compared(runs, plain),
        "strength": patience,
        "at_the_edge": edge,
        "step": float(np.mean([each["stopped"] for each in runs])),
    }
    return values


def measure(s: Settings, _: Path) -> dict:
    """Each method on each number of pictures, at the best strength."""
    source, values = getattr(datasets, s.data)(), {}
    pictures = scaled(source)

    def kept(part):
        def run(what):
            bar.update()
            fixed = s.hidden, s.batch, s.momentum, s.validation, s.checks
            key = fixed, s.steps, part.__name__, what, source.sha256
            name, start = "training/regularization", Path(__file__)
            return records.kept(
                name, key, start, lambda: part(s, pictures, what)
            )

        return run

    with tqdm(unit="run") as bar:
        for many, nets in zip(s.many, s.nets, strict=True):
            values[f"of_{many}"] = of_a_size(
                s, many, range(nets), kept(of_a_run), kept(of_a_stopped_run)
            )
    points = dict.fromkeys(("bought", "bought_se"), "percentage points")
    return {
        "values": values,
        "units": {
            **points,
            "test_error": "fraction",
            "test_loss": "nat",
            "rate": "1",
            "strength": "1",
            "at_the_edge": "count",
            "step": "count",
        },
        "seeds": tuple(range(max(s.nets))),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("training/regularization", measure, Settings(), QUICK)
