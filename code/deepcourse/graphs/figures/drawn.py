"""Any graph as a drawing: circles, edges, and what it says in words."""

from deepcourse import drawing as draw
from deepcourse.drawing import ACCENT, INK, WIDTH, Drawing
from deepcourse.graphs.figures.layout import placed

SIGNS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "maximum": "max",
    "at_least": "≥",
    "matmul": "@",
    "transpose": "T",
    "assign": "←",
    "reduce_sum": "Σ",
    "reshape": "shp",
    "broadcast_to": "rep",
}
MARGIN, RADIUS = 30, 17


def sign(node) -> str:
    """What stands in the circle of a node: two or three letters at most."""
    if node.op in ("placeholder", "variable"):
        return node.name
    if node.op == "constant":
        if node.shape:
            return "c"
        return f"{node.settings['value']:g}".replace("-", "−")
    if node.op == "power":
        return f"( ){draw.power(round(node.settings['exponent']))[2:]}"
    return SIGNS.get(node.op, node.op)


def fit(nodes, **gaps):
    """The places of nodes and edges in a drawing, and its height."""
    places, ways = placed(nodes, **gaps)
    width = max(x for x, _ in places.values())
    height = max(y for _, y in places.values()) + 2 * MARGIN
    scale = min(1, (WIDTH - 2 * MARGIN) / width) if width else 1
    left = (WIDTH - scale * width) / 2

    def move(point):
        return left + scale * point[0], MARGIN + point[1]

    ways = [(a, b, [*map(move, points)]) for a, b, points in ways]
    return {n: move(p) for n, p in places.items()}, ways, height


def shortened(points):
    """The points of an edge, from the rim of one circle to that of the other.

    Args:
        points: of the edge, at the middle of both.

    Returns:
        As many points.
    """

    def rim(middle, other):
        (x, y), (u, v) = middle, other
        part = RADIUS / ((u - x) ** 2 + (v - y) ** 2) ** 0.5
        return x + part * (u - x), y + part * (v - y)

    first, last = rim(*points[:2]), rim(*points[:-3:-1])
    return [first, *points[1:-1], last]


def edge(ax, points, colour=INK) -> None:
    """A line through its bends, with a tip at its end."""
    *before, start, end = shortened(points)
    if before:
        draw.wire(ax, *before, start, head=False, colour=colour, lw=1)
    draw.arrow(ax, start, end, colour=colour, lw=1)


def drawn(nodes, title, lit=(), values=None, meaning="run", **gaps) -> Drawing:
    """The nodes of a graph, some of them with thick rings.

    Args:
        nodes: of one graph, in the order of building.
        title: of the drawing.
        lit: the nodes with thick rings, such as those that run.
        values: from nodes to numbers, to write beside them.
        meaning: what a thick ring means, after the number of them.
        **gaps: see `layout.placed`.

    Returns:
        The drawing; its text names each node with its inputs.
    """
    places, ways, height = fit(nodes, **gaps)
    art, ax = draw.paper(height)
    for a, b, points in ways:
        edge(ax, points, ACCENT if a in lit and b in lit else INK)
    for node, (x, y) in places.items():
        style = {"ec": ACCENT, "lw": 2} if node in lit else {}
        draw.ring(ax, x, y, RADIUS, **style)
        draw.label(ax, x, y, sign(node), color=style.get("ec", INK))
    for node, value in (values or {}).items():
        x, y = places[node]
        text = draw.number(float(value), 3)
        draw.label(ax, x + RADIUS + 3, y - 9, text, "left", color=ACCENT)
    return Drawing(art, title, said(nodes, lit, values or {}, meaning))


def said(nodes, lit, values, meaning="run") -> str:
    """Every node with its inputs, in words, and the values written."""
    lines = [
        f"{n.name} from {' and '.join(a.name for a in n.inputs)}"
        for n in nodes
        if n.inputs
    ]
    first = [n.name for n in nodes if not n.inputs]
    parts = [
        f"{len(nodes)} operations. Without inputs: {', '.join(first)}",
        f"The others: {'; '.join(lines)}",
    ]
    if lit:
        ran = [n.name for n in nodes if n in lit]
        parts.append(f"{len(ran)} {meaning}: {', '.join(ran)}")
    if values:
        pairs = [f"{n.name} {float(v):.3g}" for n, v in values.items()]
        parts.append(f"Their values: {', '.join(pairs)}")
    return ". ".join(parts) + "."
