"""A task that needs a gradient from far back: recall the first step.

`python -m deepcourse.gradflow.runs.remember [--quick]` trains the nets of
`time_distance` on it, a few seconds each, and writes the record.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records
from deepcourse.gradflow import adam
from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward, dense_forward
from deepcourse.gradflow.runs.time_distance import NETS, Net, layer, weights


@dataclass(frozen=True)
class Settings:
    """The task and the training."""

    steps: int = 50  # T: the answer lies so far back
    units: int = 32  # H
    examples: int = 32  # B, drawn anew for each update
    updates: int = 400
    longer: int = 1600  # for the nets of which a seed fails
    rate: float = 0.003  # Adam's
    limit: float = 1.0  # on the global norm of the gradient
    test: int = 1000  # sequences that measure the result
    seeds: int = 5


QUICK = replace(Settings(), seeds=2, updates=5, longer=6, steps=20, test=100)
LONGER = ("lstm_0", "lstm_1", "gru")


# --8<-- [start:task]
def task(examples, steps, rng):
    """Sequences that begin with +1 or -1, noise all along.

    Args:
        examples: B.
        steps: T.
        rng: a NumPy generator.

    Returns:
        x: (B, T, 2) float32, the signal and the noise.
        labels: (B,) 1 where the signal was +1, else 0.
    """
    x = rng.normal(size=(examples, steps, 2)).astype(np.float32)
    labels = rng.integers(0, 2, examples)  # (B,)
    x[:, :, 0] = 0
    x[:, 0, 0] = 2 * labels - 1
    return x, labels


# --8<-- [end:task]


def gradients(net, theta, x, labels):
    """The loss at the last step, its gradients, and its reach.

    Returns:
        The loss; the gradients of all weights; the logits; and (B, T, 2)
        dx, the gradient with respect to every step of the input.
    """
    wx, wh, b, w, c = theta
    h, backward = layer(net, x, wx, wh, b)
    logits = dense_forward(h[:, -1], w, c)
    loss, dlogits = softmax_cross_entropy(logits, labels)
    dh = np.zeros_like(h)
    dh[:, -1], dw, dc = dense_backward(dlogits, h[:, -1], w)
    dx, *dtheta = backward(dh)
    return loss, [*dtheta, dw, dc], logits, dx


def start(net: Net, units: int, rng) -> list[np.ndarray]:
    """The first weights: those of the layer, and of the answer."""
    limit = (6 / (units + 2)) ** 0.5
    answer = [rng.uniform(-limit, limit, (units, 2)), np.zeros(2)]
    every = [*weights(net, 2, units, rng), *answer]
    return [a.astype(np.float32) for a in every]


def train(net: Net, settings: Settings, seed: int, longer=False) -> list[float]:
    """One net, one seed.

    Returns:
        Before the first update, the gradient at the first step against that
        at the last; accuracy on fresh sequences afterwards; and, if longer,
        accuracy after so many updates more.
    """
    s, rng = settings, np.random.default_rng(seed)
    theta = start(net, s.units, rng)
    m, v = ([np.zeros_like(w) for w in theta] for _ in range(2))
    x, labels = task(s.test, s.steps, rng)
    length = np.sqrt((gradients(net, theta, x, labels)[3] ** 2).sum((0, 2)))
    found = [float(length[0] / length[-1])]
    ends = (s.updates, s.longer) if longer else (s.updates,)
    for t in range(1, ends[-1] + 1):
        dtheta = gradients(net, theta, *task(s.examples, s.steps, rng))[1]
        for i, g in enumerate(clip_by_global_norm(dtheta, s.limit)[0]):
            adam.update(theta[i], m[i], v[i], g, s.rate, t)
        if t in ends:
            right = gradients(net, theta, x, labels)[2].argmax(axis=1) == labels
            found.append(float(right.mean()))
    return found


UNITS = {
    "accuracy": "fraction",
    "learnt": "count",
    "longer_accuracy": "fraction",
    "longer_learnt": "count",
    "reach": "ratio",
}


def accuracies(found: np.ndarray, name: str = "") -> dict:
    """Mean and count over seeds, under the names of the record."""
    learnt = int((found > 0.95).sum())
    return {f"{name}accuracy": float(found.mean()), f"{name}learnt": learnt}


def measure(settings: Settings, _: Path) -> dict:
    """All nets, all seeds."""
    values, by_seed = {}, {}
    for name, net in tqdm(NETS.items(), unit="net"):
        by_seed[name] = records.kept(
            "gradflow/remember",
            (net, settings, name in LONGER),
            Path(__file__),
            lambda net=net, name=name: [
                train(net, settings, seed, name in LONGER)
                for seed in range(settings.seeds)
            ],
        )
        reach, accuracy, *longer = np.array(by_seed[name]).T
        values[name] = accuracies(accuracy) | {
            "accuracy_sd": float(accuracy.std(ddof=1)),
            "reach": float(np.exp(np.log(reach).mean())),
        }
        for each in longer:
            values[name] |= accuracies(each, "longer_")
    return {
        "values": values,
        "by_seed": by_seed,  # reach, accuracy, and after longer training
        "units": UNITS,
        "seeds": list(range(settings.seeds)),
        "data": {"name": "sequences drawn by the run"},
    }


if __name__ == "__main__":
    records.run("gradflow/remember", measure, Settings(), QUICK)
