"""Truncated backpropagation through time, for the LSTM.

Williams and Peng 1990, in its simplest case: chunks of one size that do not
overlap.
"""

import numpy as np

from deepcourse.gradflow import expect
from deepcourse.gradflow.lstm import lstm_backward, lstm_forward


# --8<-- [start:truncate]
def forward_backward(x, h0, c0, wx, wh, b, dh, size):
    """Read on over chunks; send gradients back within each.

    Args:
        x: (B, T, D) all arguments up to b as in `lstm_forward`.
        h0: (B, H).
        c0: (B, H).
        wx: (D, 4H).
        wh: (H, 4H).
        b: (4H,).
        dh: (B, T, H) the gradient with respect to each output.
        size: steps in a chunk; the last one may be shorter.

    Returns:
        h, the same as without chunks; dx; and a list of dwx, dwh, db, summed
        over chunks.

    Raises:
        ValueError: The size isn't a whole number above 0, or a shape does
            not fit the others.
    """
    expect.number(
        "size", size, lambda s: s >= 1 and s % 1 == 0, "1, 2, ..."
    )
    x, dh = expect.arrays(x=(x, "B, T, D"), dh=(dh, "B, T, H"))
    parts, total = [], [0, 0, 0]
    for start in range(0, max(x.shape[1], 1), int(size)):
        part = slice(start, start + int(size))
        h, c0, cache = lstm_forward(x[:, part], h0, c0, wx, wh, b)
        h0 = cache.h[-1]  # (B, H)
        dx, *_, dwx, dwh, db = lstm_backward(dh[:, part], cache)
        parts.append((h, dx))
        total = [sum(pair) for pair in zip(total, (dwx, dwh, db))]
    h, dx = (np.concatenate(each, axis=1) for each in zip(*parts))
    return h, dx, total


# --8<-- [end:truncate]
