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
# # Lab 3, loop · Rates, limits and workers
#
# Write five lines of the mathematics yourself and be told at once which is right, then let a rate fall in a noisy bowl.
# The [post](/lessons/03-training-loop.md) derives each of them. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.gradflow.clip import clip_by_global_norm
from deepcourse.training.noise import (
    expected_losses,
    variance_at_rest,
)
from deepcourse.training.schedule import rate_at, stable_rate_at

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy. In a bowl of curvature `c` the slope has noise of the variance `noise`, and
# the mean square of the weight is `square` before a step. `g`, (6,), is a gradient, and `limit` its largest length. Two
# workers have `first` and `second`, (7, 6) and (3, 6): the gradients of their examples, one a row.

# %%
draw = np.random.default_rng(0)
c, noise, rate, square, limit = 2.0, 0.5, 0.3, 1.5, 0.5
g = draw.normal(size=6)
first, second = draw.normal(size=(7, 6)), draw.normal(size=(3, 6))
step, steps = 30, 100

right = {
    "after": 2
    * expected_losses([rate], [c], noise, square**0.5)[0]
    / c,
    "rest": variance_at_rest(rate, c, noise),
    "cosine": rate_at(step, steps, rate, 0),
    "clipped": clip_by_global_norm([g], limit)[0][0],
    "joint": np.concatenate([first, second]).mean(axis=0),
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
            "right" if off < 1e-6 else f"wrong, off by {off:.0%}"
        )
        print(f"{name}: {said}")


# %%
after = None  # () the mean square of the weight after a step
rest = None  # () and after very many
cosine = None  # () the rate at `step` of `steps`, without warm-up
clipped = None  # (6,) the gradient, no longer than the limit
joint = None  # (6,) the gradient of both workers' examples

compare("after", after)
compare("rest", rest)
compare("cosine", cosine)
compare("clipped", clipped)
compare("joint", joint)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `after = (1 - rate * c) ** 2 * square + rate**2 * noise`; `rest = rate * noise / (c * (2 - rate * c))`;
# `cosine = rate * (1 + np.cos(np.pi * step / steps)) / 2`;
# `clipped = g * min(1, limit / np.linalg.norm(g))`;
# `joint = (first.sum(axis=0) + second.sum(axis=0)) / 10`, for the shards differ in size.
#
# </details>

# %% [markdown]
# ## Let a rate fall
#
# The mean loss in a bowl with the curvatures 1 and 0.05: at a constant rate, and with two falls.

# %% alt="A dashed line falls to a level and stays; a solid and a dotted one follow it, and leave it below at the end."
highest, many = 0.5, 300
every = range(1, many + 1)
ways = {
    "constant": ([highest] * many, "--"),
    "cosine": (
        [rate_at(t, many, highest, 0) for t in every],
        ":",
    ),
    "stable": (
        [stable_rate_at(t, many, highest, 0, 60) for t in every],
        "-",
    ),
}
for name, (rates, dash) in ways.items():
    losses = expected_losses(rates, [1, 0.05], 0.01)
    plt.semilogy(losses, dash, color="black", label=name)
    print(f"{name}: {losses[-1]:.4f}")
plt.legend(frameon=False)
plt.xlabel("step")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. Set `highest` to 0.05. Which of the three is best now, and why?
# 2. Set `many` to 3000, and leave the fall of 60 steps. Which loss hardly changes?
#
# <details><summary>Solutions</summary>
#
# 1. The constant one. At such a rate the weight of the small curvature is still on its way, and a fall takes steps away
#    from it.
# 2. That of the constant rate, 0.0029: it lies on its floor already. That of the stable one stays too, for its fall
#    begins on the same floor. The cosine gains, because its slow end is longer.
#
# </details>
