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
# # Lab gradflow 1, conv2d · Type its gradients, then train a net
#
# Write the gradients of a convolution yourself, see which windows saw which pixel, and train a convolutional net with
# NumPy alone. The [post](/gradflow/01-matmul-conv2d.md) derives what you need. Every cell below ran when this page was
# built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.datasets import digits
from deepcourse.gradflow import conv2d, conv2d_transposed
from deepcourse.gradflow.compare import compare
from deepcourse.gradflow.conv2d_geometry import geometry
from deepcourse.gradflow.digits import batches, pictures, wobble
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.nets import CONV, conv_use, fit

rng = np.random.default_rng(0)
# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))

# %% [markdown]
# ## Your numbers
#
# A column of six pixels, three taps, stride 2, no padding: two windows, which see the pixels 123 and 345. The digits of
# `dy` say which window a gradient came from. Replace each `...` by a list of numbers, or by an expression, and run the
# cell.

# %%
column = np.arange(1.0, 7.0).reshape(1, 6, 1, 1)
taps = np.array([4.0, 5.0, 6.0]).reshape(3, 1, 1, 1)
arrives = np.array([1.0, 100.0]).reshape(1, 2, 1, 1)

dw = ...  # three numbers
dx = ...  # six numbers

wanted = conv2d.conv_backward(arrives, column, taps, (2, 1))
compare("dw", dw, wanted[1].ravel())
compare("dx", dx, wanted[0].ravel())

# %% [markdown]
# <details><summary>Solution</summary>
#
# The first tap lay on pixel 1, then on pixel 3: $1 \cdot 1 + 3 \cdot 100$. So `dw = [301, 402, 503]`. The third pixel
# was seen under tap 6 by the first window and under tap 4 by the second: $6 \cdot 1 + 4 \cdot 100$. Nobody saw the
# sixth. So `dx = [4, 5, 406, 500, 600, 0]`.
#
# </details>

# %% [markdown]
# ## Your lines
#
# A convolution as a product: `windows` has a window in each row, the kernel is `table`, and `flat` is `dy` with one row
# a window. For `dx`, `place(sent, u, v)` puts what each window sends through tap (u, v) on its pixels. What is sent,
# and how do the taps come together?

# %%
x = rng.normal(size=(2, 7, 6, 3))  # (B, I, J, C)
w = rng.normal(size=(3, 2, 3, 4))  # (U, V, C, K)
b = rng.normal(size=4)
s = 2  # the stride
g = geometry(x, w, s, "valid")
windows = conv2d.im2col(x, w, g)  # (B*P*Q, U*V*C)
table = w.reshape(-1, 4)  # (U*V*C, K)
dy = rng.normal(size=conv2d.conv_forward(x, w, s).shape)
flat = dy.reshape(-1, 4)  # (B*P*Q, K)


def place(sent, u, v):
    rows, columns = g.out  # P and Q
    lands = np.zeros_like(x)
    down = slice(u, u + s * rows, s)
    across = slice(v, v + s * columns, s)
    lands[:, down, across] = sent.reshape(-1, rows, columns, 3)
    return lands


dtable = ...  # (U*V*C, K)
dwindows = ...  # (B*P*Q, U*V*C)
db = ...  # (K,)
dx = ...  # (B, I, J, C)


def weighed(x=x, w=w, b=b, windows=None):
    if windows is not None:
        return np.sum(flat * (windows @ table))
    return np.sum(dy * (conv2d.conv_forward(x, w, s) + b))


measured = central_difference(lambda w: weighed(w=w), w)
compare("dtable", dtable, measured.reshape(table.shape))
measured = central_difference(
    lambda a: weighed(windows=a), windows
)
compare("dwindows", dwindows, measured)
compare("db", db, central_difference(lambda b: weighed(b=b), b))
compare("dx", dx, central_difference(weighed, x))

# %% [markdown]
# <details><summary>Solution</summary>
#
# A matrix product: `dtable = windows.T @ flat` and `dwindows = flat @ table.T`. A bias was copied to every window:
# `db = flat.sum(axis=0)`. And a pixel hears from all taps that lay on it, in any window:
# `dx = sum(place(flat @ w[u, v].T, u, v) for u, v in np.ndindex(3, 2))`. That is `col2im`, which adds into one array.
#
# </details>

# %% [markdown]
# ## Who saw which pixel
#
# Give every output a `dy` of 1 and the kernel weights of 1. Then `dx` counts in how many windows each pixel stood.
# Change the stride, the window and the padding: where do checkerboards come from, and which pixels get no gradient?


# %% alt="Three grids of counts: smooth for stride 1, a checkerboard for 2, gaps for 3 with a window of 2."
def seen(window, stride, padding, size=7):
    x = np.zeros((1, size, size, 1))
    w = np.ones((window, window, 1, 1))
    dy = np.ones_like(conv2d.conv_forward(x, w, stride, padding))
    dx, _ = conv2d.conv_backward(dy, x, w, stride, padding)
    return dx[0, :, :, 0]


settings = [(3, 1, "valid"), (3, 2, "valid"), (2, 3, "valid")]
fig, axes = plt.subplots(2, 2, figsize=(4, 4.3))
axes[1, 1].axis("off")
for axis, setting in zip(axes.flat, settings, strict=False):
    counts = seen(*setting)
    axis.imshow(counts, cmap="gray", vmin=-9, vmax=9)
    for i, j in np.ndindex(counts.shape):
        number = f"{counts[i, j]:.0f}"
        axis.text(
            j, i, number, ha="center", va="center", fontsize=10
        )
    axis.set_title(
        "window {}, stride {}".format(*setting), fontsize=10
    )
    axis.axis("off")
plt.show()

# %% [markdown]
# ## The same gradient, three ways
#
# As additions, as convolutions of a spread-out `dy`, and measured.

# %%
x = rng.normal(size=(2, 6, 7, 3))
w = rng.normal(size=(4, 6, 3, 4))
way = (1, 2), "same"  # zeros on all four sides
y = conv2d.conv_forward(x, w, *way)
dy = rng.normal(size=y.shape)
dx, dw = conv2d.conv_backward(dy, x, w, *way)
other_dx, other_dw = conv2d_transposed.conv_transposed_backward(
    dy, x, w, *way
)
measured = central_difference(
    lambda w: np.sum(dy * conv2d.conv_forward(x, w, *way)), w
)
print(f"dx, two ways:      {relative_error(dx, other_dx):.1e}")
print(f"dw, two ways:      {relative_error(dw, other_dw):.1e}")
print(f"dw, and measured:  {relative_error(dw, measured):.1e}")

# %% [markdown]
# ## A convolutional net, no framework
#
# Two convolutions with normalization and ReLU, one dense layer, gradient descent with momentum.

# %%
found = digits()
images = pictures(found.images)
tests = pictures(found.test_images)
epochs, size = 6, 32
steps = epochs * (len(images) // size)
weights = CONV.weights(rng)
order = batches(
    images, found.labels.astype(int), size, epochs, rng, wobble
)
losses = fit(CONV, weights, order, np.linspace(0.1, 0, steps))
logits = conv_use(weights, tests, images)
right = logits.argmax(axis=1) == found.test_labels
print(f"test accuracy {np.mean(right):.3f}")

# %% alt="Training loss by step on a logarithmic axis, falling from above two to a few hundredths."
tens = losses[: len(losses) // 10 * 10]
mean = np.reshape(tens, (-1, 10)).mean(axis=1)  # of ten steps
plt.semilogy(
    10 * np.arange(len(mean)) + 5, mean, color="black", lw=1
)
plt.gca().spines[["top", "right"]].set_visible(False)
plt.xlabel("step")
plt.ylabel("training loss, nats")
plt.show()

# %% [markdown]
# ## What the first kernels look for
#
# The sixteen kernels of the first layer after training. They are small, so don't read too much into them.

# %% alt="Sixteen grey kernels of three by three taps; several are dark on one side and light on the other."
fig, axes = plt.subplots(2, 8, figsize=(4, 1.1))
for i, axis in enumerate(axes.flat):
    axis.imshow(weights["k1"][:, :, 0, i], cmap="gray")
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. Let the last tap win in `dx` above: in a loop over the taps, `lands = place(...)` and `dx = np.where(lands, lands,
#    dx)`. By how much is it wrong? And with `s = 3`?
# 2. Leave out `wobble`, which turns, stretches and shifts each training picture a little. What do both losses do?
# 3. Check the whole net: push one weight of `k1`, and compare with what `CONV.backward` says.
#
# <details><summary>Solutions</summary>
#
# 1. It is wrong by about as much as its own values. At a stride of 3 no two windows share a pixel, so nothing is lost:
#    a test with a large stride alone would pass it.
# 2. The training loss falls lower and the net reads fewer of the test digits: it has seen the same pictures each time.
# 3. `logits, cache = CONV.forward(weights, images[:8])`, then `softmax_cross_entropy` from `deepcourse.gradflow.loss`
#    gives the loss and `dlogits`, and `CONV.backward(dlogits, weights, cache)["k1"]` agrees with the difference of
#    two losses to about nine digits.
#
# </details>
