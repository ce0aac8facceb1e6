"""What is looked at in a trained net, in small."""

import base64

import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.convolution.runs import looks, one_layer

S = looks.QUICK


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    records.make("convolution/looks", looks.measure, S, runs)
    return records.read("convolution/looks", runs)


def test_the_first_digit_and_the_first_that_is_misread_are_shown(record):
    first, wrong = record["pictures"]
    labels = datasets.digits().test_labels
    assert first["test_image"] == 0
    assert wrong["label"] == labels[wrong["test_image"]] != wrong["read"]
    assert len(base64.b64decode(first["pixels"])) == record["side"] ** 2 == 144


def test_a_map_is_what_the_net_says_of_covered_pictures(record):
    net, table = one_layer.fitted(S.net, datasets.digits(), looks.KIND, "centred", S.rate, S.seeds[0])
    shown = record["pictures"][0]
    picture = np.frombuffer(base64.b64decode(shown["pixels"]), np.uint8).reshape(12, 12) / 255
    for name, grey in zip(("grey", "black"), S.greys, strict=True):
        found = np.frombuffer(base64.b64decode(shown[name]["lead"]), "<i2").reshape(10, 10) / 100
        for i, j in ((0, 0), (3, 4), (9, 9)):
            covered = picture.copy()
            covered[i : i + S.side, j : j + S.side] = grey
            scores = looks.reader(S, net, table)(covered[None])[0]
            others = np.delete(scores, shown["read"])
            assert found[i, j] == pytest.approx(scores[shown["read"]] - others.max(), abs=0.02)


def test_maps_are_alike_by_their_correlation(record):
    values = record["values"]
    for name in ("other_seed", "black", "untrained"):
        found = values[name]
        assert -1 <= found["alike_tenth"] <= found["alike_nine_tenths"] <= 1
    assert looks.alike(np.arange(4.0), -np.arange(4.0)) == pytest.approx(-1)
    assert values["other_seed"]["alike"] > values["untrained"]["alike"]


def test_kernels_and_maps_are_those_of_the_net(record):
    kernels, maps = np.array(record["kernels"]), np.array(record["maps"])
    assert kernels.shape == (10, 5, 5)
    assert maps.shape == (10, 4, 4)
    assert (maps >= 0).all()
    assert record["values"]["kernels"]["silent"] == (maps.max(axis=(1, 2)) == 0).sum()
