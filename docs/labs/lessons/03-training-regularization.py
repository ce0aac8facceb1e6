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
# # Lab 3, regularization · Hold weights back in five ways
#
# Write five lines of the mathematics yourself and be told at once which is right, then watch a line get smoother. The
# [post](/lessons/03-training-regularization.md) derives each of them. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.training.begin import begin
from deepcourse.training.boundary import learn, misread, moons
from deepcourse.training.deep import forward
from deepcourse.training.dropped import dropout_penalty
from deepcourse.training.regularization import l2, limit
from deepcourse.training.shrinking import (
    left_by_l2,
    left_by_stopping,
)

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.8))

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy. `w`, (30, 20), are weights and `g` the slope of the loss by them. A bowl has
# the curvatures `c`, (5,), along its axes. `x`, (128, 30), are features, and `v`, (30,), the weights of a linear model.

# %%
draw = np.random.default_rng(0)
w, g = draw.normal(size=(2, 30, 20))
x, v = draw.normal(size=(128, 30)), draw.normal(size=30)
c = np.array([0.1, 0.5, 1.0, 2.0, 5.0])
decay, rate, steps, longest, r = 0.3, 0.1, 20, 5.5, 0.25

right = {
    "slope": g + l2(w, decay)[1],
    "left": left_by_l2(c, decay),
    "reached": left_by_stopping(c, rate, steps),
    "limited": limit(w, longest),
    "added": np.array(dropout_penalty(x, v, r)),
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
slope = None  # (30, 20) of the loss with an L2 penalty
left = None  # (5,) of the best weights, by L2
reached = None  # (5,) of the best weights, after all steps
limited = None  # (30, 20) no column longer than the limit
added = None  # () what dropout of the features costs

compare("slope", slope)
compare("left", left)
compare("reached", reached)
compare("limited", limited)
compare("added", added)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `slope = g + decay * w`; `left = c / (c + decay)`; `reached = 1 - (1 - rate * c) ** steps`;
# `limited = w * np.minimum(1, longest / np.linalg.norm(w, axis=0))`, column by column;
# `added = r / (1 - r) * ((x**2).mean(axis=0) * v**2).sum() / 2`.
#
# </details>

# %% [markdown]
# ## Watch a line get smoother
#
# Forty points of two half moons, and the line of a net of 16 units: without decay, and with a decay of 0.003.

# %% alt="Circles and crosses; a solid line, without decay, winds around points, a dashed one, with decay, less."
points, labels = moons(40, 0.35, (3, 0))
others = moons(400, 0.35, (3, 1))
nets = {}
for each in (0, 0.003):
    nets[each] = begin([2, 16, 1], "glorot", 3)
    learn(points, labels, nets[each], 0.3, 500, each)
x1, x2 = np.meshgrid(
    np.linspace(-2.4, 2.4, 97), np.linspace(-1.6, 1.6, 65)
)
at = np.stack([x1.ravel(), x2.ravel()], axis=1)
for net, dash in zip(nets.values(), ("-", "--"), strict=True):
    z = forward(at, net, "tanh")[1].reshape(x1.shape)
    plt.contour(
        x1, x2, z, levels=[0], colors="black", linestyles=dash
    )
for label, mark in ((-1, "o"), (1, "x")):
    one = points[labels == label]
    plt.plot(*one.T, mark, color="black", mfc="none")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# What is misread of its own points, and of others:

# %%
for each, net in nets.items():
    own = misread(points, labels, net)
    print(f"decay {each}: {own:.0%} {misread(*others, net):.0%}")

# %% [markdown]
# ## Your turn
#
# 1. Give the points a noise of 0 instead of 0.35. Does decay still help?
# 2. Learn 400 points instead of 40. What becomes of the difference?
#
# <details><summary>Solutions</summary>
#
# 1. No: without noise nothing is to be learnt by heart, and the net without decay misreads none of either.
# 2. It turns: with decay the net now misreads more of the others than without. By what the post says of prior
#    belief, ten times the points ask for a tenth of the decay.
#
# </details>
