"""Building: what a node is, which shapes fit, and what is refused while the graph is built."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from deepcourse.graphs.graph import (
    Graph,
    assign,
    broadcast_to,
    exp,
    maximum,
    reduce_mean,
    reduce_sum,
    relu,
    reshape,
)
from deepcourse.graphs.operations import COMPUTE
from deepcourse.graphs.run import run
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes


def test_building_computes_nothing(monkeypatch):
    for op in COMPUTE:
        monkeypatch.setitem(COMPUTE, op, lambda *_, **__: pytest.fail("something was computed"))
    g = Graph()
    x, w = g.placeholder((4, 3), "x"), g.variable(np.ones((3, 1)), "w")
    loss = reduce_sum((relu(x @ w) - 1) ** 2)
    assert [node.op for node in g.nodes if not node.inputs] == ["placeholder", "variable", *3 * ["constant"]][:4]
    assert loss.shape == ()


def test_inputs_stand_before_a_node_and_never_change_so_that_there_is_no_cycle():
    g = Graph()
    x = g.placeholder((), "x")
    y = exp(x) * x + 1
    assert all(a.number < node.number for node in g.nodes for a in node.inputs)
    with pytest.raises(FrozenInstanceError):
        x.inputs = (y,)
    with pytest.raises(TypeError):
        y.inputs[0] = y
    w = g.variable(0.0, "w")
    assert assign(w, w + x).inputs[0] is w  # a write leads back by the variable's state, not by an edge
    assert w.inputs == ()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: x + 2, 5),
        (lambda x: 2 + x, 5),
        (lambda x: x - 2, 1),
        (lambda x: 2 - x, -1),
        (lambda x: x * 2, 6),
        (lambda x: 2 * x, 6),
        (lambda x: x / 2, 1.5),
        (lambda x: 2 / x, 2 / 3),
        (lambda x: -x, -3),
        (lambda x: x**2, 9),
        (lambda x: np.array([1.0, 2.0]) * x, [3, 6]),
        (lambda x: np.ones((1, 2)) @ (x * np.ones((2, 1))), [[6]]),
        (lambda x: (x * np.ones((2, 1))) @ [[1, 2]], [[3, 6], [3, 6]]),
        (lambda x: (x * np.array([[1, 2]])).T, [[3], [6]]),
        (lambda x: maximum(x, 4), 4),
        (lambda x: reduce_mean(x * np.arange(4)), 4.5),
        (lambda x: reduce_sum(x * np.ones((2, 3)), -1), [9, 9]),
        (lambda x: reduce_sum(x * np.ones((2, 3)), (0, 1)), 18),
        (lambda x: reduce_mean(x * np.arange(6).reshape(2, 3), 0), [4.5, 7.5, 10.5]),
    ],
)
def test_operators_take_numbers_and_arrays_on_both_sides(build, expected):
    g = Graph()
    y = build(g.constant(3))
    np.testing.assert_array_equal(run(y), expected, strict=False)
    assert y.shape == np.shape(expected)


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_shapes_broadcast_as_numpy_has_it(shapes):
    g = Graph()
    a, b = (g.placeholder(shape) for shape in shapes.input_shapes)
    assert (a + b).shape == shapes.result_shape


@given(st.lists(st.integers(0, 3), max_size=3), st.data())
def test_the_stated_shape_is_that_of_the_value(shape, data):
    g = Graph()
    x = g.placeholder(shape, "x")
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True)) if shape else None
    for y in (reduce_sum(x, axes), x.T, reshape(x, (x.shape or (1,))[::-1]), broadcast_to(x, (2, *shape)), x**3):
        assert run(y, {x: np.ones(shape)}).shape == y.shape


def two(a, b):
    """Two placeholders of one graph."""
    g = Graph()
    return g.placeholder(a, "a"), g.placeholder(b, "b")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: two((2, 3), (4,))[0] + two((2, 3), (4,))[1], "add: got nodes of 2 graphs, expected of one"),
        (lambda: sum(two((2, 3), (4,))), r"add: got shapes \(2, 3\) and \(4,\), expected shapes that broadcast"),
        (lambda: two((2, 3), ())[0] @ np.ones((2, 1)), r"matmul: got shapes \(2, 3\) and \(2, 1\), expected \(n, m\)"),
        (lambda: two((3,), ())[0] @ np.ones((3, 1)), r"matmul: got shapes \(3,\) and \(3, 1\), expected \(n, m\) and"),
        (lambda: reshape(two((2, 3), ())[0], (4,)), r"reshape: got shapes \(2, 3\) and \(4,\), expected as many"),
        (lambda: broadcast_to(two((2, 3), ())[0], (3,)), r"broadcast_to: got shapes \(2, 3\) and \(3,\), expected one"),
        (lambda: reduce_sum(two((2, 3), ())[0], 2), r"axes: got 2, expected axes of an array of shape \(2, 3\)"),
        (lambda: assign(Graph().variable([1, 2], "w"), 1.0), r"assign: got shapes \(2,\) and \(\), expected two alike"),
        (lambda: assign(two((), ())[0], 1.0), r"variable: got a \(\), expected a variable"),
        (lambda: assign("w", 1.0), "variable: got 'w', expected a variable"),
        (lambda: exp(3.0), "exp: got nodes of 0 graphs, expected of one"),
        (lambda: Graph().placeholder((2.5,)), r"placeholder: got shapes \(2.5,\), expected sizes from 0"),
        (lambda: Graph().placeholder((-1,)), r"placeholder: got shapes \(-1,\), expected sizes from 0"),
        (lambda: two((), ())[0] ** "2", "exponent: got dtype <U1, expected real numbers"),
        (lambda: two((), ())[0] ** [2, 3], r"exponent: got shape \(2,\), expected shape \(\)"),
        (lambda: two((), ())[0] + "1", "value: got dtype <U1, expected real numbers"),
        (lambda: Graph().constant([True]), "value: got dtype bool, expected real numbers"),
        (lambda: Graph().constant(1j), "value: got dtype complex128, expected real numbers"),
        (lambda: Graph().variable([[1], [1, 2]]), "value: got what makes no array, expected real numbers"),
        (lambda: Graph().variable(np.ma.masked_less([1, -1], 0)), "value: got masked entries, expected real numbers"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is_built(build, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        build()


@pytest.mark.parametrize("dtype", ["f2", "f4", "i1", "u8", ">f8"])
def test_real_numbers_of_any_size_are_computed_in_float64(dtype):
    value = run(Graph().constant(np.array([1, 2], dtype)[::-1]))
    assert value.dtype == np.float64
    np.testing.assert_array_equal(value, [2, 1])


def test_a_graph_keeps_its_own_copy_of_what_it_is_given():
    mine = np.ones(2)
    w = Graph().variable(mine, "w")
    mine[:] = 5
    np.testing.assert_array_equal(run(w), [1, 1])


def test_a_node_is_named_by_its_operation_and_number_or_as_it_is_told():
    g = Graph()
    x = g.placeholder((2,), "x")
    assert [repr(node) for node in (x, x * 3)] == ["x (2,)", "multiply_2 (2,)"]
