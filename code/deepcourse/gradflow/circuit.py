"""A loss of three numbers, with a backward pass of one line for each line.

x is read twice, so its gradient is a sum: the golden rule in small.
"""

from deepcourse.gradflow import expect


# --8<-- [start:circuit]
def circuit(x, w, b):
    """Multiply, add, cut off below 0, multiply by x again.

    Args:
        x: a number.
        w: a number.
        b: a number.

    Returns:
        L = x max(x w + b, 0), and what `circuit_backward` needs.

    Raises:
        ValueError: One isn't a real number.

    Examples:
        >>> circuit(3.0, 2.0, -1.0)[0]
        15.0
    """
    x, w, b = expect.numbers(x=x, w=w, b=b)
    q = x * w
    a = q + b
    r = max(a, 0.0)
    return r * x, (x, w, a, r)


def circuit_backward(dL, cache):
    """Each line of `circuit`, from the last one to the first.

    Args:
        dL: the gradient of the loss with respect to L, 1 if L is the loss.
        cache: of `circuit`.

    Returns:
        The gradients dx, dw, db.

    Raises:
        ValueError: dL isn't a real number.

    Examples:
        >>> circuit_backward(1.0, circuit(3.0, 2.0, -1.0)[1])
        (11.0, 9.0, 3.0)
    """
    [dL] = expect.numbers(dL=dL)  # noqa: N806 - the page says dL
    x, w, a, r = cache
    dr, dx = dL * x, dL * r  # r * x
    da = dr * (a > 0)  # max(a, 0)
    dq, db = da, da  # q + b
    dx += dq * w  # x * w, and x was read before
    dw = dq * x
    return dx, dw, db


# --8<-- [end:circuit]


def circuit_values(x=3.0, w=2.0, b=-1.0):
    """Every value of `circuit`, and every gradient, by name.

    Args:
        x: a number.
        w: a number.
        b: a number.

    Returns:
        Two dicts. Among the gradients, "early" and "late" are what the two
        readers of x send, and "x" is their sum.

    Raises:
        ValueError: One isn't a real number.

    Examples:
        >>> values, gradients = circuit_values()
        >>> values["L"], gradients["early"], gradients["late"], gradients["x"]
        (15.0, 6.0, 5.0, 11.0)
    """
    loss, cache = circuit(x, w, b)
    _, _, a, r = cache
    dx, dw, db = circuit_backward(1.0, cache)
    values = {
        "x": x,
        "w": w,
        "b": b,
        "q": x * w,
        "a": a,
        "r": r,
        "L": loss,
    }
    gradients = {
        "L": 1.0,
        "r": x,
        "a": db,
        "q": db,
        "b": db,
        "w": dw,
        "x": dx,
    }
    return values, gradients | {"late": r, "early": db * w}
