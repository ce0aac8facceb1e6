"""What the figure on dropout begins with: a digit, before units are dropped."""

from pathlib import Path

import numpy as np

from deepcourse import drawing as draw
from deepcourse import records
from deepcourse.drawing import Drawing
from deepcourse.mnist.figures.page_net import (
    HEIGHT,
    WIDTH,
    bars,
    found,
    names,
    picture,
    pixels,
    sides,
    units,
)
from deepcourse.mnist.runs.rounded import hidden, logits, masks, unpack

NETS = "softmax", "identity", "page"  # in the order of their bytes
MANY = 1000  # thinned nets


def thinned(runs: Path) -> Drawing:
    """A digit, the net's answer, and room for those of thinned nets."""
    record = records.read("mnist/page_net", runs)
    layers = net(record, runs)
    digit = record["digits"][most_apart(record, layers)]
    p = digit["probabilities"]["page"]
    h = hidden(layers, pixels(digit)[None] / 255)[0]
    art, ax = draw.paper(HEIGHT, WIDTH)
    picture(ax, digit)
    bars(ax, 0, ("the whole", "net"), p)
    bars(ax, 1, ("the last", "thinned net"))
    bars(ax, 2, ("mean of all", "thinned nets"))
    names(ax, digit["label"])
    units(ax, h, "larger where they find more; crossed: dropped")
    return Drawing(
        art,
        f"A handwritten {digit['label']}, and what a net reads in it before "
        "units are dropped",
        f"Test digit {digit['test_image']} of MNIST, a {digit['label']}: of "
        f"the digits to try that the whole net reads, the one on which nets "
        f"without half of the units disagree most. The whole net gives "
        f"{sides(p)}. {found(h)} There is room for the bars of a thinned net "
        "and for those of the mean of many.",
    )


def net(record: dict, runs: Path) -> list[tuple]:
    """The layers of the net that is thinned, as `unpack` gives them."""
    sizes = {name: record["settings"][name]["sizes"] for name in NETS}
    return unpack((runs / "mnist/page_net.bin").read_bytes(), sizes)["page"]


def most_apart(record: dict, layers: list[tuple]) -> int:
    """Which digit thinned nets disagree on most, of those the net reads.

    The less one knows, of a thinned net drawn at random, what it will read,
    the more they disagree: by the entropy of what they read.
    """
    settings = record["settings"]["page"]
    keep = masks(settings["sizes"][1], settings["drop_hidden"], MANY)  # (T, H)
    apart = []
    for digit in record["digits"]:
        h = hidden(layers, pixels(digit)[None] / 255)  # (1, H)
        whole = logits(layers[1:], h).argmax()
        read = logits(layers[1:], h * keep).argmax(axis=1)  # (T,)
        some = np.unique(read, return_counts=True)[1] / MANY
        unknown = -(some * np.log(some)).sum()  # nats
        apart.append(unknown if whole == digit["label"] else -1)
    return int(np.argmax(apart))
