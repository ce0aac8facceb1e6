"""Solutions to the exercises on regularization in lesson 3."""

import numpy as np

from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import begin
from deepcourse.training.deep import forward
from deepcourse.training.loop import accuracy, descend
from deepcourse.training.regularization import shifted, stop


# --8<-- [start:planted]
def stopped_net(net, batches, aside, rate, patience):
    """Descend; return the net of the lowest loss aside."""
    kept, losses = net, []
    for batch in batches:
        descend(net, "relu", [batch], rate, 0.0)
        _, z = forward(aside[0], net, "relu")
        losses.append(softmax_cross_entropy(z, aside[1])[0])
        lowest = stop(losses, patience)
        if lowest == len(losses) - 1:
            kept = net
        elif len(losses) - 1 - lowest == patience:
            break
    return kept, losses


# --8<-- [end:planted]


# --8<-- [start:mended]
def mended_net(net, batches, aside, rate, patience):
    """Descend; return the net of the lowest loss aside."""
    kept, losses = net, []
    for batch in batches:
        descend(net, "relu", [batch], rate, 0.0)
        _, z = forward(aside[0], net, "relu")
        losses.append(softmax_cross_entropy(z, aside[1])[0])
        lowest = stop(losses, patience)
        if lowest == len(losses) - 1:
            kept = [(w.copy(), b.copy()) for w, b in net]
        elif len(losses) - 1 - lowest == patience:
            break
    return kept, losses


# --8<-- [end:mended]


# --8<-- [start:as-strong]
def as_strong(rate, steps, momentum=0.0):
    """The decay that is as strong as so many steps from 0."""
    t = np.arange(1, steps + 1)
    far = (1 - momentum**t).sum() / (1 - momentum)
    return 1 / (rate * far)


# --8<-- [end:as-strong]


# --8<-- [start:by-shift]
def by_shift(images, labels, test, most, seed, steps=300):
    """The share of test digits read after learning moved ones."""
    rng = np.random.default_rng((seed, 1))
    net = begin([64, 100, 100, 10], "he", seed)
    for _ in range(steps):
        rows = rng.integers(0, len(images), 50)
        x = shifted(images[rows], most, rng).reshape(50, 64)
        descend(net, "relu", [(x, labels[rows])], 0.1, 0.0)
    return accuracy(*test, net, "relu")


# --8<-- [end:by-shift]


# --8<-- [start:decaying]
def decaying(net, batches, rate, decay):
    """Batches; before each is learnt, all weights decay."""
    for batch in batches:
        for w, _ in net:
            w[:] = (1 - rate * decay) * w
        yield batch


# --8<-- [end:decaying]
