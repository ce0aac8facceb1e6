"""Where the nodes of a graph stand: in layers, with few edges that cross.

After Sugiyama, Tagawa and Toda 1981: layers by the longest way, a bend where
an edge passes a layer, each layer in the order of its neighbours' middles.
"""

from collections import defaultdict
from itertools import pairwise

import numpy as np

SWEEPS = 24


def layers_of(nodes) -> dict:
    """The layer of each node, counted from the top.

    One below its lowest input; what has no input stands above its first
    reader.
    """
    layer = {}
    for node in nodes:
        inputs = [layer[a] + 1 for a in node.inputs if a in layer]
        layer[node] = max(inputs, default=0)
    for node in reversed(nodes):
        below = [layer[n] for n in nodes if node in n.inputs]
        if not node.inputs and below:
            layer[node] = min(below) - 1
    least = min(layer.values())
    return {node: n - least for node, n in layer.items()}


def edges_of(nodes, layer):
    """Every edge as the chain of what it passes, a bend in each layer."""
    chains = []
    for node in nodes:
        for a in dict.fromkeys(node.inputs):
            if a in layer:
                between = range(layer[a] + 1, layer[node])
                bends = [(a, node, n) for n in between]
                chains.append([a, *bends, node])
    return chains


def ordered(nodes, layer, chains):
    """What stands in each layer, from left to right."""
    rows, near = defaultdict(list), defaultdict(list)
    for node in nodes:
        rows[layer[node]].append(node)
    for chain in chains:
        for bend in chain[1:-1]:
            rows[bend[2]].append(bend)
        for a, b in pairwise(chain):
            near[a].append(b)
            near[b].append(a)
    place = {each: i for row in rows.values() for i, each in enumerate(row)}
    for sweep in range(SWEEPS):
        for n in sorted(rows, reverse=sweep % 2 == 1):
            middle = {
                e: np.mean([place[o] for o in near[e]] or [place[e]])
                for e in rows[n]
            }
            rows[n].sort(key=middle.get)
            place |= {each: float(i) for i, each in enumerate(rows[n])}
    return rows, near


def spread(rows, near, gap, bend_gap):
    """A column for each, near those of its neighbours, and apart from others.

    Returns:
        From nodes and bends to columns, in pixels from the leftmost.
    """

    def apart(a, b):
        thin = isinstance(a, tuple) + isinstance(b, tuple)
        return (gap, (gap + bend_gap) / 2, bend_gap)[thin]

    x = {e: gap * i for row in rows.values() for i, e in enumerate(row)}
    for _ in range(60):
        for row in rows.values():
            wanted = [np.mean([x[o] for o in near[e]] or [x[e]]) for e in row]
            x |= dict(zip(row, fitted(row, wanted, apart), strict=True))
    least = min(x.values())
    return {each: value - least for each, value in x.items()}


def fitted(row, wanted, apart):
    """The columns nearest to those wanted that keep order and distance.

    Where the wanted ones are too near, they share the mean of what each of
    them would like: the method of pools of isotonic regression.
    """
    steps = [apart(a, b) for a, b in pairwise(row)]
    offset = np.concatenate([[0], np.cumsum(steps)])
    pools = []
    for value in np.asarray(wanted) - offset:
        pools.append([value, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [[(a * m + b * n) / (m + n), m + n]]
    return offset + np.repeat(*zip(*pools, strict=True))


def placed(nodes, gap=56, bend_gap=20, row=46):
    """Where each node stands, and the points that each edge goes through.

    Args:
        nodes: in the order of building.
        gap: pixels between two nodes of a layer, at least.
        bend_gap: between two edges.
        row: between two layers.

    Returns:
        From each node to (x, y), and a list of (from, to, points), in pixels
        from the upper left node.
    """
    layer = layers_of(nodes)
    chains = edges_of(nodes, layer)
    rows, near = ordered(nodes, layer, chains)
    x = spread(rows, near, gap, bend_gap)
    y = {each: row * n for n, line in rows.items() for each in line}
    ways = [(c[0], c[-1], [(x[e], y[e]) for e in c]) for c in chains]
    return {node: (x[node], y[node]) for node in nodes}, ways
