"""Adam: a step for each weight, by the mean and the spread of its gradients."""

import numpy as np

from deepcourse.gradflow import expect


def update(w, m, v, g, rate, t):
    """One step of an array of weights, and of its two averages, in place.

    With epsilon beside the root of v as it stands, as in Keras and lesson 2.

    Args:
        w: array of floats of any shape, the weights; changed.
        m: array like w, the mean of the gradients, 0 at first; changed.
        v: array like w, the mean of their squares, 0 at first; changed.
        g: array like w, the gradient.
        rate: of learning.
        t: the number of the step, from 1 on.

    Raises:
        ValueError: w, m or v isn't an array of floats, a shape differs, the
            rate is below 0, or t no whole number above 0.

    Source: Kingma and Ba 2015, the last lines of section 2.

    Examples:
        >>> w, m, v = np.array([1.0]), np.zeros(1), np.zeros(1)
        >>> update(w, m, v, np.array([-20.0]), rate=0.1, t=1)
        >>> w.round(6)
        array([1.1])
    """
    for name, kept in {"w": w, "m": m, "v": v}.items():
        same = expect.array(name, kept, np.shape(w)) is kept
        if not same or not kept.flags.writeable:
            expect.refuse(
                name,
                "what can't be changed",
                "an array of floats",
            )
    g = expect.array("g", g, w.shape)
    t = expect.number(
        "t", t, lambda t: t >= 1 and t % 1 == 0, "1, 2, ..."
    )
    rate = expect.number(
        "rate", rate, lambda r: 0 <= r < np.inf, "at least 0"
    )
    m += 0.1 * (g - m)
    v += 0.001 * (g * g - v)
    unbias = (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
    w -= rate * unbias * m / (np.sqrt(v) + 1e-7)
