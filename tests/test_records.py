"""Records: whole or not at all, and never one that would mislead a page."""

import json
import os
import platform
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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


@dataclass(frozen=True)
class Toy:
    """Settings of an experiment."""

    rate: float = 0.5
    steps: int = 3


def measure_toy(s, runs):
    records.write_table(runs / "toy/x.csv", ["step"], [[i] for i in range(s.steps)])
    return {"data": {"name": "toy"}, "seeds": [0], "units": {"rate": "1"}, "values": {"rate": s.rate}}


def test_an_experiment_is_its_settings_and_its_measurements(monkeypatch, tmp_path):
    path = records.make("toy/x", measure_toy, Toy(), tmp_path)
    found = json.loads(path.read_text(encoding="utf-8"))
    keys = ["command", "values", "units", "settings", "data", "seeds", "seconds", "versions", "machine"]
    assert list(found) == keys
    assert found["settings"] == {"rate": 0.5, "steps": 3}
    assert found["values"] == {"rate": 0.5}
    assert found["seconds"] >= 0
    assert (tmp_path / "toy/x.csv").read_bytes() == b"step\n0\n1\n2\n"


def test_what_is_measured_may_say_more_and_other_settings_and_another_command(tmp_path):
    def measure(s, runs):
        more = {"settings": {"rate": 2.0}, "command": "nox -s bench", "alternatives": ["y"]}
        return measure_toy(s, runs) | more

    found = json.loads(records.make("toy/x", measure, Toy(), tmp_path).read_text(encoding="utf-8"))
    assert (found["settings"], found["command"], found["alternatives"]) == ({"rate": 2.0}, "nox -s bench", ["y"])


@pytest.mark.parametrize("key", ["values", "units", "seeds", "data"])
def test_an_experiment_that_forgets_something_is_refused_by_name(key, tmp_path):
    def measure(s, runs):
        return {k: v for k, v in measure_toy(s, runs).items() if k != key}

    with pytest.raises(RecordError, match=f"^record: no '{key}'"):
        records.make("toy/x", measure, Toy(), tmp_path)


@pytest.mark.parametrize(("arguments", "steps", "folder"), [([], 3, "runs"), (["--quick"], 1, ".cache/quick")])
def test_the_command_runs_in_full_or_quickly_beside_the_records(
    arguments, steps, folder, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["x.py", *arguments])
    path = records.run("toy/x", measure_toy, Toy(), Toy(steps=1))
    assert path == Path(folder) / "toy/x.json"
    assert capsys.readouterr().out == f"{path}\n"
    assert records.read("toy/x", Path(folder))["settings"]["steps"] == steps
    assert len(records.read_table(Path(folder) / "toy/x.csv")["step"]) == steps
    assert [p.name for p in tmp_path.iterdir()] == [folder.split("/", maxsplit=1)[0]]


def test_the_command_says_what_it_does_and_refuses_what_it_does_not_know(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["x.py", "--help"])
    with pytest.raises(SystemExit):
        records.run("toy/x", measure_toy, Toy(), Toy(), description="A toy that measures its rate.")
    assert "A toy that measures its rate." in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["x.py", "--fast"])
    with pytest.raises(SystemExit):
        records.run("toy/x", measure_toy, Toy(), Toy())
    assert "--fast" in capsys.readouterr().err


@pytest.mark.parametrize("gone", [("sched_getaffinity",), ("sysconf",), ("sched_getaffinity", "sysconf")])
def test_a_system_that_tells_less_of_itself_writes_its_records_all_the_same(gone, monkeypatch, tmp_path):
    for name in gone:
        monkeypatch.delattr(os, name)
    found = json.loads(records.write("toy/x", GOOD, tmp_path).read_text(encoding="utf-8"))["machine"]
    assert found["cores"] >= 1
    assert (found["memory_gib"] is None) == ("sysconf" in gone)


def test_a_system_that_does_not_know_its_memory_says_none(monkeypatch):
    def unknown(name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(os, "sysconf", unknown)
    assert records.machine()["memory_gib"] is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float32("nan")])
@pytest.mark.parametrize("place", ["settings", "seconds", "data", "alternatives"])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(value, place, tmp_path):
    for inside in (value, {"loss": [1.0, value]}):
        name = place if inside is value else rf"{place}\.loss\.1"
        with pytest.raises(RecordError, match=rf"^{name}: got (nan|inf), expected finite"):
            records.write("toy/x", GOOD | {place: inside}, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_a_record_with_a_number_that_json_does_not_know_is_refused_when_read(text, tmp_path):
    path = records.write("x", GOOD, tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("0.001", text), encoding="utf-8")
    with pytest.raises(RecordError, match=r"^settings\.rate: got"):
        records.read("x", tmp_path)


@pytest.mark.parametrize("value", [None, "0.9", True, np.bool_(True), [0.9], np.array(0.9), np.ones(2), 1j, Path("x")])
def test_a_value_that_is_no_number_is_refused_by_name(value, tmp_path):
    with pytest.raises(RecordError, match=r"^values\.x: got .*, expected "):
        records.write("toy/x", with_value(value), tmp_path)


@pytest.mark.parametrize(
    "value", [np.float16(0.5), np.float32(0.5), np.float64(0.5), np.int64(3), np.uint8(3), 10**400]
)
def test_a_number_of_numpys_is_written_as_a_number(value, tmp_path):
    record = with_value(value) | {"settings": {"values": (value, value)}}
    records.write("toy/x", record, tmp_path)
    found = records.read("toy/x", tmp_path)
    assert found["values"]["x"] == value
    assert found["settings"]["values"] == [value, value]


def test_what_json_has_no_word_for_is_refused_by_name(tmp_path):
    with pytest.raises(RecordError, match=r"^settings\.where: got Posix|Windows"):
        records.write("toy/x", GOOD | {"settings": {"where": Path("x")}}, tmp_path)
    with pytest.raises(RecordError, match=r"^data\.images: got ndarray"):
        records.write("toy/x", GOOD | {"data": {"images": np.ones(3)}}, tmp_path)


def test_threads_that_write_one_record_disturb_nobody(tmp_path):
    problems, start = [], threading.Barrier(4)

    def write(seed):
        start.wait()
        for _ in range(100):
            try:
                records.write_whole(tmp_path / "x.json", str(seed) * 2000)
            except OSError as error:
                problems.append(error)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert len(set((tmp_path / "x.json").read_text(encoding="utf-8"))) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_a_writer_that_fails_leaves_nothing_but_the_old_file(monkeypatch, tmp_path):
    path = records.write_whole(tmp_path / "x.json", "old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space"):
        records.write_whole(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_what_a_killed_writer_leaves_is_ignored_by_git(tmp_path):
    code = (
        "import os; from pathlib import Path; from deepcourse import records\n"
        "os.replace = lambda *_: os._exit(1)\n"
        "records.write_whole(Path('runs/toy/x.json'), 'new')"
    )
    root = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root / "code")}
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=False).returncode == 1
    assert len(list((tmp_path / "runs/toy").iterdir())) == 1
    (tmp_path / ".gitignore").write_text((root / ".gitignore").read_text(encoding="utf-8"), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    done = subprocess.run(["git", "status", "--short"], cwd=tmp_path, check=True, capture_output=True, encoding="utf-8")
    assert done.stdout == "?? .gitignore\n"


def test_text_is_utf_8_with_one_line_end_on_every_system(tmp_path):
    path = records.write("toy/x", GOOD | {"note": "½ × π\nzwei"}, tmp_path)
    assert "½ × π".encode() in path.read_bytes()
    assert b"\r" not in path.read_bytes()


def test_a_table_is_read_as_written_numbers_as_numbers(tmp_path):
    rows = [("a", 1, 0.1, np.float32(2.5)), ("b, c", 20, 1e-7, np.float64(3))]
    path = records.write_table(tmp_path / "toy/x.csv", ["net", "step", "loss", "rate"], rows)
    assert path.read_bytes() == b'net,step,loss,rate\na,1,0.1,2.5\n"b, c",20,1e-07,3.0\n'
    found = records.read_table(path)
    assert found == {"net": ["a", "b, c"], "step": [1, 20], "loss": [0.1, 1e-7], "rate": [2.5, 3.0]}
    assert [type(column[0]) for column in found.values()] == [str, int, float, float]


def test_floats_of_a_table_have_as_many_digits_as_asked_for_and_whole_numbers_all_of_theirs(tmp_path):
    rows = [(123456789, 1 / 3, np.float32(1) / 3), (1, 2.0, 12345.678)]
    path = records.write_table(tmp_path / "x.csv", "abc", rows, digits=4)
    assert path.read_text(encoding="utf-8") == "a,b,c\n123456789,0.3333,0.3333\n1,2,1.235e+04\n"


def test_a_table_without_rows_has_its_columns(tmp_path):
    assert records.read_table(records.write_table(tmp_path / "x.csv", "ab", [])) == {"a": [], "b": []}


def test_a_row_of_another_length_is_refused_and_the_old_table_stays(tmp_path):
    path = records.write_table(tmp_path / "x.csv", "ab", [(1, 2)])
    before = path.read_bytes()
    with pytest.raises(RecordError, match=r"x\.csv, row 2: got 1 cells, expected 2"):
        records.write_table(path, "ab", [(3, 4), (5,)])
    assert path.read_bytes() == before


def test_a_table_that_is_not_there_is_an_error_that_says_how_to_make_it(tmp_path):
    with pytest.raises(RecordError, match=r"x\.csv: no such table; make it by its stage"):
        records.read_table(tmp_path / "x.csv")


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "runs").rglob("*.csv")), ids=lambda p: p.stem)
def test_every_recorded_table_has_columns_of_one_length(path):
    columns = records.read_table(path)
    assert len({len(column) for column in columns.values()}) == 1
    assert next(iter(columns.values()))


@pytest.fixture
def kept(monkeypatch, tmp_path):
    """An experiment of one part: call it with what it is keyed by, and see how often it computes."""
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    start = tmp_path / "experiment.py"
    start.write_text("x = 1\n", encoding="utf-8")
    calls = []

    def part():
        calls.append(1)
        return {"loss": np.float32(0.5)}

    return start, calls, lambda what: records.kept("toy/x", what, start, part)


def test_a_finished_part_is_not_computed_again(kept):
    _, calls, call = kept
    assert call((Toy(), 0)) == call((Toy(), 0)) == {"loss": 0.5}
    assert len(calls) == 1


def test_a_part_of_other_settings_or_another_seed_or_other_versions_is_computed(kept, monkeypatch):
    _, calls, call = kept
    for what in ((Toy(), 0), (Toy(), 1), (Toy(rate=1.0), 0)):
        call(what)
    assert len(calls) == 3
    monkeypatch.setattr(records, "versions", lambda: {"numpy": "0"})
    call((Toy(), 0))
    assert len(calls) == 4


def test_a_part_of_other_code_is_computed_and_other_comments_are_no_other_code(kept):
    start, calls, call = kept
    call(0)
    start.write_text('"""Now said."""\nx = 1  # one\n', encoding="utf-8")
    call(0)
    assert len(calls) == 1
    start.write_text("x = 2\n", encoding="utf-8")
    call(0)
    assert len(calls) == 2


def test_a_part_that_was_killed_is_computed_again(kept, monkeypatch):
    _, calls, call = kept

    def die(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            call(0)
    call(0)
    assert len(calls) == 2


def test_a_record_counts_the_seconds_that_a_kept_part_once_took(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")
    seconds = iter([0.0, 10.0, 70.0, 80.0, 100.0, 101.0])  # of the run, of the part, and of the run that finds it
    monkeypatch.setattr(records.time, "perf_counter", lambda: next(seconds))

    def measure(s, runs):
        records.kept("toy/x", s, Path(records.__file__), lambda: 1)
        return measure_toy(s, runs)

    took = [
        json.loads(records.make("toy/x", measure, Toy(), tmp_path).read_text(encoding="utf-8"))["seconds"]
        for _ in range(2)
    ]
    assert took == [80.0, 61.0]


def test_the_sources_of_an_experiment_are_all_that_it_imports_of_this_course():
    code = Path(records.__file__).parents[1]
    found = {p.relative_to(code).as_posix() for p in records.sources(code / "deepcourse/gradflow/gru.py")}
    assert {"deepcourse/gradflow/gru.py", "deepcourse/gradflow/activations.py", "deepcourse/gradflow/rnn.py"} <= found
    assert "deepcourse/gradflow/lstm.py" not in found
    assert not any(re.search("mnist|coursesite", path) for path in found)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/../../x", "/abs/x", "s/", "s//n", "s\\n", "s/n\0", None, 3])
def test_a_name_that_leads_out_of_the_folder_is_refused(name, tmp_path):
    runs = tmp_path / "runs"
    for call in (lambda: records.write(name, GOOD, runs), lambda: records.read(name, runs)):
        with pytest.raises(RecordError, match=r"^name: got .*, expected <slug>/<name>"):
            call()
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize("key", [1, None, 1.5, True, (1, 2)])
@pytest.mark.parametrize("where", ["settings", "values"])
def test_a_key_that_is_no_text_is_refused(where, key, tmp_path):
    with pytest.raises(RecordError, match=rf"^{where}: got the key"):
        records.write("x", GOOD | {where: {key: 1.0}}, tmp_path)


@pytest.mark.parametrize("key", ["values", "units"])
@pytest.mark.parametrize("value", [None, 3, "x", []])
def test_values_and_units_are_dictionaries(key, value, tmp_path):
    with pytest.raises(RecordError, match=f"^{key}: got .*, expected a dictionary"):
        records.write("x", GOOD | {key: value}, tmp_path)
    (tmp_path / "x.json").write_text(json.dumps(GOOD | {key: value}), encoding="utf-8")
    with pytest.raises(RecordError, match=f"^{key}: got .*, in .*x.json"):
        records.read("x", tmp_path)


@pytest.mark.parametrize("unit", [["1"], {}, None, 1])
def test_a_unit_is_one_of_the_texts(unit, tmp_path):
    with pytest.raises(RecordError, match=r"^units: got .* for x, expected one of"):
        records.write("x", with_value(1.0, unit), tmp_path)


@pytest.mark.parametrize("content", [b"3", b"null", b"[]", b"\xff\xfe", b""])
def test_a_file_that_is_no_record_is_named(content, tmp_path):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(RecordError, match=r"x\.json"):
        records.read("x", tmp_path)


@pytest.mark.parametrize("content", [b"", b"a,b\n1\n", b"a,b\n1,2,3\n", b"a,b\n\n1,2\n", b"a,a\n1,2\n", b"a\n\xff\n"])
def test_a_file_that_is_no_table_is_named(content, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"t\.csv"):
        records.read_table(path)


def test_a_mark_of_the_byte_order_is_no_part_of_a_name(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert records.read_table(path) == {"a": [1], "b": [2]}


@pytest.mark.parametrize("cell", [None, [1], np.ones(2), {}, 1j])
def test_a_cell_is_a_number_or_a_text(cell, tmp_path):
    with pytest.raises(RecordError, match=r"^cell: got"):
        records.write_table(tmp_path / "t.csv", ["a"], [[cell]])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("header", "rows"), [(["a", "a"], [[1, 2]]), (["a"], [3])])
def test_a_table_that_would_lose_a_column_is_refused(header, rows, tmp_path):
    with pytest.raises(RecordError, match=r"t\.csv"):
        records.write_table(tmp_path / "t.csv", header, rows)


def test_a_size_that_a_record_of_the_course_has_says_its_unit():
    sizes = {}
    for path in sorted((Path(__file__).parents[1] / "runs").glob("*/*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        for name, _ in records.leaves(record.get("values", {})):
            for end, unit in {"_kb": "kB", "_mb": "MB"}.items():
                if f"{end}." in f"{name}.":
                    sizes[f"{path.stem}.{name}"] = records.unit_of(name, record["units"]) == unit
    assert sizes
    assert all(sizes.values()), [name for name, right in sizes.items() if not right]
