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
# # Lab 1 · A computational graph builder, live
#
# Build a graph, ask for its nodes, write gradients yourself, and train with nodes alone. The
# [lesson](/lessons/01-graphs.md) derives each of the rules. Every cell below ran when this page was built.

# %%
import numpy as np

from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import (
    Graph,
    assign,
    exp,
    log,
    reduce_mean,
    tanh,
)
from deepcourse.graphs.passes import optimize
from deepcourse.graphs.run import evaluate, run

g = Graph()
x = g.placeholder((), "x")
y = tanh(x) * x
[dx] = gradients(y, [x])
print(*run([y, dx], {x: 1.0}))

# %% [markdown]
# Asked for `y` alone, the graph leaves the nodes of the gradient alone.

# %%
for wanted in (y, dx):
    ran = evaluate([wanted], {x: 1.0})
    print(f"{wanted.name}: {len(ran)} of {len(g.nodes)} nodes")

# %% [markdown]
# ## Write the gradients yourself
#
# Each line below belongs to one operation `n` of `u`, or of `u` and `v`. Replace each `None` by a node that is sent to
# `u`, built of `dn`, `n`, `u` and `v`; `compare` runs it, and says at once whether it is right. `u` is of shape (2, 3),
# and `v` of the same, but for the matrix product, where it is `V`, of shape (3, 4).

# %%
rng = np.random.default_rng(0)
graph = Graph()
u, v, V = (
    graph.variable(rng.uniform(0.5, 1.5, shape))
    for shape in ((2, 3), (2, 3), (3, 4))
)
operations = {
    "product": u * v,
    "quotient": v / u,
    "matrix product": u @ V,
    "exponential": exp(u),
    "logarithm": log(u),
}
sent = {
    name: graph.constant(rng.normal(size=n.shape))
    for name, n in operations.items()
}


def compare(name, rule):
    n, dn = operations[name], sent[name]
    mine = rule(dn, n)
    right = run(gradients(n * dn, [u])[0])
    if mine is None:
        print(f"{name}: still to be written")
    elif mine.shape != right.shape:
        print(f"{name}: {mine.shape}, not {right.shape}")
    else:
        off = np.abs(run(mine) - right).max()
        off = off / np.abs(right).max()
        said = (
            "right" if off < 1e-9 else f"wrong, off by {off:.0%}"
        )
        print(f"{name}: {said}")


# %%
compare("product", lambda dn, n: None)
compare("quotient", lambda dn, n: None)
compare("matrix product", lambda dn, n: None)
compare("exponential", lambda dn, n: None)
compare("logarithm", lambda dn, n: None)

# %% [markdown]
# <details><summary>Solution</summary>
#
# - product: `dn * v`, the other factor
# - quotient: `-dn * n / u`, since the slope of $v/u$ by $u$ is $-v/u^2$
# - matrix product: `dn @ V.T`, the only product of the two with the shape of `u`
# - exponential: `dn * n`, its own slope
# - logarithm: `dn / u`
#
# </details>

# %% [markdown]
# ## A small net, trained with nodes
#
# Five hidden units learn the curve of `sin` from 50 points. Everything is a node: the net, the mean square of what is
# missing, the gradients, and the writes. One fetch of `train` is one step.

# %%
net = Graph()
points = net.placeholder((50, 1), "points")
target = net.placeholder((50, 1), "target")
weights = [
    net.variable(rng.normal(size=shape))
    for shape in ((1, 5), (5,), (5, 1), (1,))
]
w1, b1, w2, b2 = weights
hidden = tanh(points @ w1 + b1)  # (50, 5)
loss = reduce_mean((hidden @ w2 + b2 - target) ** 2)
slopes = gradients(loss, weights)
train = [
    assign(w, w - 0.1 * dw)
    for w, dw in zip(weights, slopes, strict=True)
]

at = np.linspace(-3, 3, 50)[:, None]
feed = {points: at, target: np.sin(at)}
for step in range(2001):
    value, *_ = run([loss, *train], feed)
    if step % 500 == 0:
        print(f"step {step:4}: loss {value:.4f}")

# %% [markdown]
# The passes make the graph of the trainer smaller, and change no value.

# %%
small, changed = optimize([loss, *train])
print(len(net.nodes), changed, len(small[0].graph.nodes))

# %% [markdown]
# ## Your turn
#
# 1. Import `relu` from the same module as `tanh`, and use it instead. Is the loss after 2,000 steps smaller or larger?
# 2. Fetch `[*train, *train]`, and then `[*train, assign(b2, b2 * 0.9)]`. What do they say?
# 3. How many nodes has the second derivative of the loss by `b2`, before and after the passes?
#
# <details><summary>Solutions</summary>
#
# 1. It depends on the initial weights: a unit whose input is negative at all points never learns. Try several seeds
#    before you believe an order.
# 2. The first runs as before: a node that is asked for twice runs once. The second is refused, as `b2` would be
#    written twice in one run.
# 3. `[db] = gradients(loss, [b2])` and `[ddb] = gradients(db, [b2])`; then `len(evaluate([ddb], feed))`, and
#    `optimize([ddb])`. The value is 2, as for any square.
#
# </details>
