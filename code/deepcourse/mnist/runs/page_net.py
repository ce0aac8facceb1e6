"""Three nets small enough for a web page: their weights as bytes, and digits.

`python -m deepcourse.mnist.runs.page_net [--quick]` writes the record, and
runs/mnist/page_net.bin beside it. The figure in the page multiplies by what
is in that file, so everything measured here is measured of rounded nets.
"""

import base64
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.mnist import data
from deepcourse.mnist.runs import plan, training
from deepcourse.mnist.runs.rounded import (
    hidden,
    logits,
    masks,
    pack,
    softmax,
    unpack,
)

NET = training.Settings(
    sizes=(784, 64, 10), drop_input=0.1, drop_hidden=0.5, rate=0.002
)
FULL = plan.Plan(
    nets={
        "softmax": replace(NET, sizes=(784, 10), drop_input=0.0),
        "identity": replace(NET, activation="identity"),
        "page": NET,  # the net; the other two are linear
    },
    seeds=(0,),
)
THINNED = 20  # nets without the units dropped
HARD = 6  # of its mistakes, as digits to try
SHOWN = 10  # the first of them
UNITS = plan.UNITS | {
    "rounded_accuracy": "fraction",
    "thinned_accuracy": "fraction",
    "mean_of_thinned_accuracy": "fraction",
    "linear_agree": "fraction",
    "linear_apart": "fraction",
    "bytes": "count",
    "test_image": "count",
    "label": "count",
    "right": "count",
    "read": "count",
    "sure": "fraction",
    "misread_from": "count",
    "pushed_accuracy": "fraction",
    "before": "count",
    "sure_before": "fraction",
}


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train the nets, round their weights, and ask the rounded nets."""
    source, chosen, found, _ = plan.follow(settings)
    packed = b"".join(pack(weights(found[name][0])) for name in chosen)
    records.write_whole(runs / "mnist/page_net.bin", packed)
    sizes = {name: each.sizes for name, each in chosen.items()}
    nets = unpack(packed, sizes)
    test = data.split(source, chosen["page"].validation)[2]

    def ask(images):
        return {
            name: softmax(logits(nets[name], images, bent(each)))
            for name, each in chosen.items()
        }

    p = ask(test.images)
    keep = masks(sizes["page"][1], chosen["page"].drop_hidden, THINNED)
    each = [softmax(logits(nets["page"], test.images, keep=k)) for k in keep]
    thinned = np.stack(each)  # (T, N, K)
    turning, by = turned(ask, test, p)
    trying = worth_a_try(test.labels, p, turning)
    i, right = parted(ask, test, trying[:10])
    return plan.about(settings, source, found) | {
        "values": values(found, p, thinned, test.labels)
        | {"bytes": len(packed), "pushed": pushed(ask, test, i, right)}
        | {"turned": about_turned(ask, test, turning, by)},
        "units": UNITS,
        "settings": {name: asdict(each) for name, each in chosen.items()}
        | {"test_images": len(test.labels), "thinned": THINNED},
        "shown": SHOWN,  # of the digits, before one is chosen
        "hidden": short(hidden(nets["page"], test.images)[trying[SHOWN]]),
        "digits": [show(test, p, i) for i in trying],
    }


def weights(finished: dict) -> list[np.ndarray]:
    """What a finished run has learnt: w1, b1, w2, b2, ..."""
    with np.load(Path(finished["folder"]) / "weights.npz") as kept:
        return [kept[name] for name in kept.files]


def values(found: dict, p: dict, thinned: np.ndarray, labels) -> dict:
    """What the record says of all test digits.

    Args:
        found: by net, its run.
        p: by net, its probabilities, (N, K).
        thinned: (T, N, K) those of the net without the units dropped.
        labels: (N,).

    Returns:
        The values of the net, and those of the other two by their names.
    """
    each = {
        name: {
            "test_accuracy": runs[0]["test_accuracy"],
            "rounded_accuracy": accuracy(p[name], labels),
            "wrong": int((p[name].argmax(axis=1) != labels).sum()),
            "parameters": runs[0]["parameters"],
        }
        for name, runs in found.items()
    }
    linear = p["softmax"], p["identity"]
    apart = np.abs(linear[0] - linear[1]).max(axis=1)  # (N,)
    return {
        **each.pop("page"),
        **each,
        "linear_agree": accuracy(linear[0], linear[1].argmax(axis=1)),
        "linear_apart": float(apart.mean()),
        "thinned_accuracy": float(
            np.mean([accuracy(one, labels) for one in thinned])
        ),
        "mean_of_thinned_accuracy": accuracy(thinned.mean(axis=0), labels),
    }


def accuracy(p: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows whose largest probability is that of the label."""
    return float((p.argmax(axis=1) == labels).mean())


def bent(net: training.Settings) -> bool:
    """Whether a net has a bend between its layers."""
    return net.activation != "identity"


def turned(ask, test, p: dict) -> tuple[int, int]:
    """A digit that all nets misread, and that one pixel turns for the bent one.

    The linear nets misread it after the push, too, and the bent one gives its
    class more than to that of any other such digit. Without one it is the
    digit misread by all to whose class the bent net gives the most, as is.

    Args:
        ask: images as rows -> by net, probabilities as rows.
        test: images and labels.
        p: by net, what it says of the test images.

    Returns:
        Which one, and by how many pixels to the right: -1, 1 or 0.
    """
    at = np.arange(len(test.labels)), test.labels
    misread = np.all(
        [each.argmax(axis=1) != test.labels for each in p.values()], axis=0
    )  # (N,)
    best = [(float(s), 0) for s in np.where(misread, p["page"][at], 0) - 1]
    for right in (-1, 1):
        q = ask(moved(test.images, right))
        read = {
            name: each.argmax(axis=1) == test.labels for name, each in q.items()
        }
        alone = misread & read["page"] & ~read["softmax"] & ~read["identity"]
        truth = q["page"][at]  # (N,)
        for i in np.flatnonzero(alone):
            best[i] = max(best[i], (float(truth[i]), right))
    i = max(range(len(best)), key=lambda i: best[i][0])
    return i, best[i][1]


def about_turned(ask, test, i: int, right: int) -> dict:
    """What the nets say of a test digit where it stands, and after a push."""
    before, after = (ask(moved(test.images[i : i + 1], n)) for n in (0, right))
    return {
        "test_image": i,
        "label": int(test.labels[i]),
        "right": right,
    } | {
        name: {
            "before": int(before[name][0].argmax()),
            "sure_before": float(before[name][0].max()),
            "read": int(after[name][0].argmax()),
            "sure": float(after[name][0].max()),
        }
        for name in before
    }


def worth_a_try(labels: np.ndarray, p: dict, turning: int) -> list[int]:
    """The test digits to try.

    Args:
        labels: (N,).
        p: by net, its probabilities, (N, K).
        turning: one that a push turns.

    Returns:
        The first digit of each class; the one that turns; and the bent net's
        surest mistakes.
    """
    first = [int(np.flatnonzero(labels == k)[0]) for k in range(10)]
    own = np.flatnonzero(p["page"].argmax(axis=1) != labels)
    order = np.argsort(-p["page"][own].max(axis=1), kind="stable")
    surest = [int(i) for i in own[order] if i != turning]
    return [*first, turning, *surest[: HARD - 1]]


def moved(images: np.ndarray, right: int) -> np.ndarray:
    """(B, D) square images, some pixels to the right; what leaves is gone.

    Args:
        images: (B, D).
        right: how far; below 0 they go to the left.
    """
    side = round(images.shape[1] ** 0.5)
    rows = images.reshape(-1, side, side)
    found = np.zeros_like(rows)
    to = slice(max(right, 0), side + min(right, 0))
    of = slice(max(-right, 0), side - max(right, 0))
    found[:, :, to] = rows[:, :, of]
    return found.reshape(images.shape)


def parted(ask, test, digits: list[int]) -> tuple[int, int]:
    """A digit, and how far to the right the net alone still reads it.

    It is the first of the digits, in the order of the test set, that all
    nets read where it stands, and that somewhere on its way to the right,
    before any ink leaves the picture, both linear nets misread and the net
    doesn't. The way is the shortest.

    Args:
        ask: images as rows -> by net, probabilities as rows.
        test: images and labels.
        digits: which of them to try.

    Returns:
        Which one, and by how many pixels; without such a digit the first, 0.
    """
    for i in sorted(digits):
        read = on_its_way(ask, test, i)
        apart = read["page"] & ~read["softmax"] & ~read["identity"]
        apart = apart[: 1 + room(test.images[i])]
        if all(each[0] for each in read.values()) and apart.any():
            return i, int(apart.argmax())
    return min(digits), 0


def room(image: np.ndarray) -> int:
    """How many columns right of its ink are empty, in a square image."""
    side = round(len(image) ** 0.5)
    return side - 1 - int((np.flatnonzero(image) % side).max())


def on_its_way(ask, test, i: int) -> dict[str, np.ndarray]:
    """By net, whether it reads test digit i moved by 0, 1, 2, ... pixels."""
    image = test.images[i : i + 1]
    side = round(image.shape[1] ** 0.5)
    p = ask(np.concatenate([moved(image, n) for n in range(side)]))
    return {
        name: each.argmax(axis=1) == test.labels[i] for name, each in p.items()
    }


def pushed(ask, test, i: int, right: int) -> dict:
    """What the nets say of test digit i, and of all, so far to the right.

    `misread_from` is by how many pixels a digit that goes to the right is
    first misread, 0 if it never is.
    """
    p, read = ask(moved(test.images, right)), on_its_way(ask, test, i)
    return {
        "test_image": i,
        "label": int(test.labels[i]),
        "right": right,
    } | {
        name: {
            "read": int(each[i].argmax()),
            "sure": float(each[i].max()),
            "misread_from": int((~read[name]).argmax()),
            "pushed_accuracy": accuracy(each, test.labels),
        }
        for name, each in p.items()
    }


def show(test, p: dict[str, np.ndarray], i: int) -> dict:
    """One test digit, as the page gets it: pixels 0 .. 255 in base64."""
    pixels = np.round(test.images[i] * 255).astype(np.uint8)
    return {
        "test_image": i,
        "label": int(test.labels[i]),
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
        "probabilities": {name: short(each[i]) for name, each in p.items()},
    }


def short(values: np.ndarray) -> list[float]:
    """The values as a page gets them: it shows four digits."""
    return values.round(7).tolist()


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/page_net", measure, FULL, plan.small(FULL))
