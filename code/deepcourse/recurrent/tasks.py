"""Tasks that need a memory, and what one without it can do at best.

The adding problem and copying memory are drawn anew for each batch; digits
come row by row, or with their pixels in another order.
"""

import numpy as np

from deepcourse.mnist.data import flatten
from deepcourse.recurrent.expect import whole

ADDING_BASELINE = 1 / 6  # mean squared error of who always says 1
SYMBOLS = 8  # that may be asked for; then come blank and flag
BLANK, FLAG = SYMBOLS, SYMBOLS + 1


# --8<-- [start:adding]
def adding_task(examples, steps, seed):
    """Numbers, two of them marked, and the sum of these two.

    One mark lies in the first half, the other in the second.

    Args:
        examples: B.
        steps: T, at least 2.
        seed: of the numbers: a number or several.

    Returns:
        x: (B, T, 2) a number 0 .. 1, and 1 where it is marked, else 0.
        y: (B,) the sum of the marked ones, 0 .. 2.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Hochreiter, Schmidhuber: Long short-term memory (1997), section 5.4,
        in the form of Arjovsky, Shah, Bengio (2016), section 5.2.
    """
    n, t = whole("examples", examples), whole("steps", steps, 2)
    rng = np.random.default_rng(seed)
    x = np.zeros((n, t, 2), np.float32)
    x[:, :, 0] = rng.random((n, t))
    first = rng.integers(0, t // 2, n)
    second = rng.integers(t // 2, t, n)
    for marked in (first, second):
        x[np.arange(n), marked, 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(axis=1)


# --8<-- [end:adding]


# --8<-- [start:copying]
def copying_task(examples, gap, asked, seed):
    """Symbols to keep over a gap, and to say after a flag.

    Args:
        examples: B.
        gap: T, the steps between a symbol and its answer, but for the
            symbols themselves.
        asked: K, the symbols to keep.
        seed: of the symbols: a number or several.

    Returns:
        x: (B, T+2K) K symbols 0 .. 7, T - 1 blanks, a flag, K blanks.
        y: (B, T+2K) what is wanted: T + K blanks, and the K symbols.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source:
        Arjovsky, Shah, Bengio: Unitary evolution recurrent neural networks
        (2016), section 5.1, which asks for 10 symbols.

    Examples:
        >>> x, y = copying_task(1, 4, 2, seed=0)
        >>> print(x, y, sep=chr(10))
        [[6 5 8 8 8 9 8 8]]
        [[8 8 8 8 8 8 6 5]]
    """
    n, k = whole("examples", examples), whole("asked", asked)
    t = whole("gap", gap)
    symbols = np.random.default_rng(seed).integers(
        0, SYMBOLS, (n, k)
    )
    x = np.full((n, t + 2 * k), BLANK)
    y = x.copy()
    x[:, :k] = y[:, t + k :] = symbols
    x[:, t + k - 1] = FLAG
    return x, y


# --8<-- [end:copying]


def copying_baseline(gap, asked):
    """What a step costs who forgot the symbols and guesses them.

    Args:
        gap: T.
        asked: K.

    Returns:
        The mean cross-entropy of all steps, in nats: K ln 8 / (T + 2K). Each
        of the K answers costs ln 8, and the blanks nothing.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> round(copying_baseline(100, 10), 4)
        0.1733
    """
    t, k = whole("gap", gap), whole("asked", asked)
    return float(k * np.log(SYMBOLS) / (t + 2 * k))


def by_rows(pictures):
    """Each row of a picture is a step.

    Args:
        pictures: (N, I, J) uint8.

    Returns:
        (N, I, J) float32, 0 black .. 1 white: I steps of J pixels.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    return flatten(pictures).reshape(pictures.shape)


def permuted(pictures, group=1, seed=0):
    """The pixels of a picture in another order, some of them at a step.

    Args:
        pictures: (N, I, J) uint8.
        group: G, the pixels of a step; it divides I*J.
        seed: of the order, which is the same for all pictures.

    Returns:
        (N, S, G) float32, 0 black .. 1 white: I*J/G steps of G pixels.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> permuted(np.arange(4, dtype=np.uint8).reshape(1, 2, 2)) * 255
        array([[[2.],
                [0.],
                [1.],
                [3.]]], dtype=float32)
    """
    pixels = flatten(pictures)  # (N, D)
    n, d = pixels.shape
    if d % whole("group", group):
        raise ValueError(
            f"group: got {group}, expected a divisor of {d}"
        )
    order = np.random.default_rng(seed).permutation(d)
    return pixels[:, order].reshape(n, d // group, group)
