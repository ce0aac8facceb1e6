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
# # Lab gradflow 2 · Type an LSTM's way back
#
# Type the backward lines of one step, change a bias, and watch how far a gradient gets. The
# [post](/gradflow/02-lstm-gru.md) derives what you see here. Everything is NumPy, and every cell below ran when this
# page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.gradflow import gru, gru_before, lstm
from deepcourse.gradflow.activations import sigmoid
from deepcourse.gradflow.compare import compare
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.runs.remember import Settings, train
from deepcourse.gradflow.runs.time_distance import Net, reach
from deepcourse.gradflow.truncate import forward_backward

rng = np.random.default_rng(0)
# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Your lines
#
# One step of an LSTM of three units, for two examples. `run` computes every value on the way. Give it one of them,
# `run(c=...)`, and it goes on from there: so the gradient of every value can be measured. A gradient `dh` arrives at
# the new state, and `dnext` at the new cell, from the step after.

# %%
names = "i", "f", "g", "o"
given = {f"a_{n}": rng.normal(size=(2, 3)) for n in names}
given["before"] = rng.normal(size=(2, 3))  # the old cell
dh, dnext = rng.normal(size=(2, 2, 3))  # (B, H) each


def run(**put):
    v = given | put
    bends = sigmoid, sigmoid, np.tanh, sigmoid
    for n, bend in zip(names, bends, strict=True):
        v.setdefault(n, bend(v[f"a_{n}"]))
    v.setdefault("c", v["f"] * v["before"] + v["i"] * v["g"])
    v.setdefault("h", v["o"] * np.tanh(v["c"]))
    return v | {"L": np.sum(dh * v["h"] + dnext * v["c"])}


# %% [markdown]
# Download the notebook, or open it in Colab, and replace each `...` by an expression, from the top. It may use the
# gates `i`, `f`, `g`, `o`, the cells `before` and `c`, what arrives, `dh` and `dnext`, and the lines above it. Run
# the cell after each line.

# %%
v = run()
i, f, g, o = (v[n] for n in names)
before, c = v["before"], v["c"]

dc = ...  # all that arrives at the new cell
do = ...
di = ...
df = ...
dg = ...
da_o = ...
da_i = ...
da_f = ...
da_g = ...
dbefore = ...  # on to the step before

mine = {"c": dc, "o": do, "i": di, "f": df, "g": dg}
mine |= {"a_o": da_o, "a_i": da_i, "a_f": da_f, "a_g": da_g}
for name, line in (mine | {"before": dbefore}).items():

    def loss_at(value, name=name):
        return run(**{name: value})["L"]

    wanted = central_difference(loss_at, v[name])
    compare(f"d{name}", line, wanted)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The cell is read twice, by its output and by the next step: `dc = dnext + dh * o * (1 - np.tanh(c) ** 2)`. A product
# swaps: `do = dh * np.tanh(c)`, `di = dc * g`, `df = dc * before` and `dg = dc * i`. Then each slope, read off the
# output: `da_o = do * o * (1 - o)`, `da_i = di * i * (1 - i)`, `da_f = df * f * (1 - f)` and `da_g = dg * (1 - g * g)`.
# And on to the step before: `dbefore = dc * f`.
#
# </details>

# %% [markdown]
# ## Check it before you trust it
#
# A ragged batch: three sequences of six steps, with holes. The loss weighs every output and the last cell differently,
# since a plain sum would miss a mistake in time.

# %%
shapes = {
    "x": (3, 6, 2),
    "h0": (3, 4),
    "c0": (3, 4),
    "wx": (2, 16),
    "wh": (4, 16),
    "b": (16,),
}
arguments = {
    name: rng.normal(size=shape) for name, shape in shapes.items()
}
dh, mask = rng.normal(size=(3, 6, 4)), rng.random((3, 6)) < 0.7
dc_last = rng.normal(size=(3, 4))

cache = lstm.lstm_forward(**arguments, mask=mask)[2]
found = lstm.lstm_backward(dh, cache, dc_last)
for name, gradient in zip(arguments, found, strict=True):

    def loss(value, name=name):
        pushed = arguments | {name: value}
        h, c, _ = lstm.lstm_forward(**pushed, mask=mask)
        return np.sum(dh * h) + np.sum(dc_last * c)

    measured = central_difference(loss, arguments[name])
    print(f"d{name:3}", relative_error(gradient, measured))

# %% [markdown]
# ## How far back does it reach?
#
# Three LSTMs before any training, which differ in one bias. The line at 1 is the gradient at the last step.

# %% alt="Gradient against distance for forget biases 0, 1 and 3: the first two fall, the last stays near 1."
for bias, style in ((0.0, ":"), (1.0, "--"), (3.0, "-")):
    curve = reach(
        Net("lstm", gate_bias=bias),
        16,
        32,
        16,
        61,
        np.random.default_rng(0),
    )
    plt.semilogy(curve, style, color="black", lw=1)
    plt.annotate(
        f"bias {bias:g}",
        (60, curve[-1]),
        xytext=(4, -3),
        textcoords="offset points",
    )
plt.axhline(1, color="black", alpha=0.2)
plt.xlim(0, 75)
plt.xlabel("steps back")
plt.ylabel("gradient, last step = 1")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## Does it learn?
#
# The task of the post, with twenty steps instead of fifty: recall the sign of the first one. *Reach* is measured before
# the first update.

# %%
small = Settings(
    steps=20, units=16, updates=80, rate=0.01, test=300
)
nets = {
    "LSTM, forget bias 0": Net("lstm"),
    "LSTM, forget bias 3": Net("lstm", gate_bias=3.0),
    "GRU, update bias 0": Net("gru"),
    "GRU, update bias 3": Net("gru", gate_bias=3.0),
}
for name, net in nets.items():
    start, accuracy = train(net, small, seed=0)
    print(
        f"{name:20} reach {start:8.1e}   accuracy {accuracy:.2f}"
    )

# %% [markdown]
# ## Where a cut gradient is zero
#
# The gradient of the last output at each of twelve inputs, whole and in chunks of four.

# %%
x, dh = rng.normal(size=(1, 12, 2)), np.zeros((1, 12, 4))
dh[:, -1] = 1
zeros = np.zeros((1, 4))
for size in (12, 4):
    theta = [arguments[name] for name in ("wx", "wh", "b")]
    dx = forward_backward(x, zeros, zeros, *theta, dh, size)[1]
    lengths = np.linalg.norm(dx[0], axis=1)
    print(f"chunks of {size:2}:", *(f"{v:.1e}" for v in lengths))

# %% [markdown]
# ## Two GRUs with the same weights
#
# One resets after the product, one before. From a state of zeros the first step agrees, and then they part.

# %%
wx, wh = rng.normal(size=(2, 12)), rng.normal(size=(4, 12))
b = np.zeros((2, 12))
after, _ = gru.gru_forward(x, zeros, wx, wh, b)
before, _ = gru_before.gru_before_forward(x, zeros, wx, wh, b[0])
print(abs(after - before).max(axis=2).round(3))

# %% [markdown]
# ## Your turn
#
# 1. Type `dc = dh * o * (1 - np.tanh(c) ** 2)`, without what arrives from the next step. Which lines are told to be
#    wrong, and which aren't?
# 2. Give one LSTM of the figure a bias of 8. What grows, and what would clipping do about it?
# 3. Start the two GRUs from a state of ones instead of zeros. In which step do they part now?
#
# <details><summary>Solutions</summary>
#
# 1. All but `do` and `da_o`: the output gate gets its gradient from the state alone, and that from nowhere else.
# 2. The gradient grows with the distance, by what rides along. Clipping shortens all gradients of a step by one
#    factor; it doesn't change that the far steps outweigh the near ones.
# 3. In the first one. From zeros there was nothing to reset: the two products with the state were both 0.
#
# </details>
