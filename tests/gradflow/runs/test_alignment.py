"""What the wrong nets do at other rates, for longer and in other batches, and which way each step pulls."""

from dataclasses import replace

import numpy as np
import pytest
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import dense_backward
from deepcourse.gradflow.runs import alignment
from deepcourse.gradflow.runs import wrong_gradients as wrong

FEW = wrong.Settings(epochs=2, reported=(1,), seeds=2, batch=128)


@pytest.fixture(scope="module")
def data():
    return wrong.prepare(digits())


@pytest.mark.parametrize("name", wrong.VARIANTS)
def test_a_net_learns_as_that_of_the_first_screen(name, data):
    net = alignment.Net(wrong.VARIANTS[name], data, FEW, 1)
    loss, accuracy = alignment.train(net, 2, 1)
    expected = wrong.train(wrong.VARIANTS[name], data, FEW, 1)
    assert (accuracy, loss) == (expected[0], pytest.approx(expected[1][-1], abs=1e-12))
    assert alignment.likeness(net, 8)["symmetry"] == pytest.approx(expected[3][1], abs=1e-12)


def test_feedback_drawn_anew_is_another_in_every_batch_and_leaves_the_other_gradients():
    rng = np.random.default_rng(0)
    dy, x, w = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)), rng.normal(size=(4, 4))
    first, second = (alignment.anew(rng, dy, x, w) for _ in range(2))
    assert not np.allclose(first[0], second[0])
    for found, right in zip(first[1:], dense_backward(dy, x, w)[1:], strict=True):
        assert np.array_equal(found, right)


def test_what_the_second_layer_is_sent_is_what_the_backward_pass_sends_it(data):
    net = alignment.Net(wrong.VARIANTS["transpose"], data, FEW, 0)
    x, labels = data[0][0][:5], data[0][1][:5]
    inputs, dy = net.sent(x, labels, np.random.default_rng(3))
    logits, cache = wrong.forward(net.w, net.b, x, net.parts, 0.2, np.random.default_rng(3))
    _, dlogits = softmax_cross_entropy(logits, labels)
    dw, db = wrong.backward(dlogits, cache, net.parts, 0.2)
    np.testing.assert_allclose(inputs.T @ dy, dw[1], atol=1e-15)
    np.testing.assert_allclose(dy.sum(axis=0), db[1], atol=1e-15)


def test_without_its_relu_and_dropout_a_step_pulls_towards_the_transpose_on_its_own_batch(data):
    straight = wrong.VARIANTS["transpose"]._replace(bend=lambda x: x, unbend=lambda dy, _: dy)
    net = alignment.Net(straight, data, replace(FEW, drop=0.0), 0)
    assert (alignment.pulls(net)[:, 0] > 0).all()


def test_the_pulls_are_measured_on_the_steps_of_a_net_that_learns(data):
    net = alignment.Net(wrong.VARIANTS["transpose"], data, FEW, 0)
    before = net.accuracy()
    found = [alignment.pulls(net) for _ in range(8)]
    assert {each.shape for each in found} == {(10, 3)}
    assert net.accuracy() > before + 0.2
    right = alignment.Net(wrong.VARIANTS["right"], data, FEW, 0)
    assert np.mean([alignment.pulls(right)[:, 0].mean() for _ in range(4)]) < 0.5 * np.mean(found[:4], axis=(0, 1))[0]


def test_a_constant_is_symmetric_and_does_not_count():
    w = np.random.default_rng(0).normal(size=(20, 20))
    assert wrong.cosine(w + 5, (w + 5).T) > 0.9
    assert alignment.centred(w + 5) == pytest.approx(alignment.centred(w), abs=1e-12)


def test_a_summed_loss_makes_the_step_as_much_larger_as_the_batch(data):
    parts, x, labels = wrong.VARIANTS["right"], *(part[:64] for part in data[0])
    steps = []
    for size, rate in ((32, 0.1), (64, 0.2)):
        net = alignment.Net(parts, data, replace(FEW, drop=0.0, rate=rate), 0)
        before = net.w[2].copy()
        net.step(np.tile(x[:32], (size // 32, 1)), np.tile(labels[:32], size // 32))
        steps.append(net.w[2] - before)
    np.testing.assert_allclose(steps[1], 2 * steps[0], rtol=1e-9)


def test_a_small_run_writes_a_record_of_all(tmp_path):
    few = replace(FEW, epochs=1)
    settings = replace(alignment.QUICK, nets=few, longer=2)
    records.make("gradflow/alignment", alignment.measure, settings, tmp_path)
    values = records.read("gradflow/alignment", tmp_path)["values"]
    assert set(values["likeness"]) == set(wrong.VARIANTS)
    assert set(values["longer"]) == {"right", "transpose", "ratio"}
    assert set(values["pull"]) == {"early", "late"}
    assert set(values["rate_6"]) == set(alignment.PAIR)
    assert set(values["sum"]) == set(values["mean"]) == {"batch_256"}
