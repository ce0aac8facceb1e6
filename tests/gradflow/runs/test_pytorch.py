"""The lines of gradflow 2 that set biases: either library has our order of gates, and PyTorch adds two biases up."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.gradflow.runs import gate_bias

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("by", [gate_bias.by_keras, gate_bias.by_pytorch])
def test_the_lines_close_the_input_gate_and_open_the_forget_gate(by):
    x = np.random.default_rng(0).normal(size=(3, 7, 16)).astype(np.float32)
    h, weights = by(x)
    found = gate_bias.gates(x, h, weights)
    assert found["difference"] < 1e-6
    assert found["input_gate"] < 0.1
    assert found["forget_gate"] > 0.9
    parts = np.split(weights[2], 4)
    assert [set(part) for part in parts[:2]] == [{-3}, {3}]
    assert max(np.abs(part).max() for part in parts[2:]) <= 2 / 64**0.5


def test_the_record_says_so(tmp_path):
    records.make("gradflow/gate_bias", gate_bias.measure, gate_bias.Settings(steps=3), tmp_path)
    record = records.read("gradflow/gate_bias", tmp_path)
    assert set(record["values"]) == {"keras", "pytorch"}
    assert record["printed"] == ["[-3.0, 3.0]"]


def test_a_state_that_is_detached_hears_nothing_and_goes_on():
    layer = torch.nn.LSTM(2, 3, batch_first=True)
    x = torch.randn(1, 6, 2, requires_grad=True)
    _, state = layer(x[:, :3])
    h, _ = layer(x[:, 3:], [each.detach() for each in state])
    h[:, -1].sum().backward()
    assert (x.grad.abs().sum(dim=2)[0] > 0).tolist() == [False] * 3 + [True] * 3
    np.testing.assert_allclose(h.detach(), layer(x)[0].detach()[:, 3:], atol=1e-6)
