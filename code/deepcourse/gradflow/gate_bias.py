"""An LSTM of Keras and one of PyTorch, their gates opened and closed by bias.

The lines as they stand on the page of gradflow 2. Each function imports its
library by itself: one process needs only one of them.
"""


def in_keras():
    """A layer with input biases of -3 and forget biases of 3."""
    # --8<-- [start:keras]
    import keras
    import numpy as np

    def open_gates(shape, dtype="float32"):
        i, f, g, o = np.split(np.zeros(shape, dtype), 4)
        return np.concatenate([i - 3, f + 3, g, o])

    lstm = keras.layers.LSTM(
        64, bias_initializer=open_gates, unit_forget_bias=False
    )
    # --8<-- [end:keras]
    return lstm


def in_pytorch():
    """The same; PyTorch adds two bias vectors, so one of them is emptied."""
    # --8<-- [start:pytorch]
    import torch

    lstm = torch.nn.LSTM(16, 64, batch_first=True)
    n = lstm.hidden_size
    with torch.no_grad():
        lstm.bias_hh_l0[: 2 * n] = 0
        lstm.bias_ih_l0[:n] = -3  # input gate
        lstm.bias_ih_l0[n : 2 * n] = 3  # forget gate
    # --8<-- [end:pytorch]
    return lstm
