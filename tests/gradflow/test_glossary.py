"""What the glossary says of TensorFlow's graphs and of Keras' optimizers, run."""

import keras
import numpy as np
import tensorflow as tf


def steps(optimizer, gradients):
    """How far each gradient moves a weight that starts at 0."""
    w = keras.Variable([0.0])
    places = [0.0]
    for gradient in gradients:
        optimizer.apply([tf.constant([gradient])], [w])
        places.append(float(w.numpy()[0]))
    return -np.diff(places)


def test_tensorflow_traces_a_function_once_and_runs_its_graph_without_python():
    seen = []

    @tf.function
    def square(x):
        seen.append(type(x))
        return x * x

    assert [float(square(tf.constant(x))) for x in (2.0, 3.0, 4.0)] == [4, 9, 16]
    assert len(seen) == 1


def test_momentum_is_a_decaying_sum_in_sgd_and_a_mean_in_adam():
    found = steps(keras.optimizers.SGD(1.0, momentum=0.9), [1.0] * 20)
    np.testing.assert_allclose(found, (1 - 0.9 ** np.arange(1, 21)) / (1 - 0.9), rtol=1e-4)
    np.testing.assert_allclose(steps(keras.optimizers.Adam(1.0), [1.0] * 20), 1, rtol=1e-3)


def first_step(optimizer, w, gradient):
    w = keras.Variable(np.array(w, "float32"))
    before = w.numpy()
    optimizer.apply([tf.constant(np.array(gradient, "float32"))], [w])
    return w.numpy() - before


def test_weight_decay_is_a_squared_penalty_in_sgd_and_not_in_adam_which_adamw_mends():
    w, gradient, decay = np.array([3.0, -2.0]), np.array([0.2, 0.5]), 0.1
    with_penalty = gradient + decay * w
    kinds = keras.optimizers
    shrunk = first_step(kinds.SGD(0.01, weight_decay=decay), w, gradient)
    np.testing.assert_allclose(shrunk, first_step(kinds.SGD(0.01), w, with_penalty), rtol=1e-4)
    plain = first_step(kinds.Adam(0.01), w, gradient)
    np.testing.assert_allclose(first_step(kinds.Adam(0.01), w, with_penalty), plain, rtol=1e-4)  # divided away
    shrunk = first_step(kinds.AdamW(0.01, weight_decay=decay), w, gradient)
    np.testing.assert_allclose(shrunk - plain, -0.01 * decay * w, rtol=1e-3)
