"""What the exercises of the graph builder ask for, one section each."""

import numpy as np

from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, relu
from deepcourse.graphs.orders import forgetful
from deepcourse.graphs.run import run


# --8<-- [start:paper]
def square_of_a_square():
    """Values, gradients and the count without a memory.

    >>> square_of_a_square()
    ([4.0, 16.0, 20.0], [1.0, 1.0, 9.0, 36.0], 11)
    """
    x = Graph().variable(2.0, "x")
    p = x * x
    q = p * p
    z = q + p
    values = run([p, q, z])
    back = run(gradients(z, [z, q, p, x]))
    count = forgetful(z)
    return [*map(float, values)], [*map(float, back)], count


# --8<-- [end:paper]


# --8<-- [start:planted]
def through_tanh(dn, n, u):
    """What comes back through a hyperbolic tangent."""
    return (dn * (1 - u * u),)


# --8<-- [end:planted]


# --8<-- [start:find-the-bug]
def slopes(u, apart=1e-5):
    """The planted rule and a central difference, at u.

    >>> for u in (0.1, 1.0, 2.0):
    ...     print(u, *(f"{slope:.4f}" for slope in slopes(u)))
    0.1 0.9900 0.9901
    1.0 0.0000 0.4200
    2.0 -3.0000 0.0707
    """
    rise = np.tanh(u + apart) - np.tanh(u - apart)
    return *through_tanh(1.0, np.tanh(u), u), rise / (2 * apart)


# --8<-- [end:find-the-bug]


# --8<-- [start:newton]
def steps_to(goal, x, newton, most=100):
    """The runs until the loss of the unit is below a goal.

    >>> steps_to(1e-6, 1.5, newton=False)
    12
    >>> steps_to(1e-6, 1.5, newton=True)
    1
    >>> steps_to(1e-6, -1.5, newton=False) is None
    True
    """
    w = 0.5
    for step in range(most + 1):
        v = Graph().variable(w, "w")
        loss = (relu(v * x + 0.25) - 2.0) ** 2
        [dw] = gradients(loss, [v])
        [ddw] = gradients(dw, [v])
        value, slope, bend = run([loss, dw, ddw])
        if value < goal:
            return step
        with np.errstate(invalid="ignore"):
            w -= slope / bend if newton else 0.1 * slope
    return None


# --8<-- [end:newton]
