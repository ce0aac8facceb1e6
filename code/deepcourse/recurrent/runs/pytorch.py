"""The net that reads dates as PyTorch has it, and its LSTM beside ours.

`python -m deepcourse.recurrent.runs.pytorch [--quick]`, where PyTorch is: in
the environment of `nox -s bench`. The net, the data, the batches and the
epochs are those of the lines of Keras; the first weights are PyTorch's own,
but for the biases.
"""

import contextlib
import io
import re
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.dates import CHARS, dates


def lines(chars, y):
    """Train the net, as it stands on the page."""
    # --8<-- [start:lines]
    import torch
    from torch import nn

    layer = nn.LSTM(34, 64, batch_first=True)
    with torch.no_grad():  # the two biases are added
        layer.bias_hh_l0.zero_()
        layer.bias_ih_l0.zero_()
        layer.bias_ih_l0[64:128] = 1  # of i, f, g, o: f
    out = nn.Linear(64, 11)
    weights = [*layer.parameters(), *out.parameters()]
    adam = torch.optim.Adam(weights, 0.01)
    loss_fn = nn.CrossEntropyLoss()
    inputs, wanted = torch.tensor(chars), torch.tensor(y)
    for epoch in (1, 2, 3):
        right = 0
        for rows in torch.randperm(len(y)).split(64):
            h = layer(inputs[rows])[0]  # batch, time, unit
            logits = out(h[:, -10:])  # of ten characters
            loss = loss_fn(logits.transpose(1, 2), wanted[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            right += (logits.argmax(2) == wanted[rows]).sum()
        print(f"epoch {epoch}: {right / wanted.numel():.0%} right")
    # --8<-- [end:lines]


def twin(x, wx, wh, bias):
    """The states of PyTorch's LSTM with the weights of one of Keras."""
    import torch
    from torch import nn

    layer = nn.LSTM(x.shape[2], len(wh), batch_first=True)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(wx.T))  # 4H rows, D columns
        layer.weight_hh_l0.copy_(torch.tensor(wh.T))  # 4H rows, H
        layer.bias_ih_l0.copy_(torch.tensor(bias))
        layer.bias_hh_l0.zero_()
        h = layer(torch.tensor(x))[0]
    return h.numpy()


@dataclass(frozen=True)
class Settings:
    """How many dates."""

    size: int = 20_000


def measure(s: Settings, _: Path) -> dict:
    """Run the lines, and keep what they print."""
    x, mask, y = dates(seed=0, size=s.size)
    chars = np.eye(len(CHARS), dtype="float32")[x] * mask[:, :, None]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        lines(chars, y)
    printed = said.getvalue().splitlines()
    ours, theirs = both()
    right = int(re.search(r"(\d+)% right", printed[-1])[1]) / 100
    return {
        "values": {
            "right": right,
            "difference": float(np.abs(ours - theirs).max()),
        },
        "units": {"right": "fraction", "difference": "1"},
        "settings": asdict(s) | {"torch": version("torch")},
        "seeds": [],
        "data": {"name": "dates of 1900 to 2099, drawn by the run"},
        "printed": printed,
    }


def both() -> list[np.ndarray]:
    """The states of our LSTM and of PyTorch's, of the same weights."""
    from deepcourse.recurrent.layers import LSTM

    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 6, 4)).astype("float32")
    layer = LSTM(5, return_sequences=True)
    layer.build(x.shape)
    weights = [rng.normal(size=w.shape) for w in layer.weights]
    layer.set_weights([w.astype("float32") for w in weights])
    return [layer(x).numpy(), twin(x, *layer.get_weights())]


if __name__ == "__main__":
    records.run("recurrent/pytorch", measure, Settings(), Settings(size=640))
