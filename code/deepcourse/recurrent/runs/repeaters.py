"""Machines that learn to copy twice, each from a seed."""

from deepcourse.recurrent.machine import run
from deepcourse.recurrent.runs import copiers
from deepcourse.recurrent.solutions.twice import Shut, copy_twice

KINDS = "whole", "shut"  # the gate of the reading head is learnt, or is 0


def machine_of(s: copiers.Training, kind: str) -> copiers.Copier:
    """A machine that hasn't learnt yet."""
    net = copiers.net_of(s, "ntm")
    if kind == "shut":
        shut(net)
    return net


def shut(net: copiers.Copier) -> None:
    """Hold the gate of the reading head at 0."""
    net.layers["reader"] = Shut(net.layers["reader"])


def of_a_seed(s: copiers.Training, kind: str, seed: int, shown: int) -> dict:
    """Train a machine from a seed, ask it, and watch its heads.

    Args:
        s: the settings.
        kind: of `KINDS`.
        seed: of the weights, and of what it learns from.
        shown: vectors of the sequence that it is watched with.

    Returns:
        The curve of its training, what it was asked with its own gate and
        with a shut one, the rows of both heads, and its weights.
    """
    import keras

    keras.utils.set_random_seed(seed)
    net = machine_of(s, kind)
    curve, step = copiers.learn(s, kind, seed, net, copy_twice)
    found = {
        "curve": curve,
        "step_ms": 1000 * step,
        "asked": asked(s, net),
        "heads": heads(s, net, shown),
        "weights": copiers.coded(net.weights),
    }
    if kind == "whole":
        shut(net)
        found["asked_shut"] = asked(s, net)
    return found


def asked(s: copiers.Training, net) -> dict:
    """Bits that a machine gets wrong and loses, by length."""
    return {str(n): copiers.asked(s, net, n, copy_twice) for n in s.lengths}


def heads(s: copiers.Training, net, shown: int) -> dict:
    """The row where each head is most, step by step."""
    x, _, _ = copy_twice([shown], 0)
    states = run(net.layers, x, s.rows)
    return {
        name: getattr(states, name).numpy()[:, 0].argmax(1).tolist()
        for name in ("writing", "reading")
    }
