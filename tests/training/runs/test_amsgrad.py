"""The slopes on which Adam walks uphill, in small."""

from pathlib import Path

from deepcourse import records
from deepcourse.training.optimizers import adam
from deepcourse.training.rare import walk
from deepcourse.training.runs import amsgrad

RUNS = Path(__file__).parents[3] / "runs"


def test_the_record_is_what_the_taught_functions_give(tmp_path):
    records.make("training/amsgrad", amsgrad.measure, amsgrad.QUICK, tmp_path)
    found = records.read("training/amsgrad", tmp_path)["values"]
    assert found["adam"]["of_0_1"] == walk(adam, 3.0, 600, 0.1, 0.1)[-3:].mean()
    assert (found["wrong"]["highest"], found["right"]["lowest"]) == (0.1, 0.9)
    table = records.read_table(tmp_path / "training/amsgrad.csv")
    assert len(table["step"]) == 2 * 600 / 10


def test_adam_is_right_from_some_memory_on_and_amsgrad_always():
    values = records.read("training/amsgrad", RUNS)["values"]
    wrong, right = values["wrong"]["highest"], values["right"]["lowest"]
    for beta2 in amsgrad.Settings().beta2:
        assert (values["adam"][amsgrad.name(beta2)] > 0) == (beta2 <= wrong)
        assert values["amsgrad"][amsgrad.name(beta2)] < -0.99
    assert wrong < right
