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
# Train the lesson's own modules on scikit-learn's 1,797 digits of 8×8 pixels, in seconds, and change things. The
# [lesson](/lessons/02-mnist.md) measured the ingredients on MNIST and explains each of them. Every cell below ran
# when this page was built.

# %%
from tempfile import mkdtemp
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from deepcourse.datasets import digits
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import split
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score, train

plt.rc(
    "figure", figsize=(4, 2.6)
)  # so that letters stay legible on a phone
training, validation, test = split(digits(), validation=200)
print(
    training.images.shape,
    validation.images.shape,
    test.images.shape,
)

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
# ## Take one thing away
#
# The lesson's table in small, and with one seed. On so few pictures the order of the rows is often another than on
# MNIST, and with another seed it is another again. So read it as a way to try things and not as a result: run five
# seeds before you believe a row.

# %%
variants = {
    "all four": (MLP(sizes=(64, 512, 10)), Adam, 0.003),
    "sigmoid for ReLU": (
        MLP(sizes=(64, 512, 10), activation="sigmoid"),
        Adam,
        0.003,
    ),
    "SGD for Adam": (MLP(sizes=(64, 512, 10)), SGD, 0.1),
    "no dropout": (
        MLP(sizes=(64, 512, 10), drop_input=0.0, drop_hidden=0.0),
        Adam,
        0.003,
    ),
}
for name, (model, optimizer, rate) in variants.items():
    history = fit(model, optimizer, rate)
    accuracy, loss = score(model, *test)[1], history[-1, 0]
    print(
        f"{name:17} test {accuracy:.3f}, training loss {loss:.4f}"
    )

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
# - Put `drop_hidden` at 0.9. What does the training loss do, and what the test accuracy?
# - Set `training = training._replace(images=255 * training.images)`, train, and read what refuses the pictures.
# - Give `SGD` the rate of Adam. How many epochs would it need?
