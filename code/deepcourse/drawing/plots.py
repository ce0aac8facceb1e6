"""What plots of measured numbers share: tables, bands, names at their lines.

An offset is in pixels, to the right and up, from a point of the data.
"""

from pathlib import Path

import numpy as np

from deepcourse.drawing.page import INK
from deepcourse.records import RecordError, read_table

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def series(path: Path, key: str, *columns: str) -> dict[str, np.ndarray]:
    """The rows of a table by what stands in column `key`.

    Returns:
        (rows, columns) of the columns named, for each, in their order.

    Raises:
        RecordError: There is no such table, or nothing in it.
    """
    table = read_table(path)
    if not table[key]:
        raise RecordError(f"{path}: no row; run its stage")
    rows = np.array([table[name] for name in columns], float).T
    names = np.array(table[key])
    return {name: rows[names == name] for name in dict.fromkeys(table[key])}


def runs_of(path: Path, variant: str, *columns: str) -> np.ndarray:
    """(seeds, points, columns) of one variant in a table with both columns.

    Raises:
        RecordError: There is no such table, or no such variant in it.
    """
    found = series(path, "variant", "seed", *columns)
    if variant not in found:
        raise RecordError(f"{path}: no variant {variant}")
    seeds = len(np.unique(found[variant][:, 0]))
    return found[variant][:, 1:].reshape(seeds, -1, len(columns))


def range_of(values: np.ndarray) -> tuple[np.ndarray, ...]:
    """Lowest, mean and highest over the first axis, that of the seeds."""
    return values.min(axis=0), values.mean(axis=0), values.max(axis=0)


def band(ax, x, low, mean, high, colour=INK, alpha=0.2, **style) -> None:
    """A line, and a band from the lowest to the highest around it."""
    ax.fill_between(x, low, high, color=colour, alpha=alpha, lw=0)
    ax.plot(x, mean, color=colour, **style)


def beside(ax, text, at, offset, side="left", **style) -> None:
    """A text beside a point of the data, which is on its `side`."""
    style = {"ha": side, "va": "center", **style}
    ax.annotate(text, at, offset, textcoords="offset points", **style)


def name_end(ax, text, y, offset, **style) -> None:
    """The name of a line at its right end, where it reaches `y`."""
    coords = ("axes fraction", "data")
    beside(ax, text, (1, y), offset, xycoords=coords, **style)


def bare_rows(ax, bottom, top) -> None:
    """Rows instead of a vertical axis, from `bottom` up to `top`."""
    ax.set(ylim=(bottom, top), yticks=[])
    ax.spines["left"].set_visible(False)


def plain_log(ax) -> None:
    """Write 0.01 at a logarithmic axis, not a power of ten."""
    ax.yaxis.set_major_formatter(lambda x, _: number(x))
    ax.yaxis.set_minor_formatter("")
    ax.tick_params(which="minor", length=0)


def number(value: float, digits: int = 2) -> str:
    """A number with so many significant digits, never as 4.3e-10.

    >>> number(4.27e-10), number(1e-12, 1), number(0.0123), number(-183.0)
    ('4.3·10⁻¹⁰', '10⁻¹²', '0.012', '−180')
    """
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -5 < int(exponent) < 6:
        text = f"{float(f'{mantissa}e{exponent}'):,.15g}"
    else:
        factor = "" if float(mantissa) == 1 else f"{float(mantissa):g}·"
        text = factor + power(int(exponent))
    return text.replace("-", "−")


def power(exponent: int) -> str:
    """A power of ten.

    >>> power(-12), power(2)
    ('10⁻¹²', '10²')
    """
    return f"10{str(exponent).translate(RAISED)}"


def power_ticks(ax, *exponents: int) -> None:
    """Powers of ten alone at a logarithmic vertical axis, and 1 as 1."""
    names = [power(n) if n else "1" for n in exponents]
    ax.set_yticks([10.0**n for n in exponents], names)
    ax.set_yticks([], minor=True)


def percent(fraction: float, digits: int = 2) -> str:
    r"""A fraction as the pages write it.

    >>> percent(0.01504), percent(0.9, 0)
    ('1.50\u202f%', '90\u202f%')
    """
    return f"{100 * fraction:.{digits}f}\u202f%"
