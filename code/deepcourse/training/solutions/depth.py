"""Solutions of the exercises on vanishing gradients."""

import numpy as np

from deepcourse.training.begin import begin
from deepcourse.training.loop import accuracy, descend


# --8<-- [start:as-sigmoid]
def as_sigmoid(net):
    """A net of sigmoids that computes what one of tanh does.

    Args:
        net: pairs of weights and biases, first layer to last.

    Returns:
        Such pairs.
    """
    made = []
    for i, (w, b) in enumerate(net):
        into = 2 if i > 0 else 1  # there 2 h - 1 stands for h
        out = 2 if i < len(net) - 1 else 1  # sigmoid(2 a)
        shift = w.sum(axis=0) if i > 0 else 0
        made.append((into * out * w, out * (b - shift)))
    return made


# --8<-- [end:as-sigmoid]


# --8<-- [start:planted]
def deep_net(width, layers, seed):
    """A net for digits of 64 pixels."""
    rng = np.random.default_rng(seed)

    def layer(d, h):
        w = rng.normal(0, (2 / d) ** 0.5, (d, h))
        return w, np.zeros(h)

    first, last = layer(64, width), layer(width, 10)
    hidden = [layer(width, width)] * (layers - 2)
    return [first, *hidden, last]


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def mended_net(width, layers, seed):
    """The same with weights of its own for each layer."""
    rng = np.random.default_rng(seed)
    net = []
    for i in range(layers):
        d = width if i > 0 else 64
        h = width if i < layers - 1 else 10
        w = rng.normal(0, (2 / d) ** 0.5, (d, h))
        net.append((w, np.zeros(h)))
    return net


# --8<-- [end:find-the-bug]


# --8<-- [start:how-deep]
def how_deep(rule, depth, batches, aside, rates):
    """A ReLU net, at the rate that reads most of `aside`.

    Args:
        rule: a name of RULES.
        depth: layers.
        batches: pairs of (B, 64) pictures and (B,) labels, a list.
        aside: such a pair, to choose the rate.
        rates: of learning, each tried from the same first weights.

    Returns:
        Pairs of weights and biases, first layer to last.
    """
    nets = []
    for rate in rates:
        net = begin([64, *[100] * (depth - 1), 10], rule, 0)
        descend(net, "relu", batches, rate)
        nets.append(net)
    return max(
        nets, key=lambda net: accuracy(*aside, net, "relu")
    )


# --8<-- [end:how-deep]
