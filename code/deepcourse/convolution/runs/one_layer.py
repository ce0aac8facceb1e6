"""A hidden layer of a kind and ten scores, trained by the lines of the page.

The gradients are those of `deepcourse.convolution.share`, the steps Adam's of
`deepcourse.gradflow`: for layers so small that takes half the time of Keras.
"""

from dataclasses import dataclass

import numpy as np

from deepcourse.convolution.counts import costs
from deepcourse.convolution.share import backward, cut, forward, who
from deepcourse.gradflow.adam import update
from deepcourse.gradflow.loss import softmax_cross_entropy

TASKS = ("centred", "shifted")  # where the training pictures stand


@dataclass(frozen=True)
class Net:
    """The nets and their training."""

    margin: int = 2  # pixels of zeros on each side, before a shift
    shift: int = 6  # pixels up, down, left and right at most
    window: int = 5  # rows and columns of a kernel
    stride: int = 3
    period: int = 2  # of the tiled kernels
    units: int = 35  # of the dense layer
    few: int = 10  # channels of the local layer and of equal multiply-adds
    pictures: int = 20_000  # the first training pictures, to learn from
    validation: int = 5_000  # the last training pictures, to choose on
    batch: int = 128
    epochs: int = 5


def moved(pictures: np.ndarray, margin: int, shifts: np.ndarray) -> np.ndarray:
    """Pictures with zeros around, each moved by rows and columns of its own.

    Args:
        pictures: (B, I, J) 0 .. 255.
        margin: zeros on each side.
        shifts: (B, 2) how far down and to the right; what leaves is cut off.

    Returns:
        Pictures of 0 .. 1, larger by two margins, with one channel.
    """
    far = int(np.abs(shifts).max(initial=0))
    around = margin + far
    wide = np.pad(pictures, [(0, 0), (around, around), (around, around)])
    size = [n + 2 * margin for n in pictures.shape[1:]]
    down, right = (far - shifts).T
    rows = down[:, None] + np.arange(size[0])
    columns = right[:, None] + np.arange(size[1])
    each = np.arange(len(pictures))[:, None, None]
    found = wide[each, rows[:, :, None], columns[:, None, :]]
    return found[..., None] / np.float32(255)


def shifts(draw, many: int, far: int) -> np.ndarray:
    """How far each picture goes down and to the right."""
    return draw.integers(-far, far + 1, (many, 2))


def laid(n: Net, kind: str, side: int) -> tuple:
    """Window, places along an axis, and period of a hidden layer."""
    size = side + 2 * n.margin
    if kind == "dense":  # one window, as large as the picture
        return size, 1, 1
    places = (size - n.window) // n.stride + 1
    periods = {"local": places, "tiled": n.period, "shared": 1}
    return n.window, places, periods[kind.split("_", 1)[0]]


def spent(n: Net, kind: str, side: int, k: int) -> dict:
    """Weights and multiply-adds of the whole net, biases included."""
    window, places, period = laid(n, kind, side)
    shape = period, period, window, window, 1, k
    weights, products = costs(shape, (places, places))
    last = places**2 * k * 10
    return {
        "weights": weights + period**2 * k + last + 10,
        "multiply_adds": products + last,
    }


def channels(n: Net, kind: str, side: int) -> int:
    """As many as come nearest to the dense net's weights, or a few."""
    if kind == "dense":
        return n.units
    if kind == "local" or kind.endswith("multiply_adds"):
        return n.few
    wanted = spent(n, "dense", side, n.units)["weights"]
    tried = range(1, 513)
    return min(
        tried, key=lambda k: abs(spent(n, kind, side, k)["weights"] - wanted)
    )


def started(n: Net, kind: str, side: int, seed: int) -> tuple:
    """First weights, He's for what ReLU follows, and the table of sharing."""
    window, places, period = laid(n, kind, side)
    k = channels(n, kind, side)
    draw = np.random.default_rng((seed, 0)).standard_normal
    w = draw((period**2, window**2, k)) * (2 / window**2) ** 0.5
    out = draw((places**2, k, 10)) * (1 / (places**2 * k)) ** 0.5
    net = {"w": w, "b": np.zeros((period**2, k)), "out": out, "c": np.zeros(10)}
    net = {name: array.astype(np.float32) for name, array in net.items()}
    return net, who(places, period).astype(np.float32)


def scores(net: dict, table, seen) -> tuple:
    """The ten scores of each picture, and the hidden layer."""
    hidden = np.maximum(forward(seen, net["w"], net["b"], table), 0)
    return (hidden @ net["out"]).sum(0) + net["c"], hidden


def slopes(net: dict, table, seen, labels) -> dict:
    """The gradients of the loss of a batch."""
    found, hidden = scores(net, table, seen)
    _, dy = softmax_cross_entropy(found, labels)
    dhidden = (dy @ net["out"].transpose(0, 2, 1)) * (hidden > 0)
    dw, db = backward(dhidden, seen, table)
    dout = hidden.transpose(0, 2, 1) @ dy
    return {"w": dw, "b": db, "out": dout, "c": dy.sum(0)}


def fitted(n: Net, source, kind: str, task: str, rate: float, seed: int):
    """A trained net, and its table."""
    net, table = started(n, kind, source.images.shape[1], seed)
    window = laid(n, kind, source.images.shape[1])[0]
    means = {name: np.zeros((2, *w.shape), "f4") for name, w in net.items()}
    draw = np.random.default_rng((seed, 1))  # the same for all nets of a seed
    far, step = n.shift if task == "shifted" else 0, 0
    for _ in range(n.epochs):
        order = draw.permutation(n.pictures)
        places = shifts(draw, n.pictures, far)
        for at in range(0, n.pictures, n.batch):
            few = order[at : at + n.batch]
            x = moved(source.images[few], n.margin, places[at : at + n.batch])
            seen = cut(x, window, n.stride)
            step += 1
            for name, g in slopes(net, table, seen, source.labels[few]).items():
                update(net[name], *means[name], g, rate, step)
    return net, table


def of_a_run(n: Net, source, kind, task, rate, seed) -> dict:
    """What a net reads, after all epochs."""
    side = source.images.shape[1]
    window = laid(n, kind, side)[0]
    net, table = fitted(n, source, kind, task, rate, seed)
    weights = sum(w.size for w in net.values())
    assert weights == spent(n, kind, side, channels(n, kind, side))["weights"]

    def read(pictures, labels, where, purpose):
        draw = np.random.default_rng((0, purpose))  # the same for all nets
        far = shifts(draw, len(labels), n.shift if where == "shifted" else 0)
        right = 0
        for at in range(0, len(labels), 500):
            few = slice(at, at + 500)
            x = moved(pictures[few], n.margin, far[few])
            found, _ = scores(net, table, cut(x, window, n.stride))
            right += int(np.sum(found.argmax(1) == labels[few]))
        return right / len(labels)

    held = (x[-n.validation :] for x in (source.images, source.labels))
    test = source.test_images, source.test_labels
    return {
        "validation": read(*held, task, 2),
        **{where: read(*test, where, 3 + i) for i, where in enumerate(TASKS)},
    }
