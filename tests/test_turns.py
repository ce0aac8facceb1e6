"""A ratio of contenders is that of its turns, with their spread, and no turn is left out."""

import re

import pytest
from deepcourse import turns


def test_each_turn_has_a_ratio_and_the_median_lowest_and_highest_of_them_are_given():
    found = turns.ratio("ours", [2, 30, 4, 5, 8], [1, 10, 4, 1, 4])  # 2, 3, 1, 5, 2
    assert found == {"ours": 2, "ours_low": 1, "ours_high": 5}


def test_what_slows_both_in_a_turn_does_not_show():
    found = turns.ratio("ours", [3, 3, 300], [2, 2, 200])
    assert set(found.values()) == {1.5}


def test_an_outlier_stays_in_the_spread():
    found = turns.ratio("ours", [1, 1, 1, 1, 90], [1, 1, 1, 1, 1])
    assert found == {"ours": 1, "ours_low": 1, "ours_high": 90}


@pytest.mark.parametrize(
    ("over", "under", "said"),
    [
        ([1, 2], [1], "under: got 1 turns, expected 2"),
        ([], [], "over: got shape (0,), expected at least one turn"),
        ([1, 2], 1, "under: got shape (), expected at least one turn"),
        ([1, 0], [1, 1], "over: got [1, 0], expected times above 0"),
        ([1], [float("nan")], "under: got [nan], expected times above 0"),
    ],
)
def test_turns_that_have_no_ratio_are_refused(over, under, said):
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        turns.ratio("ours", over, under)
