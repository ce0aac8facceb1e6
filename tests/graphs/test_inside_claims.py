"""What the page on tracing says of arguments that its figure doesn't offer."""

import tensorflow as tf


def counted(*arguments):
    """How often Python ran, call by call."""
    ran, found = [], []

    @tf.function
    def called(*given):
        ran.append(given)
        return tf.constant(0)

    for each in arguments:
        called(*each)
        found.append(len(ran))
    return found


def test_numbers_of_python_are_compared_as_python_compares_them():
    assert counted([2], [2.0], [1], [True], [3]) == [1, 1, 2, 2, 3]


def test_a_variable_counts_by_type_and_shape_and_by_which_other_argument_it_is():
    one, two, long = tf.Variable(1.0), tf.Variable(2.0), tf.Variable([1.0, 2.0])
    assert counted([one], [two], [long]) == [1, 1, 2]
    assert counted([one, one], [two, two], [one, two], [two, one]) == [1, 1, 2, 2]


def test_another_object_counts_by_which_it_is_or_which_it_equals():
    class Alike:
        def __eq__(self, other):
            return isinstance(other, Alike)

        def __hash__(self):
            return 1

    assert counted([Alike()], [Alike()]) == [1, 1]
    assert counted([object()], [object()]) == [1, 2]
