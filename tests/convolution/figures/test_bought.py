"""The figures on assumptions say what their records say."""

import pytest
from deepcourse import records
from deepcourse.convolution.figures import bought
from deepcourse.convolution.runs import looks


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    records.make("convolution/looks", looks.measure, looks.QUICK, runs)
    return runs


def test_bars_are_named_with_their_shares(monkeypatch, tmp_path):
    found = {
        kind: {name: {"shifted_accuracy": 0.1 * (n + 1) + 0.05 * m} for m, name in enumerate(bought.SETS)}
        for n, kind in enumerate(bought.ROWS)
    }
    monkeypatch.setattr(records, "read", lambda name, runs: {"values": found})
    drawing = bought.family(tmp_path)
    weights, products = drawing.text.split("With as many multiply-adds")
    assert "MNIST, dense, 10.0\u202f%" in weights
    assert "Fashion-MNIST, shared, 45.0\u202f%" in weights
    assert "MNIST, shared, 60.0\u202f%" in products
    assert "Fashion-MNIST, tiled, 55.0\u202f%" in products


def test_kernels_and_an_occlusion_map_come_from_their_record(looked):
    record = records.read("convolution/looks", looked)
    assert f"The first 10 of {len(record['kernels'])} kernels" in bought.kernels(looked).text
    first = record["pictures"][0]
    text = bought.occlusion(looked).text
    assert f"ahead of all others by {first['lead']:.1f} nats" in text
    lowest = bought.leads(first, "grey", 10).min()
    assert f"at most {first['lead'] - lowest:.1f} nats" in text
