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
# # Lab gradflow 1 · Type a backward pass, and be told
#
# Write the gradients of a small net yourself, line by line, and watch a wrong one pull its matrix towards its
# transpose. The [post](/gradflow/01-matmul.md) derives what you need. Every cell below ran when this page was built.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from deepcourse.datasets import digits
from deepcourse.gradflow import matmul
from deepcourse.gradflow.compare import compare
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.runs import wrong_gradients

rng = np.random.default_rng(0)
# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## The best step is neither large nor small
#
# The error of a central difference falls with the square of the step until rounding takes over. For a dense layer there
# is no curvature, so only rounding is left; an exponential has both.

# %% alt="Error of a central difference against its step, both logarithmic: a valley near ten to the minus five."
steps = 10.0 ** np.arange(-12, 0)
errors = [
    relative_error(central_difference(np.exp, 1.0, d), np.e)
    for d in steps
]
plt.loglog(steps, errors, "o-", color="black")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.xlabel("step δ")
plt.ylabel("relative error")
plt.show()

# %% [markdown]
# ## Eight products fit, one is right
#
# With three equal sizes, shapes say nothing. The check does.

# %%
x, w, dy = rng.normal(size=(3, 4, 4))
b = rng.normal(size=4)
measured = central_difference(
    lambda x: np.sum(dy * matmul.dense_forward(x, w, b)), x
)
pairs = [
    ((f, a), (g, b))
    for f, a in (("dy", dy), ("dy.T", dy.T))
    for g, b in (("w", w), ("w.T", w.T))
]
for (f, a), (g, b) in pairs + [pair[::-1] for pair in pairs]:
    print(f"{f:>4} @ {g:4} {relative_error(a @ b, measured):.1e}")

# %% [markdown]
# ## Your lines
#
# A net of two dense layers with a ReLU between them, on six examples. `run` computes every value on the way. Give it
# one of them, `run(y=...)`, and it goes on from there: so the gradient of every value can be measured.

# %%
given = {
    "x": rng.normal(size=(6, 4)),  # (B, D)
    "w1": rng.normal(size=(4, 5)),  # (D, H)
    "b1": rng.normal(size=5),
    "w2": rng.normal(size=(5, 3)),  # (H, K)
    "b2": rng.normal(size=3),
}
labels = np.array([0, 2, 1, 1, 0, 2])


def run(**put):
    v = given | put
    v.setdefault("a", v["x"] @ v["w1"] + v["b1"])  # (B, H)
    v.setdefault("y", np.maximum(v["a"], 0))  # (B, H)
    v.setdefault("z", v["y"] @ v["w2"] + v["b2"])  # (B, K)
    loss, _ = softmax_cross_entropy(v["z"], labels)
    return v | {"L": loss}


# %% [markdown]
# Download the notebook, or open it in Colab, and replace each `...` by an expression, from the top. It may use `x`,
# `a`, `y`, `z`, `w1`, `w2`, `p` (the probabilities), `one` (a 1 at the true class of each row) and the lines above
# it. Run the cell after each line.

# %%
v = run()
x, w1, w2 = v["x"], v["w1"], v["w2"]
a, y, z = v["a"], v["y"], v["z"]
p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)  # (B, K)
one = np.eye(3)[labels]  # (B, K)

dz = ...  # (B, K)
dw2 = ...  # (H, K)
db2 = ...  # (K,)
dy = ...  # (B, H)
da = ...  # (B, H)
dw1 = ...  # (D, H)
db1 = ...  # (H,)
dx = ...  # (B, D)

mine = {"z": dz, "w2": dw2, "b2": db2, "y": dy}
mine |= {"a": da, "w1": dw1, "b1": db1, "x": dx}
for name, line in mine.items():

    def loss_at(value, name=name):
        return run(**{name: value})["L"]

    wanted = central_difference(loss_at, v[name])
    compare(f"d{name}", line, wanted)

# %% [markdown]
# <details><summary>Solution</summary>
#
# The logits get `dz = (p - one) / len(x)`. The upper layer: `dw2 = y.T @ dz`, `db2 = dz.sum(axis=0)` and `dy = dz @
# w2.T`. The ReLU: `da = dy * (a > 0)`. The lower layer, by the same three lines: `dw1 = x.T @ da`, `db1 =
# da.sum(axis=0)` and `dx = da @ w1.T`. What is said is *close*, as each is compared with a measured gradient, which
# is rounded.
#
# </details>

# %% [markdown]
# ## A wrong line that is learnt
#
# The post's first two nets, for six epochs: the cosine between the second layer's weights and their transpose, before
# training and after it.

# %%
data = wrong_gradients.prepare(digits())
few = replace(wrong_gradients.Settings(), epochs=6)
for name in ("right", "transpose"):
    parts = wrong_gradients.VARIANTS[name]
    found = wrong_gradients.train(parts, data, few, seed=0)
    accuracy, losses, cosines, (before, after) = found
    print(f"{name:10} {before:.3f} -> {after:.3f}", end="  ")
    print(f"loss {losses[-1]:.3f}, test accuracy {accuracy:.3f}")

# %% [markdown]
# ## Your turn
#
# 1. Type `da = dy` above, as if the ReLU weren't there. Which lines are told to be wrong, and why not the others?
# 2. Type `dy = dz @ w2` for sizes `(4, 3)`, `(3, 3)`, `(3,)` of `w1`, `w2`, `b1`. What does `compare` say?
# 3. Train the wrong net with `epochs=40`. Does its matrix get more symmetric, and its loss as low as the right one's?
#
# <details><summary>Solutions</summary>
#
# 1. `da`, `dw1`, `db1` and `dx`: all that lies behind the ReLU. `dz`, `dw2`, `db2` and `dy` come before it on the way
#    back.
# 2. The shape fits, and it says *wrong*, by how much. With `(5, 3)` NumPy itself refuses the product.
# 3. Yes: about 0.3. Its loss stays higher, 0.12 beside 0.07 in the mean of five seeds.
#
# </details>
