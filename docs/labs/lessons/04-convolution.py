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
# # Lab 4 · Five lines of convolution, and a digit through a kernel
#
# Write five lines of the mathematics yourself and be told at once which is right, then look at a digit through kernels
# that are shared or take turns. The [post](/lessons/04-convolution.md) builds all but one of them, a gradient. Every
# cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.convolution.conv import as_dense, conv, windows
from deepcourse.datasets import digits
from deepcourse.gradflow import conv2d

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.2))
x = digits().images[:16, :, :, None] / 255

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. The pictures `x` are (16, 8, 8, 1), and `seen`,
# (16, 6, 6, 1, 3, 3), are their windows of 3×3: picture, place down and across, channel, tap down and across. `k`,
# (3, 3, 1, 2), is a kernel for all places, and `own`, (6, 6, 3, 3, 1, 2), has one for each. `dy`, (16, 6, 6, 2), is a
# slope of the loss by what comes out of the shared layer.
#
# For `dk`: the weight of a tap, a channel in and a channel out is multiplied, at each picture and place, by the pixel
# that the tap meets there. So the sum that comes out there rises by that pixel for each unit of the weight, and the
# loss by the pixel times `dy`. Add that up over pictures and places.

# %%
draw = np.random.default_rng(0).normal
seen = windows(x, (3, 3))
k, own = draw(size=(3, 3, 1, 2)), draw(size=(6, 6, 3, 3, 1, 2))
dy = draw(size=(16, 6, 6, 2))

right = {
    "window": x[0, 2:5, 3:6, 0],
    "shared": conv(x, k[None, None]),
    "local": conv(x, own),
    "dk": conv2d.conv_backward(dy, x, k)[1],
    "dense": as_dense(k[None, None], (8, 8))[2, 3, :, 3, 0, 0],
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
window = None  # (3, 3) of the first picture, place 2, 3
shared = None  # (16, 6, 6, 2) what comes out with k
local = None  # (16, 6, 6, 2) and with a kernel for each place
dk = None  # (3, 3, 1, 2) the gradient of the loss by k
dense = None  # (8,) weights of column 3, by place 2, 3, channel 0

compare("window", window)
compare("shared", shared)
compare("local", local)
compare("dk", dk)
compare("dense", dense)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `window = x[0, 2:5, 3:6, 0]`, for a window begins at its place; `shared = np.einsum("npqcuv,uvck->npqk", seen, k)`;
# `local = np.einsum("npqcuv,pquvck->npqk", seen, own)`, where only the kernel has two letters more;
# `dk = np.einsum("npqcuv,npqk->uvck", seen, dy)`, because each tap adds up what it met;
# `dense = np.pad(k[:, 0, 0, 0], (2, 3))`: three rows of the window, and zeros around.
#
# </details>

# %% [markdown]
# ## A digit through a kernel
#
# This kernel takes what stands at the right of a window from what stands at its left, so that it finds edges. Beside
# it, the same kernel takes turns with its opposite, from place to place.

# %% alt="A digit; its left edges bright and right ones dark by one kernel; a checkerboard by two in turn."
edge = np.array([[1, 0, -1]] * 3, float)
one = edge.reshape(1, 1, 3, 3, 1, 1)
sign = np.array([[1, -1], [-1, 1]]).reshape(2, 2, 1, 1, 1, 1)
pictures = x[:1], conv(x[:1], one), conv(x[:1], sign * one)
panels = plt.subplots(1, 3)[1]
for panel, picture, name in zip(
    panels, pictures, ("digit", "shared", "tiled"), strict=True
):
    panel.imshow(picture[0, :, :, 0], "gray")
    panel.set_title(name, fontsize="medium")
    panel.axis("off")
plt.show()

# %% [markdown]
# ## Push it
#
# By how much does what comes out differ, if the digit is pushed to the left by one pixel or two?

# %%
for name, w in {"shared": one, "tiled": sign * one}.items():
    for push in (1, 2):
        there = conv(x, w)[:, :, push:]
        pushed = conv(x[:, :, push:], w)
        print(
            f"{name} {push}: {np.abs(pushed - there).max():.1f}"
        )

# %% [markdown]
# ## Your turn
#
# 1. In the last cell, give `conv` the stride 2 in both places, and compare with `[:, :, 1:]` alone. Cut both to the
#    columns that they have in common. Which pushes does the shared kernel still pass?
# 2. Turn the edge on its side, with `edge.T`. Which strokes of the digit light up now?
#
# <details><summary>Solutions</summary>
#
# 1. Only the push by two pixels, which is one window. The push by one has windows where there were none before. The
#    code stands below.
# 2. The horizontal ones: bright where ink ends downwards, dark where it begins.
#
# ```python
# for name, w in {"shared": one, "tiled": sign * one}.items():
#     for push in (1, 2):
#         there = conv(x, w, 2)[:, :, 1:]
#         pushed = conv(x[:, :, push:], w, 2)[:, :, :2]
#         print(f"{name} {push}: {np.abs(pushed - there).max():.1f}")
# ```
#
# </details>
