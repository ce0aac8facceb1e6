"""The figure of what nets need to remember says what both records hold."""

from pathlib import Path

import numpy as np
import pytest
from deepcourse import records
from deepcourse.drawing import STYLE, number
from deepcourse.recurrent.figures import memory as figures
from matplotlib import rc_context

RUNS = Path(__file__).parents[3] / "runs"


@pytest.fixture(autouse=True)
def styled():
    with rc_context(STYLE):
        yield


def test_lines_are_medians_and_open_marks_are_nets_that_failed():
    drawing = figures.memory(RUNS)
    for ax, name in zip(drawing.art.axes, figures.TASKS, strict=True):
        values = records.read(f"recurrent/{name}", RUNS)["values"]
        lines = [line for line in ax.lines if len(line.get_xdata()) > 1 and line.get_lw() > 1]
        marks = [line for line in ax.lines if len(line.get_xdata()) == 1]
        for kind, line in zip(figures.NAMES, lines, strict=True):
            for y, each in zip(line.get_ydata(), values[kind].values(), strict=True):
                assert y > each["budget"] if figures.spent(each) else y == each["sequences"]
        every = [each for kind in figures.NAMES for each in values[kind].values()]
        capped = [figures.spent(each) for each in every]
        assert [mark.get_marker() == "^" for mark in marks] == capped
        assert any(capped)
        assert not all(capped)


def test_the_words_tell_each_net_and_slow_from_deaf():
    said = figures.memory(RUNS).text
    found = records.read("recurrent/adding", RUNS)["values"]["gru"]["of_50"]["sequences"]
    assert f"adding two numbers, GRU: {number(found)} at 50" in said
    each = {"sequences": 64_000, "budget": 64_000, "slow": 1, "solved": 0}
    assert figures.words(each) == "unsolved after 64,000 (slow)"
    assert figures.words(each | {"slow": 0}) == "unsolved after 64,000 (deaf)"
    assert figures.words(each | {"sequences": 1600}) == "1,600"


def test_names_keep_their_order_and_a_line_between_them():
    placed = figures.apart({"a": 1e4, "b": 9.9e3, "c": 2e3})
    heights = np.log([placed[name] for name in "abc"])
    per_pixel = np.log(figures.LIMITS[1] / figures.LIMITS[0]) / figures.HIGH
    assert (-np.diff(heights) >= 0.99 * figures.LINE * per_pixel).all()
    assert placed["c"] == 2e3
