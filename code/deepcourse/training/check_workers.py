"""What workers share must be alike; all else is refused by name."""

from deepcourse.gradflow import expect


def check_alike(arrays):
    """Refuse no arrays, or arrays of different shapes.

    Args:
        arrays: what came.

    Returns:
        A list of arrays of floats.

    Raises:
        ValueError: What came, and what was expected.
    """
    arrays = [
        expect.array("arrays", a)
        for a in expect.several("arrays", arrays)
    ]
    shapes = {a.shape for a in arrays}
    if len(shapes) != 1:
        expect.refuse(
            "arrays", f"shapes {sorted(shapes)}", "one shape"
        )
    return arrays
