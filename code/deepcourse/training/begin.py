"""The first weights of a deep net, by four rules."""

from itertools import pairwise

import numpy as np

from deepcourse.training.check_net import (
    check_choice,
    check_sizes,
)

# --8<-- [start:rules]
RULES = {  # standard deviation, of D features in and H units out
    "small": lambda d, h: 0.01,
    "torch": lambda d, h: (1 / (3 * d)) ** 0.5,
    "glorot": lambda d, h: (2 / (d + h)) ** 0.5,
    "he": lambda d, h: (2 / d) ** 0.5,
}


def begin(sizes, rule, seed):
    """Draw normal weights for each layer; biases are 0.

    Args:
        sizes: of all layers: pixels, hidden units, classes.
        rule: a name of RULES.
        seed: a whole number from 0; each layer has a draw of its own.

    Returns:
        Pairs of (D, H) weights and (H,) biases, first layer to last.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> [w.shape for w, b in begin([64, 100, 10], "he", 0)]
        [(64, 100), (100, 10)]
    """
    sizes = check_sizes(sizes)
    rule = check_choice(rule, RULES)
    net = []
    for i, (d, h) in enumerate(pairwise(sizes)):
        draw = np.random.default_rng((seed, i))
        w = RULES[rule](d, h) * draw.standard_normal((d, h))
        net.append((w, np.zeros(h)))
    return net


# --8<-- [end:rules]
