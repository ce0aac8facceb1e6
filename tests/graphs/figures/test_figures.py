"""The drawing of any graph, the graph of the page, and what the figures say."""

import drawings
import numpy as np
import pytest
from deepcourse import records
from deepcourse.graphs import page_graph
from deepcourse.graphs.figures import layout
from deepcourse.graphs.figures.drawn import RADIUS, drawn, fit, shortened, sign
from deepcourse.graphs.figures.graphs import FIGURES
from deepcourse.graphs.graph import Graph, exp
from deepcourse.graphs.run import evaluate, needed, run
from deepcourse.graphs.runs import page_graph as told
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def graphs(draw):
    """A graph of some placeholders, and sums of earlier nodes."""
    g = Graph()
    nodes = [g.placeholder((), f"x{i}") for i in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 14))):
        a, b = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        nodes.append(exp(a) if a is b else a + b)
    return g


@given(graphs())
def test_in_any_graph_edges_lead_down_and_no_two_nodes_touch(g):
    places, ways = layout.placed(g.nodes)
    assert len(ways) == sum(len({*node.inputs}) for node in g.nodes)
    for a, b, points in ways:
        assert points[0] == places[a]
        assert points[-1] == places[b]
        assert np.all(np.diff([y for _, y in points]) > 0)
    at = np.array([*places.values()])
    apart = np.linalg.norm(at[:, None] - at, axis=-1) + 1e6 * np.eye(len(at))
    assert apart.min() > 40


def test_an_edge_ends_at_the_rims():
    first, bend, last = shortened([(0, 0), (0, 100), (100, 100)])
    assert (first, bend, last) == ((0, RADIUS), (0, 100), (100 - RADIUS, 100))


def test_a_constant_below_zero_has_a_sign_and_no_hyphen():
    g = Graph()
    assert [sign(g.constant(value)) for value in (-1.0, 0.1, [1.0, 2.0])] == ["−1", "0.1", "c"]


def test_a_drawing_names_each_node_with_its_inputs_and_what_runs():
    unit = page_graph.unit()
    nodes = unit.loss.graph.nodes
    drawing = drawn(nodes, "title", needed([unit.y]), {unit.y: 1.0})
    assert "26 operations. Without inputs: x, t, w, b, constant_6" in drawing.text
    assert "multiply_4 from x and w; add_5 from multiply_4 and b" in drawing.text
    assert "7 run: x, w, b, multiply_4, add_5, constant_6, maximum_7." in drawing.text
    assert drawing.text.endswith("Their values: maximum_7 1.")


def test_a_graph_too_wide_is_made_to_fit():
    g = Graph()
    nodes = [g.placeholder((), f"x{i}") for i in range(30)]
    sum(nodes[1:], nodes[0])
    places, _, _ = fit(g.nodes)
    assert all(0 <= x <= 480 for x, _ in places.values())


def test_the_unit_of_the_page_learns_its_target():
    unit = page_graph.unit()
    feed = {page_graph.by_name(unit.loss.graph, name): value for name, value in page_graph.FED.items()}
    losses = [float(run([unit.loss, unit.train_w, unit.train_b], feed)[0]) for _ in range(30)]
    assert losses[0] == pytest.approx(1.0)
    assert losses[-1] < 1e-6
    assert {float(v) for v in evaluate([unit.dw], feed).values()}


def test_the_record_of_the_page_has_the_graph_and_the_counts(tmp_path):
    records.make("graphs/page_graph", told.measure, told.Settings(), tmp_path)
    record = records.read("graphs/page_graph", tmp_path)
    assert record["values"] == {"y": 7, "loss": 10, "dw": 18, "train": 25, "all": 26}
    unit = page_graph.unit()
    for node, said in zip(unit.loss.graph.nodes, record["nodes"], strict=True):
        assert [node.name, node.op, [a.number for a in node.inputs]] == [said[k] for k in ("name", "op", "inputs")]
        assert said.get("value") == node.settings.get("value")
    assert record["fetches"]["train"] == [unit.train_w.number, unit.train_b.number]
    assert [edge["ends"] for edge in record["edges"] if 9 in edge["ends"]] == [[8, 9]]


@pytest.fixture
def made_up(tmp_path):
    """A folder of records that are made up, and all figures drawn from them."""
    rows = [(10 * i, 375.0, 0.9**i, 0.9**i, 0.1**i) for i in range(1, 30)]
    header = ("step", "loss", "error", "slow", "fast")
    records.write_table(tmp_path / "graphs/mean.csv", header, rows)
    rest = {"command": "x", "settings": {}, "seeds": [0], "data": {"name": "made up"}}
    values = {"rate_slow": 0.99, "rate_fast": 0.74, "steps_to_1e_4": 1011.4}
    units = dict.fromkeys(values, "1")
    records.write("graphs/mean", {**rest, "values": values, "units": units}, tmp_path)
    rest["settings"] = {"apart": [[0, 0], [2, 0], [0, 2], [9, 6]]}
    records.write("graphs/median", {**rest, "values": {}, "units": {}}, tmp_path)
    assert FIGURES.draw(tmp_path) == []
    return tmp_path


def test_the_figures_say_what_the_records_hold(made_up):
    said = {name: drawings.words(made_up / f"graphs/{name}.svg")["desc"] for name in FIGURES.names}
    assert "by 0.9900 a step" in said["mean"]
    assert "After 1,011 steps" in said["mean"]
    assert "the mean at (2.750, 2.000)" in said["median"]
    assert "10 run:" in said["run"]
