"""The picture of a post: its result, with numbers that stand out and stay whole."""

import json

import pytest
from coursesite.build import cards, numbers
from coursesite.build.quotes import curled
from jinja2 import UndefinedError


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """One record, of an accuracy and a time."""
    record = {"values": {"accuracy": 0.9138, "time": 2.7149}, "units": {"accuracy": "fraction", "time": "s"}}
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "headline.json").write_text(json.dumps(record), encoding="utf-8")
    known = numbers.known
    monkeypatch.setattr(numbers, "known", lambda: known(tmp_path))


def test_a_result_has_its_numbers_as_the_pages_round_them(recorded):
    said = cards.said("It reads [= runs.demo.headline.accuracy =] in [= runs.demo.headline.time =].")
    assert said == "It reads 91.38\u202f% in 2.71\u202fs."


def test_a_result_that_names_no_record_stops_the_build(recorded):
    with pytest.raises(UndefinedError, match=r"no record has runs\.demo\.headline\.loss; .* has: accuracy"):
        cards.said("It loses [= runs.demo.headline.loss =].")


def test_typed_quotes_become_those_of_printers():
    assert curled("\"It\" is Adam's ('his') own: 5\" long.") == "“It” is Adam’s (‘his’) own: 5” long."


def test_no_line_breaks_a_number_from_its_unit():
    face = cards.face("sans", 50, 700)
    for length in range(1, 60):
        lines = cards.wrapped("x" * length + " 91.38\u202f% of the test digits", face)
        assert any("91.38\u202f%" in line for line in lines), lines
