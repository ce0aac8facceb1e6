"""The theory of the mean problem against its draws, and the three builders against each other."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs import mean, three_ways
from deepcourse.graphs.run import run


def test_no_two_draws_share_a_key():
    draws = [mean.first_weights(seed, 10) for seed in range(3)]
    draws += [mean.batch(seed, step, 1, 10).T for seed in range(3) for step in range(3)]
    assert len({draw.tobytes() for draw in draws}) == len(draws)
    np.testing.assert_array_equal(mean.batch(1, 2, 5, 3), mean.batch(1, 2, 5, 3))


def test_the_two_eigenvalues_are_those_of_the_second_moments():
    a = mean.batch(0, 0, 200_000, 4)
    found = np.linalg.eigvalsh(a.T @ a / len(a))
    slow, fast = mean.eigenvalues(4)
    np.testing.assert_allclose(found, [slow, slow, slow, fast], rtol=0.01)


def test_the_mean_step_shrinks_both_directions_by_their_factors():
    n, size, rate = 5, 400_000, 1e-7
    w = mean.first_weights(0, n)
    nodes = three_ways.ours(w, size, rate)
    run(nodes.train, {nodes.a: mean.batch(0, 0, size, n)})
    before, after = mean.directions(w), mean.directions(run(nodes.w))
    for factor, was, now in zip(mean.shrinking(rate, size, n), before, after, strict=True):
        assert (was * now).sum() / (was * was).sum() == pytest.approx(factor, abs=1e-3)


def test_at_the_mean_every_gradient_is_zero_and_the_loss_is_the_floor():
    n, size = 10, 20_000
    nodes = three_ways.ours(np.full((n, 1), 1 / n), size, 1.0)
    loss, after = run([nodes.loss, nodes.train], {nodes.a: mean.batch(0, 0, size, n)})
    np.testing.assert_allclose(after, 1 / n, atol=1e-9)  # at a rate of 1, any noise would be seen
    assert loss == pytest.approx(mean.floor(size, n), rel=0.01)


def test_the_theory_counts_steps_as_its_factors_say():
    w = np.array([[1.0], [0.5]])
    slow, fast = mean.shrinking(1e-3, 100, 2)
    error, alike = mean.directions(w)
    steps = mean.steps_to(1e-3, w, 1e-3, 100)
    left = [np.abs(slow**k * error + fast**k * alike).max() for k in (steps - 1, steps)]
    assert left[0] > 1e-3 >= left[1]
    with pytest.raises(ValueError, match=r"^rate: got 1, expected one that shrinks the error"):
        mean.steps_to(1e-3, w, 1, 100)
    with pytest.raises(ValueError, match=r"^w: got shape \(2,\), expected \(N, 1\)"):
        mean.directions(w[:, 0])


@pytest.fixture
def ways():
    """All three for the same small problem, and a batch."""
    first = mean.first_weights(3, 4)
    session = three_ways.in_a_session(first, 6, 1e-3)
    return three_ways.ours(first, 6, 1e-3), session, three_ways.in_functions(first, 1e-3), mean.batch(3, 0, 6, 4)


def test_asking_for_the_guesses_runs_the_forward_part_and_asking_for_the_trainer_all(ways):
    own, (theirs, session), (_, guess, train), a = ways
    few, all_ = (three_ways.ran_in_ours([node], {own.a: a}) for node in (own.y, own.train))
    assert few == ["a", "w", "matmul_2"]
    assert {*few} < {*all_}
    few, all_ = (three_ways.ran_in_a_session(session, node, {theirs.a: a}) for node in (theirs.y, theirs.train))
    assert len(few) == 4  # what is fed, the variable, its reading, the product
    assert {*few} < {*all_}
    assert any("Assign" in name for name in all_)
    assert not any("Assign" in name or "grad" in name for name in few)
    few, all_ = (three_ways.traced(f, tf.constant(a)) for f in (guess, train))
    assert len(few) < len(all_)
    assert not any("Assign" in name or "gradient" in name for name in few)


def test_the_three_train_alike(ways):
    own, (theirs, session), (w, guess, train), _ = ways
    for step in range(20):
        a = mean.batch(3, step, 6, 4)
        mine = run([own.y, own.loss, own.train], {own.a: a})
        found = session.run([theirs.y, theirs.loss, theirs.train], {theirs.a: a})
        np.testing.assert_allclose(found[0], mine[0], rtol=1e-12)
        np.testing.assert_allclose(found[1], mine[1], rtol=1e-12)
        np.testing.assert_allclose(guess(tf.constant(a)), mine[0], rtol=1e-12)
        np.testing.assert_allclose(train(tf.constant(a)), mine[1], rtol=1e-12)
        for weights in (found[2], w):
            np.testing.assert_allclose(weights, mine[2], rtol=1e-12)
