"""Three ways to enlarge, in small, and how their grids are measured."""

import keras
import numpy as np
import pytest
from deepcourse import datasets, records
from deepcourse.convolution.runs import checkerboard as runs

S = runs.QUICK


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "KEPT", tmp_path / "kept")


def said(s, source, what):
    """What a run might say: resizing errs least, and a high rate costs."""
    way, rate, seed = what
    error = 30 - runs.WAYS.index(way) + seed + 100 * rate
    strength = {f"after_{n}": 2.0 + seed for n in s.looked}
    return {
        **{"weights": 7, "validation": error, "error": error, "folded": 0.1, "span": 5.0, "strength": strength},
        **{"grids": [[[1.0]]] * len(s.greys), "made": ""},
    }


def test_ways_are_compared_in_pairs_at_the_rate_that_suits_each(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "of_a_run", said)
    s = runs.Settings(data="digits", rates=(0.01, 0.03), seeds=(0, 1))
    records.make("convolution/checkerboard", runs.measure, s, tmp_path)
    values = records.read("convolution/checkerboard", tmp_path)["values"]
    assert [values[way]["behind"] for way in runs.WAYS] == [2, 1, 0]
    assert values["three"]["rate"] == 0.01
    assert values["three"]["error"] == pytest.approx(31.5)
    assert values["three"]["strength"]["after_4"] == {"mean": 2.5, "lowest": 2, "highest": 3}


@pytest.mark.parametrize("way", runs.WAYS)
def test_a_net_enlarges_four_times_and_resizing_alone_leaves_an_even_grey(way):
    keras.utils.set_random_seed(0)
    model = runs.net(S, way)
    assert model(np.zeros((1, 7, 7, 1), np.float32)).shape == (1, 28, 28, 1)
    cells = runs.grid(model, 0.5)
    assert cells.shape == (4, 4)
    assert (np.ptp(cells) < 1e-6) == (way == "resize")
    large = model(np.full((1, 30, 30, 1), 0.5, np.float32)).numpy()[0, 40:48, 40:48, 0]
    np.testing.assert_allclose(large, np.tile(cells, (2, 2)), atol=1e-6)


def test_a_run_learns_and_says_all_of_its_grids():
    found = runs.of_a_run(S, datasets.digits(), ("resize", 0.01, 0))
    assert found["strength"] == {"after_0": 0, "after_1": 0}
    assert found["error"] < 130
    assert found["weights"] == 10 * 4 + 37 * 4 + 37


def test_small_pictures_are_means_and_errors_are_greys():
    x = np.arange(64.0).reshape(1, 8, 8, 1)
    assert runs.small(x)[0, 0, 0, 0] == x[0, :4, :4].mean()
    assert runs.error(np.full((2, 3), 0.1)) == pytest.approx(25.5)


def test_the_share_that_comes_again_is_all_of_a_grid_and_little_of_noise():
    grid = np.tile(np.arange(16.0).reshape(4, 4) - 7.5, (7, 7))[None, :, :, None]
    assert runs.folded(grid) == pytest.approx(1)
    noise = np.random.default_rng(0).normal(size=(50, 28, 28, 1))
    assert runs.folded(noise) == pytest.approx(15 / 784, rel=0.2)


def test_products_are_those_of_the_taps_that_are_visited():
    s = runs.Settings(channels=2)
    assert runs.products(s, "three", 8) == 4 * 9 * 4 + 16 * 9 * 2
    assert runs.products(s, "resize", 8) == 4 * runs.products(s, "three", 8)
