"""The lines that the lesson begins with."""

from pathlib import Path

from deepcourse import records
from deepcourse.training.runs import library

RUNS = Path(__file__).parents[3] / "runs"


def test_the_lines_print_what_each_net_reads(tmp_path):
    records.make("training/library", library.measure, library.Settings("digits"), tmp_path)
    record = records.read("training/library", tmp_path)
    assert [line.split()[0] for line in record["printed"]] == ["sigmoid", "relu"]
    for line in record["printed"]:
        name, share = line.split()
        assert record["values"][name]["test_accuracy"] == float(share)


def test_twenty_layers_of_sigmoids_guess_and_twenty_of_relu_read():
    values = records.read("training/library", RUNS)["values"]
    assert values["sigmoid"]["test_accuracy"] < 0.12
    assert values["relu"]["test_accuracy"] > 0.9
    assert values["run_seconds"] < 90
