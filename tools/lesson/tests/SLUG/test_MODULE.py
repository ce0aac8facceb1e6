import numpy as np
import pytest
import tensorflow as tf
from deepcourse.SLUG import MODULE
from hypothesis import given
from hypothesis import strategies as st

NUMBERS = st.lists(st.floats(-100, 100), min_size=0, max_size=5)


@given(NUMBERS)
def test_the_gradient_equals_tensorflows(numbers):
    x = tf.constant(numbers, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.square(x) / 2
    np.testing.assert_allclose(MODULE.forward(x.numpy()), y, atol=1e-12)
    np.testing.assert_allclose(MODULE.backward(np.ones(len(x)), x.numpy()), tape.gradient(y, x), atol=1e-12)


@pytest.mark.equation("SLUG/MODULE")
def test_the_gradient_is_the_value_times_what_comes_from_above(proof):
    x, dy = np.random.default_rng(0).normal(size=(2, 7))
    h = 1e-6
    quotient = (MODULE.forward(x + h) - MODULE.forward(x - h)) / (2 * h)
    proof.tex(dx=MODULE.backward(dy, x), dy=dy, x=x)
    proof.tex(dx=dy * quotient, dy=dy, x=x, tolerance=1e-8)
