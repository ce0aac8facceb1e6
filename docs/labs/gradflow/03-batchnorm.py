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
# # Lab gradflow 3 · Type batch normalization's way back
#
# Type its backward lines, send gradients through a batch, and watch what comes back. The
# [post](/gradflow/03-batchnorm.md) derives what you see here. Everything is NumPy, and every cell below ran when this
# page was built.

# %%
import matplotlib.pyplot as plt
import numpy as np

from deepcourse.gradflow import batchnorm, layernorm
from deepcourse.gradflow.compare import compare
from deepcourse.gradflow.gradcheck import (
    central_difference,
    relative_error,
)
from deepcourse.gradflow.runs.scale_invariance import (
    Settings,
    Variant,
    train,
)

rng = np.random.default_rng(0)
# at this size letters stay legible on a phone
plt.rc("figure", figsize=(4, 2.6))
gamma, beta = np.ones(1), np.zeros(1)

# %% [markdown]
# ## Your lines
#
# Eight values of one channel, an operation a line. `run` computes every value on the way. Give it one of them,
# `run(var=...)`, and it goes on from there: so the gradient of every value can be measured.

# %%
M, eps = 8, 0.1
given = {"x": rng.normal(2, 1.5, M)}  # (M,)
given |= {"gamma": np.array(2.0), "beta": np.array(1.0)}
dy = rng.normal(size=M)  # (M,)


def run(**put):
    v = given | put
    v.setdefault("mean", v["x"].mean())
    v.setdefault("centred", v["x"] - v["mean"])
    v.setdefault("var", (v["centred"] ** 2).mean())
    v.setdefault("inverse", (v["var"] + eps) ** -0.5)
    v.setdefault("xhat", v["centred"] * v["inverse"])
    y = v["gamma"] * v["xhat"] + v["beta"]
    return v | {"L": np.sum(dy * y)}


# %% [markdown]
# Download the notebook, or open it in Colab, and replace each `...` by an expression, from the top. It may use `dy`,
# `xhat`, `centred`, `inverse`, `gamma`, `M` and the lines above it. Run the cell after each line.

# %%
v = run()
xhat, centred = v["xhat"], v["centred"]
inverse, gamma_1 = v["inverse"], v["gamma"]

dgamma = ...  # one number
dbeta = ...  # one number
dxhat = ...  # (M,)
dinverse = ...  # one number
dvar = ...  # one number
dcentred = ...  # (M,)
dmean = ...  # one number
dx = ...  # (M,)
dx_short = ...  # the same, of two means

mine = {"gamma": dgamma, "beta": dbeta, "xhat": dxhat}
mine |= {"inverse": dinverse, "var": dvar, "centred": dcentred}
for name, line in (mine | {"mean": dmean, "x": dx}).items():

    def loss_at(value, name=name):
        return run(**{name: value})["L"]

    wanted = central_difference(loss_at, v[name])
    compare(f"d{name}", line, wanted)
compare("dx_short", dx_short, wanted)

# %% [markdown]
# <details><summary>Solution</summary>
#
# Shared by the column, so they sum: `dgamma = (dy * xhat).sum()` and `dbeta = dy.sum()`. The products swap:
# `dxhat = gamma_1 * dy` and `dinverse = (dxhat * centred).sum()`. The power: `dvar = -0.5 * inverse**3 * dinverse`. Two
# uses: `dcentred = dxhat * inverse + 2 / M * centred * dvar`. The mean was subtracted everywhere:
# `dmean = -dcentred.sum()`. Two uses again: `dx = dcentred + dmean / M`. And all of it in one line:
# `dx_short = gamma_1 * inverse * (dy - dbeta / M - xhat * dgamma / M)`.
#
# </details>

# %% [markdown]
# ## Check it before you trust it
#
# Eight values of one channel, random weights on the outputs. A plain sum of the outputs as loss would check nothing:
# its gradient is 0.

# %%
x, dy = rng.normal(size=(2, 8, 1))


def loss(x):
    return np.sum(
        dy * batchnorm.batchnorm_forward(x, gamma, beta)[0]
    )


_, cache = batchnorm.batchnorm_forward(x, gamma, beta)
dx, dgamma, dbeta = batchnorm.batchnorm_backward(dy, cache)
error = relative_error(dx, central_difference(loss, x))
print("relative error", error)
plain, _, _ = batchnorm.batchnorm_backward(
    np.ones_like(dy), cache
)
print("plain sum     ", abs(plain).max())

# %% [markdown]
# ## What comes back is what a line can't explain
#
# Forty values, and a gradient that depends on them: a straight part, a curve and noise. Which of the three does the
# layer let through?

# %% alt="Above: the gradient that arrives, with a fitted line. Below: what comes back, curved and without slope."
x = rng.normal(2, 1.5, (40, 1))
dy = 1.0 * x + 0.4 * (x - 2) ** 2 + 0.3 * rng.normal(size=x.shape)
_, cache = batchnorm.batchnorm_forward(x, gamma, beta)
dx = batchnorm.batchnorm_backward(dy, cache)[0]

fig, (above, below) = plt.subplots(
    2, 1, figsize=(3.9, 5), layout="constrained"
)
ends = np.array([x.min(), x.max()])
above.plot(x, dy, "o", ms=4)
above.plot(
    ends, np.polyval(np.polyfit(x[:, 0], dy[:, 0], 1), ends)
)
above.set_title(
    "what arrives, and the line that fits best", fontsize=10
)
above.set_xlabel("x")
above.set_ylabel("dy")
below.plot(x, dx, "o", ms=4)
below.axhline(0, lw=0.8)
below.set_title("what comes back", fontsize=10)
below.set_xlabel("x")
below.set_ylabel("dx")
for axis in (above, below):
    axis.spines[["top", "right"]].set_visible(False)
plt.show()
print(f"sum of dx {dx.sum():.1e}")
slope, arriving = (dx * cache.xhat).sum(), (dy * cache.xhat).sum()
print(f"sum of dx times xhat {slope:.1e} of {arriving:.1f}")

# %% [markdown]
# ## Smaller and smaller batches
#
# How much of a random gradient gets through, in units of what a frozen layer would pass? With `M` values the projection
# keeps `M - 2` of `M` directions, so the root of that share is a good guess. It is a little high where the share varies
# from batch to batch, since a mean of roots lies below the root of the mean.

# %%
for count in (2, 3, 4, 8, 32, 128):
    shares = []
    for _ in range(200):
        x, dy = rng.normal(size=(2, count, 1))
        _, cache = batchnorm.batchnorm_forward(
            x, gamma, beta, eps=0.0
        )
        got = batchnorm.batchnorm_backward(dy, cache)[0]
        frozen = batchnorm.inference_backward(dy, cache)[0]
        shares.append(
            np.linalg.norm(got) / np.linalg.norm(frozen)
        )
    share, guess = np.mean(shares), ((count - 2) / count) ** 0.5
    print(f"M = {count:3}: {share:.3f} of it, guess {guess:.3f}")

# %% [markdown]
# ## The same function, at another rate
#
# Three nets that compute the same thing at step 0. Only the length of their first weights differs.

# %% alt="Training loss of three nets: the one with ten times longer weights falls behind, the short one keeps up."
for factor in (0.1, 1.0, 10.0):
    rows, wrong = train(
        Variant(factor), Settings(), seed=0, steps=300
    )
    smooth = rows.loss.reshape(-1, 10).mean(1)
    plt.semilogy(
        10 * np.arange(30) + 5, smooth, label=f"× {factor:g}"
    )
    turn = np.degrees(np.arctan(np.sqrt(rows.turn[[0, -1]])))
    print(
        f"× {factor:4g}: first loss {rows.loss[0]:.12f},", end=" "
    )
    print(f"turns by {turn[0]:.3f}° first, {turn[1]:.3f}° last")
plt.legend(frameon=False)
plt.gca().spines[["top", "right"]].set_visible(False)
plt.xlabel("step")
plt.ylabel("training loss, in nats")
plt.show()

# %% [markdown]
# ## Layer normalization by transposing
#
# With `gamma` at 1 the two layers are one function, along one axis or the other.

# %%
x, dy = rng.normal(size=(2, 5, 7))
ours = layernorm.layernorm_backward(
    dy, layernorm.layernorm_forward(x, np.ones(7), np.zeros(7))[1]
)[0]
turned = batchnorm.batchnorm_backward(
    dy.T,
    batchnorm.batchnorm_forward(x.T, np.ones(5), np.zeros(5))[1],
)[0].T
print("difference", abs(ours - turned).max())

# %% [markdown]
# ## Your turn
#
# 1. Give `batchnorm_forward` in the cell with the line `eps=10.0`. How much of the second sum is left, and which
#    share of it does the post's formula predict?
# 2. Put `Variant(10.0, 100.0)` among the nets. Which curve does it follow?
# 3. Type `dcentred = dxhat * inverse`, as in a layer whose variance is a constant. Which lines are told to be wrong?
#
# <details><summary>Solutions</summary>
#
# 1. A share of `eps / (var + eps)**1.5` of what arrives, since `gamma` is 1. For a variance near 1.4, as here, that is
#    `0.26`.
# 2. That of the net as drawn: the rate is a hundred times as large, the weights ten times as long.
# 3. `dcentred` and `dx`. `dmean` isn't: what is missing there is proportional to `centred`, which sums to 0.
#
# </details>
