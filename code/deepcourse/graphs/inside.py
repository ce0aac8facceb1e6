"""What one call of a tf.function does: trace, optimize, run.

The first call with arguments of a new kind runs the Python function once, on
tensors that have no values. What it does to them becomes a graph. TensorFlow
optimizes that graph, and this and all later calls run the result.
"""

import re
import tempfile
from collections import Counter
from pathlib import Path

import tensorflow as tf


def nodes(function, *arguments):
    """The graph that a call runs: a node, its operation, its inputs.

    Args:
        function: what tf.function made.
        *arguments: of the call; nothing runs.

    Returns:
        A list of (name, operation, names of the inputs).
    """
    graph = function.get_concrete_function(*arguments).graph
    return [
        (node.name, node.type, [a.op.name for a in node.inputs])
        for node in graph.get_operations()
    ]


def tracings(function, calls):
    """How often a function was traced, after each call.

    Args:
        function: what tf.function made.
        calls: a list of arguments, one for each call.

    Returns:
        A list of counts.
    """
    counts = []
    for argument in calls:
        function(argument)
        counts.append(function.experimental_get_tracing_count())
    return counts


def captured(function, *arguments):
    """The variables that a call reads though nobody passes them.

    Args:
        function: what tf.function made.
        *arguments: of the call; nothing runs.

    Returns:
        A list of names.
    """
    graph = function.get_concrete_function(*arguments).graph
    return [variable.name for variable in graph.variables]


def halvings(x):
    """How often a number can be halved before it is below 1.

    Python's `while` and `if`, which AutoGraph turns into nodes.

    Args:
        x: a tensor of one number.

    Returns:
        A tensor of one whole number.
    """
    count = tf.constant(0)
    while x >= 1:
        x = x / 2
        count += 1
    if count == 0:
        count = tf.constant(-1)
    return count


def before_and_after(python_function, *arguments):
    """What Grappler leaves of a graph, told by `tf.summary.trace_on`.

    The trace has the graphs of every function that is run for the first
    time; the largest is the one asked for.

    Args:
        python_function: a function of tensors.
        *arguments: of the call that is traced and run.

    Returns:
        Two Counters of operations, as traced and as run.
    """
    with tempfile.TemporaryDirectory() as folder:
        writer = tf.summary.create_file_writer(folder)
        tf.summary.trace_on(graph=True)
        tf.function(python_function)(*arguments)
        with writer.as_default():
            tf.summary.trace_export("graph", step=0)
        writer.close()
        graphs = told(Path(folder))
    largest = max(
        graphs, key=lambda g: len(g.pre_optimization_graph.node)
    )
    return operations(largest.pre_optimization_graph), operations(
        largest.post_optimization_graph
    )


def told(folder):
    """The graphs that a folder of summaries tells of.

    Args:
        folder: with one file of events.

    Returns:
        A list of graphs, each before and after its optimization.
    """
    [path] = folder.iterdir()
    for each in tf.data.TFRecordDataset(str(path)):
        event = tf.compat.v1.Event.FromString(each.numpy())
        for value in event.summary.value:
            [found] = value.tensor.string_val
            metadata = tf.compat.v1.RunMetadata.FromString(found)
            return list(metadata.function_graphs)
    return []


def operations(graph):
    """How often each operation is in a graph, but for its ends.

    Args:
        graph: a GraphDef.

    Returns:
        A Counter.
    """
    ends = ("_Arg", "_Retval", "NoOp")
    return Counter(n.op for n in graph.node if n.op not in ends)


def kernels(function, *arguments):
    """The steps of the program into which XLA compiles a function.

    Args:
        function: what tf.function made, with `jit_compile=True`.
        *arguments: of the call.

    Returns:
        A list of names, without the inputs and the constants.
    """
    ir = function.experimental_get_compiler_ir(*arguments)
    text = ir(stage="optimized_hlo")
    lines = text[text.index("\nENTRY") :].splitlines()
    steps = [line.split(" = ") for line in lines if " = " in line]
    return [
        name.split()[-1].lstrip("%")
        for name, rest in steps
        if not re.search(r"\b(parameter|constant)\(", rest)
    ]
