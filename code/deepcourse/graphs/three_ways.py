"""One small training graph in three builders: ours, TF 1's and tf.function.

The guesses are y = a w. The loss is half the sum of the squared distances of
all numbers of a row to its guess. The trainer writes w.
"""

from typing import NamedTuple

import tensorflow as tf

from deepcourse.graphs import run
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, assign, reduce_sum

tf1 = tf.compat.v1
OF_THE_SESSION = ("_SOURCE", "_retval")  # not of the graph


class Nodes(NamedTuple):
    """What one feeds and asks for, in a graph that is built first."""

    a: object  # what is fed
    w: object  # the state
    y: object  # the guesses
    loss: object
    train: object  # asked for, it trains


# --8<-- [start:ours]
def ours(first, size, rate):
    """Build it with our builder; `run` runs it.

    Args:
        first: (N, 1) weights to begin with.
        size: rows in a batch.
        rate: of the descent.

    Returns:
        The nodes.
    """
    g = Graph()
    a = g.placeholder((size, len(first)), "a")
    w = g.variable(first, "w")
    y = a @ w
    loss = reduce_sum((a - y) ** 2) / 2
    [dw] = gradients(loss, [w])
    train = assign(w, w - rate * dw)
    return Nodes(a, w, y, loss, train)


# --8<-- [end:ours]


# --8<-- [start:session]
def in_a_session(first, size, rate):
    """Build it as in TensorFlow 1; a session runs it.

    Args:
        first: (N, 1) weights to begin with.
        size: rows in a batch.
        rate: of the descent.

    Returns:
        The nodes, and the session, which holds the state.
    """
    with tf.Graph().as_default() as g:
        a = tf1.placeholder(tf.float64, (size, len(first)))
        w = tf.Variable(first)
        y = a @ w
        loss = tf.nn.l2_loss(a - y)
        [dw] = tf1.gradients(loss, [w])
        train = w.assign_sub(rate * dw)
        session = tf1.Session(graph=g)
        session.run(tf1.global_variables_initializer())
    return Nodes(a, w, y, loss, train), session


# --8<-- [end:session]


# --8<-- [start:functions]
def in_functions(first, rate):
    """Write it as in TensorFlow 2; a call traces and runs it.

    Args:
        first: (N, 1) weights to begin with.
        rate: of the descent.

    Returns:
        The variable, and two functions of a batch: guess, and train,
        which returns the loss.
    """
    w = tf.Variable(first)

    @tf.function
    def guess(a):
        return a @ w  # (B, 1)

    @tf.function
    def train(a):
        with tf.GradientTape() as tape:
            loss = tf.nn.l2_loss(a - a @ w)
        w.assign_sub(rate * tape.gradient(loss, w))
        return loss

    return w, guess, train


# --8<-- [end:functions]


def ran_in_ours(fetches, feed):
    """The operations that run in our builder.

    Args:
        fetches: a list of nodes.
        feed: from placeholders to arrays.

    Returns:
        A list of names.
    """
    return [node.name for node in run.evaluate(fetches, feed)]


def ran_in_a_session(session, fetches, feed):
    """The operations that a session runs, as it traced them.

    Args:
        session: of TensorFlow 1.
        fetches: what to ask for.
        feed: from placeholders to arrays.

    Returns:
        A list of names, in the order in which they ran.
    """
    full = tf1.RunOptions(trace_level=tf1.RunOptions.FULL_TRACE)
    told = tf1.RunMetadata()
    session.run(fetches, feed, options=full, run_metadata=told)
    ran = [
        n for d in told.step_stats.dev_stats for n in d.node_stats
    ]
    ran.sort(key=lambda each: each.all_start_micros)
    names = [each.node_name for each in ran]
    return [n for n in names if not n.startswith(OF_THE_SESSION)]


def traced(function, *arguments):
    """The operations in the graph of one call of a tf.function.

    Args:
        function: what tf.function made.
        *arguments: of the call; nothing runs.

    Returns:
        A list of names.
    """
    graph = function.get_concrete_function(*arguments).graph
    return [each.name for each in graph.get_operations()]
