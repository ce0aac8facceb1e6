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
# # Lab 3, adaptive · Write Adam line by line
#
# Write the lines of four optimizers yourself and be told at once which is right, then let them descend in a bowl. The
# [post](/lessons/03-training-adaptive.md) has the four, and [lesson 2](/lessons/02-mnist-recipe.md#adam) derives Adam's
# corrections. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.training.optimizers import (
    adagrad,
    adam,
    gradient_descent,
    momentum,
)
from deepcourse.training.surfaces import bowl, bowl_gradient

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy. `g`, (4,), is the gradient, and `u`, `m` and `v` are what was kept before.
# The rate is 0.1; momentum keeps 0.9, Adam 0.9 and 0.999, and it is Adam's step number 3. Leave epsilon out.

# %%
draw = np.random.default_rng(0)
g, u, m = draw.normal(size=(3, 4))
v = draw.random(4)


def ours(step, rate=0.1, **kept):
    """What the step of the package takes off, and keeps."""
    w = np.zeros(4)
    kept = {k: x + 0 for k, x in kept.items()}  # copies
    step(w, g, kept, rate)
    return kept | {"off": -w}


summed = ours(momentum, u=u)
divided = ours(adagrad, v=v)
meant = ours(adam, m=m, v=v, t=2)
right = {
    "new_u": summed["u"],
    "ada_step": divided["off"],
    "new_m": meant["m"],
    "new_v": meant["v"],
    "unbias": np.mean(
        meant["off"] * np.sqrt(meant["v"]) / meant["m"] / 0.1
    ),
}


def compare(name, mine):
    truth = right[name]
    if mine is None:
        print(f"{name}: still to be written")
    elif np.shape(mine) != np.shape(truth):
        print(f"{name}: {np.shape(mine)}, not {np.shape(truth)}")
    else:
        off = np.abs(mine - truth).max() / np.abs(truth).max()
        said = (
            "right" if off < 1e-5 else f"wrong, off by {off:.0%}"
        )
        print(f"{name}: {said}")


# %%
new_u = None  # (4,) momentum's sum
ada_step = None  # (4,) what AdaGrad takes off the weights
new_m = None  # (4,) Adam's mean of gradients
new_v = None  # (4,) and of their squares
unbias = None  # () both corrections of Adam in one factor

compare("new_u", new_u)
compare("ada_step", ada_step)
compare("new_m", new_m)
compare("new_v", new_v)
compare("unbias", unbias)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `new_u = 0.9 * u + g`; `ada_step = 0.1 * g / np.sqrt(v + g**2)`, for the sum has the new square in it;
# `new_m = 0.9 * m + 0.1 * g`; `new_v = 0.999 * v + 0.001 * g**2`;
# `unbias = (1 - 0.999**3) ** 0.5 / (1 - 0.9**3)`.
#
# </details>

# %% [markdown]
# ## Let them descend
#
# In a bowl with the curvatures 1 and 25, from (1, 1). The loss by step:

# %% alt="Four lines on a logarithmic axis: AdaGrad falls fastest, then momentum; gradient descent and Adam are slow."
ways = {
    gradient_descent: ({"rate": 1 / 13}, "-"),
    momentum: ({"rate": 1 / 9, "beta": 4 / 9}, "--"),
    adagrad: ({"rate": 0.5}, ":"),
    adam: ({"rate": 0.1}, "-."),
}
ends = {}
for step, (by, dash) in ways.items():
    w, kept, losses = np.ones(2), {}, []
    for _ in range(30):
        losses.append(bowl(w))
        step(w, bowl_gradient(w), kept, **by)
    ends[step.__name__] = losses[-1]
    plt.semilogy(losses, dash, color="black", label=step.__name__)
plt.legend(frameon=False)
plt.xlabel("step")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.show()

# %%
for name, loss in ends.items():
    print(f"{name}: {loss:.0e}")

# %% [markdown]
# ## Your turn
#
# 1. Take 100 steps of Adam with each of the rates 0.03, 0.1, 0.3 and 1. From which step on does the loss stay below
#    0.13, a hundredth of what it was?
# 2. Multiply the gradient by 1000 in the loop. Which two of the four lines stay as they are?
#
# <details><summary>Solutions</summary>
#
# 1. From about step 40 on, with all four. A larger rate gets to the lowest point sooner, and swings past it further.
# 2. Those of AdaGrad and of Adam, which divide by the size of the gradient. The two others go to infinity.
#
# </details>
