"""What a deep net is expected to be; all else is refused by name.

The rule is that of gradflow: integers become float64, floats stay as they
are, and what isn't real numbers gets a ValueError.
"""

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
