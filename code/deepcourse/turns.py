"""Contenders that take turns: their ratio, with the spread of the turns."""

import numpy as np


def ratio(name: str, over, under) -> dict[str, float]:
    """The ratio of two contenders, turn by turn.

    What else the machine does in a turn hits both alike, so that a turn has
    one ratio, and the spread of these says how far the median can be
    trusted. No turn is left out.

    Args:
        name: of the ratio.
        over: (turns,) what the one took in each turn, above 0.
        under: (turns,) what the other took in the same turns, above 0.

    Returns:
        The median of the turns by `name`, the lowest by `name_low`, the
        highest by `name_high`.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> ratio("loops", [6, 4, 9], [2, 2, 2])
        {'loops': 3.0, 'loops_low': 2.0, 'loops_high': 4.5}
    """
    over, under = took("over", over), took("under", under)
    if over.shape != under.shape:
        raise ValueError(
            f"under: got {len(under)} turns, expected {len(over)}"
        )
    each = over / under  # (turns,)
    return {
        name: float(np.median(each)),
        f"{name}_low": float(each.min()),
        f"{name}_high": float(each.max()),
    }


def took(name: str, times) -> np.ndarray:
    """The times of all turns, each above 0."""
    found = np.asarray(times, float)
    if found.ndim != 1 or not found.size:
        raise ValueError(
            f"{name}: got shape {found.shape}, "
            "expected at least one turn"
        )
    if not (np.isfinite(found) & (found > 0)).all():
        raise ValueError(
            f"{name}: got {times}, expected times above 0"
        )
    return found
