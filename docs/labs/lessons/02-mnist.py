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
# # Lab 2 · Two dense layers, live
#
# Write the gradients of two dense layers yourself, train the net, and see what it gets wrong. The data are
# scikit-learn's 1,797 digits of 8×8 pixels; the [lesson](/lessons/02-mnist.md) derives each gradient. Every cell below
# ran when this page was built.

# %%
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from deepcourse.datasets import digits
from deepcourse.mnist.adam import Adam
from deepcourse.mnist.data import split
from deepcourse.mnist.layers import softmax_cross_entropy
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score, train

# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))
training, validation, test = split(digits(), validation=200)
for part in (training, validation, test):
    print(part.images.shape)

# %% [markdown]
# ## Look at the data first
#
# Each row of `images` is one picture, laid end to end. Put the rows back and you see what the net will see.

# %% alt="Ten handwritten digits, 0 to 9, of eight by eight grey pixels each, with their labels above them."
fig, axes = plt.subplots(2, 5, figsize=(4, 2.2))
for digit, axis in enumerate(axes.flat):
    row = training.images[training.labels == digit][0]
    axis.imshow(row.reshape(8, 8), cmap="gray_r")
    axis.set_title(digit, fontsize=10)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## Write the gradients yourself
#
# Eight pictures, a net of one hidden layer, and what the tape finds. Replace each `None` by one line of NumPy, from
# the top down; `compare` says at once whether it is right. `x`, `h`, `p` and `truth` are arrays of shape (8, 64), (8,
# 16), (8, 10) and (8, 10); `a` is what went into ReLU, and `w2`, of shape (16, 10), what made the scores of `h`.

# %%
rng = np.random.default_rng(0)
x, labels = training.images[:8], training.labels[:8]
w1 = tf.constant(rng.normal(size=(64, 16)) * 0.2, tf.float32)
w2 = tf.constant(rng.normal(size=(16, 10)) * 0.3, tf.float32)
with tf.GradientTape() as tape:
    tape.watch([w1, w2])
    a = x @ w1
    h = tf.nn.relu(a)
    z = h @ w2
    loss = tf.reduce_mean(softmax_cross_entropy(z, labels))
of = {"dz": z, "dw2": w2, "dh": h, "da": a, "dw1": w1}
taped = tape.gradient(loss, of)
a, h, w2, p = (v.numpy() for v in (a, h, w2, tf.nn.softmax(z)))
truth = np.eye(10)[labels]


def compare(name, mine):
    right = taped[name].numpy()
    if mine is None:
        print(f"{name}: still to be written")
    elif np.shape(mine) != right.shape:
        print(f"{name}: {np.shape(mine)}, not {right.shape}")
    else:
        off = np.abs(mine - right).max() / np.abs(right).max()
        said = (
            "right" if off < 1e-5 else f"wrong, off by {off:.0%}"
        )
        print(f"{name}: {said}")


# %%
dz = None  # (8, 10)
dw2 = None  # (16, 10)
dh = None  # (8, 16)
da = None  # (8, 16)
dw1 = None  # (64, 16)

compare("dz", dz)
compare("dw2", dw2)
compare("dh", dh)
compare("da", da)
compare("dw1", dw1)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `dz = (p - truth) / 8`, since the loss is a mean over eight pictures; `dw2 = h.T @ dz` and `dh = dz @ w2.T`,
# for a product gives two gradients; `da = dh * (a > 0)`, for a unit that was off passes nothing; `dw1 = x.T @ da`.
#
# </details>

# %% [markdown]
# ## The baseline, and the net
#
# `fit` below trains one net and returns its history: training loss, validation loss, validation accuracy and seconds
# for each epoch. Softmax regression is the same class without a hidden layer.


# %%
def fit(net, optimizer=Adam, rate=0.003, epochs=15):
    run = Run(
        net, optimizer(net.weights), rate, epochs, batch_size=32
    )
    return train(run, (training, validation), Path(mkdtemp()))


linear = MLP(sizes=(64, 10), drop_input=0.0)
linear_history = fit(linear, rate=0.01)

net = MLP(sizes=(64, 512, 10))
net_history = fit(net)

for name, model in {
    "softmax regression": linear,
    "two layers": net,
}.items():
    loss, accuracy = score(model, *test)
    print(
        f"{name:20} test accuracy {accuracy:.3f}, loss {loss:.3f}"
    )

# %% alt="Validation accuracy by epoch, rising for both; the two-layer net ends above softmax regression."
for name, history, style in [
    ("two layers", net_history, "-"),
    ("softmax regression", linear_history, "--"),
]:
    plt.plot(
        1 + np.arange(len(history)),
        history[:, 2],
        style,
        color="black",
        label=name,
    )
plt.legend(frameon=False)
plt.gca().spines[["top", "right"]].set_visible(False)
plt.xticks([1, 5, 10, 15])
plt.xlabel("epoch")
plt.ylabel("validation accuracy")
plt.show()

# %% [markdown]
# ## What it gets wrong, and how sure it is
#
# A softmax output looks like a probability. Look at the wrong answers before you trust it as one.

# %% alt="The first ten wrong test digits, each with prediction, truth and the probability of the prediction."
p = tf.nn.softmax(net(test.images)).numpy()
wrong = np.flatnonzero(p.argmax(1) != test.labels)
wrong = wrong[np.argsort(-p[wrong].max(1))][:10]
fig, axes = plt.subplots(2, 5, figsize=(4, 3))
for axis in axes.flat:
    axis.axis("off")
for i, axis in zip(wrong, axes.flat, strict=False):
    axis.imshow(test.images[i].reshape(8, 8), cmap="gray_r")
    axis.set_title(
        f"{p[i].argmax()} ({test.labels[i]})\n{p[i].max():.0%}",
        fontsize=10,
    )
plt.show()

# %% [markdown]
# ## Your turn
#
# 1. Mix the pixels of all pictures in one fixed order, `order = np.random.default_rng(0).permutation(64)`, and train on
#    `training.images[:, order]`. Does the net still read?
# 2. Push every test picture one pixel to the right: `np.roll(test.images.reshape(-1, 8, 8), 1, axis=2)`. Which of the
#    two models suffers more?
#
# <details><summary>Solutions</summary>
#
# 1. Yes, about as many as before. A dense layer has a weight for each pixel, and doesn't know which pixels are
#    neighbours. A convolution does, and would fail here.
# 2. Both fail: the net reads about half of the pushed pictures, softmax regression a little less. Nothing in either
#    knows that a picture pushed aside is the same picture, since every weight belongs to one pixel. Convolution is the
#    remedy.
#
# </details>
