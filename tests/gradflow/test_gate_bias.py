"""The lines of gradflow 2 that set biases in Keras."""

import numpy as np
from deepcourse.gradflow import gate_bias, lstm


def test_the_lines_for_keras_close_the_input_gate_and_open_the_forget_gate():
    layer = gate_bias.in_keras()
    x = np.random.default_rng(0).normal(size=(3, 7, 16)).astype(np.float32)
    theirs = layer(x).numpy()
    wx, wh, b = layer.get_weights()
    assert [set(part) for part in np.split(b, 4)] == [{-3}, {3}, {0}, {0}]
    zeros = np.zeros((3, 64), np.float32)
    h, _, cache = lstm.lstm_forward(x, zeros, zeros, wx, wh, b)
    np.testing.assert_allclose(h[:, -1], theirs, atol=1e-6)
    i, f, _, _ = np.split(cache.gates, 4, axis=2)
    assert i.mean() < 0.1
    assert f.mean() > 0.9
