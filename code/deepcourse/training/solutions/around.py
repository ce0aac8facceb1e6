"""Solutions of the exercises on what stands around a step."""

import numpy as np

from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.training.around import net_gradients, train
from deepcourse.training.optimizers import momentum
from deepcourse.training.schedule import rate_at


# --8<-- [start:alike]
def as_noisy(rate, curvature):
    """The rate with the same floor at half the variance."""
    return 4 * rate / (2 + rate * curvature)


# --8<-- [end:alike]


# --8<-- [start:planted]
def two_workers(shards, net, limit):
    """The gradient of two equal shards, clipped; with a bug."""
    found = []
    for x, labels in shards:
        _, g = net_gradients(x, labels, net)
        found.append(clip_by_global_norm(g, limit)[0])
    return [(a + b) / 2 for a, b in zip(*found, strict=True)]


# --8<-- [end:planted]


# --8<-- [start:mended]
def two_workers_mended(shards, net, limit):
    """The same without the bug."""
    found = [net_gradients(x, y, net)[1] for x, y in shards]
    mean = [(a + b) / 2 for a, b in zip(*found, strict=True)]
    return clip_by_global_norm(mean, limit)[0]


# --8<-- [end:mended]


# --8<-- [start:until]
def steps_until(goal, batch, rate, net, x, labels, seed=0):
    """Steps of momentum until the loss of all is below a goal.

    Args:
        goal: the loss, in nats.
        batch: examples of a step.
        rate: of learning.
        net: pairs of weights and biases; changed.
        x: (N, D) pictures as rows.
        labels: (N,) their classes.
        seed: that batches are drawn by.

    Returns:
        The number of steps, looked at after every tenth one; 200 at most.
    """
    draw = np.random.default_rng(seed).integers
    for t in range(0, 200, 10):
        if net_gradients(x, labels, net)[0] < goal:
            return t
        rows = draw(0, len(x), (10, batch))
        some = [(x[r], labels[r]) for r in rows]
        # a new sum of gradients after every tenth step
        train(net, some, momentum, [rate] * 10)
    return 200


# --8<-- [end:until]


# --8<-- [start:late]
def late_cosine(t, steps, highest, fall):
    """A level rate that falls along a cosine at the end."""
    level = steps - fall
    if t <= level:
        return highest
    return rate_at(t - level, fall, highest, 0)


# --8<-- [end:late]
