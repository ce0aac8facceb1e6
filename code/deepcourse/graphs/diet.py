"""A diet: the cheapest food that has enough of everything, by two tools.

A linear program: find x >= 0 with A x >= b and the least c x. Gradient
descent knows no constraints, so each unit of what lacks is fined, by its
square. The numbers are made up, in the order of real ones.
"""

from typing import NamedTuple

import numpy as np

from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import (
    Graph,
    Node,
    assign,
    reduce_sum,
    relu,
)

# --8<-- [start:numbers]
FOODS = "oats", "milk", "lentils"  # in units of 100 g
NEEDS = "energy, MJ", "protein, 10 g", "calcium, 100 mg"
PRICES = np.array([0.20, 0.12, 0.30])  # for 100 g
CONTENT = np.array(  # (needs, foods)
    [[1.6, 0.27, 1.5], [1.3, 0.34, 2.4], [0.5, 1.2, 0.35]]
)
ENOUGH = np.array([9.0, 7.0, 9.0])  # a day
# --8<-- [end:numbers]


class Diet(NamedTuple):
    """A graph that walks to a cheap diet."""

    x: Node  # the state: how much of each food
    cost: Node
    lack: Node  # of each constraint, 0 if it holds
    train: Node


# --8<-- [start:constraints]
def constraints():
    """All in one form, M x >= h: the needs, then x >= 0.

    Returns:
        (6, 3), (6,) M and h.
    """
    nothing_negative = np.eye(len(FOODS))
    m = np.vstack([CONTENT, nothing_negative])  # (6, 3)
    return m, np.append(ENOUGH, np.zeros(len(FOODS)))


# --8<-- [end:constraints]


def safe_rate(weight):
    """The inverse of the largest curvature that the fine can have.

    Args:
        weight: of the fine.

    Returns:
        A rate at which gradient descent never goes up.
    """
    m, _ = constraints()
    return 1 / (weight * np.linalg.norm(m, 2) ** 2)


def fined(start, weight):
    """Build gradient descent on cost + weight/2 times squared lacks.

    Args:
        start: (3,) 100 g of each food to begin with.
        weight: of the fine, above 0.

    Returns:
        The nodes.
    """
    m, h = constraints()
    g = Graph()
    x = g.variable(start[:, None], "x")  # (3, 1)
    cost = reduce_sum(PRICES[:, None] * x)
    lack = relu(h[:, None] - m @ x)  # (6, 1)
    [dx] = gradients(cost + weight / 2 * reduce_sum(lack**2), [x])
    train = assign(x, x - safe_rate(weight) * dx)
    return Diet(x, cost, lack, train)


# --8<-- [start:solved]
def solved():
    """The linear program by SciPy: HiGHS.

    Returns:
        (3,), (6,) the diet, and the price of each constraint: by how much
        the cost would rise if it asked for one unit more.
    """
    from scipy.optimize import linprog

    found = linprog(PRICES, -CONTENT, -ENOUGH, method="highs")
    prices = [-found.ineqlin.marginals, found.lower.marginals]
    return found.x, np.concatenate(prices)


# --8<-- [end:solved]


def fined_optimum(weight):
    """Where the descent ends, while the same constraints bind.

    There the fine's slope is what a constraint is worth: weight times lack =
    price. So M x = h - price/weight for those that bind.

    Args:
        weight: of the fine, large enough.

    Returns:
        (3,) the diet.
    """
    m, h = constraints()
    _, prices = solved()
    binds = prices > 1e-9
    lacking = h[binds] - prices[binds] / weight
    return np.linalg.solve(m[binds], lacking)
