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
# # Lab 3 · Send a gradient back through twenty layers
#
# Write five lines of the mathematics yourself and be told at once which is right, then watch a gradient vanish, and
# mend it. The [post](/lessons/03-training.md) derives each of them. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.datasets import digits
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import begin
from deepcourse.training.deep import backward, forward
from deepcourse.training.norms import norms

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))
data = digits()
x = data.images[:128].reshape(128, -1) / 255
labels = data.labels[:128]

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. The net has two hidden layers of tanh. `h0`, (128, 64),
# are the pictures, `h1` and `h2` come out of the hidden layers, (128, 30), and `dz`, (128, 10), is the slope of the
# loss by the scores. The weights are `w1`, `w2`, `w3`.

# %%
net = begin([64, 30, 30, 10], "glorot", 0)
(w1, _), (w2, _), (w3, _) = net
(h0, h1, known), z = forward(x, net, "tanh")
dz = softmax_cross_entropy(z, labels)[1]
da1, da2, _ = backward(dz, [h0, h1, known], net, "tanh")

right = {
    "h2": known,
    "da2": da2,
    "da1": da1,
    "dw2": h1.T @ da2,
    "jacobian": w2 * (1 - known[0] ** 2),
}


def compare(name, mine):
    truth = right[name]
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
h2 = None  # (128, 30) what comes out of the second layer
da2 = None  # (128, 30) the slope by that layer's sums
da1 = None  # (128, 30) and by those of the first layer
dw2 = None  # (30, 30) and by w2
jacobian = None  # (30, 30) of the second layer, first picture

compare("h2", h2)
compare("da2", da2)
compare("da1", da1)
compare("dw2", dw2)
compare("jacobian", jacobian)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `h2 = np.tanh(h1 @ w2)`, for biases begin at 0; `da2 = dz @ w3.T * (1 - h2**2)`;
# `da1 = da2 @ w2.T * (1 - h1**2)`, the same a layer earlier; `dw2 = h1.T @ da2`;
# `jacobian = w2 * (1 - h2[0] ** 2)`, each column with the slope of its output.
#
# </details>

# %% [markdown]
# ## Watch it vanish
#
# The length of each layer's gradient in nets of twenty layers, before the first step.

# %% alt="The sigmoid's line falls from the last layer to the first; those of ReLU are level, one high, one low."
shape = [64, *[100] * 19, 10]
kinds = {
    ("sigmoid", "glorot"): "-",
    ("relu", "he"): "--",
    ("relu", "torch"): ":",
}
for (bend, rule), dash in kinds.items():
    found = norms(x, labels, begin(shape, rule, 0), bend)
    name = f"{bend}, {rule}"
    plt.semilogy(
        range(1, 21), found, dash, color="black", label=name
    )
plt.legend(frameon=False)
plt.xlabel("layer")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## Mend it by a scale
#
# By what must Glorot's weights be multiplied for a net of sigmoids to have a first gradient as long as its last? Try.

# %%
for factor in (1, 2, 4, 8):
    net = [(factor * w, b) for w, b in begin(shape, "glorot", 0)]
    first, *_, last = norms(x, labels, net, "sigmoid")
    print(f"times {factor}: {first:.0e} {last:.0e}")

# %% [markdown]
# ## Your turn
#
# 1. Replace `"sigmoid"` by `"tanh"` in the last cell. Which factor keeps the first gradient nearest to the last one?
# 2. In the last cell, give each bias but those of the first layer minus half the sum of its column of weights. What
#    changes, and why?
#
# <details><summary>Solutions</summary>
#
# 1. The first one: Glorot's own scale was made for tanh. A factor of 2 already makes the gradient of the first layer
#    ten times as long as the last one's.
# 2. A sigmoid gives about ½, so the biases take away what all halves add up to, and sums lie around 0, where the slope
#    is a quarter. With a factor of 4 the first gradient is then a quarter as long as the last: exercise 1 of the post
#    says why.
#
# </details>
