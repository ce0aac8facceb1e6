"""Solutions to the exercises on what each assumption buys."""

import numpy as np

from deepcourse.convolution.runs.one_layer import (
    Net,
    cut,
    moved,
    of_a_run,
    scores,
    slopes,
    started,
)
from deepcourse.datasets import digits
from deepcourse.gradflow.adam import update
from deepcourse.gradflow.loss import softmax_cross_entropy


# --8<-- [start:halves]
def halves(places):
    """A kernel for the picture's upper half, and one below.

    Args:
        places: P, along each axis; an even number.

    Returns:
        (L, 2) zeros and ones.
    """
    half = np.arange(places) * 2 // places
    return np.eye(2)[np.repeat(half, places)]


# --8<-- [end:halves]


# --8<-- [start:planted]
def kernel_slopes(dy, seen, table):
    """Gradients of kernels; a line is wrong.

    Args:
        dy: (L, B, K) the gradient of the loss with respect to the sums.
        seen: (L, B, D) windows.
        table: (L, M) who has which.

    Returns:
        dw, with the shape of w.
    """
    both = seen.sum(axis=1), dy.sum(axis=1)
    each = np.einsum("ld,lk->ldk", *both)
    return np.einsum("lm,ldk->mdk", table, each)


# --8<-- [end:planted]


# --8<-- [start:mended]
def mended(dy, seen, table):
    """The same, picture by picture.

    Args:
        dy: (L, B, K) the gradient of the loss with respect to the sums.
        seen: (L, B, D) windows.
        table: (L, M) who has which.

    Returns:
        dw, with the shape of w.
    """
    each = np.einsum("lnd,lnk->ldk", seen, dy)
    return np.einsum("lm,ldk->mdk", table, each)


# --8<-- [end:mended]


def reads(of_kernels, seeds=(0, 1, 2)):
    """What shared nets read of centred 8×8 digits, learning with Adam.

    Args:
        of_kernels: a call that gives the gradient of the kernels.
        seeds: one net for each.

    Returns:
        The share of test digits, in the mean.
    """
    n = Net(
        window=3,
        stride=1,
        few=4,
        pictures=1000,
        batch=32,
        epochs=8,
    )
    source, kind, read = digits(), "shared_multiply_adds", []

    def windows(pictures):
        still = np.zeros((len(pictures), 2), int)
        return cut(
            moved(pictures, n.margin, still), n.window, n.stride
        )

    for seed in seeds:
        net, table = started(
            n, kind, source.images.shape[1], seed
        )
        means = {
            k: np.zeros((2, *w.shape), "f4")
            for k, w in net.items()
        }
        draw, step = np.random.default_rng((seed, 1)), 0
        for _ in range(n.epochs):
            order = draw.permutation(n.pictures)
            for at in range(0, n.pictures, n.batch):
                few = order[at : at + n.batch]
                seen, labels = (
                    windows(source.images[few]),
                    source.labels[few],
                )
                found = slopes(net, table, seen, labels)
                said, hidden = scores(net, table, seen)
                _, dy = softmax_cross_entropy(said, labels)
                dy = (dy @ net["out"].transpose(0, 2, 1)) * (
                    hidden > 0
                )
                found["w"] = of_kernels(dy, seen, table)
                step += 1
                for name, g in found.items():
                    update(net[name], *means[name], g, 0.01, step)
        said, _ = scores(net, table, windows(source.test_images))
        read.append(np.mean(said.argmax(1) == source.test_labels))
    return float(np.mean(read))


# --8<-- [start:by-period]
def by_period(period, epochs, seeds=(0, 1, 2)):
    """What nets of this period read of shifted 8×8 digits.

    Args:
        period: after how many places the kernels repeat.
        epochs: how long they learn.
        seeds: one net for each.

    Returns:
        The shares of shifted test digits.
    """
    sizes = {"window": 3, "stride": 1, "shift": 2, "few": 4}
    steps = {"pictures": 1000, "batch": 32, "epochs": epochs}
    net = Net(**sizes, **steps, validation=200, period=period)
    what = "tiled_multiply_adds", "shifted", 0.01
    read = [of_a_run(net, digits(), *what, s) for s in seeds]
    return np.array([each["shifted"] for each in read])


# --8<-- [end:by-period]
