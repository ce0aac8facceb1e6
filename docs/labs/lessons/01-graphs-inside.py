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
# # Lab 1, inside · Inside a `tf.function`, live
#
# Predict what TensorFlow does with your functions, and be told at once. The [post](/lessons/01-graphs-inside.md)
# explains each of it. Every cell below ran when this page was built.

# %%
import tensorflow as tf

from deepcourse.graphs.inside import (
    before_and_after,
    kernels,
    nodes,
)


# the cells below trace often, on purpose
tf.get_logger().setLevel("ERROR")


def total(x):
    return tf.reduce_sum(x * x)


# %% [markdown]
# ## Look at a graph
#
# A node, its operation, and what it reads.

# %%
for node in nodes(tf.function(total), tf.ones(3)):
    print(*node)

# %% [markdown]
# ## How many graphs?
#
# Replace each `None` by the number of graphs that the function has after these calls. The cell below makes the calls,
# and `compare` says whether you were right.

# %%
CALLS = {
    "a": [1, 1, 2],
    "b": [tf.constant(1), tf.constant(1), tf.constant(2)],
    "c": [tf.ones(1), tf.ones(2), tf.ones((1, 2))],
    "d": [tf.ones(2), tf.ones(2, tf.int32), tf.ones(2)],
    "e": [tf.ones(n) for n in (1, 2, 3, 4, 3, 2, 1)],
}
SETTINGS = {"e": {"reduce_retracing": True}}


def compare(name, mine):
    function = tf.function(total, **SETTINGS.get(name, {}))
    for x in CALLS[name]:
        function(x)
    right = function.experimental_get_tracing_count()
    if mine is None:
        print(f"{name}: still to be written")
    elif mine == right:
        print(f"{name}: right")
    else:
        print(f"{name}: {mine}, but there are {right}")


# %%
a = None
b = None
c = None
d = None
e = None  # with reduce_retracing=True

compare("a", a)
compare("b", b)
compare("c", c)
compare("d", d)
compare("e", e)

# %% [markdown]
# <details><summary>Solution</summary>
#
# `a = 2`: numbers of Python are told apart by their value. `b = 1`: tensors are not. `c = 3`: a row and a matrix
# of one row have different shapes. `d = 2`: another type is another signature. `e = 2`: the second graph is for a row
# of any length.
#
# </details>

# %% [markdown]
# ## Write the loop that AutoGraph writes
#
# How often must 1 be doubled until it is larger than `x`? Replace `None` by the two functions of a `tf.while_loop`:
# whether to go on, and one turn. Both get the count and the number so far.


# %%
def doublings(x, go_on, turn):
    start = tf.constant(0), tf.constant(1.0)
    count, _ = tf.while_loop(
        lambda count, n: go_on(count, n, x), turn, start
    )
    return count


go_on = None  # lambda count, n, x: ...
turn = None  # lambda count, n: ...

if go_on and turn:
    for x, right in ((0.5, 0), (1.0, 1), (7.0, 3), (8.0, 4)):
        mine = int(doublings(tf.constant(x), go_on, turn))
        said = "right" if mine == right else f"not {mine}"
        print(f"{x}: {right} doublings, {said}")
else:
    print("still to be written")

# %% [markdown]
# <details><summary>Solution</summary>
#
# `go_on = lambda count, n, x: n <= x` and `turn = lambda count, n: (count + 1, 2 * n)`.
#
# </details>

# %% [markdown]
# ## What is left of a careless function
#
# Before, and after Grappler. Then the number of kernels that XLA makes of it.


# %%
def careless(x):
    tf.exp(x)  # nobody uses it
    return (x + 1.0) * (tf.constant(2.0) * 3.0)


x = tf.ones(4)
for graph in before_and_after(careless, x):
    print(dict(graph))
print(kernels(tf.function(careless, jit_compile=True), x))

# %% [markdown]
# ## Your turn
#
# 1. Write `x * 1.0 + 0.0` into `careless`. Does Grappler remove both?
# 2. Put a `print` into `total` and make the calls of `e` again. How often does it print, and what?
# 3. Add `tf.print` beside it. When does that one print?
#
# <details><summary>Solutions</summary>
#
# 1. Yes: before there are three `Mul` and two `AddV2`, after it one of each, as without your line.
# 2. Twice, once for each tracing: a tensor of shape `(1,)`, then one of shape `(None,)`.
# 3. In each of the seven calls, with the values: it is a node.
#
# </details>
