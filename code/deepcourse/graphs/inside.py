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

SCOPE = "looked_into"


# --8<-- [start:nodes]
def nodes(function, *arguments):
    """The graph of a call: a node, its operation, its inputs.

    Args:
        function: what tf.function made.
        *arguments: of the call; nothing runs.

    Returns:
        A list of (name, operation, names of the inputs).
    """
    graph = function.get_concrete_function(*arguments).graph
    return [
        (node.name, node.type, [u.op.name for u in node.inputs])
        for node in graph.get_operations()
    ]


# --8<-- [end:nodes]


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


# --8<-- [start:halvings]
def halvings(x):
    """How often a number can be halved before it is below 1.

    Python's `while`, which AutoGraph turns into a node.

    Args:
        x: a tensor of one number.

    Returns:
        A tensor of one whole number.
    """
    count = tf.constant(0)
    while x >= 1:
        x = x / 2
        count += 1
    return count


# --8<-- [end:halvings]


# --8<-- [start:by-hand]
def halvings_by_hand(x):
    """What AutoGraph makes of it: functions of its variables.

    Args:
        x: a tensor of one number.

    Returns:
        A tensor of one whole number.
    """
    count, _ = tf.while_loop(
        lambda count, x: x >= 1,
        lambda count, x: (count + 1, x / 2),
        (tf.constant(0), x),
    )
    return count


# --8<-- [end:by-hand]


def before_and_after(python_function, *arguments):
    """What Grappler leaves of a graph, told by `tf.summary.trace_on`.

    The trace has the graph of every function that is run for the first
    time; ours is the one whose nodes have our scope in their names.

    Args:
        python_function: a function of tensors.
        *arguments: of the call that is traced and run.

    Returns:
        Two Counters of operations, as traced and as run.
    """

    @tf.function
    def scoped(*arguments):
        with tf.name_scope(SCOPE):
            return python_function(*arguments)

    tf.summary.trace_on(graph=True)
    scoped(*arguments)
    for each in told():
        before = each.pre_optimization_graph
        if any(
            node.name.startswith(SCOPE) for node in before.node
        ):
            after = each.post_optimization_graph
            return operations(before), operations(after)
    raise RuntimeError("the trace doesn't tell of the function")


def told():
    """The graphs that the trace tells of, which ends with this.

    Returns:
        A list of graphs, each before and after its optimization.
    """
    with tempfile.TemporaryDirectory() as folder:
        writer = tf.summary.create_file_writer(folder)
        with writer.as_default():
            tf.summary.trace_export("graph", step=0)
        writer.close()
        [path] = Path(folder).iterdir()
        lines = tf.data.TFRecordDataset(str(path))
        events = [each.numpy() for each in lines]
    for event in map(tf.compat.v1.Event.FromString, events):
        for value in event.summary.value:
            [text] = value.tensor.string_val
            metadata = tf.compat.v1.RunMetadata.FromString(text)
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
