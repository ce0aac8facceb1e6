"""Dates as they are read and written, and who gets which."""

from datetime import date

import numpy as np
import pytest
from deepcourse.recurrent import dates as d
from hypothesis import given
from hypothesis import strategies as st

days = st.integers(0, d.DAYS - 1)


@given(days, st.integers(0, 3))
def test_a_date_is_read_in_english_and_written_as_numbers(day, way):
    words, answer = d.both_ways(day, way)
    at = date.fromisoformat(answer)
    assert (at - d.FIRST).days == day
    assert at.year in range(1900, 2100)
    month = at.strftime("%B" if way < 2 else "%b").lower()
    assert words == (f"{month} {at.day}, {at.year}" if way % 2 else f"{at.day} {month} {at.year}")
    assert set(words) <= set(d.CHARS) - {"?"}
    assert len(words) <= d.ROOM
    assert len(answer) == d.ANSWER


def test_the_last_day_is_that_of_2099_and_the_longest_date_fills_the_room():
    assert d.both_ways(d.DAYS - 1, 0)[1] == "2099-12-31"
    longest = max(len(d.both_ways(day, way)[0]) for day in range(365) for way in range(4))
    assert longest == d.ROOM


def test_a_batch_is_the_date_then_padding_then_ten_times_the_question():
    x, mask, y = d.read_and_write([36_220, 0], [2, 1])
    assert x.shape == mask.shape == (2, 28)
    for n, (words, answer) in enumerate([("3 mar 1999", "1999-03-03"), ("january 1, 1900", "1900-01-01")]):
        assert "".join(d.CHARS[i] for i in x[n][mask[n]]) == words + "?" * 10
        assert mask[n].tolist() == [True] * len(words) + [False] * (18 - len(words)) + [True] * 10
        assert "".join(d.DIGITS[i] for i in y[n]) == answer


def test_no_day_that_is_asked_for_is_learnt_from():
    learnt, asked = d.split()
    assert sorted(np.concatenate([learnt, asked])) == list(range(d.DAYS))
    assert len(asked) == 7305

    def of(seed, test):
        y = d.dates(seed, 50, test)[2]
        texts = ["".join(d.DIGITS[i] for i in row) for row in y]
        return [(date.fromisoformat(text) - d.FIRST).days for text in texts]

    assert set(of(0, True)) <= set(asked.tolist())
    assert set(of(0, False)) <= set(learnt.tolist())
    assert of(0, False) != of(1, False)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (([d.DAYS], [0]), "days: got 73049"),
        (([-1], [0]), "days: got -1"),
        (([0], [4]), "ways: got 4"),
        (([0, 1], [0]), "ways: got 1, expected 2"),
        (([0.5], [0]), "days: got 0.5"),
    ],
)
def test_what_is_no_day_or_no_way_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        d.read_and_write(*given)
