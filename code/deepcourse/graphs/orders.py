"""What a node that is used twice costs who forgets that it was computed."""

from functools import cache


# --8<-- [start:forgetful]
def forgetful(node):
    """How many operations a node takes without a memory.

    Each reader computes its inputs anew, as a recursion without a memory
    does.

    Args:
        node: of any graph.

    Returns:
        A whole number.

    Examples:
        >>> from deepcourse.graphs.graph import Graph
        >>> y = Graph().constant(1.0)
        >>> for _ in range(3):
        ...     y = y + y
        >>> forgetful(y)
        15
    """

    @cache
    def count(each):
        return 1 + sum(map(count, each.inputs))

    return count(node)


# --8<-- [end:forgetful]
