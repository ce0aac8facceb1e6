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
# # Lab 4, up · Five lines on the way back up, and a digit enlarged
#
# Write five lines of the mathematics and be told at once which is right, then enlarge a digit with kernels
# that print a grid and with one that doesn't. The [post](/lessons/04-convolution-up.md) builds each of them. Every
# cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.convolution.conv import as_dense, conv
from deepcourse.convolution.up import (
    conv_up,
    enlarge,
    overlap,
    phases,
    widened,
)
from deepcourse.datasets import digits

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.2))
x = digits().images[:16, :, :, None] / 255

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. The pictures `x` are (16, 8, 8, 1) and small here:
# the kernel `w`, (3, 3, 1, 1), enlarges them to (16, 17, 17, 1), with the stride 2 and no zeros around.
# `table`, (8, 8, 17, 17, 1, 1), is the table of the way down, and `along` is a kernel of one axis, (3,). And `dx`,
# (16, 17, 17, 1), is a slope of the loss by what is made.

# %%
draw = np.random.default_rng(0).normal
w = draw(size=(3, 3, 1, 1))
table = as_dense(w[None, None], (17, 17), stride=2)
along = w[0, :, 0, 0]
dx = draw(size=(16, 17, 17, 1))

right = {
    "size": np.array((8 - 1) * 2 + 3),
    "made": conv_up(x, w, (17, 17), stride=2),
    "dy": conv(dx, w[None, None], stride=2),
    "even": phases(w[:1], 2)[0, :, 0],
    "wide": widened(w[:1], 2)[0, :, 0, 0],
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
size = None  # a number: the smallest that has 8 windows
made = None  # (16, 17, 17, 1) from x and the table
dy = None  # (16, 8, 8, 1) the gradient by the small pictures
even = None  # (2,) phases of `along` with the stride 2
wide = None  # (4,) repeat twice, convolve by `along`: one kernel

compare("size", size)
compare("made", made)
compare("dy", dy)
compare("even", even)
compare("wide", wide)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `size = (8 - 1) * 2 + 3`, where the last window ends; `made = np.einsum("npqk,pqijck->nijc", x, table)`, a sum over
# the small pixels; `dy = np.einsum("nijc,pqijck->npqk", dx, table)`, the way down with the same table;
# `even = np.array([along[0] + along[2], along[1]])`, taps two apart meet;
# `wide = np.convolve(along[::-1], [1, 1])`: the turned kernel, laid down twice.
#
# </details>

# %% [markdown]
# ## A digit, enlarged
#
# Three ways to twice the size: all taps 1 in windows of 3, the taps of linear interpolation, and repeated pixels.

# %% alt="A digit enlarged three times: under a checkered grid, smooth, and in blocks of two by two pixels."
ways = {
    "all taps 1": np.ones((3, 3, 1, 1)),
    "interpolated": np.outer([0.5, 1, 0.5], [0.5, 1, 0.5])[
        :, :, None, None
    ],
}
pictures = {
    name: conv_up(x[:1], taps, (17, 17), 2)
    for name, taps in ways.items()
}
pictures["repeated"] = enlarge(x[:1], 2)
panels = plt.subplots(1, 3)[1]
for panel, (name, picture) in zip(
    panels, pictures.items(), strict=True
):
    panel.imshow(picture[0, :, :, 0], "gray")
    panel.set_title(name, fontsize="medium")
    panel.axis("off")
plt.show()

# %% [markdown]
# ## Count windows
#
# The overlap for three windows and three strides, far from the border.

# %%
for window in (3, 4, 5):
    for stride in (1, 2, 3):
        counts = overlap((1, 12), (1, window), stride)[0]
        middle = counts[4 * stride : 6 * stride]
        print(window, stride, middle)

# %% [markdown]
# ## Your turn
#
# 1. Which phases have the taps 1, 2, 3, 2, 1 at the stride 3? And at the stride 2? Compute them on paper, then with
#    `phases`.
# 2. Enlarge a picture of ones twice, with all taps 1, windows of 3 and the stride 2. How many different values are
#    there far from the border, and which is the largest?
#
# <details><summary>Solutions</summary>
#
# 1. At the stride 3: $1 + 2$, $2 + 1$ and 3, so no grid. At the stride 2: $1 + 3 + 1 = 5$ and $2 + 2 = 4$.
# 2. Six. The first layer makes 2, 1, 2, 1 along an axis. A pixel of the second is reached by two neighbours,
#    $2 + 1 = 3$, or by one, 2 or 1. The values are products of 3, 2 and 1 down and across: 1, 2, 3, 4, 6 and 9.
#
# </details>
