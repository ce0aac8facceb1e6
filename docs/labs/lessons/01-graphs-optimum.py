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
# # Lab 1, optimum · Descend on a mean, a median and a diet
#
# Write five lines of the mathematics yourself and be told at once which is right, then let them run. The
# [post](/lessons/01-graphs-optimum.md) derives each of them. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.graphs import diet, mean, median

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))
points = np.array(
    [[0, 0], [4, 0], [5, 3], [1, 4], [9, 6], [2, 1], [-1, 3]],
    float,
)

# %% [markdown]
# ## Write the slopes yourself
#
# Replace each `None` by one line of NumPy, from the top down. `a` is (5, 3), five rows of three numbers, and `w` their
# weights, (3, 1). `y` is a place in the plane, (2,), among the seven `points`, (7, 2). `x` is a diet, (3,), with the
# `prices`, (3,), and with `m`, (6, 3), and `h`, (6,), for its conditions, fined with `weight`.

# %%
rng = np.random.default_rng(0)
a, w = rng.random((5, 3)), rng.random((3, 1))
y = np.array([1.0, 2.0])
x, weight, prices = np.array([1.0, 2.0, -0.5]), 10, diet.PRICES
m, h = diet.constraints()


def measured(loss, at):
    """The slope of a loss, by pushing each number a little."""
    slope = np.zeros_like(at)
    for i in np.ndindex(at.shape):
        push = np.zeros_like(at)
        push[i] = 1e-5
        slope[i] = (loss(at + push) - loss(at - push)) / 2e-5
    return slope


def lacking(x):
    return np.maximum(h - m @ x, 0)


def fined(x):
    return prices @ x + weight / 2 * (lacking(x) ** 2).sum()


def far(y):
    return np.linalg.norm(points - y, axis=1)


right = {
    "dw": measured(lambda w: ((a - a @ w) ** 2).sum() / 2, w),
    "d": far(y),
    "dy": measured(lambda y: far(y).sum(), y),
    "lack": lacking(x),
    "dx": measured(fined, x),
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
dw = None  # (3, 1) slope of half the squared distances
d = None  # (7,) distances of the points from y
dy = None  # (2,) slope of their sum
lack = None  # (6,) what x lacks of each condition
dx = None  # (3,) slope of cost and fine

compare("dw", dw)
compare("d", d)
compare("dy", dy)
compare("lack", lack)
compare("dx", dx)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `dw = 3 * a.T @ a @ (w - 1 / 3)`, the error seen through the data; `d = np.linalg.norm(points - y, axis=1)` and
# `dy = -((points - y) / d[:, None]).sum(axis=0)`, a vector of length 1 for each point;
# `lack = np.maximum(h - m @ x, 0)`; `dx = prices - weight * m.T @ lack`.
#
# </details>

# %% [markdown]
# ## Below and above the largest rate
#
# The error of ten weights that begin too large alike, after each of twelve steps.

# %%
limit = mean.largest_rate(1000, 10)
for share in (0.5, 0.9, 1.1):
    w, errors = np.full((10, 1), 0.2), []
    for step in range(12):
        a = mean.batch(0, step, 1000, 10)
        w = w - share * limit * 10 * a.T @ a @ (w - 1 / 10)
        errors.append(np.abs(w - 1 / 10).max())
    print(share, " ".join(f"{e:.0e}" for e in errors[2::3]))

# %% [markdown]
# ## Two walks to a median

# %% alt="Two walks to the median of seven points: Weiszfeld's arrives, descent is still short of it."
there, _ = median.geometric_median(points)
weiszfeld, walked = [np.array([8.0, 0.0])], [np.array([8.0, 0.0])]
for _ in range(30):
    weiszfeld.append(median.weiszfeld_step(points, weiszfeld[-1]))
    walked.append(
        walked[-1] + 0.1 * median.pull(points, walked[-1])
    )
plt.plot(*points.T, "o", color="black")
plt.plot(*np.transpose(weiszfeld), "x-", color="black", lw=0.7)
plt.plot(*np.transpose(walked), ".--", color="black", lw=0.7)
plt.axis("off")
plt.show()
for name, at in (("Weiszfeld", weiszfeld), ("descent", walked)):
    print(f"{name}: {np.linalg.norm(at[-1] - there):.1e} away")

# %% [markdown]
# ## Your turn
#
# 1. Put the last walk's start at `points[0]`. What do the two ways print, and what does `median.mended_step` do there?
# 2. Raise the price of milk, `diet.PRICES[1]`, to 0.3 and then to 0.5, and call `diet.solved()`. What is eaten?
#
# <details><summary>Solutions</summary>
#
# 1. Weiszfeld's step gives nan, since one weight is infinite. `pull` leaves the point out, so this descent goes on, as
#    `mended_step` does.
# 2. At 0.3 the same as before: the cheapest corner stays where it is, and only the shadow prices change. At 0.5 it is
#    another corner, 1.8 kg of oats and nothing else. A solution of a linear program stands still, and then jumps.
#
# </details>
