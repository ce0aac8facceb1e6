"""What the exercises' solutions claim."""

import numpy as np
import pytest
from deepcourse.graphs import mean
from deepcourse.graphs.solutions import optimum as solutions


def test_three_numbers_are_jumped_around_and_four_leave_a_place_where_it_is():
    assert set(solutions.walk_on_a_line([0, 1, 7], 3.02, 0.1, 1000)[-10:]) == {0.92, 1.02}
    assert set(solutions.walk_on_a_line([0, 1, 7, 9], 3.02, 0.1, 20)) == {3.02}


def test_the_planted_learner_stays_above_the_floor_with_weights_that_are_nearly_right():
    w, loss = solutions.learnt(10, 10, 1e-3, 4000)
    assert np.mean(w) == pytest.approx(0.097, abs=2e-3)
    assert loss > 1.15 * mean.floor(10, 10)
    w, loss = solutions.mended(10, 10, 1e-3, 4000)
    np.testing.assert_allclose(w, 0.1, atol=1e-6)
    assert loss == pytest.approx(mean.floor(10, 10), rel=0.02)


def test_with_other_numbers_of_rows_and_columns_the_bug_is_an_error():
    with pytest.raises(ValueError, match="broadcast"):
        solutions.learnt(11, 10, 1e-3, 1)


def test_centred_numbers_have_one_speed_and_a_larger_rate():
    a = mean.batch(0, 0, 200_000, 4) - 0.5
    np.testing.assert_allclose(np.linalg.eigvalsh(a.T @ a / len(a)), np.full(4, 1 / 12), rtol=0.02)
    assert solutions.steps_needed(0.5, 1e-3) == 6
    assert solutions.steps_needed(0, 1e-3, most=20) is None  # far above its limit
    assert solutions.steps_needed(0.5, 1e-5) > 1000
