"""How long Adam's steps are: at the start, after silence, and at most; and where it walks the wrong way."""

import numpy as np
import pytest
from deepcourse.training.optimizers import adam, amsgrad, rmsprop
from deepcourse.training.rare import drift, walk
from deepcourse.training.step_sizes import longest_step, step_sizes

STATED = 0.1 / 0.001**0.5  # Kingma and Ba 2015, section 2.1: (1 - beta1) / root of (1 - beta2)


def test_a_gradient_that_stays_makes_every_step_one_rate():
    np.testing.assert_allclose(step_sizes(adam, np.full(200, -3.0), epsilon=0), -1, rtol=1e-12)


def test_without_the_correction_the_first_step_is_the_root_of_ten():
    def plain(w, g, kept, rate):
        m, v = kept.setdefault("m", np.zeros(1)), kept.setdefault("v", np.zeros(1))
        m[:] = 0.9 * m + 0.1 * g
        v[:] = 0.999 * v + 0.001 * g**2
        w -= rate * m / np.sqrt(v)

    found = step_sizes(plain, np.ones(5000))
    assert found[0] == pytest.approx(10**0.5)
    assert found.argmax() == 11
    assert found.max() == pytest.approx(6.569, abs=1e-3)
    silent = step_sizes(adam, np.r_[np.zeros(20_000), np.ones(30)])[20_000:]
    np.testing.assert_allclose(silent, found[:30], rtol=1e-4)  # silence undoes the correction


def test_steps_exceed_the_papers_bound_and_come_near_ours():
    worst = np.r_[np.zeros(20_000), (0.999 / 0.9) ** np.arange(150.0)]
    found = step_sizes(adam, worst)
    assert found.max() > 2 * STATED
    assert found.max() == pytest.approx(longest_step(0.9, 0.999), rel=1e-5)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.9, 0.95), (0.5, 0.9)])
def test_no_gradients_make_a_longer_step_than_the_bound(beta1, beta2):
    rng = np.random.default_rng(0)
    for spread in (0.1, 1, 3):
        gradients = rng.normal(size=2000) * np.exp(spread * rng.normal(size=2000))
        found = step_sizes(adam, gradients, beta1=beta1, beta2=beta2)
        assert np.abs(found[200:]).max() < longest_step(beta1, beta2)


def test_a_memory_of_v_too_short_for_m_has_no_bound():
    with pytest.raises(ValueError, match=r"^beta2: got 0.8, expected above beta1 squared"):
        longest_step(0.9, 0.8)
    with pytest.raises(ValueError, match=r"^beta1: got 1"):
        longest_step(1, 0.8)
    with pytest.raises(ValueError, match=r"^gradients: got shape"):
        step_sizes(rmsprop, np.ones((2, 2)))


def test_adam_walks_to_the_worst_place_and_amsgrad_to_the_best():
    assert walk(adam, 3, 3000, 0.1, 0.1)[-1] > 0.99
    assert walk(amsgrad, 3, 3000, 0.1, 0.1)[-1] < -0.99
    assert walk(adam, 3, 3000, 0.1, 0.999)[-1] < -0.99


def test_the_paper_steps_are_those_of_a_period():
    """v after the large slope is 0.9 9 / (1 - 0.1^3) and a little, and three moves add up to the wrong way."""
    v = (0.9 * 9 + 0.1 * 0.9 + 0.01 * 0.9) / (1 - 0.001)
    after = [v, 0.1 * v + 0.9, 0.01 * v + 0.99]
    moves = np.array([-3, 1, 1]) / np.sqrt(after)
    found = walk(adam, 3, 3000, 1e-3, 0.1)
    rates = 1e-3 / np.sqrt(np.arange(301, 304))
    np.testing.assert_allclose(np.diff(found)[299:302] / rates, moves, rtol=1e-6)
    assert moves.sum() > 0.6


@pytest.mark.parametrize("beta1", [0.0, 0.9])
@pytest.mark.parametrize(("n", "beta2"), [(3, 0.1), (3, 0.6), (4, 0.7), (6, 0.8), (10, 0.05), (10, 0.5), (20, 0.9)])
def test_the_drift_is_the_sum_of_a_late_period(n, beta2, beta1):
    gradients = np.tile([float(n), *[-1.0] * (n - 1)], 200)
    moves = -step_sizes(adam, gradients, beta1=beta1, beta2=beta2, epsilon=0)
    assert drift(n, beta2, beta1) == pytest.approx(moves[-n:].sum(), rel=1e-9)


def test_a_mean_of_gradients_saves_short_periods_and_leaves_a_band_at_ten():
    for n in (3, 4, 6):
        assert max(drift(n, b / 1000, 0.9) for b in range(1000)) < 0
    borders = {10: (0.064, 0.774), 20: (0, 0.969)}
    for n, (low, high) in borders.items():
        wrong = [b for b in range(1000) if drift(n, b / 1000, 0.9) > 0]
        assert wrong == list(range(round(1000 * low) + (low > 0), round(1000 * high) + 1))


def test_the_drift_refuses_what_has_no_period():
    with pytest.raises(ValueError, match=r"^n: got 1"):
        drift(1, 0.5)
    with pytest.raises(ValueError, match=r"^beta2: got 1"):
        drift(3, 1)


def test_where_the_drift_turns_is_where_the_walk_does():
    borders = {3: 0.472, 4: 0.701, 6: 0.871, 10: 0.955, 20: 0.989}
    for n, border in borders.items():
        assert drift(n, border - 0.001) > 0 > drift(n, border + 0.001)
    assert walk(adam, 3, 3000, 0.1, 0.44)[-1] > 0 > walk(adam, 3, 3000, 0.1, 0.5)[-1]
