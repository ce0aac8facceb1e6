"""Nets that read dates: what a run records, how a gate is held, and what the figure shows."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.recurrent.cells import lstm_gates
from deepcourse.recurrent.dates import CHARS, dates
from deepcourse.recurrent.figures import dates as figure
from deepcourse.recurrent.runs import daters, gates
from deepcourse.recurrent.runs import dates as runs
from deepcourse.recurrent.watch import watch


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the records of small runs."""
    path = tmp_path_factory.mktemp("runs")
    kept, records.KEPT = records.KEPT, path / "kept"
    records.make("recurrent/dates", runs.measure, runs.QUICK, path)
    records.make("recurrent/gates", gates.measure, gates.QUICK, path)
    records.KEPT = kept
    return path


def test_the_rate_is_chosen_by_the_loss_and_not_by_the_test():
    def run(loss, right):
        return {"curve": [9, loss], "accuracy": right, "characters": right, "count": 5}

    found = runs.summary({0.1: [run(0.3, 1.0), run(0.3, 0.9)], 0.2: [run(0.1, 0.2), run(0.3, 0.6)]})
    assert (found["rate"], found["accuracy"], found["weights"]) == (0.2, pytest.approx(0.4), 5)
    assert (found["accuracy_lowest"], found["accuracy_highest"]) == (0.2, 0.6)
    assert found["by_rate"]["rate_0_1"]["accuracy"] == pytest.approx(0.95)


def test_training_lowers_the_loss_and_a_record_gives_its_net_back():
    s = daters.Training(batch=16, steps=30, every=10, asked=8, compiled=False)
    found = daters.of_a_seed(s, "lstm", 8, 0.03, 0)
    assert found["curve"][-1] < found["curve"][0]
    net = daters.decoded("lstm", 8, found["weights"])
    assert daters.coded(net.weights) == found["weights"]
    assert sum(w.shape.num_elements() for w in net.layer.weights) == 4 * 8 * (len(CHARS) + 8 + 1)


def test_all_kinds_have_about_as_many_weights():
    counts = []
    for kind, units in runs.Settings().units.items():
        counts.append(sum(w.shape.num_elements() for w in daters.Dater(kind, units).layer.weights))
    assert max(counts) < 1.02 * min(counts)


def test_who_watches_sees_what_the_layer_does():
    net = daters.Dater("lstm", 5)
    x, mask, _ = dates(0, 4)
    signs = tf.one_hot(x, len(CHARS))
    h, c, *shares = watch(net.layer, signs, mask)
    np.testing.assert_allclose(tf.transpose(h, (1, 0, 2)), net.layer(signs, mask=mask), atol=1e-6)
    a = signs[:, 0] @ net.layer.kernel + net.layer.bias
    i, f, _, o = lstm_gates(a)
    for share, gate in zip(shares, (i, f, o), strict=True):
        np.testing.assert_allclose(share[0], gate, atol=1e-6)
    fixed = watch(net.layer, signs, mask, (None, 0.0, None))
    np.testing.assert_allclose(fixed[3], np.zeros_like(fixed[3]))
    assert np.abs(fixed[1] - c).max() > 1e-3


def test_a_cell_that_is_the_month_tells_all_of_it_and_noise_tells_nothing():
    rng = np.random.default_rng(0)
    groups = rng.integers(1, 13, 5000)
    cells = np.stack([0.3 * groups, rng.normal(size=5000)], axis=1)
    shares = gates.told_apart(cells, groups)
    assert shares[0] == pytest.approx(1)
    assert shares[1] < 0.01


def test_no_cell_holds_two_parts():
    y = dates(0, 300)[2]
    cells = np.random.default_rng(0).normal(size=(300, 6))
    cells[:, 2] = y[:, 5] * 10 + y[:, 6]
    held = gates.holders(cells, y)
    assert held["month"] == (2, pytest.approx(1))
    assert len({cell for cell, _ in held.values()}) == len(gates.PARTS)


def test_gates_are_averaged_over_what_is_read_and_written_and_not_over_padding():
    mask = np.ones((1, 28), bool)
    mask[0, 5:18] = False
    gate = np.zeros((28, 1, 2))
    gate[:5], gate[5:18], gate[18:] = 0.25, 9, 0.75
    found = gates.opened([gate] * 3, mask)
    assert found["forget"] == {"reading": 0.25, "writing": 0.75, "first_two": 0.75, "last_two": 0.75}
    gate[-2:] = 1
    assert gates.opened([gate] * 3, mask)["output"]["last_two"] == 1


def test_the_figure_begins_with_what_the_record_says(folder):
    record = records.read("recurrent/gates", folder)
    assert record["shown"] == "3 march 1999"
    assert np.shape(record["begins"]["gates"]) == (3, 22)
    assert np.shape(record["begins"]["cells"]) == (5, 22)
    drawing = figure.dates(folder)
    assert record["begins"]["answer"] in drawing.title
    again = gates.watched(gates.reader(record), record, record["shown"])
    np.testing.assert_allclose(again["cells"], record["begins"]["cells"], atol=1e-4)
