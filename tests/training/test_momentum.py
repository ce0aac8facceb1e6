"""Momentum in a bowl: eigenvalues, the best rate, and the steps that they foretell."""

import numpy as np
import pytest
from deepcourse.training import optimizers as o
from deepcourse.training import surfaces
from deepcourse.training.quadratic import best_momentum, best_plain, count_steps, step_matrix


@pytest.mark.parametrize("name", surfaces.SURFACES)
def test_a_gradient_is_the_slope_of_its_loss(name):
    loss, gradient, lowest = surfaces.SURFACES[name]
    for w in np.random.default_rng(0).normal(size=(5, 2)):
        push = 1e-5 * np.eye(2)
        np.testing.assert_allclose(gradient(w), (loss(w + push) - loss(w - push)) / 2e-5, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(gradient(np.array(lowest)), 0, atol=1e-12)
    around = np.array(lowest) + 0.1 * np.random.default_rng(1).normal(size=(100, 2))
    assert (loss(around) > loss(np.array(lowest))).all()


def test_the_matrix_takes_the_steps_of_momentum():
    w, kept, both = np.array([1.0]), {}, np.array([0.0, 1.0])
    table = step_matrix(3.0, 0.2, 0.8)
    for _ in range(20):
        o.momentum(w, 3.0 * w, kept, 0.2, 0.8)
        both = table @ both
        np.testing.assert_allclose(both, [kept["u"][0], w[0]], rtol=1e-12)


@pytest.mark.parametrize("beta", [0.04, 0.25, 0.5, 0.9, 0.99])
def test_complex_eigenvalues_have_the_modulus_root_of_beta_whatever_the_rate(beta):
    root = beta**0.5
    for share in (0.01, 0.3, 0.5, 0.99):
        x = (1 - root) ** 2 + share * ((1 + root) ** 2 - (1 - root) ** 2)
        found = np.linalg.eigvals(step_matrix(x / 0.3, 0.3, beta))
        assert abs(found[0].imag) > 0
        np.testing.assert_allclose(np.abs(found), root, rtol=1e-12)
    for x in (0.99 * (1 - root) ** 2, 1.01 * (1 + root) ** 2):  # beyond both ends they are real, and one is larger
        found = np.linalg.eigvals(step_matrix(x, 1.0, beta))
        assert np.isreal(found).all()
        assert np.abs(found).max() > root


@pytest.mark.parametrize("ratio", [4, 25, 400])
def test_no_rate_and_no_beta_are_better_than_the_best(ratio):
    curvatures = np.array([1.0, ratio])

    def worst(rate, beta):
        return max(np.abs(np.linalg.eigvals(step_matrix(c, rate, beta))).max() for c in curvatures)

    rate, factor = best_plain(1, ratio)
    assert worst(rate, 0) == pytest.approx(factor)
    for other in np.geomspace(rate / 9, rate * 9, 201):
        assert worst(other, 0) > factor - 1e-9
    rate, beta, factor = best_momentum(1, ratio)
    assert worst(rate, beta) == pytest.approx(factor, abs=1e-6)
    for other in np.geomspace(rate / 9, rate * 9, 41):
        for share in np.linspace(0, 0.99, 45):
            assert worst(other, share) > factor - 1e-6


@pytest.mark.parametrize("ratio", [25, 100, 400])
def test_the_steps_counted_are_those_foretold(ratio):
    rate, factor = best_plain(1, ratio)
    counted = count_steps(o.gradient_descent, [1, ratio], 1e-3, rate=rate)
    assert counted == np.ceil(np.log(1e-3) / np.log(factor))
    rate, beta, factor = best_momentum(1, ratio)
    counted = count_steps(o.momentum, [1, ratio], 1e-3, rate=rate, beta=beta)
    assert 1 < counted / (np.log(1e-3) / np.log(factor)) < 2  # two equal eigenvalues: t times a power


def test_what_momentum_saves_falls_below_the_root_of_the_condition_number_like_a_logarithm():
    ratios, saved = (25, 100, 400, 900, 2500), []
    for ratio in ratios:
        plain = count_steps(o.gradient_descent, [1, ratio], 1e-3, rate=best_plain(1, ratio)[0])
        rate, beta, _ = best_momentum(1, ratio)
        steps = count_steps(o.momentum, [1, ratio], 1e-3, rate=rate, beta=beta)
        saved.append(plain / steps / ratio**0.5)
        told = (np.log(1000) + np.log(2 * steps)) * ratio**0.5 / 2
        assert steps == pytest.approx(told, rel=0.1)
    assert saved == pytest.approx([0.67, 0.62, 0.58, 0.55, 0.53], abs=0.005)


def test_at_the_largest_curvature_the_weight_is_t_times_a_power():
    rate, beta, _ = best_momentum(1, 25)
    root, w, kept = beta**0.5, np.ones(1), {}
    for t in range(1, 30):
        o.momentum(w, 25 * w, kept, rate, beta)
        assert w[0] == pytest.approx((1 + (1 + root) * t) * (-root) ** t, rel=1e-6)


@pytest.mark.parametrize("beta", [0, 0.25, 0.64, 0.9])
def test_beyond_the_edge_of_stability_momentum_goes_astray(beta):
    for x, grows in ((0.999, False), (1.001, True)):
        sizes = np.abs(np.linalg.eigvals(step_matrix(2 * (1 + beta) * x, 1.0, beta)))
        assert bool(sizes.max() > 1) == grows


def test_steps_that_never_end_are_counted_to_ten_thousand():
    assert count_steps(o.gradient_descent, [1, 25], 1e-3, rate=0) == 10_000


def test_for_a_thousandth_other_settings_than_the_best_of_the_long_run_are_faster():
    w, kept, far = np.ones(2), {}, []
    for _ in range(100):
        o.momentum(w, np.array([1, 25]) * w, kept, 0.112, 0.46)
        far.append(np.linalg.norm(w) / 2**0.5)
    assert np.flatnonzero(np.array(far) > 1e-3)[-1] + 2 == 19  # below from this step on


def test_a_descent_that_goes_to_infinity_is_told():
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"^distance: got"):
        count_steps(o.gradient_descent, [1, 25], 1e-3, rate=1.0)


def test_curvatures_out_of_order_are_refused_by_name():
    for wrong in (0, -1, np.inf):
        with pytest.raises(ValueError, match=r"^low: got"):
            best_plain(wrong, 2)
    with pytest.raises(ValueError, match=r"^high: got 1, expected at least 2"):
        best_momentum(2, 1)
    for name in surfaces.SURFACES:
        with pytest.raises(ValueError, match=r"^w: got shape"):
            surfaces.SURFACES[name].gradient(np.ones(3))
