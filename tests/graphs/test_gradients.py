"""Gradients and second derivatives equal TensorFlow's, on graphs that Hypothesis draws."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs import graph as ours
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, assign, maximum, reduce_sum, relu
from deepcourse.graphs.operations import COMPUTE, GRADIENT
from deepcourse.graphs.run import evaluate, run
from hypothesis import given, settings
from hypothesis import strategies as st

SHAPES = [(), (3,), (1, 3), (2, 1), (2, 3)]
# Each with what TensorFlow calls the same; arguments stay where the functions are smooth and of moderate size.
UNARY = [
    (lambda g, a: ours.exp(ours.tanh(a)), lambda a: tf.exp(tf.tanh(a))),
    (lambda g, a: ours.log(a * a + 1), lambda a: tf.math.log(a * a + 1)),
    (lambda g, a: (a * a + 0.5) ** -0.5, lambda a: (a * a + 0.5) ** -0.5),
    (lambda g, a: a**3, lambda a: a**3),
    (lambda g, a: relu(a), tf.nn.relu),
    (lambda g, a: -a.T, lambda a: -tf.transpose(a)),
    (lambda g, a: ours.reduce_sum(a), tf.reduce_sum),
    (lambda g, a: ours.reduce_mean(a, a.shape and -1), lambda a: tf.reduce_mean(a, -1 if a.shape.rank else None)),
    (lambda g, a: ours.reshape(a, (*a.shape[::-1], 1)), lambda a: tf.reshape(a, (*a.shape[::-1], 1))),
    (lambda g, a: ours.broadcast_to(a, (2, *a.shape)), lambda a: tf.broadcast_to(a, (2, *a.shape))),
]
BINARY = [
    (lambda a, b: a + b, lambda a, b: a + b),
    (lambda a, b: a - b, lambda a, b: a - b),
    (lambda a, b: a * b, lambda a, b: a * b),
    (lambda a, b: a / (b * b + 1), lambda a, b: a / (b * b + 1)),
    (maximum, tf.maximum),
]


def broadcasts(*shapes):
    try:
        return len(np.broadcast_shapes(*shapes)) < 4
    except ValueError:
        return False


def multiplies(a, b):
    return len(a) == len(b) == 2 and a[1] == b[0]


@st.composite
def plans(draw):
    """Shapes of three inputs, and steps: which operation on which of all values so far."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=3, max_size=3))
    known, steps = [Graph().placeholder(shape) for shape in shapes], []
    for _ in range(draw(st.integers(1, 6))):
        i, j = (draw(st.integers(0, len(known) - 1)) for _ in range(2))
        a, b = known[i], known[j]
        kinds = ["unary"] if len(a.shape) < 3 else []
        kinds += ["binary"] if broadcasts(a.shape, b.shape) else []
        kinds += ["matmul"] if multiplies(a.shape, b.shape) else []
        if kinds:
            kind = draw(st.sampled_from(kinds))
            which = draw(st.integers(0, {"unary": len(UNARY), "binary": len(BINARY), "matmul": 1}[kind] - 1))
            steps.append((kind, which, i, j))
            g = Graph()
            twins = [g.placeholder(n.shape) for n in (a, b)]
            known.append(step_of_ours(kind, which, g, *twins))
    return shapes, steps, draw(st.integers(0, 2**32 - 1))


def step_of_ours(kind, which, g, a, b):
    if kind == "unary":
        return UNARY[which][0](g, a)
    return a @ b if kind == "matmul" else BINARY[which][0](a, b)


def step_of_theirs(kind, which, a, b):
    if kind == "unary":
        return UNARY[which][1](a)
    return a @ b if kind == "matmul" else BINARY[which][1](a, b)


def all_of_ours(shapes, steps, values):
    """The last value, the gradients of its sum, and those of a weighted sum of these gradients."""
    g = Graph()
    xs = [g.variable(v) for v in values]
    known = [*xs]
    for kind, which, i, j in steps:
        known.append(step_of_ours(kind, which, g, known[i], known[j]))
    first = gradients(known[-1], xs)
    mixed = sum((reduce_sum(d * (k + 0.3 * x)) for k, (d, x) in enumerate(zip(first, xs, strict=True), 1)), 0.0)
    return run([known[-1], *first, *gradients(mixed, xs)])


def all_of_theirs(shapes, steps, values):
    xs = [tf.constant(v) for v in values]
    with tf.GradientTape() as outer:
        outer.watch(xs)
        with tf.GradientTape() as inner:
            inner.watch(xs)
            known = [*xs]
            for kind, which, i, j in steps:
                known.append(step_of_theirs(kind, which, known[i], known[j]))
            last = known[-1]
        first = inner.gradient(last, xs, unconnected_gradients="zero")
        mixed = sum(tf.reduce_sum(d * (k + 0.3 * x)) for k, (d, x) in enumerate(zip(first, xs, strict=True), 1))
    return [last, *first, *outer.gradient(mixed, xs, unconnected_gradients="zero")]


@settings(max_examples=60)
@given(plans())
def test_gradients_and_second_derivatives_equal_tensorflows(plan):
    shapes, steps, seed = plan
    values = [np.random.default_rng([seed, i]).uniform(-1.5, 1.5, shape) for i, shape in enumerate(shapes)]
    for mine, theirs in zip(all_of_ours(shapes, steps, values), all_of_theirs(shapes, steps, values), strict=True):
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-10)


def test_every_operation_is_drawn_and_has_a_gradient():
    assert {*COMPUTE} - {"constant", "variable"} == {*GRADIENT}


def test_a_gradient_is_a_node_and_computes_nothing_until_it_runs():
    g = Graph()
    x = g.placeholder((), "x")
    y = x**3
    (dy,) = gradients(y, [x])
    (d2y,) = gradients(dy, [x])
    (d3y,) = gradients(d2y, [x])
    (d4y,) = gradients(d3y, [x])
    assert [float(v) for v in run([y, dy, d2y, d3y, d4y], {x: 2.0})] == [8, 12, 12, 6, 0]
    assert dy not in evaluate([y], {x: 2.0})


def test_what_arrives_from_two_readers_is_added_after_both_had_their_turn():
    g = Graph()
    x = g.constant(3.0)
    square = x * x
    y = square * x + square  # square is read early and late
    (dx,) = gradients(y, [x])
    assert run(dx) == 3 * 9 + 2 * 3


def test_a_slope_that_nobody_asks_for_is_built_and_never_runs():
    g = Graph()
    a, w = g.placeholder((5, 2), "a"), g.variable(np.ones((2, 1)), "w")
    loss = reduce_sum((ours.exp(a) @ w) ** 2)
    [dw] = gradients(loss, [w])
    unrun = {*g.nodes} - {*evaluate([loss, dw], {a: np.ones((5, 2))})}
    assert {(node.op, node.shape) for node in unrun if node.op == "multiply"} == {("multiply", (5, 2))}  # of exp


def test_the_gradient_for_what_it_does_not_depend_on_is_zeros_of_its_shape():
    g = Graph()
    x, other = g.constant([1.0, 2.0]), g.variable(np.ones((3, 2)), "other")
    dx, do, dy = gradients(x * x, [x, other, x * x])
    np.testing.assert_array_equal(run(do), np.zeros((3, 2)))
    np.testing.assert_array_equal(run(dy), 0)  # built anew, it is another node than y
    np.testing.assert_array_equal(run(dx), [2, 4])


def test_an_intermediate_node_has_a_gradient_and_y_has_ones():
    g = Graph()
    x = g.constant([1.0, 2.0])
    h = x * x
    y = h * 3.0
    dh, dx, dy = gradients(y, [h, x, y])
    np.testing.assert_array_equal(run([dh, dx, dy]), [[3, 3], [6, 12], [1, 1]])


def test_relu_and_maximum_at_a_tie_go_where_tensorflow_sends_them():
    g = Graph()
    x = g.constant([-1.0, 0.0, 1.0])
    (dx,) = gradients(relu(x), [x])
    np.testing.assert_array_equal(run(dx), [0, 0, 1])
    a, b = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, 3.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = tf.maximum(a, b)
    mine = [g.constant(v.numpy()) for v in (a, b)]
    for d, theirs in zip(gradients(maximum(*mine), mine), tape.gradient(y, [a, b]), strict=True):
        np.testing.assert_array_equal(run(d), theirs)


def test_a_value_that_is_assigned_hands_its_gradient_on():
    g = Graph()
    w = g.variable(2.0, "w")
    (dw,) = gradients(assign(w, w * w), [w])
    assert run(dw) == 4


def test_a_node_of_another_graph_is_refused():
    x, y = Graph().constant(1.0), Graph().constant(1.0)
    with pytest.raises(ValueError, match=r"^fetches: got nodes of 2 graphs"):
        gradients(x * x, [y])
    with pytest.raises(ValueError, match=r"^fetches: got 'x', expected nodes"):
        gradients(x * x, ["x"])
