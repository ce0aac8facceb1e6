"""How a net learns from a wrong gradient, epoch by epoch.

`python -m deepcourse.gradflow.runs.feedback [--quick]` trains the first two
nets of `wrong_gradients` again, one that sends its gradient back through fixed
random numbers, and one with a right softplus, to compare with the planted one.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow import activations
from deepcourse.gradflow.matmul import dense_backward
from deepcourse.gradflow.runs import wrong_gradients
from deepcourse.gradflow.runs.wrong_gradients import (
    VARIANTS,
    Parts,
    cosine,
    forward,
    initial,
    step,
)

# The parts, and whether the second layer sends dx through random numbers.
NETS = {
    "right": (VARIANTS["right"], False),
    "transpose": (VARIANTS["transpose"], False),
    "random": (Parts(), True),
    "right_softplus": (
        Parts(bend=activations.softplus, unbend=activations.softplus_backward),
        False,
    ),
}


class History(NamedTuple):
    """What `train` says of a net: a number for each epoch."""

    accuracy: list  # on the test pictures, after it
    loss: list  # the mean of its batches
    cosine: list  # likewise, of the first layer's weight gradient: see `step`
    likeness: list  # after it: see `train`


def through(other, dy, x, w):
    """A dense layer's backward pass with other numbers where w.T belongs.

    Args:
        other: (D, H) what stands for w on the way back.
        dy: (B, H) as in `dense_backward`, like x and w.
        x: (B, D).
        w: (D, H).

    Returns:
        (B, D), (D, H), (H,) the gradients, of which the first is wrong.

    Source: Lillicrap et al. 2016, feedback alignment.
    """
    _, dw, db = dense_backward(dy, x, w)
    return dy @ other.T, dw, db


def train(net, data, settings, seed, epochs):
    """The history of a net that learns from a seed, as in `wrong_gradients`.

    Its likeness is the cosine between the second layer's weights and what
    would make the wrong product the right one: their own transpose, or the
    random numbers, which are as large as weights and never change.
    """
    (parts, fixed), (x, labels), (test, truth) = net, *data
    rng = np.random.default_rng(seed)
    w, b = initial(rng, (x.shape[1], *settings.hidden, 10))
    if fixed:
        draw = np.random.default_rng([seed, 1])  # 1: not those of the weights
        other = draw.normal(0, len(w[1]) ** -0.5, w[1].shape)
        parts = parts._replace(product=partial(through, other))
    found = History([], [], [], [])
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for i in range(0, len(x) - settings.batch + 1, settings.batch):
            at = order[i : i + settings.batch]
            seen.append(step(w, b, x[at], labels[at], parts, settings, rng))
        logits, _ = forward(w, b, test, parts, settings.drop)
        right = float((logits.argmax(axis=1) == truth).mean())
        likeness = cosine(w[1], other if fixed else w[1].T)
        now = right, *np.mean(seen, axis=0).tolist(), likeness
        for values, value in zip(found, now):
            values.append(value)
    return found


def summary(histories):
    """A net's values for the record, of as many epochs in each history."""
    accuracy, _, cosines, likeness = map(np.array, zip(*histories))
    return {
        "test_accuracy": float(accuracy[:, -1].mean()),
        "test_accuracy_sd": float(accuracy[:, -1].std(ddof=1)),
        "cosine_in_last_epoch": float(cosines[:, -1].mean()),
        "likeness_after": float(likeness[:, -1].mean()),
    }


def measure(settings, runs):
    """Every net; each epoch of each seed goes into a table."""
    source = digits()
    data, values, rows = wrong_gradients.prepare(source), {}, []
    for name, net in NETS.items():
        histories = []
        for seed in tqdm(range(settings.seeds)):
            found = train(net, data, settings, seed, settings.epochs)
            histories.append(found)
            for epoch, now in enumerate(zip(*found), 1):
                rows.append((name, seed, epoch, *(f"{v:.5f}" for v in now)))
        values[name] = summary(histories)
    header = ("variant", "seed", "epoch", *History._fields)
    records.write_table(runs / "gradflow/feedback.csv", header, rows)
    return {
        "values": values,
        "units": {
            "test_accuracy": "fraction",
            "cosine_in_last_epoch": "1",
            "likeness_after": "1",
        },
        "seeds": list(range(settings.seeds)),
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run(
        "gradflow/feedback",
        measure,
        wrong_gradients.Settings(),
        wrong_gradients.QUICK,
    )
