"""The lines that the lesson begins with."""

import numpy as np
from deepcourse import datasets, records
from deepcourse.convolution.runs import library

SMALL = 300


def large_digits():
    """A few of the small digits, each pixel a block of three and a margin: the lines need 13 pixels or more."""
    source = datasets.digits()

    def larger(x):
        return np.pad(np.kron(x, np.ones((1, 3, 3), np.uint8)), [(0, 0), (2, 2), (2, 2)])

    return source._replace(
        images=larger(source.images[:SMALL]), labels=source.labels[:SMALL], test_images=larger(source.test_images)
    )


def test_the_lines_print_weights_and_what_each_net_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "large_digits", large_digits, raising=False)
    records.make("convolution/library", library.measure, library.Settings("large_digits"), tmp_path)
    record = records.read("convolution/library", tmp_path)
    assert len(record["printed"]) == 2
    for name, line in zip(("dense", "conv"), record["printed"], strict=True):
        found = record["values"][name]
        assert line == f"{found['weights']} {found['accuracy']:.3f} {found['pushed_accuracy']:.3f}"
        assert 0 <= found["pushed_accuracy"] <= 1
    assert record["values"]["conv"]["weights"] == 26 * 16 + (400 + 0) * 64 + 64 + 650
