"""The lines of PyTorch on the digits; `nox -s bench` runs this, for no other session has PyTorch."""

import os
import re
import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest
import tensorflow as tf
from deepcourse import records
from deepcourse.datasets import digits
from deepcourse.mnist.adam import SGD
from deepcourse.mnist.runs import pytorch

torch = pytest.importorskip("torch")
DIGITS = pytorch.Settings(data="digits")


def test_the_lines_read_digits_and_what_they_print_is_in_the_record(tmp_path):
    torch.manual_seed(0)
    records.make("mnist/pytorch", pytorch.measure, DIGITS, tmp_path)
    record = records.read("mnist/pytorch", tmp_path)
    values = record["values"]
    assert 0.6 < values["test_accuracy"] < 1
    assert values["test_error"] == pytest.approx(1 - values["test_accuracy"])
    assert values["run_seconds"] > 0
    *epochs, last = record["printed"]
    told = [re.fullmatch(r"epoch (\d): loss (\d\.\d{4})", line).groups() for line in epochs]
    assert [int(number) for number, _ in told] == [1, 2, 3, 4, 5]
    losses = [float(loss) for _, loss in told]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] == pytest.approx(np.log(10), abs=0.3)  # at first no class is likelier than another
    assert last == f"test accuracy: {values['test_accuracy']:.4f}"
    assert record["settings"] == {"data": "digits", "torch": version("torch")}
    assert record["data"] == digits().facts()


def test_the_net_is_that_of_the_nine_lines_of_keras_and_drops_nothing_in_the_test(monkeypatch, tmp_path):
    seen, nets, forward = [], set(), torch.nn.Sequential.forward

    def watched(net, x):
        nets.add(net)
        seen.append((len(x), net.training, torch.is_grad_enabled()))
        assert 0 <= x.min() < x.max() <= 1
        return forward(net, x)

    monkeypatch.setattr(torch.nn.Sequential, "forward", watched)
    pytorch.measure(DIGITS, tmp_path)
    epoch = [(128, True, True)] * 11 + [(29, True, True)]  # all 1,437
    assert seen == [*epoch * 5, (360, False, False)]
    (net,) = nets
    assert [each.p for each in net if isinstance(each, torch.nn.Dropout)] == [0.5]
    assert sum(each.numel() for each in net.parameters()) == 407_050


def test_digits_stand_in_the_middle_of_28_by_28_and_mnist_stays_as_it_is():
    small = np.arange(1, 129, dtype=np.uint8).reshape(2, 8, 8)
    large = pytorch.framed(small)
    assert (large.shape, large.dtype) == ((2, 28, 28), np.uint8)
    np.testing.assert_array_equal(large[:, 10:18, 10:18], small)
    assert large.sum() == small.sum()
    np.testing.assert_array_equal(pytorch.framed(large), large)


def test_what_pytorch_does_otherwise_in_silence():
    torch.manual_seed(0)
    layer = torch.nn.Linear(784, 512)
    assert float(layer.weight.detach().var() * 784) == pytest.approx(1 / 3, rel=0.02)
    assert float(layer.bias.detach().abs().min()) > 0
    assert torch.optim.Adam(layer.parameters()).defaults["eps"] == 1e-8


def test_the_loss_takes_logits_and_a_new_net_drops_until_it_is_told_not_to():
    z, y = torch.tensor([[2.0, 1.0, 0.0]]), torch.tensor([1])
    assert float(torch.nn.CrossEntropyLoss()(z, y)) == pytest.approx(1.4076059)
    drop, ones = torch.nn.Dropout(0.5), torch.ones(1000)
    assert drop.training
    assert 400 < int((drop(ones) == 0).sum()) < 600
    assert int((drop.eval()(ones) == 0).sum()) == 0


def test_its_momentum_sums_gradients_as_ours_does():
    w = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([w], lr=1.0, momentum=0.9)
    where = 0.0
    ours = tf.Variable([0.0])
    sgd = SGD([ours], momentum=0.9)
    for rate in np.linspace(1, 0.1, 10):
        for group in optimizer.param_groups:
            group["lr"] = rate
        w.grad = torch.ones(1)
        optimizer.step()
        sgd.apply([tf.constant([1.0])], tf.constant(rate, tf.float32))
        where = float(w.detach())
    assert where == pytest.approx(float(ours[0]), abs=1e-5)


def test_its_loader_keeps_the_order_and_the_last_batch_unless_told_otherwise():
    loader = torch.utils.data.DataLoader(torch.arange(10), batch_size=4)
    assert [batch.tolist() for batch in loader] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_weight_decay_of_adam_is_added_to_the_gradient_and_that_of_adamw_is_not():
    w = {}
    for name, decay in (("Adam", 0.5), ("AdamW", 0.5), ("none", 0.0)):
        w[name] = torch.tensor([1.0], requires_grad=True)
        kind = torch.optim.AdamW if name == "AdamW" else torch.optim.Adam
        optimizer = kind([w[name]], lr=0.1, weight_decay=decay)
        w[name].grad = torch.tensor([3.0])
        optimizer.step()
    first = {name: each.item() for name, each in w.items()}
    assert first["Adam"] == pytest.approx(first["none"], abs=1e-6), "a first step is the rate, whatever its gradient"
    assert first["AdamW"] == pytest.approx(first["none"] - 0.1 * 0.5, abs=1e-6)
    assert torch.optim.AdamW([w["none"]]).defaults["weight_decay"] == 0.01
    assert torch.optim.Muon


def test_keras_runs_the_nine_lines_on_pytorch_too():
    lines = """
import keras, numpy as np
from keras.layers import Dense, Dropout, Flatten
x, y = np.ones((64, 8, 8)), np.arange(64) % 10
hidden, scores = Dense(16, "relu"), Dense(10)
net = keras.Sequential([Flatten(), hidden, Dropout(0.5), scores])
loss = keras.losses.SparseCategoricalCrossentropy
net.compile("adam", loss(from_logits=True), metrics=["accuracy"])
net.fit(x, y, batch_size=32, epochs=1, verbose=0)
print(keras.backend.backend(), type(net.weights[0].value).__module__)
"""
    done = subprocess.run(
        [sys.executable, "-c", lines],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split()[0] == "torch"
    assert done.stdout.split()[1].startswith("torch")
