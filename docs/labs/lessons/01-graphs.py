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
# Build a graph, ask for its nodes, and write a gradient yourself. The [post](/lessons/01-graphs.md) explains it.

# %%
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, log, tanh
from deepcourse.graphs.run import evaluate, run

g = Graph()
x = g.placeholder((), "x")
y = tanh(x) * x
dy = gradients(y, [x])[0]
run([y, dy], {x: 1.0})

# %% [markdown]
# Asked for `y` alone, the graph leaves the gradient's nodes alone.

# %%
[node.name for node in evaluate([y], {x: 1.0})], len(g.nodes)

# %% [markdown]
# ## The reader's turn
#
# Build the slope of `log(x * x + 1)` with nodes: the cell says at once whether it is right.


# %%
def yours(x):
    """Replace the body."""
    return 2 * x / (x * x + 1)


right = gradients(log(x * x + 1), [x])[0]
mine, theirs = run([yours(x), right], {x: 0.7})
print("right" if abs(mine - theirs) < 1e-12 else "not yet")
