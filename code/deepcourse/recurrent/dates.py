"""Dates, read character by character and written as numbers.

"3 March 1999" becomes "1999-03-03": what is written first was read last. Every
net that answers has to keep the whole date in its state until it is asked.
"""

from calendar import month_name
from datetime import date, timedelta

import numpy as np

from deepcourse.recurrent.expect import days_and_ways

# --8<-- [start:words]
CHARS = " ,0123456789abcdefghijlmnoprstuvy?"  # "?": now write
DIGITS = "0123456789-"
ROOM = 18  # for the longest date that is read
ANSWER = 10  # characters of a date that is written
FIRST = date(1900, 1, 1)
DAYS = 73_049  # from then to the end of 2099


def both_ways(day, way):
    """A date as one reads it, and as it is to be written.

    Args:
        day: days after `FIRST`.
        way: 0 .. 3, the words in their order, the month short or not.

    Returns:
        Two strings.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> both_ways(36220, 0), both_ways(36220, 3)[0]
        (('3 march 1999', '1999-03-03'), 'mar 3, 1999')
    """
    days_and_ways([day], [way])
    at = FIRST + timedelta(int(day))
    month = month_name[at.month].lower()[: 3 if way > 1 else 9]
    words = f"{at.day} {month} {at.year}"
    if way % 2:
        words = f"{month} {at.day}, {at.year}"
    return words, at.isoformat()


# --8<-- [end:words]


# --8<-- [start:task]
def read_and_write(days, ways):
    """Dates as numbers of characters, and a mask.

    Args:
        days: (B,) days after `FIRST`.
        ways: (B,) 0 .. 3 as in `both_ways`.

    Returns:
        x: (B, T) numbers of `CHARS`: the date, padding, ten times "?".
        mask: (B, T) False where padding is.
        y: (B, 10) numbers of `DIGITS`, wanted at the last ten steps.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    days, ways = days_and_ways(days, ways)
    steps = len(days), ROOM + ANSWER
    x = np.full(steps, CHARS.index("?"))  # (B, T)
    mask = np.ones(steps, bool)
    y = np.zeros((len(days), ANSWER), int)
    for n, pair in enumerate(map(both_ways, days, ways)):
        words, answer = pair
        x[n, : len(words)] = [CHARS.index(a) for a in words]
        mask[n, len(words) : ROOM] = False
        y[n] = [DIGITS.index(a) for a in answer]
    return x, mask, y


# --8<-- [end:task]


def split():
    """Days to learn from and days to be asked for, at random.

    Returns:
        (65744,) nine days of ten.
        (7305,) the others.
    """
    order = np.random.default_rng(0).permutation(DAYS)
    asked = DAYS // 10 + 1
    return order[asked:], order[:asked]


def dates(seed, size, test=False):
    """Draw some dates, each in one of the four ways.

    Args:
        seed: of the draw: a number or several.
        size: how many dates.
        test: whether from the days that no net has learnt from.

    Returns:
        x: (B, T), mask: (B, T), y: (B, 10) as of `read_and_write`.
    """
    draw = np.random.default_rng(seed)
    days = draw.choice(split()[int(test)], size)
    return read_and_write(days, draw.integers(0, 4, size))
