"""What the solutions of gradflow 2 claim."""

import numpy as np
import pytest
from deepcourse.gradflow import lstm, truncate
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.solutions import lstm_gru as solutions


def test_powers_of_the_matrix_first_stretch_and_then_shrink():
    for steps in (1, 10, 100):
        near, far = 0.9**steps, steps * 0.9 ** (steps - 1)
        assert solutions.stretch(steps) == pytest.approx(np.linalg.svd([[near, far], [0, near]])[1][0], rel=1e-10)
    every = [solutions.stretch(steps) for steps in range(1, 101)]
    assert max(every) > 1.5 * every[0]
    assert every[-1] < 0.01
    assert np.linalg.eigvals([[0.9, 1.0], [0.0, 0.9]]) == pytest.approx([0.9, 0.9])


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_the_half_life_bias_keeps_one_half(steps):
    assert sigmoid(np.float64(solutions.half_life_bias(steps))) ** steps == pytest.approx(0.5, rel=1e-10)


def test_the_planted_backward_has_the_right_shapes_and_is_right_for_one_step_and_for_equal_gradients():
    rng = np.random.default_rng(0)
    arguments = [rng.normal(size=s) for s in ((2, 1, 4), (2, 3), (2, 3), (4, 12), (3, 12), (12,))]
    cache = lstm.lstm_forward(*arguments)[2]
    dh = rng.normal(size=(2, 1, 3))
    for found, expected in zip(solutions.planted_backward(dh, cache), lstm.lstm_backward(dh, cache), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-14)


def test_the_coupled_step_sends_back_what_central_differences_say():
    rng = np.random.default_rng(1)
    a, c, dh, dc = (rng.normal(size=(2, n)) for n in (9, 3, 3, 3))

    def loss(c):
        h, new, *_ = solutions.coupled_step(a, c)
        return np.sum(dh * h) + np.sum(dc * new)

    found = solutions.coupled_step_backward(dh, dc, c, *solutions.coupled_step(a, c)[1:])[1]
    assert relative_error(found, central_difference(loss, c)) < 1e-8


def test_a_cut_gradient_learns_from_what_the_cell_keeps_and_fails_where_nothing_is_left():
    assert solutions.recall("lstm_0", 12, seed=1) > 0.95
    assert solutions.recall("lstm_0", 3, seed=1) < 0.6
    assert solutions.recall("lstm_1", 3, seed=1) > 0.95
    assert solutions.recall("lstm_3", 3, seed=1) > 0.95


def test_a_net_trains_with_the_planted_backward(monkeypatch):
    monkeypatch.setattr(truncate, "lstm_backward", solutions.planted_backward)
    assert solutions.recall("lstm_1", 12) > 0.9


@pytest.mark.parametrize("step", range(6))
def test_one_output_at_a_time_names_the_step_of_the_planted_error(step):
    assert solutions.hears(lstm.lstm_backward, step) == list(range(step + 1))
    wrong = list(range(step + 2)) if step < 5 else [0]
    assert solutions.hears(solutions.planted_backward, step) == wrong
