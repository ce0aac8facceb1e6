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
# # Lab 4, inception · Five lines of 1×1, and what a narrow layer costs
#
# Write five lines of the mathematics and be told at once which is right, then count the weights of a branch with a
# narrow layer in front. The [post](/lessons/04-convolution-inception.md) builds each of
# them. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.convolution.inception import (
    max_pool,
    merged,
    per_pixel,
    per_pixel_backward,
    spent,
)
from deepcourse.datasets import digits

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(3.7, 2.2))
draw = np.random.default_rng(0).normal

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. The pictures `x` are (4, 6, 6, 8), and `a`, (8, 3), is
# the table of a layer of 1×1. `dy`, (4, 6, 6, 3), is the slope of the loss by what comes out of it. `w`,
# (5, 5, 3, 2), is the kernel of a 5×5 behind it.

# %%
x, a, dy = (
    draw(size=(4, 6, 6, 8)),
    draw(size=(8, 3)),
    draw(size=(4, 6, 6, 3)),
)
w = draw(size=(5, 5, 3, 2))

right = {
    "y": per_pixel(x, a),
    "dx": per_pixel_backward(dy, x, a)[0],
    "da": per_pixel_backward(dy, x, a)[1],
    "kernel": merged(a, w),
    "weights": np.array(a.size + w.size),
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
y = None  # (4, 6, 6, 3) what comes out of the layer of 1×1
dx = None  # (4, 6, 6, 8) the slope of the loss by x
da = None  # (8, 3) the slope of the loss by a
kernel = None  # (5, 5, 8, 2) one kernel for both layers
weights = None  # of both layers, as a number

compare("y", y)
compare("dx", dx)
compare("da", da)
compare("kernel", kernel)
compare("weights", weights)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `y = x @ a`, for a matrix product takes the last axis; `dx = dy @ a.T`;
# `da = np.einsum("nijc,nijk->ck", x, dy)`, because every pixel has used the table;
# `kernel = np.einsum("ch,uvhk->uvck", a, w)`, through all channels in between;
# `weights = 8 * 3 + 5 * 5 * 3 * 2`, and one kernel has 400.
#
# </details>

# %% [markdown]
# ## How narrow pays
#
# The branch of 5×5 of GoogLeNet's module 3a, with a layer of 1×1 in front: its weights, by the channels in between.
# The dashed line is the branch without that layer.

# %% alt="Weights grow in a straight line with the channels in between, and cross the line without at 155."
widths = np.arange(1, 193)
costs = [
    spent([(1, 1, 192, h), (5, 5, h, 32)], (1, 1))[0]
    for h in widths
]
without = spent([(5, 5, 192, 32)], (1, 1))[0]
plt.plot(widths, costs)
plt.axhline(without, ls="--")
plt.ylim(0)
plt.xlabel("channels in between")
plt.ylabel("weights")
plt.show()

# %% [markdown]
# ## A pool on a digit
#
# The largest value of each window of 3×3 makes strokes thicker. What stands around the digit counts as less than all
# values, so the border gets none of it.

# %% alt="A digit of 8×8 pixels, and the same with thicker strokes."
digit = digits().images[:1, :, :, None] / 255
panels = plt.subplots(1, 2)[1]
for panel, picture, name in zip(
    panels,
    (digit, max_pool(digit)),
    ("digit", "pooled"),
    strict=True,
):
    panel.imshow(picture[0, :, :, 0], "gray")
    panel.set_title(name, fontsize="medium")
    panel.axis("off")
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. In the cell on how narrow pays, take windows of 3×3. Where do the lines cross with 32 channels out, and where with
#    128? What decides?
# 2. Is a pool and then a convolution of 1×1 the same as the convolution first? Compare `per_pixel(max_pool(x), a)` with
#    `max_pool(per_pixel(x, a))`, for `a` and for `abs(a)`.
#
# <details><summary>Solutions</summary>
#
# 1. With 32 channels out between 115 and 116, and with 128 between 164 and 165, later than with the 5×5. The product of
#    the window's pixels and the channels out decides: 288, 1,152, and 800 for the 5×5. The larger it is, the wider a
#    layer in between may be and still save.
# 2. No, for neither. The largest of some sums isn't the sum of the largest values, even without weights below 0.
#
# </details>
