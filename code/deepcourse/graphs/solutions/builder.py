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
    a = Graph().variable(2.0, "a")
    s = a * a
    q = s * s
    z = q + s
    values = run([s, q, z])
    back = run(gradients(z, [z, q, s, a]))
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


# --8<-- [start:alive]
def alive(done, nodes):
    """The values to keep: a reader of each has yet to run."""
    waiting = [node for node in nodes if node not in done]
    return {u for node in waiting for u in node.inputs} & done


def most_alive(order):
    """The most values at once if nodes run in this order.

    >>> from deepcourse.graphs.page_graph import unit
    >>> nodes = unit().loss.graph.nodes
    >>> most_alive(nodes), most_alive(greedy(nodes)), fewest(nodes)
    (9, 8, 7)
    """
    before = [{*order[:i]} for i in range(len(order))]
    return max(1 + len(alive(done, order)) for done in before)


def greedy(nodes):
    """An order: always the node after which least is alive."""
    order = []
    while len(order) < len(nodes):
        done = {*order}
        ready = [
            node
            for node in nodes
            if node not in done and done.issuperset(node.inputs)
        ]
        order.append(
            min(
                ready, key=lambda n: len(alive(done | {n}, nodes))
            )
        )
    return order


def fewest(nodes):
    """The least that any order needs, by sets that have run."""
    peaks = {frozenset(): 0}
    for _ in nodes:
        longer = {}
        for done, peak in peaks.items():
            now = max(peak, 1 + len(alive(done, nodes)))
            for node in nodes:
                if node not in done and done.issuperset(
                    node.inputs
                ):
                    after = done | {node}
                    longer[after] = min(
                        now, longer.get(after, now)
                    )
        peaks = longer
    return min(peaks.values())


# --8<-- [end:alive]
