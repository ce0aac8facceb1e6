"""What the displayed equations around the step say is what the code does, and bad input is refused."""

import numpy as np
import pytest
from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.training.around import adam_undone, net_gradients, train
from deepcourse.training.begin import begin
from deepcourse.training.noise import expected_losses, variance_at_rest
from deepcourse.training.optimizers import adam, gradient_descent, momentum
from deepcourse.training.ring import ring_sum
from deepcourse.training.schedule import rate_at, stable_rate_at
from deepcourse.training.solutions import around as solutions

RNG = np.random.default_rng(0)


def batch(size):
    return RNG.normal(size=(size, 6)), RNG.integers(0, 4, size)


@pytest.mark.equation("training/step-in-noise")
def test_a_noisy_step_shrinks_the_weight_and_adds_noise(proof):
    before, noise = RNG.normal(size=9), RNG.normal(size=9)
    after = before - 0.3 * (2.0 * before + noise)
    proof.tex({r"\eta": 0.3, r"\xi_t": noise}, c=2.0, **{"w_t": after, "w_{t-1}": before}, tolerance=1e-12)


@pytest.mark.equation("training/noisy-step")
def test_a_noisy_step_multiplies_the_mean_square_and_adds_to_it(proof):
    before = RNG.normal(0.3, 1.0, 400_000)
    after = before - 0.3 * (2.0 * before + RNG.normal(0, 1.5, before.shape))
    proof.tex({r"\eta": 0.3, r"\sigma": 1.5}, c=2.0, **{"w_t": after, "w_{t-1}": before}, tolerance=0.01)
    losses = expected_losses([0.3], [2.0], 2.25, start=np.sqrt(np.mean(before**2)))
    assert losses[0] == pytest.approx(np.mean(after**2), rel=0.01)  # half of the curvature 2


@pytest.mark.equation("training/floor")
def test_the_mean_square_settles_where_a_step_takes_what_it_adds(proof):
    w = np.zeros(40_000)
    for _ in range(60):
        w -= 0.3 * (2.0 * w + RNG.normal(0, 1.5, w.shape))
    proof.tex({r"\eta": 0.3, r"\sigma": 1.5}, c=2.0, w=w, tolerance=0.03)
    assert variance_at_rest(0.3, 2.0, 2.25) == pytest.approx(2 * expected_losses([0.3] * 200, [2.0], 2.25)[-1] / 2)


@pytest.mark.equation("training/clip")
def test_clipping_shortens_to_the_limit_and_keeps_the_direction(proof):
    for length in (0.3, 7.0):
        g = RNG.normal(size=9)
        g *= length / np.linalg.norm(g)
        [clipped], was = clip_by_global_norm([g], 1.5)
        proof.tex({r"\leftarrow g": clipped, r"\zeta": 1.5, "g": g}, tolerance=1e-12)
        assert was == pytest.approx(length)


@pytest.mark.equation("training/joint")
def test_the_joint_gradient_is_a_mean_of_shards_by_their_sizes(proof):
    net = begin([6, 5, 4], "he", 0)
    x, labels = batch(10)
    cuts = [slice(0, 7), slice(7, 10)]
    whole, parts = net_gradients(x, labels, net)[1], [net_gradients(x[c], labels[c], net)[1] for c in cuts]
    for i, g in enumerate(whole):
        own = [part[i] for part in parts]
        bound = {r"\bar g": g.ravel(), "g": np.stack([each.ravel() for each in own]), "B": np.array([7.0, 3.0])}
        proof.tex(bound, j=range(2), tolerance=1e-12)
        assert np.abs(np.mean(own, axis=0) - g).max() > 1e-4 * np.abs(g).max(), "a mean of means would do"


@pytest.mark.parametrize("workers", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("shape", [(7,), (4, 6), (1,)])
def test_a_ring_gives_all_the_sum_and_sends_each_piece_twice_but_for_one(workers, shape):
    arrays = list(RNG.normal(size=(workers, *shape)))
    kept = [a.copy() for a in arrays]
    sums, sent = ring_sum(arrays)
    for each in sums:
        np.testing.assert_allclose(each, np.sum(kept, axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(arrays, kept)
    assert sum(sent) == 2 * (workers - 1) * arrays[0].size
    if arrays[0].size % workers == 0:
        assert sent == [2 * (workers - 1) * arrays[0].size // workers] * workers


def test_a_ring_of_none_or_of_different_shapes_is_refused():
    with pytest.raises(ValueError, match=r"^arrays: got shapes"):
        ring_sum([np.ones(2), np.ones(3)])
    with pytest.raises(ValueError, match=r"^arrays"):
        ring_sum([])


def test_the_stable_rate_rises_stays_and_falls_to_nothing():
    rates = np.array([stable_rate_at(t, 100, 0.1, 10, 20) for t in range(1, 101)])
    np.testing.assert_allclose(np.diff(rates[:10]), 0.01)
    np.testing.assert_allclose(rates[9:80], 0.1)
    np.testing.assert_allclose(np.diff(rates[79:]), -0.005)
    assert rates[-1] == 0
    assert stable_rate_at(100, 100, 0.1, 0, 0) == 0.1
    with pytest.raises(ValueError, match=r"^warm, fall: got"):
        stable_rate_at(1, 100, 0.1, 50, 51)
    with pytest.raises(ValueError, match=r"^t: got 101"):
        stable_rate_at(101, 100, 0.1, 0, 0)


def test_schedules_that_fall_end_below_the_floor_of_their_highest_rate():
    level = expected_losses([0.5] * 300, [1.0, 0.05], 0.01)[-1]
    for at, ends in ((rate_at, (0,)), (stable_rate_at, (0, 60))):
        rates = [at(t, 300, 0.5, *ends) for t in range(1, 301)]
        assert expected_losses(rates, [1.0, 0.05], 0.01)[-1] < level / 2


def test_a_bowl_in_which_nothing_settles_is_refused():
    for rate in (0.0, 1.0):
        with pytest.raises(ValueError, match=r"^rate \* curvature"):
            variance_at_rest(rate, 2.0, 1.0)


def test_training_takes_each_rate_and_clips_all_gradients_together():
    x, labels = batch(8)
    start, net = begin([6, 5, 4], "he", 0), begin([6, 5, 4], "he", 0)
    loss, g = net_gradients(x, labels, start)
    length = np.sqrt(sum(np.square(each).sum() for each in g))
    assert train(net, [(x, labels)] * 2, gradient_descent, [0.0, 0.5], limit=length / 2) == pytest.approx([loss] * 2)
    before, after = ([w for layer in each for w in layer] for each in (start, net))
    for a, b, each in zip(before, after, g, strict=True):
        np.testing.assert_allclose(b, a - 0.25 * each, rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="zip"):
        train(net, [(x, labels)], momentum, [0.1, 0.1])


@pytest.mark.parametrize(("rate", "curvature"), [(0.5, 2.0), (0.1, 1.0), (0.01, 7.0)])
def test_half_the_variance_has_the_same_floor_at_a_rate_below_twice_the_old_one(rate, curvature):
    other = solutions.as_noisy(rate, curvature)
    assert variance_at_rest(other, curvature, 2.0) == pytest.approx(variance_at_rest(rate, curvature, 4.0))
    assert rate < other < 2 * rate


def test_the_planted_bug_shows_only_where_a_shard_is_clipped():
    net = begin([6, 5, 4], "he", 0)
    shards = [batch(4), batch(4)]
    for limit, same in ((1e3, True), (0.1, False)):
        a, b = (f(shards, net, limit) for f in (solutions.two_workers, solutions.two_workers_mended))
        assert all(np.allclose(p, q, rtol=1e-9) for p, q in zip(a, b, strict=True)) == same


def test_more_examples_a_step_need_fewer_steps():
    x, labels = batch(200)
    labels = (x @ RNG.normal(size=(6, 4))).argmax(axis=1)
    few, many = (solutions.steps_until(0.3, n, 0.3, begin([6, 20, 4], "he", 0), x, labels) for n in (2, 64))
    assert many < few
    assert solutions.steps_until(0.0, 4, 0.1, begin([6, 20, 4], "he", 0), x, labels) == 200


def bad_steps(take, steps, bad=1000.0):
    """How far a weight moves at a rate of 1 by gradients of 1, the one of step 101 being bad."""
    w, kept, moved = np.zeros(1), {}, []
    for t in range(1, steps + 1):
        before = w.copy()
        take(w, np.array([bad if t == 101 else 1.0]), kept, 1.0)
        moved.append(float(before[0] - w[0]))
    return np.array(moved), kept


def test_adam_takes_a_bad_gradient_as_the_page_reckons():
    moved, kept = bad_steps(adam, 101)
    assert moved[99] == pytest.approx(1, abs=0.01)
    assert moved[100] == pytest.approx(0.98, abs=0.02)
    assert pytest.approx(0.096, abs=5e-4) == 1 - 0.999**101
    assert kept["v"][0] == pytest.approx(1000, rel=1e-3)
    assert np.sqrt(kept["v"][0] / (1 - 0.999**101)) == pytest.approx(102, abs=0.5)
    assert kept["m"][0] == pytest.approx(100, rel=0.02)
    assert 0.1 * sum(0.9**k for k in range(300)) == pytest.approx(1)
    assert pytest.approx(9.8, abs=0.01) == 1000 / 102
    assert np.log(1000) / 0.001 == pytest.approx(6900, abs=10)


def test_adam_undone_takes_back_only_the_means_that_are_named():
    usual, _ = bad_steps(adam, 140, bad=1.0)
    same, _ = bad_steps(adam_undone((), 101), 140)
    np.testing.assert_array_equal(same, bad_steps(adam, 140)[0])
    found = {names: bad_steps(adam_undone(names, 101), 140)[0][101:] for names in (("m",), ("v",), ("m", "v"))}
    assert max(found["m",]) < 0.05, "asleep, and without a push"
    assert max(found["v",]) > 80, "what m hands out isn't divided"
    np.testing.assert_allclose(found["m", "v"], usual[101:], rtol=0.02)


def test_a_late_cosine_is_level_and_then_falls_along_a_cosine():
    rates = [solutions.late_cosine(t, 100, 0.5, 40) for t in range(1, 101)]
    assert rates[:60] == [0.5] * 60
    assert rates[60:] == [rate_at(t, 40, 0.5, 0) for t in range(1, 41)]


def test_clipping_before_the_mean_changes_its_direction():
    shards = np.array([[10.0, 0.0], [0.0, 1.0]])
    first = np.mean([clip_by_global_norm([g], 1.0)[0][0] for g in shards], axis=0)
    then = clip_by_global_norm([shards.mean(axis=0)], 1.0)[0][0]
    assert first == pytest.approx([0.5, 0.5])
    assert then == pytest.approx([0.995, 0.0995], abs=5e-4)
