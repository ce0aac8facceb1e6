"""The widths that an inception module may have, by the rule of `expect`."""

from deepcourse.gradflow.conv2d_geometry import counts
from deepcourse.gradflow.expect import refuse


def check_widths(into, one, three, five, pool):
    """Refuse widths that no inception module has.

    Args:
        into: channels of what comes in.
        one: channels of the branch of 1×1.
        three: a number or None, and a number.
        five: likewise.
        pool: a number or None.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    for name, value in {"into": into, "one": one}.items():
        if not counts(value, 1):
            refuse(name, value, "a whole number above 0")
    for name, both in {"three": three, "five": five}.items():
        found = (
            list(both) if isinstance(both, list | tuple) else []
        )
        if len(found) != 2 or not (
            (found[0] is None or counts(found[0], 1))
            and counts(found[1], 1)
        ):
            refuse(name, both, "2 ints above 0, or None and one")
    if pool is not None and not counts(pool, 1):
        refuse("pool", pool, "a whole number above 0, or None")
