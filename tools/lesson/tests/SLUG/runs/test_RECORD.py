import pytest
from deepcourse import records
from deepcourse.SLUG.figures.POST import FIGURES
from deepcourse.SLUG.runs import RECORD


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The quick run, and what is drawn from it."""
    folder = tmp_path_factory.mktemp("runs")
    records.make("SLUG/RECORD", RECORD.measure, RECORD.QUICK, folder)
    assert FIGURES.draw(folder) == []
    return folder


def test_the_error_falls_with_the_step(runs):
    values = records.read("SLUG/RECORD", runs)["values"]
    assert values["error_2"] > 9 * values["error_3"] > 81 * values["error_4"]


def test_a_run_repeated_gives_the_same_numbers(runs, tmp_path):
    records.make("SLUG/RECORD", RECORD.measure, RECORD.QUICK, tmp_path)
    again, first = (records.read("SLUG/RECORD", folder)["values"] for folder in (tmp_path, runs))
    assert again == first


def test_the_figure_says_what_it_shows(runs):
    assert "at a step of 0.01" in (runs / "SLUG/FIGURE.svg").read_text(encoding="utf-8")
