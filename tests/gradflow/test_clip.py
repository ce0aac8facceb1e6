"""Clipping by the global norm, against tf.clip_by_global_norm."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow.clip import clip_by_global_norm, global_norm
from hypothesis import given
from hypothesis import strategies as st

SHAPES = ((3, 4), (4,), (), (0, 2))


def draw(seed, dtype="float64"):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=shape), dtype) for shape in SHAPES]


@given(limit=st.floats(0.1, 20), dtype=st.sampled_from(["float32", "float64"]), seed=st.integers(0, 99))
def test_clipping_equals_tensorflow(limit, dtype, seed):
    gradients = draw(seed, dtype)
    found, norm = clip_by_global_norm(gradients, limit)
    expected, reference = tf.clip_by_global_norm(gradients, limit)
    tolerance = {"float32": 1e-5, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(norm, reference, rtol=tolerance)
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.dtype == dtype
        np.testing.assert_allclose(ours, theirs, rtol=tolerance)


def test_a_short_gradient_passes_unchanged_and_a_long_one_keeps_its_direction():
    gradients = draw(1)
    same, norm = clip_by_global_norm(gradients, 1e9)
    assert all((a == b).all() for a, b in zip(same, gradients, strict=True))
    short, _ = clip_by_global_norm(gradients, norm / 8)
    assert global_norm(short) == pytest.approx(norm / 8, rel=1e-12)
    for a, b in zip(short, gradients, strict=True):
        np.testing.assert_allclose(a, b / 8, rtol=1e-12)


def test_zero_gradients_and_none_at_all_have_norm_zero():
    assert clip_by_global_norm([], 1.0) == ([], 0.0)
    (zero,), norm = clip_by_global_norm([np.zeros(3)], 1.0)
    assert (zero == 0).all()
    assert norm == 0


@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_a_limit_that_is_not_above_zero_is_refused(limit):
    with pytest.raises(ValueError, match="limit: got"):
        clip_by_global_norm(draw(0), limit)


@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_a_gradient_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="gradients: got a norm of"):
        clip_by_global_norm([np.array([value])], 1.0)
