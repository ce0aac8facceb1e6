"""One right net and three wrong ones learn the digits, all by hand.

A fifth, right too, never moves its first layer.

`python -m deepcourse.gradflow.runs.wrong_gradients [--quick]` trains each from
five seeds, and records how well it does and what the comparison with central
differences says of its gradient. The bugs are ones that people have written.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import activations
from deepcourse.gradflow.dropout import dropout_backward, dropout_forward
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward, dense_forward
from deepcourse.gradflow.planted import (
    planted_backward,
    planted_forward,
    planted_softplus,
    planted_softplus_backward_by_output,
    untransposed,
)


@dataclass(frozen=True)
class Settings:
    """What all four nets have in common."""

    hidden: tuple[int, ...] = (64, 64)  # as wide as a picture has pixels
    drop: float = 0.2  # probability of dropping a hidden value
    rate: float = 0.1  # of plain gradient descent
    batch: int = 32
    epochs: int = 40
    reported: tuple[int, ...] = (5, 10, 40)  # epochs whose loss is recorded
    seeds: int = 5


QUICK = replace(Settings(), epochs=2, reported=(1, 2), seeds=2)


class Parts(NamedTuple):
    """The parts of a hidden layer in which a bug may sit."""

    product: object = dense_backward
    bend: object = activations.relu
    unbend: object = activations.relu_backward
    drop: object = dropout_forward
    undrop: object = dropout_backward
    frozen: bool = False  # whether the first layer keeps its first weights


VARIANTS = {
    "right": Parts(),
    "transpose": Parts(product=untransposed),
    "softplus": Parts(
        bend=planted_softplus, unbend=planted_softplus_backward_by_output
    ),
    "dropout": Parts(drop=planted_forward, undrop=planted_backward),
    "frozen": Parts(frozen=True),  # no bug: how much the first layer matters
}


def initial(rng, sizes):
    """Weights of variance 1 / D and no bias, layer by layer."""
    pairs = list(pairwise(sizes))
    w = [rng.normal(0, d**-0.5, (d, h)) for d, h in pairs]
    return w, [np.zeros(h) for _, h in pairs]


def forward(w, b, x, parts, drop, rng=None):
    """Logits, and what the backward pass reads; nothing drops without rng."""
    cache = []
    for one, bias in zip(w[:-1], b):
        y = parts.bend(dense_forward(x, one, bias))
        z, mask = parts.drop(y, drop, rng) if rng else (y, None)
        cache.append((x, one, y, mask))
        x = z
    cache.append((x, w[-1], None, None))
    return dense_forward(x, w[-1], b[-1]), cache


def backward(dy, cache, parts, drop):
    """The gradients of all weights and all biases, the first layer first."""
    x, w, _, _ = cache[-1]
    dx, dw, db = dense_backward(dy, x, w)
    gradients = [(dw, db)]
    for x, w, y, mask in reversed(cache[:-1]):
        dy = dx if mask is None else parts.undrop(dx, mask, drop)
        dx, dw, db = parts.product(parts.unbend(dy, y), x, w)
        gradients.append((dw, db))
    return [list(each) for each in zip(*gradients[::-1])]


def cosine(a, b):
    """Of the angle between two arrays, each taken as one long vector.

    >>> cosine(np.array([[3.0, 4.0]]), np.array([[4.0, 3.0]]))
    0.96
    """
    return float(np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b)))


def step(w, b, x, labels, parts, settings, rng):
    """One step of descent, in place.

    Returns the loss before it, and the cosine between the first layer's
    gradient and what `dense_backward` would have given it.
    """
    logits, cache = forward(w, b, x, parts, settings.drop, rng)
    loss, dlogits = softmax_cross_entropy(logits, labels)
    dw, db = backward(dlogits, cache, parts, settings.drop)
    proper = parts._replace(product=dense_backward)
    right, _ = backward(dlogits, cache, proper, settings.drop)
    for i in range(int(parts.frozen), len(w)):
        w[i] -= settings.rate * dw[i]
        b[i] -= settings.rate * db[i]
    return float(loss), cosine(dw[0], right[0])


def train(parts, data, settings, seed):
    """Test accuracy after training from a seed, and each epoch's means.

    Returns:
        accuracy: on the test pictures.
        losses: the mean of each epoch.
        cosines: the same of the first layer's, see `step`.
        symmetry: before and after, the cosine between the second layer's
            weights and their transpose.
    """
    (x, labels), (test, truth) = data
    rng = np.random.default_rng(seed)
    w, b = initial(rng, (x.shape[1], *settings.hidden, 10))
    means, symmetry = [], [cosine(w[1], w[1].T)]
    for _ in range(settings.epochs):
        order, seen = rng.permutation(len(x)), []
        for i in range(0, len(x) - settings.batch + 1, settings.batch):
            at = order[i : i + settings.batch]
            seen.append(step(w, b, x[at], labels[at], parts, settings, rng))
        means.append(np.mean(seen, axis=0).tolist())
    logits, _ = forward(w, b, test, parts, settings.drop)
    accuracy = float((logits.argmax(axis=1) == truth).mean())
    symmetry.append(cosine(w[1], w[1].T))
    return accuracy, *(list(each) for each in zip(*means)), symmetry


def gradient_error(parts, data, settings):
    """The worst of the weights' gradients, beside central differences."""
    x, labels = (part[:4] for part in data[0])
    w, b = initial(np.random.default_rng(0), (x.shape[1], *settings.hidden, 10))

    def loss(weights):
        rng = np.random.default_rng(1)  # the same values drop every time
        logits, cache = forward(weights, b, x, parts, settings.drop, rng)
        return *softmax_cross_entropy(logits, labels), cache

    def measured(i):
        def with_w(a):
            return loss([*w[:i], a, *w[i + 1 :]])[0]

        return central_difference(with_w, w[i])

    _, dlogits, cache = loss(w)
    every, _ = backward(dlogits, cache, parts, settings.drop)
    return max(relative_error(dw, measured(i)) for i, dw in enumerate(every))


def prepare(source):
    """Rows of pixels between 0 and 1 with their labels, to learn and to test.

    Args:
        source: a `datasets.Dataset`.
    """
    learn, test = source.images, source.test_images
    rows = [a.reshape(len(a), -1) / 255 for a in (learn, test)]
    labels = source.labels.astype(int), source.test_labels.astype(int)
    return list(zip(rows, labels))


def results(parts, data, settings):
    """One variant over the seeds.

    Returns:
        Its values for the record; and by seed, what `train` says.
    """
    seeds = range(settings.seeds)
    trained = [train(parts, data, settings, seed) for seed in tqdm(seeds)]
    accuracies, losses, cosines, symmetry = zip(*trained)
    losses = np.array(losses)  # (seeds, epochs)
    cosines = np.mean(cosines, axis=0)  # (epochs,)
    before, after = np.transpose(symmetry)  # (seeds,)
    at = {e: float(losses[:, e - 1].mean()) for e in settings.reported}
    return {
        "test_accuracy": float(np.mean(accuracies)),
        "test_accuracy_sd": float(np.std(accuracies, ddof=1)),
        "gradient_error": gradient_error(parts, data, settings),
        "cosine_in_first_epoch": float(cosines[0]),
        "cosine_in_last_epoch": float(cosines[-1]),
        "symmetry_before": float(before.mean()),
        "symmetry_after": float(after.mean()),
        "symmetry_after_least": float(after.min()),
        "symmetry_after_most": float(after.max()),
        **{f"loss_in_epoch_{e}": mean for e, mean in at.items()},
    }, trained


def units(settings):
    """The unit of each value."""
    losses = {f"loss_in_epoch_{e}": "nat" for e in settings.reported}
    cosines = {f"cosine_in_{e}_epoch": "1" for e in ("first", "last")}
    ends = ("before", "after", "after_least", "after_most")
    cosines |= {f"symmetry_{end}": "1" for end in ends}
    same = {"test_accuracy": "fraction", "gradient_error": "relative error"}
    return same | cosines | losses


HEADER = (
    "variant",
    "seed",
    "test_accuracy",
    "last_loss",
    "symmetry_before",
    "symmetry_after",
)


def measure(settings, runs):
    """Every variant; each seed's result goes into a table."""
    source = digits()
    data, values, rows = prepare(source), {}, []
    for name, parts in VARIANTS.items():
        values[name], trained = results(parts, data, settings)
        for i, (accuracy, losses, _, symmetry) in enumerate(trained):
            numbers = accuracy, losses[-1], *symmetry
            rows.append((name, i, *(f"{number:.6f}" for number in numbers)))
    records.write_table(runs / "gradflow/wrong_gradients.csv", HEADER, rows)
    return {
        "values": values,
        "units": units(settings),
        "seeds": list(range(settings.seeds)),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("gradflow/wrong_gradients", measure, Settings(), QUICK)
