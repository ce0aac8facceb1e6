"""What the page on plain net, LSTM and GRU displays, each formula evaluated unit by unit."""

from math import exp, tanh

import numpy as np
import pytest
from deepcourse.recurrent import cells

RNG = np.random.default_rng(0)
B, D, H = 2, 3, 4
X, STATE, CELL = RNG.normal(size=(B, D)), RNG.normal(size=(B, H)), RNG.normal(size=(B, H))


def sigmoid(a):
    return 1 / (1 + exp(-a))


def drawn(blocks):
    """Weights and bias of so many blocks, and the sum for unit k of a block, entry by entry."""
    wx, wh = RNG.normal(size=(D, blocks * H)), RNG.normal(size=(H, blocks * H))
    b = RNG.normal(size=blocks * H)

    def parts(n, block, k, bias=0.0):
        column = block * H + k
        by_input = sum(X[n, d] * wx[d, column] for d in range(D)) + b[column]
        return by_input, sum(STATE[n, j] * wh[j, column] for j in range(H)) + bias

    return X @ wx + b, wh, parts


def each(formula):
    return np.array([[formula(n, k) for k in range(H)] for n in range(B)])


@pytest.mark.equation("recurrent/rnn", digest="9ef560ee")
def test_the_plain_state_is_a_tanh_of_a_sum(proof):
    ax, wh, parts = drawn(1)
    proof(cells.rnn_step(ax, STATE, wh), each(lambda n, k: tanh(sum(parts(n, 0, k)))))


@pytest.mark.equation("recurrent/lstm-1997", digest="7e7eae6a")
def test_the_first_lstm_adds_to_its_cell(proof):
    ax, wh, parts = drawn(3)
    c = each(lambda n, k: CELL[n, k] + sigmoid(sum(parts(n, 0, k))) * tanh(sum(parts(n, 1, k))))
    h = each(lambda n, k: sigmoid(sum(parts(n, 2, k))) * tanh(c[n, k]))
    proof(np.array(cells.lstm_1997_step(ax, STATE, CELL, wh)), np.array([h, c]))


@pytest.mark.equation("recurrent/lstm", digest="094bd875")
def test_the_lstm_of_today_keeps_a_part(proof):
    ax, wh, parts = drawn(4)
    kept = each(lambda n, k: sigmoid(sum(parts(n, 1, k))) * CELL[n, k])
    c = kept + each(lambda n, k: sigmoid(sum(parts(n, 0, k))) * tanh(sum(parts(n, 2, k))))
    h = each(lambda n, k: sigmoid(sum(parts(n, 3, k))) * tanh(c[n, k]))
    proof(np.array(cells.lstm_step(ax, STATE, CELL, wh)), np.array([h, c]))


@pytest.mark.equation("recurrent/gru", digest="fdf329bb")
def test_the_gru_mixes_old_and_new_and_resets_the_states_part(proof):
    ax, wh, parts = drawn(3)
    bh = RNG.normal(size=3 * H)

    def unit(n, k):
        (xz, hz), (xr, hr), (xg, hg) = (parts(n, m, k, bh[m * H + k]) for m in range(3))
        z, r = sigmoid(xz + hz), sigmoid(xr + hr)
        return z * STATE[n, k] + (1 - z) * tanh(xg + r * hg)

    proof(cells.gru_step(ax, STATE, wh, bh), each(unit))
