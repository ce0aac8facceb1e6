"""Every experiment of the series is one call of `records.run`, under the name of its module and of its stage."""

import pkgutil
import runpy
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from deepcourse import records
from deepcourse.gradflow import runs

STAGES = (Path(__file__).parents[3] / "dvc.yaml").read_text(encoding="utf-8")
EXPERIMENTS = [m.name for m in pkgutil.iter_modules(runs.__path__)]


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # one experiment imports another
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_its_command_makes_the_record_of_its_name_in_full_or_quickly(name, monkeypatch):
    calls = []
    monkeypatch.setattr(records, "run", lambda *arguments: calls.append(arguments))
    runpy.run_module(f"deepcourse.gradflow.runs.{name}", run_name="__main__")
    ((record, measure, full, quick),) = calls
    assert record == ("bench/gradflow" if name == "bench" else f"gradflow/{name}")
    assert callable(measure)
    assert is_dataclass(full)
    assert type(full) is type(quick)
    assert full != quick
    assert full.__dataclass_params__.frozen
    assert not fields(full) or full == type(full)()  # the recorded settings are the defaults
    assert name == "bench" or f"cmd: python -m deepcourse.gradflow.runs.{name}\n" in STAGES
