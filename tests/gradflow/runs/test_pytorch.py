"""The lines of gradflow 2 that set biases in PyTorch: its order of gates is ours, and its two biases add up."""

import numpy as np
import pytest
from deepcourse.gradflow import gate_bias, lstm

torch = pytest.importorskip("torch")


def test_the_lines_for_pytorch_close_the_input_gate_and_open_the_forget_gate():
    torch.manual_seed(0)
    layer = gate_bias.in_pytorch()
    x = np.random.default_rng(0).normal(size=(3, 7, 16)).astype(np.float32)
    theirs = layer(torch.tensor(x))[0].detach().numpy()
    wx, wh, b_x, b_h = (w.detach().numpy().T for w in layer.parameters())
    zeros = np.zeros((3, 64), np.float32)
    h, _, cache = lstm.lstm_forward(x, zeros, zeros, wx, wh, b_x + b_h)
    np.testing.assert_allclose(h, theirs, atol=1e-6)
    parts = np.split(b_x + b_h, 4)
    assert [set(part) for part in parts[:2]] == [{-3}, {3}]
    assert max(np.abs(part).max() for part in parts[2:]) < 2 / 64**0.5
    i, f, _, _ = np.split(cache.gates, 4, axis=2)
    assert i.mean() < 0.1
    assert f.mean() > 0.9


def test_a_state_that_is_detached_hears_nothing_and_goes_on():
    layer = torch.nn.LSTM(2, 3, batch_first=True)
    x = torch.randn(1, 6, 2, requires_grad=True)
    _, state = layer(x[:, :3])
    h, _ = layer(x[:, 3:], [each.detach() for each in state])
    h[:, -1].sum().backward()
    assert (x.grad.abs().sum(dim=2)[0] > 0).tolist() == [False] * 3 + [True] * 3
    np.testing.assert_allclose(h.detach(), layer(x)[0].detach()[:, 3:], atol=1e-6)
