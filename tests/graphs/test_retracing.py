"""When a tf.function traces anew, by the page's rule and by TensorFlow; loops that unroll; silent defaults."""

import itertools

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.graphs import inside, retracing, three_ways
from deepcourse.graphs.graph import Graph, assign
from deepcourse.graphs.run import run
from deepcourse.graphs.runs import retracing as runs

OFFERED = [each.value for each in retracing.arguments()]


@pytest.mark.equation("graphs/tracings", digest="7bcbb3db")
@pytest.mark.parametrize("digits", [(0, 1, 0), (2, 2, 3), (4, 5, 0), (2, 5, 4)])
def test_a_function_has_a_graph_for_each_signature_it_has_met(proof, digits):
    calls = [OFFERED[d] for d in digits]
    function, counts = tf.function(lambda x: x * x), []
    for x in calls:
        function(x)
        counts.append(function.experimental_get_tracing_count())
    signatures = [{retracing.signature(x) for x in calls[:t]} for t in range(1, len(calls) + 1)]
    proof(counts, [len(each) for each in signatures])
    assert counts == retracing.tracings(calls)


def test_the_offered_arguments_have_signatures_of_their_own():
    signatures = {retracing.signature(x) for x in OFFERED}
    assert len(signatures) == len(OFFERED)
    assert retracing.signature(tf.constant([7.0])) == retracing.signature(OFFERED[2])


def test_what_numpy_draws_while_tracing_is_the_same_in_every_call_and_what_tensorflow_draws_is_not():
    one = tf.constant(1.0)
    draw = np.random.default_rng(0)
    frozen = tf.function(lambda x: x + draw.normal())
    drawn = tf.function(lambda x: x + tf.random.normal([]))
    assert frozen(one) == frozen(one)
    assert drawn(one) != drawn(one)


def test_pythons_numbers_trace_each_and_a_tensor_of_them_once():
    numbers, tensors = tf.function(tf.square), tf.function(tf.square)
    for epoch in range(5):
        numbers(epoch)
        tensors(tf.constant(epoch))
    assert [f.experimental_get_tracing_count() for f in (numbers, tensors)] == [5, 1]


def test_a_variable_made_in_a_function_is_refused():
    function = tf.function(lambda x: x * tf.Variable(2.0))
    with pytest.raises(ValueError, match=r"tf\.function only supports singleton tf\.Variables"):
        function(tf.constant(1.0))


def test_three_ways_differ_where_the_page_says():
    rows = [tf.ones(n) for n in (1, 2, 3, 4)]
    assert {way: retracing.outcomes(way, rows) for way in retracing.WAYS} == {
        "plain": "tttt",
        "reduced": "ttss",
        "declared": "tsss",
    }
    assert retracing.outcomes("reduced", [2, 3, 2]) == "tts"  # numbers of Python stay apart
    assert retracing.outcomes("declared", [2, tf.ones(1), tf.constant([1, 2])]) == "rtr"


@pytest.mark.equation("graphs/halvings")
@pytest.mark.parametrize("x", [2.0, 9.0, 1000.0])
def test_halvings_by_hand_and_rewritten_count_the_powers_of_two(proof, x):
    h = int(inside.halvings_by_hand(tf.constant(x)))
    proof.tex(h=h, x=x)
    assert int(tf.function(inside.halvings)(tf.constant(x))) == h
    assert [int(inside.halvings_by_hand(tf.constant(each))) for each in (0.5, 1.0, 1.5)] == [0, 1, 1]


@pytest.mark.equation("graphs/unrolled")
def test_a_loop_of_python_leaves_two_nodes_for_each_turn(proof):
    @tf.function
    def unrolled(x, turns):
        for _ in range(turns):
            x = x / 2
        return x

    for turns in (1, 10):
        proof.tex(m=len(inside.nodes(unrolled, tf.constant(1.0), turns)), T=turns)


@pytest.mark.equation("graphs/mean-step")
def test_the_slopes_of_a_step_are_those_of_the_tape(proof):
    draw = np.random.default_rng(0)
    a, w = draw.random((5, 3)), draw.random((3, 1))
    with tf.GradientTape() as tape:
        weights = tf.constant(w)
        tape.watch(weights)
        y = a @ weights
        tape.watch(y)
        loss = tf.nn.l2_loss(a - y)
    dy, dw = tape.gradient(loss, [y, weights])
    proof.tex(
        {r"\ell": loss.numpy()},
        y=y.numpy()[:, 0],
        a=a,
        w=w[:, 0],
        dy=dy.numpy()[:, 0],
        dw=dw.numpy()[:, 0],
        tolerance=1e-12,
    )


def test_a_step_on_one_row_is_that_of_the_page():
    w, guess, train = three_ways.in_functions(np.array([[0.5], [0.0]]), 0.1)
    row = tf.constant([[1.0, 3.0]], tf.float64)
    assert float(guess(row)[0, 0]) == 0.5
    assert float(train(row)) == 3.25
    np.testing.assert_allclose(w.numpy().ravel(), [0.8, 0.9])


def test_asked_for_the_loss_alone_only_the_function_writes():
    first, row = np.array([[0.5], [0.0]]), np.array([[1.0, 3.0]])
    own = three_ways.ours(first, 1, 0.1)
    run(own.loss, {own.a: row})
    assert run(own.w).ravel().tolist() == [0.5, 0]
    theirs, session = three_ways.in_a_session(first, 1, 0.1)
    with session:
        session.run(theirs.loss, {theirs.a: row})
        assert session.run(theirs.w).ravel().tolist() == [0.5, 0]
    w, _, train = three_ways.in_functions(first, 0.1)
    train(tf.constant(row))
    assert w.numpy()[0, 0] != 0.5


def test_a_read_after_a_write_sees_the_old_value_in_ours_and_the_new_one_in_a_function():
    g = Graph()
    state = g.variable(1.0)
    write = assign(state, state + 1)
    assert run([write, state + 0]) == [2, 1]
    v = tf.Variable(1.0)

    @tf.function
    def both():
        v.assign_add(1.0)
        return v + 0

    assert float(both()) == 2


def test_a_number_is_float64_in_ours_and_float32_in_tensorflow():
    assert run(Graph().constant(2.5)).dtype == np.float64
    assert tf.constant(2.5).dtype == tf.float32


def test_another_shape_is_refused_by_two_and_traced_by_the_third():
    first, wide = np.array([[0.5], [0.0]]), np.ones((2, 2))
    own = three_ways.ours(first, 1, 0.1)
    with pytest.raises(ValueError, match=r"^a: got shape"):
        run(own.y, {own.a: wide})
    theirs, session = three_ways.in_a_session(first, 1, 0.1)
    with session, pytest.raises(ValueError, match="Cannot feed value"):
        session.run(theirs.y, {theirs.a: wide})
    _, guess, _ = three_ways.in_functions(first, 0.1)
    guess(tf.constant(wide[:1]))
    guess(tf.constant(wide))
    assert guess.experimental_get_tracing_count() == 2


@pytest.mark.usefixtures("optimized")
def test_an_assertion_stays_and_a_check_without_a_use_vanishes():
    minus = tf.constant([[-1.0]])

    @tf.function
    def unused(x):
        tf.gather(x, 5)  # there is no such row
        return x + 1

    @tf.function
    def asserted(x):
        tf.debugging.assert_positive(x)
        return x + 1

    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.gather(minus, 5)
    assert float(unused(minus)[0, 0]) == 0
    with pytest.raises(tf.errors.InvalidArgumentError):
        asserted(minus)


@pytest.mark.parametrize(("length", "longer"), [(1, 1), (2, 2), (3, 4), (65, 128), (100, 128)])
def test_a_row_is_filled_up_to_a_power_of_two(length, longer):
    row = retracing.padded(np.ones(length))
    assert (len(row), row.sum()) == (longer, length)


def test_every_sequence_makes_a_record(tmp_path):
    few = runs.Settings(calls=2, rows=20)
    records.make("graphs/retracing", runs.measure, few, tmp_path)
    found = records.read("graphs/retracing", tmp_path)
    values, size = found["values"], len(OFFERED)
    assert values["agree"] == values["sequences"] == size**2
    assert values["mean"]["declared"] < values["mean"]["reduced"] <= values["mean"]["plain"]
    assert values["lengths"]["plain"] == values["lengths"]["different"]
    assert values["lengths"]["padded"] < values["lengths"]["plain"]
    for way, told in found["answers"].items():
        assert [*map(len, told)] == [size, size**2]
        for digits in itertools.product(range(size), [2, 5]):
            letters = retracing.outcomes(way, [OFFERED[d] for d in digits])
            assert told[1][runs.number(digits, size)] == letters[1]


def test_arrays_count_as_tensors_lists_by_their_elements_variables_by_type_and_shape():
    def traced(*given):
        function = tf.function(tf.square)
        for each in given:
            function(each)
        return function.experimental_get_tracing_count()

    assert traced(np.float64(1), np.float64(2), np.array(3.0)) == 1
    assert traced(np.ones(3), np.zeros(3), tf.zeros(3, tf.float64)) == 1
    assert traced([1.0], [2.0], [1.0]) == 2
    assert traced(tf.Variable(1.0), tf.Variable(2.0)) == 1
