"""L2 and early stopping on a bowl, a prior, and dropout of a linear model: each formula evaluated."""

import numpy as np
import pytest
from deepcourse.gradflow import dropout
from deepcourse.training.dropped import dropout_penalty, simulated, squared_loss
from deepcourse.training.prior import ridge, surprise
from deepcourse.training.regularization import l2
from deepcourse.training.shrinking import left_by_l2, left_by_stopping, on_bowl

RNG = np.random.default_rng(0)
TURN = np.linalg.qr(RNG.normal(size=(3, 3)))[0]  # the axes of a bowl
CURVATURES = np.array([4.0, 1.0, 0.25])
BOWL, BEST = TURN @ np.diag(CURVATURES) @ TURN.T, np.array([1.0, -2.0, 0.5])


@pytest.mark.equation("training/l2")
def test_the_penalty_is_half_the_squares_times_decay(proof):
    w, loss = RNG.normal(size=5), 0.7
    value, g = l2(w, 0.3)
    proof.tex({"L": loss, "L_+": loss + value, "\\lambda": 0.3, "w": w, "g": w - 1, "g_{+}": w - 1 + g})


@pytest.mark.equation("training/bowl")
def test_along_an_axis_of_the_bowl_l2_leaves_a_share(proof):
    found = TURN.T @ on_bowl(BOWL, BEST, 0.2, 3000, 0.5)
    for w, aim, curvature in zip(found, TURN.T @ BEST, CURVATURES, strict=True):
        proof.tex({"w": w, "w_*": aim, "c": curvature, "\\lambda": 0.5}, tolerance=1e-9)
    np.testing.assert_allclose(found, left_by_l2(CURVATURES, 0.5) * (TURN.T @ BEST), rtol=1e-9)


@pytest.mark.equation("training/stopping")
@pytest.mark.parametrize("steps", [1, 7])
def test_after_some_steps_a_share_is_left(proof, steps):
    found = TURN.T @ on_bowl(BOWL, BEST, 0.2, steps)
    for w, aim, curvature in zip(found, TURN.T @ BEST, CURVATURES, strict=True):
        proof.tex({"w_t": w, "w_*": aim, "c": curvature, "\\eta": 0.2, "t": steps}, tolerance=1e-9)
    np.testing.assert_allclose(found, left_by_stopping(CURVATURES, 0.2, steps) * (TURN.T @ BEST), atol=1e-12)


@pytest.mark.equation("training/surprise")
@pytest.mark.parametrize("w", [-1.0, 0.5, 2.0])
def test_the_surprise_is_minus_the_logarithm_of_both_densities(proof, w):
    x, noise, spread = RNG.normal(size=4), 4.0, 0.5
    y = 2 * x + 2 * RNG.normal(size=4)

    def minus_log(z, variance):
        return -np.log(np.exp(-(z**2) / (2 * variance)) / (2 * np.pi * variance) ** 0.5).sum()

    def whole(w):
        return minus_log(w * x - y, noise) + minus_log(np.array([w]), spread)

    constant = whole(0.0) - surprise([0.0], x[:, None], y, noise, spread)
    said = whole(w) - constant
    proof.tex({"Q": said, "\\sigma": noise**0.5, "\\tau": spread**0.5, "w": w, "x": x, "y": y}, tolerance=1e-9)
    assert surprise([w], x[:, None], y, noise, spread) == pytest.approx(said)


@pytest.mark.equation("training/prior")
def test_the_most_probable_weights_are_those_of_a_penalty(proof):
    x, noise, spread = RNG.normal(size=(8, 3)), 4.0, 0.5
    y = x @ BEST + 2 * RNG.normal(size=8)
    decay = noise / (8 * spread)
    proof.tex({"\\lambda": decay, "\\sigma": noise**0.5, "\\tau": spread**0.5, "N": 8})
    w = ridge(x, y, decay)
    push = 1e-4 * np.eye(3)
    slopes = [surprise(w + p, x, y, noise, spread) - surprise(w - p, x, y, noise, spread) for p in push]
    np.testing.assert_allclose(slopes, 0, atol=1e-9)
    assert all(surprise(w + p, x, y, noise, spread) > surprise(w, x, y, noise, spread) for p in [*push, *-push])


@pytest.mark.equation("training/dropped")
def test_dropout_of_a_linear_model_is_a_penalty_scaled_by_the_features(proof):
    x, w, r = RNG.normal(size=(20, 3)) * [1, 3, 0.1], np.array([1.0, -0.5, 2.0]), 0.3
    y = x @ w + RNG.normal(size=20)
    added = dropout_penalty(x, w, r)
    bound = {"L": squared_loss(x, w, y), "\\bar L": squared_loss(x, w, y) + added}
    proof.tex(bound | {"r": r, "w": w, "q": (x**2).mean(axis=0)}, tolerance=1e-12)
    whole = squared_loss(x, w, y) + added
    assert simulated(x, w, y, r, np.random.default_rng(0), 20000) == pytest.approx(whole, rel=0.01)


def test_the_exact_mean_over_all_masks_is_loss_and_penalty():
    x, w, y, r = np.array([[1.0, 2.0]]), np.array([3.0, 1.0]), np.array([4.0]), 0.25
    total = 0
    for mask in np.ndindex(2, 2):
        odds = np.prod([1 - r if kept else r for kept in mask])
        total += odds * squared_loss(x * mask / (1 - r), w, y)
    assert total == pytest.approx(squared_loss(x, w, y) + dropout_penalty(x, w, r), rel=1e-12)
    assert dropout.dropout_forward(x, r, np.random.default_rng(0))[0].shape == x.shape


@pytest.mark.parametrize("r", [0.2, 0.7])
def test_of_features_whose_products_have_the_mean_0_dropout_leaves_one_share_of_every_weight(r):
    x = np.linalg.qr(RNG.normal(size=(20, 3)))[0] * [10, 1, 0.1]
    y = RNG.normal(size=20)
    best = np.linalg.lstsq(x, y)[0]

    def cost(w):
        return squared_loss(x, w, y) + dropout_penalty(x, w, r)

    for push in 1e-3 * np.diag([0.1, 1, 10]):
        assert cost((1 - r) * best) < min(cost((1 - r) * best + push), cost((1 - r) * best - push))
        up, down = (cost((1 - r) * best + sign * push) for sign in (1, -1))
        assert up == pytest.approx(down, rel=1e-9), "its lowest point isn't there"


def test_the_numbers_of_the_page_by_hand_two_examples_and_a_fifth_dropped():
    x, w, y = np.array([[2.0, 1], [0, 1]]), np.array([2.0, 8]), np.array([10.0, 8])
    assert squared_loss(x, w, y) == 1
    assert dropout_penalty(x[:1], w, 0.2) == pytest.approx(10)
    assert dropout_penalty(x, w, 0.2) == pytest.approx(9)
    masks = [(15, 0.64), (5, 0.16), (10, 0.16), (0, 0.04)]
    assert sum(odds * (said - 10) ** 2 / 2 for said, odds in masks) == pytest.approx(12)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: on_bowl(BOWL, [1.0], 0.1, 1), "best: got"),
        (lambda: on_bowl(BOWL, BEST, -1, 1), "rate: got -1"),
        (lambda: on_bowl(BOWL, BEST, 0.1, 1.5), "steps: got 1.5"),
        (lambda: left_by_l2(1, -1), "decay: got -1"),
        (lambda: left_by_stopping(1, 0.1, -1), "steps: got -1"),
        (lambda: ridge([[1.0]], [1.0, 2.0], 1), "y: got"),
        (lambda: dropout_penalty([[1.0]], [1.0], 1), "r: got 1"),
    ],
)
def test_what_can_t_be_is_refused_by_name(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()
