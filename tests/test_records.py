"""Records: whole or not at all, and never one that would mislead a page."""

import json
import os
import platform

import pytest
from deepcourse import records
from deepcourse.records import RecordError

GOOD = {
    "command": "python -m deepcourse.toy",
    "values": {"accuracy": 0.9, "accuracy_sd": 0.01, "deep": {"accuracy": 0.95, "parameters": 407_050}},
    "units": {"accuracy": "fraction", "parameters": "count"},
    "settings": {"rate": 0.001},
    "seeds": [0, 1],
    "data": {"name": "toy", "records": 10, "sha256": "0"},
}


def with_value(value, unit="1"):
    return GOOD | {"values": {"x": value}, "units": {"x": unit}}


def test_a_record_is_read_as_written_with_versions_and_machine_added(tmp_path):
    path = records.write("toy/headline", GOOD, tmp_path)
    assert path == tmp_path / "toy" / "headline.json"
    found = records.read("toy/headline", tmp_path)
    assert {key: found[key] for key in GOOD} == GOOD
    assert set(found["versions"]) == {"python", *records.PACKAGES}
    assert found["versions"]["python"] == platform.python_version()
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["memory_gib"] >= 1
    assert found["machine"]["processor"]
    assert path.read_text(encoding="utf-8").endswith("}\n")


@pytest.mark.parametrize("key", GOOD)
def test_a_missing_key_is_refused_by_name(key, tmp_path):
    with pytest.raises(RecordError, match=f"^record: no '{key}'"):
        records.write("toy/x", {k: v for k, v in GOOD.items() if k != key}, tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_refused_by_name(value, tmp_path):
    with pytest.raises(RecordError, match=r"^values\.x: got .*, expected finite"):
        records.write("toy/x", with_value(value), tmp_path)


@pytest.mark.parametrize("value", [1.001, 98.5, -0.001])
def test_a_fraction_outside_of_zero_to_one_is_refused(value, tmp_path):
    with pytest.raises(RecordError, match=rf"^values\.x: got {value}, expected 0 \.\. 1"):
        records.write("toy/x", with_value(value, "fraction"), tmp_path)


@pytest.mark.parametrize("value", [0.0, 1.0, 0, 1])
def test_a_fraction_may_be_zero_or_one(value, tmp_path):
    assert records.write("toy/x", with_value(value, "fraction"), tmp_path).exists()


@pytest.mark.parametrize("units", [{}, {"x": "percent"}, {"y": "count"}])
def test_a_value_without_a_known_unit_is_refused(units, tmp_path):
    with pytest.raises(RecordError, match=r"^units: got .* for x, expected one of 1, "):
        records.write("toy/x", with_value(1.0) | {"units": units}, tmp_path)


def test_a_unit_goes_by_full_name_then_last_name_and_a_deviation_has_that_of_its_mean():
    units = {"loss": "nat", "deep.loss": "1", "seconds": "s"}
    assert records.unit_of("deep.loss", units) == "1"
    assert records.unit_of("wide.loss", units) == "nat"
    assert records.unit_of("wide.loss_sd", units) == "nat"
    assert records.unit_of("seconds_sd", units) == "s"
    assert records.unit_of("accuracy", units) is None


def test_nested_values_are_checked_too(tmp_path):
    bad = GOOD | {"values": {"deep": {"wide": {"accuracy": 2.0}}}}
    with pytest.raises(RecordError, match=r"^values\.deep\.wide\.accuracy: got 2\.0"):
        records.write("toy/x", bad, tmp_path)


def test_a_refused_record_leaves_the_old_one_as_it_was(tmp_path):
    path = records.write("toy/x", GOOD, tmp_path)
    before = path.read_bytes()
    with pytest.raises(RecordError):
        records.write("toy/x", with_value(float("nan")), tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


def test_a_reader_sees_the_old_record_until_the_new_one_is_complete(monkeypatch, tmp_path):
    path = records.write("toy/x", GOOD, tmp_path)
    before, replace = path.read_bytes(), os.replace
    seen = []

    def look(source, target):
        seen.append(path.read_bytes())
        assert json.loads(source.read_text(encoding="utf-8"))["seeds"] == [7]
        assert source.parent == target.parent  # a rename across file systems would not be whole
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    records.write("toy/x", GOOD | {"seeds": [7]}, tmp_path)
    assert seen == [before]
    assert records.read("toy/x", tmp_path)["seeds"] == [7]
    assert [p.name for p in path.parent.iterdir()] == ["x.json"]


def test_a_writer_that_dies_before_the_rename_leaves_the_old_record(monkeypatch, tmp_path):
    path = records.write("toy/x", GOOD, tmp_path)
    before = path.read_bytes()

    def die(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        records.write("toy/x", GOOD | {"seeds": [7]}, tmp_path)
    assert path.read_bytes() == before


def test_a_record_that_is_not_there_is_an_error_that_says_how_to_make_it(tmp_path):
    with pytest.raises(RecordError, match=r"toy/x\.json: no such record; make it"):
        records.read("toy/x", tmp_path)


@pytest.mark.parametrize("text", ["", '{"values": '])
def test_half_a_record_is_refused(text, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(RecordError, match="not JSON"):
        records.read("x", tmp_path)


def test_a_record_edited_into_nonsense_is_refused_when_read(tmp_path):
    path = records.write("x", GOOD, tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("0.95", "95"), encoding="utf-8")
    with pytest.raises(RecordError, match=r"values\.deep\.accuracy: got 95"):
        records.read("x", tmp_path)


def test_the_command_is_the_module_and_its_arguments(monkeypatch):
    class Main:
        class __spec__:  # noqa: N801 - what Python calls it
            name = "deepcourse.toy"

    monkeypatch.setitem(records.sys.modules, "__main__", Main)
    monkeypatch.setattr(records.sys, "argv", ["/long/path/toy.py", "headline", "--quick"])
    assert records.command() == "python -m deepcourse.toy headline --quick"
