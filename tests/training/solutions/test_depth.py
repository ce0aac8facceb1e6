"""What the solutions on vanishing gradients claim."""

import numpy as np
import pytest
from deepcourse.datasets import digits
from deepcourse.training.begin import begin
from deepcourse.training.deep import forward
from deepcourse.training.loop import accuracy, descend
from deepcourse.training.norms import norms
from deepcourse.training.solutions import depth as solutions

DATA = digits()
X, LABELS = DATA.images[:64].reshape(64, -1) / 255, DATA.labels[:64]


@pytest.mark.parametrize("layers", [1, 2, 6])
def test_a_net_of_sigmoids_can_be_the_very_net_of_tanh(layers):
    rng = np.random.default_rng(0)
    net = [(w, rng.normal(size=b.shape)) for w, b in begin([64, *[8] * (layers - 1), 3], "glorot", 0)]
    np.testing.assert_allclose(
        forward(X, solutions.as_sigmoid(net), "sigmoid")[1], forward(X, net, "tanh")[1], rtol=1e-9, atol=1e-12
    )


def test_its_gradients_do_not_vanish():
    made = solutions.as_sigmoid(begin([64, *[100] * 19, 10], "glorot", 0))
    found = norms(X, LABELS, made, "sigmoid")
    assert found[0] > 0.3 * found[-1]


def test_the_planted_net_has_one_hidden_layer_many_times_and_the_mended_one_has_many():
    net, mended = solutions.deep_net(8, 5, 0), solutions.mended_net(8, 5, 0)
    assert [w.shape for w, _ in net] == [w.shape for w, _ in mended] == [(64, 8), (8, 8), (8, 8), (8, 8), (8, 10)]
    descend(net, "relu", [(X, LABELS)], 0.1)
    descend(mended, "relu", [(X, LABELS)], 0.1)
    assert len({id(w) for w, _ in net}) == 3
    assert (net[1][0] == net[3][0]).all()
    assert (mended[1][0] != mended[3][0]).any()


def test_the_default_of_pytorch_trains_three_layers_and_not_twelve():
    rows = np.random.default_rng(0).integers(0, 1237, (60, 64))
    images = DATA.images.reshape(-1, 64) / 255
    batches, aside = [(images[r], DATA.labels[r]) for r in rows], (images[1237:], DATA.labels[1237:])
    read = []
    for layers in (3, 12):
        net = solutions.how_deep("torch", layers, batches, aside, (0.03, 0.1))
        read.append(accuracy(DATA.test_images.reshape(-1, 64) / 255, DATA.test_labels, net, "relu"))
    assert read[0] > 0.6
    assert read[1] < 0.2


def test_the_rate_is_chosen_on_the_digits_that_stay_aside():
    images = DATA.images.reshape(-1, 64) / 255
    batches = [(images[i : i + 64], DATA.labels[i : i + 64]) for i in range(0, 640, 64)]
    slow, fast = (solutions.how_deep("he", 3, batches, (X, LABELS), (rate,)) for rate in (1e-6, 0.1))
    _, z = forward(X, fast, "relu")
    for labels, best in ((z.argmax(axis=1), fast), (forward(X, slow, "relu")[1].argmax(axis=1), slow)):
        chosen = solutions.how_deep("he", 3, batches, (X, labels), (1e-6, 0.1))
        np.testing.assert_array_equal(chosen[0][0], best[0][0])


def test_the_planted_nets_gradients_look_right_before_the_first_step():
    for make in (solutions.deep_net, solutions.mended_net):
        found = norms(X, LABELS, make(100, 20, 0), "relu")
        assert 0.2 < found.min() < found.max() < 5


def test_after_200_steps_the_planted_net_reads_far_less_than_the_mended_one():
    images = DATA.images.reshape(-1, 64) / 255
    rows = np.random.default_rng(0).integers(0, len(images) - 200, (200, 64))
    test, found = DATA.test_images.reshape(-1, 64) / 255, []
    for make in (solutions.deep_net, solutions.mended_net):
        net = make(100, 20, 0)
        descend(net, "relu", [(images[r], DATA.labels[r]) for r in rows], 0.01)
        found.append(accuracy(test, DATA.test_labels, net, "relu"))
    assert found[0] < 0.5
    assert found[1] > 0.8
