"""The first weights of a deep net, by four rules."""

from itertools import pairwise

import numpy as np

from deepcourse.training.check_net import (
    check_choice,
    check_sizes,
)

# --8<-- [start:rules]
RULES = {  # standard deviation, of D features into H units out
    "small": lambda into, out: 0.01,
    "torch": lambda into, out: (1 / (3 * into)) ** 0.5,
    "glorot": lambda into, out: (2 / (into + out)) ** 0.5,
    "he": lambda into, out: (2 / into) ** 0.5,
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
    for i, (into, out) in enumerate(pairwise(sizes)):
        draw = np.random.default_rng((seed, i))
        w = draw.standard_normal((into, out))
        net.append((RULES[rule](into, out) * w, np.zeros(out)))
    return net


# --8<-- [end:rules]
