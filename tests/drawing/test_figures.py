"""Every table of figures draws all of them, the same each time, for one page."""

import importlib
import shutil
from pathlib import Path

import drawings
import pytest
from deepcourse import drawing as draw
from deepcourse.records import RUNS, RecordError

CODE = Path(draw.__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(CODE.parent).with_suffix("").parts)
    for path in CODE.glob("*/figures/*.py")
    if "draw.Figures(" in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("module", MODULES)
def test_all_are_drawn_from_the_records_twice_the_same_and_their_ids_do_not_clash(module, tmp_path):
    figures = importlib.import_module(module).FIGURES
    records = shutil.ignore_patterns("*.svg", "*.webp")
    shutil.copytree(RUNS / figures.slug, tmp_path / figures.slug, ignore=records)
    assert figures.draw(tmp_path) == []
    paths = [tmp_path / figures.slug / f"{name}.svg" for name in figures.names]
    first = {p: p.read_bytes() for p in (tmp_path / figures.slug).iterdir()}
    assert set(paths) <= set(first)
    assert figures.draw(tmp_path) == []
    assert {p: p.read_bytes() for p in first} == first
    ids = [i for path in paths for i in drawings.ids(path)]
    assert len(ids) == len(set(ids)) > len(paths)


def test_every_drawing_of_the_course_is_of_one_table():
    """What no command draws would be drawn by hand."""
    tables = [importlib.import_module(module).FIGURES for module in MODULES]
    names = [f"{table.slug}/{name}.svg" for table in tables for name in table.names]
    lessons = {table.slug for table in tables}
    drawn = [p.relative_to(RUNS).as_posix() for slug in lessons for p in (RUNS / slug).glob("*.svg")]
    assert sorted(names) == sorted(drawn)


def square():
    art, ax = draw.paper(40, 40)
    draw.box(ax, 5, 5, 30, 30)
    return draw.Drawing(art, "A square", "Its sides are 30 long.")


def measured(runs):
    if not (runs / "toy/a.csv").exists():
        raise RecordError("toy/a.csv: no such table")
    return square()


TOY = draw.Figures("toy", computed={"square": square}, measured={"record": measured})


def test_a_missing_record_is_named_and_the_rest_is_drawn(tmp_path):
    assert TOY.draw(tmp_path) == ["record: toy/a.csv: no such table"]
    assert [p.name for p in (tmp_path / "toy").iterdir()] == ["square.svg"]
    assert drawings.words(tmp_path / "toy/square.svg") == {
        "title": "A square",
        "desc": "Its sides are 30 long.",
        "labels": [],
    }


def command(monkeypatch, tmp_path, *arguments):
    """What the command of a module of figures does; returns how it ends."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["figures", *arguments])
    with pytest.raises(SystemExit) as stop:
        TOY.main()
    return stop.value.code


def test_the_command_draws_all_and_fails_when_one_is_missing(tmp_path, monkeypatch):
    assert command(monkeypatch, tmp_path) == "record: toy/a.csv: no such table"
    assert (tmp_path / "runs/toy/square.svg").exists()


def test_the_command_draws_what_it_is_told_and_of_the_quick_runs_if_wanted(tmp_path, monkeypatch):
    assert command(monkeypatch, tmp_path, "square", "--quick") == 0
    assert [p.name for p in tmp_path.rglob("*.svg")] == ["square.svg"]
    assert (tmp_path / ".cache/quick/toy/square.svg").exists()


def test_the_command_refuses_a_name_it_does_not_know_before_it_draws(tmp_path, monkeypatch, capsys):
    assert command(monkeypatch, tmp_path, "square", "circle") == 2
    assert "name: got circle, expected one of square, record" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
