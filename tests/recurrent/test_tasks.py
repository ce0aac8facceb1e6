"""The tasks ask for what a memory alone can know, and their baselines are those of who has none."""

import numpy as np
import pytest
from deepcourse.recurrent.tasks import (
    ADDING_BASELINE,
    BLANK,
    FLAG,
    SYMBOLS,
    adding_task,
    by_rows,
    copying_baseline,
    copying_task,
    permuted,
)


@pytest.mark.parametrize("steps", [2, 3, 50])
def test_one_number_is_marked_in_each_half_and_their_sum_is_wanted(steps):
    x, y = adding_task(500, steps, 0)
    assert (x.dtype, y.dtype) == (np.float32, np.float32)
    numbers, marks = x[:, :, 0], x[:, :, 1]
    half = steps // 2
    assert (marks[:, :half].sum(1) == 1).all()
    assert (marks[:, half:].sum(1) == 1).all()
    assert marks.any(0).all(), "every step is marked in some sequence"
    np.testing.assert_allclose(y, [row[mark == 1].sum() for row, mark in zip(numbers, marks, strict=True)])


def test_who_always_says_one_errs_by_a_sixth():
    _, y = adding_task(200_000, 2, 1)
    assert np.mean((y - 1) ** 2) == pytest.approx(ADDING_BASELINE, rel=0.01)
    assert np.mean((y - 0.95) ** 2) > np.mean((y - 1) ** 2) < np.mean((y - 1.05) ** 2)


@pytest.mark.parametrize(("gap", "asked"), [(1, 1), (4, 2), (100, 10)])
def test_symbols_come_first_and_are_wanted_last(gap, asked):
    x, y = copying_task(300, gap, asked, 0)
    assert x.shape == y.shape == (300, gap + 2 * asked)
    np.testing.assert_array_equal(x[:, :asked], y[:, -asked:])
    assert set(np.unique(x[:, :asked])) == set(range(SYMBOLS))
    assert (x[:, asked : asked + gap - 1] == BLANK).all()
    assert (x[:, asked + gap - 1] == FLAG).all()
    assert (x[:, -asked:] == BLANK).all()
    assert (y[:, :-asked] == BLANK).all()


def test_the_baseline_is_the_cost_of_equal_chances():
    _, y = copying_task(50, 7, 3, 0)
    chances = np.full((*y.shape, SYMBOLS + 2), 1e-30)
    chances[:, :-3, BLANK] = 1
    chances[:, -3:, :SYMBOLS] = 1 / SYMBOLS
    cost = -np.log(np.take_along_axis(chances, y[..., None], 2))
    assert cost.mean() == pytest.approx(copying_baseline(7, 3))


def test_a_seed_gives_the_same_sequences_again_and_another_others():
    for task in (lambda seed: adding_task(4, 9, seed), lambda seed: copying_task(4, 9, 5, seed)):
        for one, again, other in zip(task((1, 2)), task((1, 2)), task((1, 3)), strict=True):
            np.testing.assert_array_equal(one, again)
            assert (one != other).any()


def test_pixels_change_places_in_all_pictures_alike():
    pictures = np.random.default_rng(0).integers(0, 256, (5, 4, 6), np.uint8)
    rows = by_rows(pictures)
    np.testing.assert_allclose(rows, pictures / 255, atol=1e-7)
    mixed = permuted(pictures, 3)
    assert mixed.shape == (5, 8, 3)
    order = [np.flatnonzero(np.isclose(rows.reshape(5, -1).T, column).all(1))[0] for column in mixed.reshape(5, -1).T]
    assert sorted(order) == list(range(24)) != order
    np.testing.assert_array_equal(mixed, permuted(pictures, 3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: adding_task(2, 1, 0), "steps: got 1, expected a whole number 2"),
        (lambda: adding_task(0, 5, 0), "examples: got 0"),
        (lambda: copying_task(2, 0, 1, 0), "gap: got 0"),
        (lambda: copying_task(2, 1, 0, 0), "asked: got 0"),
        (lambda: copying_baseline(1.5, 1), "gap: got 1.5"),
        (lambda: permuted(np.zeros((1, 2, 3), np.uint8), 4), "group: got 4, expected a divisor of 6"),
        (lambda: permuted(np.zeros((1, 2, 3), np.uint8), 0), "group: got 0"),
        (lambda: by_rows(np.zeros((1, 2), np.uint8)), "pictures: got uint8"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, said):
    with pytest.raises(ValueError, match=said):
        call()
