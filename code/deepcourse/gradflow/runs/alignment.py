"""What holds of the wrong nets at other rates, for longer, and step by step.

`python -m deepcourse.gradflow.runs.alignment [--quick]` trains the nets of
`wrong_gradients` at two more learning rates, for four times the epochs, in
larger batches, and with random feedback that is drawn anew for every batch.
And it measures how their second layer's matrix comes to resemble its
transpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward
from deepcourse.gradflow.runs import wrong_gradients
from deepcourse.gradflow.runs.wrong_gradients import (
    VARIANTS,
    Parts,
    backward,
    cosine,
    forward,
    initial,
    step,
)


@dataclass(frozen=True)
class Settings:
    """Those of `wrong_gradients`, and what changes."""

    nets: wrong_gradients.Settings = field(
        default_factory=wrong_gradients.Settings
    )
    rates: tuple[float, ...] = (0.3, 0.6)  # beside that of `nets`
    longer: int = 160  # epochs at the rate of `nets`
    last: int = 10  # so many epochs make a mean loss
    counted: int = 5  # epochs at each end, in which the pull is counted
    batches: tuple[int, ...] = (256, 1024)  # at two learning rates
    directions: int = 8  # of the most of dy


QUICK = Settings(
    wrong_gradients.QUICK, longer=3, last=1, counted=1, batches=(256,)
)
PAIR = ("right", "transpose")
LOST = 0.2  # a net below it reads hardly more than one that guesses


class Net:
    """Weights, and all that happens to them in an epoch.

    Args:
        parts: of its hidden layers.
        data: as `wrong_gradients.prepare` gives it.
        settings: of `wrong_gradients`.
        seed: of the weights, the order and the masks.
    """

    def __init__(self, parts, data, settings, seed):
        """Draw the first weights."""
        self.parts, self.data, self.settings = parts, data, settings
        self.rng = np.random.default_rng(seed)
        sizes = data[0][0].shape[1], *settings.hidden, 10
        self.w, self.b = initial(self.rng, sizes)

    def batches(self) -> Iterator:
        """The batches of an epoch: pictures and labels."""
        (x, labels), size = self.data[0], self.settings.batch
        order = self.rng.permutation(len(x))
        for i in range(0, len(x) - size + 1, size):
            at = order[i : i + size]
            yield x[at], labels[at]

    def step(self, x, labels) -> float:
        """One step of descent; the loss before it."""
        given = self.parts, self.settings, self.rng
        return step(self.w, self.b, x, labels, *given)[0]

    def epoch(self) -> float:
        """Learn from every batch; the mean loss."""
        return np.mean([self.step(*batch) for batch in self.batches()])

    def accuracy(self) -> float:
        """Of the test pictures."""
        x, truth = self.data[1]
        logits, _ = forward(self.w, self.b, x, self.parts, 0)
        return float((logits.argmax(axis=1) == truth).mean())

    def sent(self, x, labels, rng=None):
        """What the second layer reads, and the dy that it is sent."""
        parts, drop = self.parts, self.settings.drop
        logits, cache = forward(self.w, self.b, x, parts, drop, rng)
        dx = softmax_cross_entropy(logits, labels)[1] @ self.w[2].T
        _, _, y, mask = cache[1]
        dy = dx if mask is None else parts.undrop(dx, mask, drop)
        return cache[1][0], parts.unbend(dy, y)


def anew(rng, dy, x, w):
    """A dense layer's backward pass with other numbers in every batch.

    Args:
        rng: a numpy.random.Generator, which moves on.
        dy: (B, H) as in `dense_backward`, like x and w.
        x: (B, D).
        w: (D, H).

    Returns:
        (B, D), (D, H), (H,) the gradients, of which the first is noise.
    """
    _, dw, db = dense_backward(dy, x, w)
    return dy @ rng.normal(0, len(w) ** -0.5, w.shape).T, dw, db


def train(net, epochs, last):
    """Losses of all epochs, and the accuracy after the last.

    Args:
        net: moves on.
        epochs: how many.
        last: how many of them make the mean loss.
    """
    losses = [net.epoch() for _ in range(epochs)]
    return float(np.mean(losses[-last:])), net.accuracy()


def summary(found):
    """Of (loss, accuracy) by seed, for the record."""
    losses, accuracies = np.transpose(found)
    return {
        "loss": float(losses.mean()),
        "test_accuracy": float(accuracies.mean()),
        "test_accuracy_sd": float(accuracies.std(ddof=1)),
        "lost": int(np.sum(accuracies < LOST)),
    }


def centred(w):
    """The cosine of a matrix and its transpose, without the mean.

    >>> round(centred(np.array([[11.0, 12.0], [10.0, 11.0]])), 6)
    -1.0
    """
    w = w - w.mean()
    return cosine(w, w.T)


def likeness(net, most):
    """How alike w and w.T are: in themselves, and to dy.

    Returns:
        The cosine; that without the mean; the mean in deviations; the
        cosine of dy w and dy w.T; and the share of the sum of squares of
        dy in its `most` largest directions. dy is of all pictures.
    """
    _, dy = net.sent(*net.data[0])
    w, sizes = net.w[1], np.linalg.eigvalsh(dy.T @ dy)
    return {
        "symmetry": cosine(w, w.T),
        "symmetry_without_mean": centred(w),
        "offset": float(w.mean() / w.std()),
        "cosine_of_products": cosine(dy @ w, dy @ w.T),
        "share_of_directions": float(sizes[-most:].sum() / sizes.sum()),
    }


def pulls(net):
    """Which way each step's move of the first layer pulls w, in an epoch.

    A step of the first layer moves the x of the second, on its own batch and
    on the next one. That adds `-moved.T @ dy` to the next step of `w`.

    Returns:
        (N, 3) for each step but the last: the cosine of what is added and
        w.T on its own batch, with the same masks; that on the next one; and
        the cosine of the move and -dy w.
    """
    found, batches = [], list(net.batches())
    for i, batch in enumerate(batches[:-1]):
        seeds = net.rng.integers(2**31, size=2)

        def masks(seeds=seeds):
            return [np.random.default_rng(seed) for seed in seeds]

        pair = batch, batches[i + 1]
        before = [net.sent(*each, rng) for each, rng in zip(pair, masks())]
        logits, cache = forward(
            net.w, net.b, batch[0], net.parts, net.settings.drop, masks()[0]
        )
        _, dlogits = softmax_cross_entropy(logits, batch[1])
        dw, db = backward(dlogits, cache, net.parts, net.settings.drop)
        net.w[0] -= net.settings.rate * dw[0]
        net.b[0] -= net.settings.rate * db[0]
        after = [net.sent(*each, rng)[0] for each, rng in zip(pair, masks())]
        w, moved = net.w[1], [x - old for x, (old, _) in zip(after, before)]
        added = [-move.T @ dy for move, (_, dy) in zip(moved, before)]
        found.append(
            (
                *(cosine(each, w.T) for each in added),
                cosine(moved[0], -before[0][1] @ w),
            )
        )
        for layer in range(1, len(net.w)):
            net.w[layer] -= net.settings.rate * dw[layer]
            net.b[layer] -= net.settings.rate * db[layer]
    return np.array(found)


def pulled(data, s):
    """The shares of steps that pull w towards its transpose, early and late."""
    early, late = [], []
    for seed in tqdm(range(s.nets.seeds), "pulls"):
        net = Net(VARIANTS["transpose"], data, s.nets, seed)
        steps = [pulls(net) for _ in range(s.nets.epochs)]
        early.append(np.concatenate(steps[: s.counted]))
        late.append(np.concatenate(steps[-s.counted :]))
    found = {}
    for name, steps in (("early", early), ("late", late)):
        same, following, move = np.concatenate(steps).T
        found[name] = {
            "same_batch": float(np.mean(same > 0)),
            "next_batch": float(np.mean(following > 0)),
            "move_cosine": float(np.mean(move)),
        }
    return found


def likenesses(data, s):
    """Each net of the first screen after its training."""
    found = {}
    for name, parts in VARIANTS.items():
        each = []
        for seed in tqdm(range(s.nets.seeds), name):
            net = Net(parts, data, s.nets, seed)
            train(net, s.nets.epochs, 1)
            each.append(likeness(net, s.directions))
        found[name] = {
            key: float(np.mean([one[key] for one in each])) for key in each[0]
        }
    return found


def longer(data, s):
    """Two nets at their own rate, and then for four times the epochs."""
    found, losses = {}, {}
    for name in PAIR:
        nets, each = [], []
        for seed in tqdm(range(s.nets.seeds), f"longer: {name}"):
            net = Net(VARIANTS[name], data, s.nets, seed)
            first = train(net, s.nets.epochs, s.last)
            rest = train(net, s.longer - s.nets.epochs, s.last)
            nets.append((first, rest))
            each.append(cosine(net.w[1], net.w[1].T))
        first, rest = (summary(part) for part in zip(*nets))
        losses[name] = np.array(nets)[:, :, 0]  # (seeds, 2)
        found[name] = {
            "first": first,
            "later": rest | {"symmetry": float(np.mean(each))},
        }
    ratio = losses["transpose"] / losses["right"]
    found["ratio"] = {
        end: {"least": float(each.min()), "most": float(each.max())}
        for end, each in zip(("first", "later"), ratio.T)
    }
    return found


def several(parts, data, nets, last, name):
    """A summary over the seeds; parts is a function of the seed."""
    found = []
    for seed in tqdm(range(nets.seeds), name):
        net = Net(parts(seed), data, nets, seed)
        found.append(train(net, nets.epochs, last))
    return summary(found)


def fresh(seed):
    """A net whose feedback is drawn anew in every batch."""
    return Parts(product=partial(anew, np.random.default_rng([seed, 2])))


def sizes(data, s):
    """The right net in larger batches: at its rate, and at one as much larger.

    The second is what a loss does that sums over the batch, at a rate of
    `rate / batch` of the first size.
    """
    found = {}
    for size in s.batches:
        for name, factor in (("mean", 1), ("sum", size / s.nets.batch)):
            nets = replace(s.nets, batch=size, rate=s.nets.rate * factor)
            found.setdefault(name, {})[f"batch_{size}"] = several(
                lambda _: VARIANTS["right"], data, nets, 1, f"{name} {size}"
            )
    return found


def measure(settings, _):
    """All of it."""
    source, s = digits(), settings
    data, rates = wrong_gradients.prepare(source), {}
    for rate in s.rates:
        nets = replace(s.nets, rate=rate)
        rates[f"rate_{round(10 * rate)}"] = {
            name: several(
                lambda _, name=name: VARIANTS[name],
                data,
                nets,
                s.last,
                f"{name} at {rate}",
            )
            for name in PAIR
        }
    values = {
        **rates,
        "longer": longer(data, s),
        "likeness": likenesses(data, s),
        "pull": pulled(data, s),
        "fresh": several(fresh, data, s.nets, s.last, "fresh"),
        **sizes(data, s),
    }
    accuracy = {"test_accuracy": "fraction", "test_accuracy_sd": "fraction"}
    shares = ("share_of_directions", "same_batch", "next_batch")
    cosines = (
        "symmetry",
        "symmetry_without_mean",
        "offset",
        "cosine_of_products",
        "move_cosine",
    )
    return {
        "values": values,
        "units": accuracy
        | {"loss": "nat", "lost": "count", "least": "ratio", "most": "ratio"}
        | dict.fromkeys(shares, "fraction")
        | dict.fromkeys(cosines, "1"),
        "seeds": list(range(s.nets.seeds)),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("gradflow/alignment", measure, Settings(), QUICK)
