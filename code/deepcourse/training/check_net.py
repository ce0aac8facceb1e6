"""What a deep net is expected to be; all else is refused by name.

The rule is that of gradflow: integers become float64, floats stay as they
are, and what isn't real numbers gets a ValueError.
"""

import numpy as np

from deepcourse.gradflow import expect


def check_net(net):
    """Take a list of layers, each of weights and biases that fit.

    Args:
        net: pairs of (D, H) weights and (H,) biases, first to last.

    Returns:
        The same, as arrays of floats.

    Raises:
        ValueError: There is no layer, or one doesn't fit the one before.
    """
    layers = list(net)
    if not layers:
        expect.refuse("net", "no layer", "at least one")
    wide, found = "D", []
    for i, (weights, biases) in enumerate(layers):
        stated = {
            f"net[{i}] w": (weights, f"{wide}, H"),
            f"net[{i}] b": (biases, "H"),
        }
        found.append(tuple(expect.arrays(**stated)))
        wide = found[-1][0].shape[1]
    return found


def check_changeable(net):
    """Take a net whose arrays can be changed where they are.

    Args:
        net: as for `check_net`.

    Returns:
        The same arrays.

    Raises:
        ValueError: It is no net, or an array isn't of floats, or is locked.
    """
    net = list(net)
    found = check_net(net)
    for i, (given, taken) in enumerate(
        zip(net, found, strict=True)
    ):
        for name, mine, its in zip(
            "wb", given, taken, strict=True
        ):
            if its is not mine or not mine.flags.writeable:
                expect.refuse(
                    f"net[{i}] {name}",
                    "what can't be changed",
                    "an array of floats",
                )
    return found


def check_way(dz, outputs, net):
    """Take what went forward through a net, and a slope for each score.

    Args:
        dz: (B, K) the slope by the scores.
        outputs: a list of (B, D), (B, H), ..., one for each layer.
        net: pairs of arrays, as `check_net` returns them.

    Returns:
        dz and the outputs, as arrays of floats.

    Raises:
        ValueError: One of them doesn't fit the net, or another batch.
    """
    outputs = list(outputs)
    if len(outputs) != len(net):
        expect.refuse(
            "outputs", f"{len(outputs)} arrays", len(net)
        )
    many = len(np.atleast_1d(outputs[0]))
    found = [
        expect.array(f"outputs[{i}]", h, (many, len(w)))
        for i, (h, (w, _)) in enumerate(
            zip(outputs, net, strict=True)
        )
    ]
    return expect.array("dz", dz, (many, len(net[-1][1]))), found


def check_choice(choice, names):
    """Refuse what is none of some names.

    Args:
        choice: what the caller gave.
        names: all that can be chosen.

    Returns:
        The choice.

    Raises:
        ValueError: It is none of the names.
    """
    if not isinstance(choice, str) or choice not in names:
        expect.refuse(
            "choice", repr(choice), f"one of {', '.join(names)}"
        )
    return choice


def check_sizes(sizes):
    """Refuse what isn't two or more whole numbers from 1.

    Args:
        sizes: what the caller gave.

    Returns:
        The sizes, as a tuple.

    Raises:
        ValueError: They are none.
    """
    sizes = tuple(sizes)
    whole = all(
        isinstance(n, int) and not isinstance(n, bool) and n > 0
        for n in sizes
    )
    if len(sizes) < 2 or not whole:
        expect.refuse("sizes", sizes, "two or more, each from 1")
    return sizes
