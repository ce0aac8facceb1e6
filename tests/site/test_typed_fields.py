"""The fields for a reader's numbers: one for each value of a group of a record, and a fold that holds them."""

import pytest
from coursesite.build import macros, numbers
from jinja2 import UndefinedError

KNOWN = numbers.names({"demo/paper": {"values": {"taps": {"a": 531.0, "b": -0.25}}, "units": {"a": "1", "b": "1"}}})


@pytest.fixture(autouse=True)
def record(monkeypatch):
    monkeypatch.setattr(macros.numbers, "known", lambda: KNOWN)


def test_a_field_has_its_name_and_the_number_of_the_record_and_the_fold_links_to_its_row():
    made = macros.typed("demo/paper", "taps", "dw_0 d<")
    assert made.count("<input ") == made.count("<output>") == 2
    assert '<label><span><i>dw</i><sub>0</sub> =</span> <input type="text"' in made
    assert 'data-right="531.0"' in made
    assert 'data-right="-0.25"' in made
    assert "d&lt; =" in made
    fold = made[made.index('??? note "The numbers"') :]
    assert "[531](/reference/records.md#demo-paper.taps.a)" in fold
    assert "[−0.250](/reference/records.md#demo-paper.taps.b)" in fold


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("demo/paper", "taps", "dw_0"), "1 labels for 2 values"),
        (("demo/paper", "none", "dw_0"), "no record has runs.demo.paper.none"),
        (("demo/other", "taps", "dw_0"), "no record has runs.demo.other"),
    ],
)
def test_what_doesnt_fit_stops_the_build_and_is_named(given, said):
    with pytest.raises(UndefinedError, match=said):
        macros.typed(*given)
