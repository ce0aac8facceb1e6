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
# # Lab gradflow 1 · Check, then train, by hand
#
# Check the layers of the [post](/gradflow/01-matmul-conv2d.md), break one to see what the check says, and train a
# convolutional net with NumPy alone. Every cell below ran when this page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.datasets import digits
from deepcourse.gradflow import conv2d, conv2d_transposed, matmul
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.digits import batches, pictures, wobble
from deepcourse.gradflow.nets import CONV, conv_use, fit

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
    relative_error(central_difference(np.exp, 1.0, h), np.e)
    for h in steps
]
plt.loglog(steps, errors, "o-", color="black")
plt.gca().spines[["top", "right"]].set_visible(False)
plt.xlabel("step h")
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
# ## Who saw which pixel
#
# Give every output a `dy` of 1 and the kernel weights of 1. Then `dx` counts in how many windows each pixel stood.
# Change the stride, the window and the padding: where do checkerboards come from, and which pixels hear nothing?


# %% alt="Three grids of counts: smooth for stride 1, a checkerboard for 2, gaps for 3 with a window of 2."
def seen(window, stride, padding, size=7):
    x = np.zeros((1, size, size, 1))
    k = np.ones((window, window, 1, 1))
    dy = np.ones_like(conv2d.conv_forward(x, k, stride, padding))
    dx, _ = conv2d.conv_backward(dy, x, k, stride, padding)
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
k = rng.normal(size=(3, 2, 3, 4))
y = conv2d.conv_forward(x, k, 2, "same")
dy = rng.normal(size=y.shape)
dx, dk = conv2d.conv_backward(dy, x, k, 2, "same")
other_dx, other_dk = conv2d_transposed.conv_transposed_backward(
    dy, x, k, 2, "same"
)
measured = central_difference(
    lambda k: np.sum(dy * conv2d.conv_forward(x, k, 2, "same")), k
)
print(f"dx, two ways:      {relative_error(dx, other_dx):.1e}")
print(f"dk, two ways:      {relative_error(dk, other_dk):.1e}")
print(f"dk, and measured:  {relative_error(dk, measured):.1e}")

# %% [markdown]
# ## Find the bug: a lost plus
#
# This `col2im` without padding lost a `+`. For which strides is the check content all the same, and why?


# %%
def forgetful(dy, x, k, s):
    dx, (p, q) = np.zeros_like(x), dy.shape[1:3]
    for u, v in np.ndindex(k.shape[:2]):
        part = dy @ k[u, v].T
        dx[:, u : u + s * p : s, v : v + s * q : s] = part
    return dx


x = rng.normal(size=(2, 9, 9, 3))
k = rng.normal(size=(3, 3, 3, 4))
for s in (1, 2, 3, 4):
    dy = rng.normal(size=conv2d.conv_forward(x, k, s).shape)
    right = conv2d.conv_backward(dy, x, k, s)[0]
    error = relative_error(forgetful(dy, x, k, s), right)
    print(f"stride {s}: {error:.1e}")

# %% [markdown]
# From a stride of 3 on no pixel stands in two windows, so there is nothing to add. A test with one stride, and that a
# large one, would have passed.

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
# - Find the bug in `forgetful` by the [sums](/gradflow/01-matmul-conv2d.md#adjoint) alone.
# - Leave out `wobble`, which turns, stretches and shifts each training picture a little. What do both losses do?
# - Check the whole net: push one weight of `k1`, and compare with what `CONV.backward` says.
