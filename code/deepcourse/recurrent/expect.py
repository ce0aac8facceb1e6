"""What the heads of lesson 5 expect, by the rule of lesson 2."""

from deepcourse.mnist.expect import real, whole

__all__ = ["columns", "odd", "real", "rows", "single", "whole"]


def rows(name, x, memory):
    """Take a number for each row of the memory, in its dtype."""
    return real(name, x, memory.shape[:2], memory.dtype)


def columns(name, x, memory):
    """Take a number for each column of the memory, in its dtype."""
    b, _, j = memory.shape
    return real(name, x, (b, j), memory.dtype)


def single(name, x, like):
    """Take a number for each example, in the dtype of `like`."""
    return real(name, x, (like.shape[0], 1), like.dtype)


def odd(name, x, like):
    """Take an odd count of numbers for each example."""
    x = real(name, x, (like.shape[0], "U"), like.dtype)
    if x.shape[1] % 2 == 0:
        raise ValueError(
            f"{name}: got {x.shape[1]} of them, "
            "expected an odd number"
        )
    return x
