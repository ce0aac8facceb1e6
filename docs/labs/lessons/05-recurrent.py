# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 5 · Five lines of gates, and a cell that you set by hand
#
# Write five lines of LSTM and GRU yourself and be told at once which is right, then set the gates of a cell by hand
# and watch what it keeps. The [post](/lessons/05-recurrent.md) builds each of them. Every cell below ran when this page
# was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.recurrent import cells
from deepcourse.recurrent.layers import unroll

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. There are four examples and three units. `h` and `c`,
# (4, 3), are the states before the step. `a`, (4, 12), has the sums for i, f, g and o of an LSTM. `ax`, (4, 9), has
# the input's sums for z, r and g of a GRU whose weights on the state are 0. `sigmoid` is given.

# %%
draw = np.random.default_rng(0)
h, c = draw.normal(size=(2, 4, 3))
a, ax = draw.normal(size=(4, 12)), draw.normal(size=(4, 9))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


no_weights = np.zeros((3, 12)), np.zeros((3, 9))
shown, cell = cells.lstm_step(a, h, c, no_weights[0])
gates = cells.lstm_gates(a)
state = cells.gru_step(ax, h, no_weights[1], np.zeros(9))
silent = np.hstack([ax[:, :6], np.zeros((4, 3))])  # g is 0
kept = cells.gru_step(
    silent, np.ones((4, 3)), no_weights[1], np.zeros(9)
)
right = {
    "i": gates[0],
    "new_c": cell,
    "new_h": shown,
    "z": kept,  # what is left of a state of 1
    "gru": state,
}


def compare(name, mine):
    truth = np.array(right[name])
    if mine is None:
        print(f"{name}: still to be written")
    elif np.shape(mine) != truth.shape:
        print(f"{name}: {np.shape(mine)}, not {truth.shape}")
    else:
        off = np.abs(mine - truth).max() / np.abs(truth).max()
        said = (
            "right" if off < 1e-6 else f"wrong, off by {off:.0%}"
        )
        print(f"{name}: {said}")


# %%
i = None  # (4, 3) the input gate
new_c = None  # (4, 3) the cell after the step, from a and c
new_h = None  # (4, 3) the state after it, from a and c
z = None  # (4, 3) the GRU's update gate, from ax
gru = None  # (4, 3) its state after the step

compare("i", i)
compare("new_c", new_c)
compare("new_h", new_h)
compare("z", z)
compare("gru", gru)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `i = sigmoid(a[:, :3])`, the first block;
# `new_c = sigmoid(a[:, 3:6]) * c + sigmoid(a[:, :3]) * np.tanh(a[:, 6:9])`, what is kept and what is written;
# `new_h = sigmoid(a[:, 9:]) * np.tanh(sigmoid(a[:, 3:6]) * c + sigmoid(a[:, :3]) * np.tanh(a[:, 6:9]))`, what is shown;
# `z = sigmoid(ax[:, :3])`;
# `gru = sigmoid(ax[:, :3]) * h + (1 - sigmoid(ax[:, :3])) * np.tanh(ax[:, 6:])`, for the reset gate meets only zeros.
#
# </details>

# %% [markdown]
# ## Set the gates by hand
#
# One cell, thirty steps. At step 2 it is to take 1, at step 12 to take 1 more, and at step 20 to forget both. In
# between, noise comes in, and both gates decide whether it matters. What goes into a sigmoid is 8 for an open gate and
# -8 for one that is shut.

# %% alt="A cell over 30 steps, thrice: gates set by hand, the input gate open, and never forgetting."
steps = 30
noise = np.random.default_rng(1).normal(size=steps)
noise[2] = noise[12] = 8  # what is meant


def cell_of(write, keep):
    write, keep = (
        np.where(open_, 8.0, -8.0) for open_ in (write, keep)
    )
    sums = np.stack([write, keep, noise, 0 * noise], axis=1)
    start = np.zeros((1, 1))
    states = unroll(
        lambda now, h, c: cells.lstm_step(
            now, h, c, np.zeros((1, 4))
        ),
        sums[:, None],
        [start, start],
    )
    return states[1][:, 0, 0]


at = np.arange(steps)
always, meant = at >= 0, np.isin(at, (2, 12))
ways = {
    "by hand": (meant, at != 20),
    "input open": (always, at != 20),
    "never forgets": (meant, always),
}
panels = plt.subplots(3, 1, sharex=True, figsize=(4, 4))[1]
for panel, (name, gates_set) in zip(
    panels, ways.items(), strict=True
):
    held = cell_of(*gates_set)
    panel.bar(at, held, color="0.3")
    panel.set_title(name, fontsize="medium")
    print(f"{name}: {held[10]:.2f} at 10, {held[29]:.2f} at last")
panels[-1].set_xlabel("step")
plt.tight_layout()
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. Write the 1 at step 2 twice as strongly. Which gate can do that, and which can't?
# 2. Let the cell keep a half at each step, with an input to the forget gate of 0. What is left of the 1 at step 10?
#
# <details><summary>Solutions</summary>
#
# 1. None: the input gate is at most 1, and so is the candidate. Write it at two steps.
# 2. $2^{-8}$, or 0.4 %: it is written at step 2, and halved at each of the eight steps from 3 to 10.
#
# </details>
