"""What the fields of the pages compare with: the numbers that central differences find, too."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow import batchnorm, conv2d_loops, lstm, matmul
from deepcourse.gradflow.gradcheck import central_difference
from deepcourse.gradflow.runs import on_paper

GIVEN = on_paper.Settings()


def recorded(name):
    return records.read("gradflow/on_paper")["values"][name]


def test_the_features_get_what_differences_find():
    x, w, dy = (np.array(v, float) for v in (GIVEN.dense_x, GIVEN.dense_w, GIVEN.dense_dy))
    found = central_difference(lambda x: np.sum(dy * matmul.dense_forward(x, w, np.zeros(2))), x)
    np.testing.assert_allclose(found.ravel(), list(recorded("matmul").values()), rtol=1e-7)


def test_the_taps_of_the_column_get_what_differences_find():
    x = np.array(GIVEN.column, float).reshape(1, -1, 1, 1)

    def loss(w):
        return conv2d_loops.conv_loops_forward(x, w, (2, 1), "same").ravel() @ np.array(GIVEN.windows_dy)

    w = np.array(GIVEN.taps, float).reshape(-1, 1, 1, 1)
    np.testing.assert_allclose(central_difference(loss, w).ravel(), list(recorded("conv").values()), rtol=1e-7)


def test_the_gates_and_the_old_cell_get_what_differences_find():
    a, c = np.array([GIVEN.a]), np.array([[GIVEN.cell]])

    def loss(a, c):
        h, new, _ = lstm.lstm_step(a, c)
        return np.sum(GIVEN.at_h * h + GIVEN.at_c * new)

    da = central_difference(lambda a: loss(a, c), a)
    dc = central_difference(lambda c: loss(a, c), c)
    found = recorded("lstm")
    assert [found[k] for k in "ifoc"] == pytest.approx([*da[0, [0, 1, 3]], dc[0, 0]], rel=1e-6)


def test_the_five_values_get_what_differences_find():
    x, dy, one = np.array(GIVEN.x, float)[:, None], np.array(GIVEN.dy), np.ones(1)

    def loss(x, gamma=2 * one, beta=one):
        return batchnorm.batchnorm_forward(x, gamma, beta, eps=0.0)[0][:, 0] @ dy

    dx = central_difference(loss, x).ravel()
    dgamma = central_difference(lambda gamma: loss(x, gamma), 2 * one)
    dbeta = central_difference(lambda beta: loss(x, beta=beta), one)
    np.testing.assert_allclose([*dgamma, *dbeta, *dx], list(recorded("batchnorm").values()), atol=1e-8)
