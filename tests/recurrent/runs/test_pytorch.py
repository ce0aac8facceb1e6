"""The LSTM of PyTorch beside ours; `nox -s bench` runs this, for no other session has PyTorch."""

import re

import numpy as np
import pytest
from deepcourse import records
from deepcourse.recurrent.layers import GRU, LSTM
from deepcourse.recurrent.runs import pytorch

torch = pytest.importorskip("torch")


def test_the_lines_learn_to_write_dates_and_what_they_print_is_in_the_record(tmp_path):
    torch.manual_seed(0)
    records.make("recurrent/pytorch", pytorch.measure, pytorch.Settings(size=2000), tmp_path)
    record = records.read("recurrent/pytorch", tmp_path)
    told = [re.fullmatch(r"epoch (\d): (\d+)% right", line).groups() for line in record["printed"]]
    assert [int(epoch) for epoch, _ in told] == [1, 2, 3]
    right = [int(share) / 100 for _, share in told]
    assert right[0] < right[2] == record["values"]["right"]
    assert right[2] > 1.5 / 11, "more than who guesses"


def test_the_weights_of_keras_turned_over_give_its_states():
    ours, theirs = pytorch.both()
    assert np.abs(ours).max() > 0.1
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_its_forget_bias_is_the_second_block_of_the_sum_of_two():
    theirs, ours = torch.nn.LSTM(4, 5), LSTM(5)
    ours.build((None, None, 4))
    assert theirs.bias_ih_l0.shape == theirs.bias_hh_l0.shape == ours.bias.shape
    with torch.no_grad():
        theirs.bias_hh_l0.zero_()
        theirs.bias_ih_l0.zero_()
        theirs.bias_ih_l0[5:10] = 1
    assert theirs.bias_ih_l0.tolist() == ours.bias.numpy().tolist()


def test_it_draws_all_weights_and_biases_from_one_range_and_turns_nothing():
    layer = torch.nn.LSTM(34, 64)
    for each in map(torch.Tensor.detach, layer.parameters()):
        assert float(each.abs().max()) == pytest.approx(1 / 8, rel=0.02)
        assert abs(float(each.mean())) < 0.02
    assert layer.weight_ih_l0.shape == (4 * 64, 34)
    wh = layer.weight_hh_l0.detach().numpy()
    ours = LSTM(64)
    ours.build((None, None, 34))
    kernel = ours.recurrent_kernel.numpy()
    np.testing.assert_allclose(kernel @ kernel.T, np.eye(64), atol=1e-5)
    assert np.abs(wh.T @ wh - np.eye(64)).max() > 0.1


def test_its_gru_has_the_blocks_in_another_order_and_resets_after_the_product():
    ours, theirs = GRU(5, return_sequences=True), torch.nn.GRU(4, 5, batch_first=True)
    x = np.random.default_rng(0).normal(size=(3, 6, 4)).astype("float32")
    ours.build(x.shape)
    ours.bias.assign(np.random.default_rng(1).normal(size=(2, 15)))
    order = np.r_[5:10, 0:5, 10:15]  # r, z, n
    wx, wh, bias = (w[..., order] for w in ours.get_weights())
    names = "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"
    with torch.no_grad():
        for name, w in zip(names, (wx.T, wh.T, *bias), strict=True):
            getattr(theirs, name).copy_(torch.tensor(w.copy()))
        y = theirs(torch.tensor(x))[0].numpy()
    np.testing.assert_allclose(ours(x), y, atol=1e-5)


def test_time_comes_first_unless_it_is_told():
    x = torch.zeros(2, 7, 4)
    assert torch.nn.LSTM(4, 5)(x)[1][0].shape == (1, 7, 5), "seven examples of two steps"
    assert torch.nn.LSTM(4, 5, batch_first=True)(x)[1][0].shape == (1, 2, 5)
