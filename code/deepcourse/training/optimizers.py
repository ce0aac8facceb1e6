"""Ways to take a step from a gradient, each in a few lines.

Each changes the weights w where they are. What it has to remember from step to
step it keeps in a dictionary, empty at first. All follow Keras to the last
digits, epsilon too: AdaGrad and RMSProp add it below the root, Adam beside
the root of the uncorrected v (the paper's epsilon hat, Kingma and Ba 2015,
section 2). Keras begins AdaGrad's sum of squares at 0.1, and we at 0.
"""

import numpy as np

from deepcourse.training.check_step import (
    check_matrix,
    check_number,
    check_share,
    check_step,
)


# --8<-- [start:momentum]
def remember(kept, w, *names):
    """The arrays kept under some names, zeros at first.

    Args:
        kept: a dictionary; grows.
        w: array of floats that the others are like.
        *names: of the arrays.

    Returns:
        A list of them.
    """
    return [kept.setdefault(k, np.zeros_like(w)) for k in names]


def gradient_descent(w, g, kept, rate):
    """Step against the gradient.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary; nothing is kept.
        rate: of learning, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> w = np.array([1.0])
        >>> gradient_descent(w, np.array([2.0]), {}, rate=0.1)
        >>> w
        array([0.8])
    """
    g, rate = check_step(w, g, rate)
    w -= rate * g


def momentum(w, g, kept, rate, beta=0.9):
    """Step against a sum of gradients that fades.

    Keras keeps rate times this sum; that differs when the rate changes.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary, empty at first; the sum u is kept.
        rate: of learning, at least 0.
        beta: the share of u that is kept, 0 <= beta < 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Polyak 1964; Sutskever et al. 2013, equations 1 and 2.
    """
    g, rate = check_step(w, g, rate)
    check_share(beta=beta)
    [u] = remember(kept, w, "u")
    u[:] = beta * u + g
    w -= rate * u


# --8<-- [end:momentum]


# --8<-- [start:nesterov]
def nesterov(w, g, kept, rate, beta=0.9):
    """Step as if the gradient had come once more.

    In the form whose gradient is taken where the weights are.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary, empty at first; the sum u is kept.
        rate: of learning, at least 0.
        beta: the share of u that is kept, 0 <= beta < 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Nesterov 1983; Sutskever et al. 2013, equations 3 and 4.
    """
    g, rate = check_step(w, g, rate)
    check_share(beta=beta)
    [u] = remember(kept, w, "u")
    u[:] = beta * u + g
    w -= rate * (beta * u + g)


# --8<-- [end:nesterov]


# --8<-- [start:adagrad]
def adagrad(w, g, kept, rate, epsilon=1e-7):
    """Divide by the root of the sum of all squares.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary, empty at first; the sum of squares v is kept.
        rate: of learning, at least 0.
        epsilon: added below the root, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Duchi, Hazan and Singer 2011, section 1.1 with diagonal matrices.
    """
    g, rate = check_step(w, g, rate)
    epsilon = check_number("epsilon", epsilon)
    [v] = remember(kept, w, "v")
    v += g**2
    w -= rate * g / np.sqrt(v + epsilon)


# --8<-- [end:adagrad]


# --8<-- [start:rmsprop]
def rmsprop(w, g, kept, rate, beta2=0.9, epsilon=1e-7):
    """Divide by the root of a mean of squares that fades.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary, empty at first; the mean of squares v is kept.
        rate: of learning, at least 0.
        beta2: the share of v that is kept, 0 <= beta2 < 1.
        epsilon: added below the root, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Tieleman and Hinton 2012, lecture 6e.
    """
    g, rate = check_step(w, g, rate)
    check_share(beta2=beta2)
    epsilon = check_number("epsilon", epsilon)
    [v] = remember(kept, w, "v")
    v[:] = beta2 * v + (1 - beta2) * g**2
    w -= rate * g / np.sqrt(v + epsilon)


# --8<-- [end:rmsprop]


# --8<-- [start:adam]
def adam(w, g, kept, rate, beta1=0.9, beta2=0.999, epsilon=1e-7):
    """Divide a mean gradient by its usual size.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: a dictionary, empty at first; the means m of gradients and v of
            their squares are kept, and the number t of the step.
        rate: of learning, at least 0.
        beta1: the share of m that is kept, 0 <= beta1 < 1.
        beta2: the share of v that is kept, 0 <= beta2 < 1.
        epsilon: added beside the root of v, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Kingma and Ba 2015, algorithm 1, in the order of section 2's end.
    """
    g, rate = check_step(w, g, rate)
    check_share(beta1=beta1, beta2=beta2)
    epsilon = check_number("epsilon", epsilon)
    m, v = remember(kept, w, "m", "v")
    t = kept["t"] = kept.get("t", 0) + 1
    m[:] = beta1 * m + (1 - beta1) * g
    v[:] = beta2 * v + (1 - beta2) * g**2
    unbias = (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    w -= rate * unbias * m / (np.sqrt(v) + epsilon)


# --8<-- [end:adam]


# --8<-- [start:adamw]
def adamw(w, g, kept, rate, decay=0.004, **settings):
    """Shrink the weights themselves, then step by Adam.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: as for `adam`.
        rate: of learning, at least 0.
        decay: times the rate, the share of w that a step takes away.
        **settings: of `adam`.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Loshchilov and Hutter 2019, algorithm 2.
    """
    g, rate = check_step(w, g, rate)
    decay = check_number("decay", decay)
    w -= rate * decay * w
    adam(w, g, kept, rate, **settings)


# --8<-- [end:adamw]


# --8<-- [start:amsgrad]
def amsgrad(
    w, g, kept, rate, beta1=0.9, beta2=0.999, epsilon=1e-7
):
    """Adam with the largest v so far, which never falls.

    Keras corrects the bias of both means; the paper corrects neither.

    Args:
        w: array of floats, the weights; changed.
        g: array like w, the gradient.
        kept: as for `adam`; `top`, the largest v, is kept too.
        rate: of learning, at least 0.
        beta1: the share of m that is kept, 0 <= beta1 < 1.
        beta2: the share of v that is kept, 0 <= beta2 < 1.
        epsilon: added beside the root, at least 0.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Reddi, Kale and Kumar 2018, algorithm 2.
    """
    g, rate = check_step(w, g, rate)
    check_share(beta1=beta1, beta2=beta2)
    epsilon = check_number("epsilon", epsilon)
    m, v, top = remember(kept, w, "m", "v", "top")
    t = kept["t"] = kept.get("t", 0) + 1
    m[:] = beta1 * m + (1 - beta1) * g
    v[:] = beta2 * v + (1 - beta2) * g**2
    top[:] = np.maximum(top, v)
    unbias = (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    w -= rate * unbias * m / (np.sqrt(top) + epsilon)


# --8<-- [end:amsgrad]


# --8<-- [start:muon]
def orthogonalize(u):
    """Bring all singular values of a matrix near 1.

    Five steps of an odd polynomial of degree 5. They end between 0.68 and
    1.14, where one was at least a hundredth of the root of the sum of all
    squares.

    Args:
        u: (D, H) matrix.

    Returns:
        (D, H), of about the same singular vectors.

    Source: Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/.
    """
    x = u if len(u) <= len(u.T) else u.T
    x = x / (np.linalg.norm(x) + 1e-7)
    for _ in range(5):
        xx = x @ x.T
        x = 3.4445 * x + (2.0315 * xx @ xx - 4.775 * xx) @ x
    return x if len(u) <= len(u.T) else x.T


def muon(w, g, kept, rate, beta=0.95):
    """Step by an orthogonal matrix, near the sum of gradients.

    With the scale of Liu et al. 2025, so that rates are those of Adam.

    Args:
        w: (D, H) array of floats, the weights; changed.
        g: (D, H), the gradient.
        kept: a dictionary, empty at first; the sum u is kept.
        rate: of learning, at least 0.
        beta: the share of u that is kept, 0 <= beta < 1.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Source: Jordan et al. 2024; Liu et al. 2025, section 2.2.
    """
    g, rate = check_step(w, g, rate)
    check_matrix(w)
    check_share(beta=beta)
    [u] = remember(kept, w, "u")
    u[:] = beta * u + g
    scale = 0.2 * max(w.shape) ** 0.5
    w -= rate * scale * orthogonalize(beta * u + g)


# --8<-- [end:muon]
