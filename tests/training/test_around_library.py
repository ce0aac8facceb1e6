"""What the page around the step says of Keras is what it does."""

import keras
import numpy as np
import pytest
from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.training.optimizers import momentum
from deepcourse.training.schedule import rate_at

CosineDecay = keras.optimizers.schedules.CosineDecay
PAIR = [np.array([3.0], "f"), np.array([4.0], "f")]


def moved(steps=1, rate=1.0, **settings):
    """How far two variables go against their gradients 3 and 4."""
    both = [keras.Variable(np.zeros(1, "f")) for _ in PAIR]
    optimizer = keras.optimizers.SGD(rate, **settings)
    optimizer.build(both)
    for _ in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in PAIR], both)
    return [-float(w.numpy()[0]) for w in both]


def test_keras_clips_all_together_only_by_global_clipnorm():
    ours = [float(g[0]) for g in clip_by_global_norm(PAIR, 1.0)[0]]
    assert moved(global_clipnorm=1.0) == pytest.approx(ours, rel=1e-6)
    assert ours == pytest.approx([0.6, 0.8])
    assert moved(clipnorm=1.0) == pytest.approx([1, 1])


@pytest.mark.parametrize("warm", [0, 10])
def test_cosine_decay_at_a_step_is_our_rate(warm):
    more = {"warmup_target": 0.3, "warmup_steps": warm} if warm else {}
    theirs = CosineDecay(0.0 if warm else 0.3, 100 - warm, **more)
    for t in range(1, 101):
        assert float(theirs(t)) == pytest.approx(rate_at(t, 100, 0.3, warm), abs=1e-7)


def test_a_schedule_counts_batches_and_its_first_step_is_number_0():
    assert moved(5, CosineDecay(0.3, 5)) == pytest.approx(moved(50, CosineDecay(0.3, 5)))
    assert moved(1, CosineDecay(0.0, 5, warmup_target=0.3, warmup_steps=5)) == [0, 0]
    assert rate_at(1, 10, 0.3, 5) > 0


def test_keras_keeps_rate_times_gradient_and_coasts_at_a_rate_of_0_where_ours_stops():
    def at(count):
        w = keras.Variable(np.zeros(1, "f"))
        optimizer = keras.optimizers.SGD(CosineDecay(0.3, 5), momentum=0.9)
        optimizer.build([w])
        for _ in range(count):
            optimizer.apply([keras.ops.ones(1)], [w])
        return float(w.numpy()[0])

    assert [at(5), at(12)] == pytest.approx([-2.92, -6.09], abs=0.005)
    w, kept = np.zeros(1), {}
    for rate in (0.3, 0.3, 0.0):
        before = w.copy()
        momentum(w, np.ones(1), kept, rate)
    assert w == before


def test_warmup_steps_without_a_target_are_ignored():
    for t in (0, 3, 9):
        assert float(CosineDecay(0.3, 10, warmup_steps=5)(t)) == float(CosineDecay(0.3, 10)(t))


def test_the_fall_ends_at_a_share_of_the_highest_rate():
    assert float(CosineDecay(0.3, 10)(10)) == pytest.approx(0, abs=1e-7)
    assert float(CosineDecay(0.0, 10, alpha=0.1, warmup_target=0.3, warmup_steps=5)(15)) == pytest.approx(0.03)
