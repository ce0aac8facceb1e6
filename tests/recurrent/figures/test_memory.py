"""The figure of what nets need to remember says what both records hold."""

from pathlib import Path

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


def test_a_length_stands_at_what_was_needed_or_behind_the_axis():
    drawing = figures.memory(RUNS)
    for ax, name in zip(drawing.art.axes, figures.TASKS, strict=True):
        values = records.read(f"recurrent/{name}", RUNS)["values"]
        texts = [(text.get_text(), text.xy) for text in ax.texts]
        for k, (kind, called) in enumerate(figures.NAMES.items()):
            y = figures.ROW * (k + 0.5)
            assert called in [text for text, at in texts if at[1] == y]
            behind = "".join(text for text, at in texts if at == (figures.LIMITS[1], y))
            said = dict([(text, where[0]) for text, where in texts if abs(where[1] - y) == figures.UP])
            for at, each in values[kind].items():
                length = at.removeprefix("of_")
                assert (length in behind.replace("(", " ").replace(")", " ").split()) == figures.spent(each)
                if length in said:
                    assert said[length] == pytest.approx(each["sequences"])


def test_lengths_that_lie_near_are_one_text():
    def needed(*sequences):
        return {f"of_{n}": {"sequences": s, "budget": 400_000} for n, s in zip((20, 50, 100), sequences, strict=False)}

    assert figures.together(needed(10_000, 40_000)) == [(pytest.approx(10_000), "20"), (pytest.approx(40_000), "50")]
    assert figures.together(needed(10_000, 10_000, 400_000)) == [(pytest.approx(10_000), "20 50")]
    assert figures.together(needed(10_000, 10_500, 11_000))[0][1] == "20\N{EN DASH}100"


def test_the_words_tell_each_net_and_whether_anything_was_learned():
    said = figures.memory(RUNS).text
    found = records.read("recurrent/adding", RUNS)["values"]["gru"]["of_50"]["sequences"]
    assert f"adding problem, GRU: {number(found)} at 50" in said
    each = {"sequences": 64_000, "budget": 64_000, "slow": 1, "solved": 0}
    assert figures.words(each) == "not solved after 64,000, part of it learned,"
    assert figures.words(each | {"slow": 0}) == "not solved after 64,000, nothing learned so far,"
    assert figures.words(each | {"sequences": 1600}) == "1,600"
    silent = each | {"slow": 0}
    assert figures.failures({"of_50": each, "of_100": silent, "of_200": silent}) == "50 (100 200)"
    assert figures.failures({"of_50": each | {"sequences": 1600}}) == ""
