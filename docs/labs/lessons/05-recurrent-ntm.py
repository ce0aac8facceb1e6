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
# # Lab 5, ntm · Five lines of a memory, and a head that you steer
#
# Write five lines of the mathematics yourself and be told at once which is right, then steer a head by hand and watch
# where it goes. The [post](/lessons/05-recurrent-ntm.md) builds each of them. Every cell below ran when this page was
# built.

# %%
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from deepcourse.recurrent import ntm
from deepcourse.recurrent.machine import address

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Write the lines yourself
#
# Replace each `None` by one line of NumPy, from the top down. The memory `m` is (4, 6, 3): for each of four examples,
# six rows of three numbers. `alpha` and `last`, (4, 6), are weights now and one step before, `taps` is (4, 3), and
# `erase` and `add` are (4, 3). The gate is 0.3, and the power of sharpening is 2.

# %%
draw = np.random.default_rng(0)
m = draw.normal(size=(4, 6, 3))
alpha, last = draw.dirichlet(np.ones(6), (2, 4))
taps = draw.dirichlet(np.ones(3), 4)
erase, add = draw.random((4, 3)), draw.normal(size=(4, 3))
gate, power = np.full((4, 1), 0.3), np.full((4, 1), 2.0)

right = {
    "r": ntm.read(m, alpha),
    "new": ntm.write(m, alpha, erase, add),
    "mixed": ntm.interpolate(alpha, last, gate),
    "moved": ntm.shift(alpha, taps),
    "sharp": ntm.sharpen(alpha, power),
}


def compare(name, mine):
    truth = np.array(right[name])
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
r = None  # (4, 3) what a head reads
new = None  # (4, 6, 3) the memory after a head has written
mixed = None  # (4, 6) weights behind the gate
moved = None  # (4, 6) and behind the shift of alpha
sharp = None  # (4, 6) and alpha, sharpened

compare("r", r)
compare("new", new)
compare("mixed", mixed)
compare("moved", moved)
compare("sharp", sharp)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `r = np.einsum("ni,nij->nj", alpha, m)`, a sum over the rows;
# `new = m * (1 - alpha[..., None] * erase[:, None]) + alpha[..., None] * add[:, None]`, wiping before adding;
# `mixed = gate * alpha + (1 - gate) * last`;
# `moved = sum(taps[:, [u]] * np.roll(alpha, u - 1, 1) for u in range(3))`, for the middle tap moves by none;
# `sharp = alpha**2 / (alpha**2).sum(1, keepdims=True)`.
#
# </details>

# %% [markdown]
# ## Steer a head
#
# A head is told a key, a strength, a gate, three taps and a power. Here the gate is shut, and the last tap gets nine
# tenths of the softmax, so that the head moves down a row at each step. At the left it isn't sharpened, at the right
# it is.

# %% alt="Two pictures of 16 rows over 12 steps: a diagonal that blurs, and one that stays sharp."
memory = tf.ones((1, 16, 2))
panels = plt.subplots(1, 2, sharey=True)[1]
for panel, gamma, name in zip(
    panels, (-20.0, 3.0), ("as it is", "sharpened"), strict=True
):
    told = [1, 0, 1, -20, -20, 0, np.log(9), gamma]
    where = tf.one_hot([0], 16)
    path = []
    for _ in range(12):
        told_now = tf.constant([told], tf.float32)
        where = address(memory, where, told_now)
        path.append(where[0])
    panel.imshow(np.transpose(path), "gray_r")
    panel.set_title(name, fontsize="medium")
    panel.set_xlabel("step")
    print(f"{name}: {np.max(path[-1]):.2f} on one row at last")
panels[0].set_ylabel("row")
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. Let the head go up instead of down. Where does it go from row 0?
# 2. Open the gate, with 20 for -20. All rows of this memory are alike. What does the head do?
#
# <details><summary>Solutions</summary>
#
# 1. Exchange the first and the third tap. From row 0 it goes to row 15: the memory is a ring.
# 2. Every row matches the key equally well, so all weights are 1/16, at every step.
#
# </details>
