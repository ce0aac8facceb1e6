"""The biases of two gates in Keras and in PyTorch, and the gates they open.

`python -m deepcourse.gradflow.runs.gate_bias [--quick]`, where PyTorch is: in
the environment of `nox -s bench`. The lines stand on the page of gradflow 2;
the gates are those of `lstm` with the weights of either layer.
"""

import contextlib
import io
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.gradflow.lstm import lstm_forward


# --8<-- [start:keras]
def open_gates(shape, dtype="float32"):
    """Biases of -3 for input gates and of 3 for forget gates."""
    i, f, g, o = np.split(np.zeros(shape, dtype), 4)
    return np.concatenate([i - 3, f + 3, g, o])


# --8<-- [end:keras]


def in_pytorch():
    """A layer with these biases, of which PyTorch adds up two vectors."""
    # --8<-- [start:pytorch]
    import torch

    layer = torch.nn.LSTM(16, 64, batch_first=True)
    with torch.no_grad():
        layer.bias_hh_l0[:128] = 0
        layer.bias_ih_l0[:64] = -3  # input gate
        layer.bias_ih_l0[64:128] = 3  # forget gate
    b = layer.bias_ih_l0 + layer.bias_hh_l0
    print(b[[0, 64]].tolist())
    # --8<-- [end:pytorch]
    return layer


def by_keras(x):
    """The layer's last output, and its weights as `lstm_forward` has them."""
    import keras

    keras.utils.set_random_seed(0)
    layer = keras.layers.LSTM(
        64, bias_initializer=open_gates, unit_forget_bias=False
    )
    h = layer(x).numpy()
    return h, layer.get_weights()


def by_pytorch(x):
    """The same of PyTorch, whose two biases are added up."""
    import torch

    torch.manual_seed(0)
    layer = in_pytorch()
    h = layer(torch.tensor(x))[0].detach().numpy()[:, -1]
    arrays = (w.detach().numpy().T for w in layer.parameters())
    wx, wh, b_x, b_h = arrays
    return h, [wx, wh, b_x + b_h]


@dataclass(frozen=True)
class Settings:
    """What the layers read: standard normal numbers."""

    examples: int = 32
    steps: int = 20
    inputs: int = 16
    seed: int = 0


def gates(x, theirs, weights) -> dict:
    """The mean gates of `lstm` with these weights, and how near it comes."""
    zeros = np.zeros((len(x), len(weights[1])), x.dtype)
    h, _, cache = lstm_forward(x, zeros, zeros, *weights)
    i, f, _, _ = np.split(cache.gates, 4, axis=2)
    return {
        "input_gate": float(i.mean()),
        "forget_gate": float(f.mean()),
        "difference": float(np.abs(h[:, -1] - theirs).max()),
    }


def measure(s: Settings, _: Path) -> dict:
    """Build both layers, and open their gates with the layer by hand."""
    rng = np.random.default_rng(s.seed)
    x = rng.normal(size=(s.examples, s.steps, s.inputs)).astype(np.float32)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        values = {
            "keras": gates(x, *by_keras(x)),
            "pytorch": gates(x, *by_pytorch(x)),
        }
    return {
        "values": values,
        "units": {
            "input_gate": "ratio",
            "forget_gate": "ratio",
            "difference": "1",
        },
        "settings": asdict(s) | {"torch": version("torch")},
        "seeds": [s.seed],
        "data": {"name": "standard normal inputs, drawn by the run"},
        "printed": printed.getvalue().splitlines(),
    }


if __name__ == "__main__":
    records.run("gradflow/gate_bias", measure, Settings(), Settings(steps=3))
