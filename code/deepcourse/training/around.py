"""A step of any optimizer, with a rate of its own and a clipped gradient."""

from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.check_net import check_changeable
from deepcourse.training.deep import backward, forward, gradients
from deepcourse.training.optimizers import adam


# --8<-- [start:train]
def net_gradients(x, labels, net):
    """The loss of a net of ReLUs, and all slopes of it.

    Args:
        x: (B, D) pictures as rows.
        labels: (B,) their classes.
        net: pairs of weights and biases, first layer to last.

    Returns:
        The loss, and a list of gradients: w, b, w, b, ...

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    outputs, z = forward(x, net, "relu")
    loss, dz = softmax_cross_entropy(z, labels)
    da = backward(dz, outputs, net, "relu")
    return loss, [g for p in gradients(outputs, da) for g in p]


def train(net, batches, take, rates, limit=None):
    """A step for each batch, at its own rate, clipped.

    Args:
        net: pairs of weights and biases, arrays of floats; changed.
        batches: pairs of (B, D) pictures and (B,) labels.
        take: an optimizer, such as `momentum`.
        rates: of learning, one for each batch.
        limit: the longest gradient that passes unchanged, if there is one.

    Returns:
        The loss of each batch before its step.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    net = check_changeable(net)
    losses, weights = [], [w for layer in net for w in layer]
    kept = [{} for _ in weights]
    for (x, labels), rate in zip(batches, rates, strict=True):
        loss, found = net_gradients(x, labels, net)
        if limit is not None:
            found, _ = clip_by_global_norm(found, limit)
        for w, g, memory in zip(
            weights, found, kept, strict=True
        ):
            take(w, g, memory, rate)
        losses.append(loss)
    return losses


# --8<-- [end:train]


# --8<-- [start:undone]
def adam_undone(names, at):
    """Adam, but after one step some means are as before it.

    Args:
        names: of the means: "m", "v", both, or none of them.
        at: the number of that step, from 2.

    Returns:
        An optimizer like `adam`.
    """

    def take(w, g, kept, rate):
        old = {n: kept[n].copy() for n in names if n in kept}
        adam(w, g, kept, rate)
        if kept["t"] == at:
            kept.update(old)

    return take


# --8<-- [end:undone]
