"""What a tf.function does, by what TensorFlow tells of it."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs import inside

pytestmark = pytest.mark.usefixtures("optimized")


@pytest.fixture(scope="module")
def halving():
    return tf.function(inside.halvings)


def test_a_call_traces_once_for_each_kind_of_argument():
    twice = tf.function(lambda x: x * 2)
    one, other = tf.constant(1), tf.constant(5)
    # Numbers of Python are kinds of their own, tensors are told apart by type and shape.
    assert inside.tracings(twice, [1, 2, 1, one, other, tf.constant(1.0), tf.constant([1, 2])]) == [1, 2, 2, 3, 3, 4, 5]


def test_pythons_while_becomes_a_node(halving):
    assert [int(halving(tf.constant(x))) for x in (9.0, 1.0, 0.5)] == [4, 1, 0]
    assert halving.experimental_get_tracing_count() == 1
    operations = [op for _, op, _ in inside.nodes(halving, tf.constant(1.0))]
    assert operations.count("StatelessWhile") == 1
    assert inside.halvings(9.0) == 4  # and in Python it is Python


def test_the_nodes_of_a_call_name_their_inputs_which_stand_before_them(halving):
    seen = set()
    for name, _, inputs in inside.nodes(halving, tf.constant(1.0)):
        assert {*inputs} <= seen
        seen.add(name)


def test_a_variable_is_captured_though_nobody_passes_it():
    w = tf.Variable(2.0, name="w")
    assert inside.captured(tf.function(lambda x: x * w), tf.constant(1.0)) == ["w:0"]


def test_the_optimizer_folds_merges_and_drops():
    def careless(x):
        tf.exp(x)  # nobody asks for it
        return (x + 1.0) * (tf.constant(2.0) * 3.0) + (x + 1.0) * (tf.constant(2.0) * 3.0)

    before, after = inside.before_and_after(careless, tf.constant([1.0, 2.0]))
    assert (before["Exp"], after["Exp"]) == (1, 0)
    assert (before["Mul"], before["AddV2"]) == (4, 3)
    assert sum(after.values()) < sum(before.values()) / 2


def test_a_compiled_function_is_one_kernel_for_a_chain_of_elementwise_operations():
    compiled = tf.function(lambda x: tf.exp(x * 2.0 + 1.0) - x, jit_compile=True)
    [step] = inside.kernels(compiled, tf.ones(3))
    assert "fusion" in step


def test_an_assertion_stays_in_a_graph_and_is_dropped_when_it_is_compiled():
    def checked(x):
        tf.debugging.assert_greater(x[0], 1.0)
        return x * x

    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.function(checked)(tf.zeros(1))
    np.testing.assert_array_equal(tf.function(checked, jit_compile=True)(tf.zeros(1)), [0])
