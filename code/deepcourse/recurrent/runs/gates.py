"""What the gates and cells of the LSTM that reads dates do.

`python -m deepcourse.recurrent.runs.gates [--quick]` writes
runs/recurrent/gates.json: the net for the figure that answers, which cells
hold which part of a date, and what happens when a gate is fixed. It
needs runs/recurrent/dates.json.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.recurrent.dates import (
    ANSWER,
    CHARS,
    DIGITS,
    ROOM,
    both_ways,
    dates,
)
from deepcourse.recurrent.runs.daters import TEST, decoded

# Parts of a date by their places in the answer, and who is to hold them.
PARTS = {
    "tens of the year": slice(2, 3),
    "ones of the year": slice(3, 4),
    "month": slice(5, 7),
    "tens of the day": slice(8, 9),
    "ones of the day": slice(9, 10),
}
GATES = "input", "forget", "output"


@dataclass(frozen=True)
class Settings:
    """Of how many dates, and which date the figure begins with."""

    asked: int = 2000
    day: int = 36_220  # 3 March 1999
    way: int = 0


QUICK = Settings(asked=8)


def state(net, x, mask, fixed=(None, None, None)) -> list[np.ndarray]:
    """h, c, i, f and o of the net's layer, each (T, B, H)."""
    import tensorflow as tf

    from deepcourse.recurrent.watch import watch

    def run(x, mask):
        return watch(net.layer, tf.one_hot(x, len(CHARS)), mask, fixed)

    return [
        each.numpy()
        for each in tf.function(run)(tf.constant(x), tf.constant(mask))
    ]


def answers(net, h: np.ndarray) -> np.ndarray:
    """(B, 10) the characters that the net writes at the last steps."""
    logits = net.out(h[-ANSWER:]).numpy()  # (10, B, K)
    return logits.argmax(axis=2).T


def told_apart(cells: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """How much of what each cell holds a part of the date tells.

    Args:
        cells: (B, H) cells of many dates.
        groups: (B,) the part of each date: a month, a digit.

    Returns:
        (H,) the share of the variance that lies between the groups, 0 .. 1.
    """
    means = np.zeros_like(cells)
    for group in np.unique(groups):
        means[groups == group] = cells[groups == group].mean(axis=0)
    return means.var(axis=0) / cells.var(axis=0)


def holders(cells: np.ndarray, y: np.ndarray) -> dict[str, tuple]:
    """For each part of a date the cell that tells most of it.

    Args:
        cells: (B, H) once the whole date is read.
        y: (B, 10) the answers.

    Returns:
        By part a cell, which no other part has, and its share.
    """
    found, taken = {}, set()
    for name, place in PARTS.items():
        groups = y[:, place] @ 10 ** np.arange(y[0, place].size)[::-1]
        shares = told_apart(cells, groups)
        order = [n for n in np.argsort(-shares) if n not in taken]
        taken.add(order[0])
        found[name] = int(order[0]), float(shares[order[0]])
    return found


def accuracy(net, x, mask, y, fixed=(None, None, None)) -> float:
    """The share of dates of which every character is right."""
    h = state(net, x, mask, fixed)[0]
    return float((answers(net, h) == y).all(axis=1).mean())


def measure(s: Settings, runs: Path) -> dict:
    """Watch the net of the record of dates."""
    record = records.read("recurrent/dates", runs)
    kept = record["reader"]
    net = decoded(kept["kind"], kept["units"], kept["weights"])
    x, mask, y = dates([TEST], s.asked, test=True)
    _, c, *gates = state(net, x, mask)
    held = holders(c[ROOM - 1], y)
    values = {
        "accuracy": accuracy(net, x, mask, y),
        "holders": {
            name.replace(" ", "_"): {"cell": cell, "share": share}
            for name, (cell, share) in held.items()
        },
        "open": opened(gates, mask),
        "fixed": {},
    }
    for n, gate in enumerate(GATES):
        mean = gates[n][mask.T].mean(axis=0)  # (H,) each unit's own
        tried = {"0": 0.0, "1": 1.0, "mean": mean.mean(), "own_mean": mean}
        for name, value in tried.items():
            fixed = [None] * 3
            fixed[n] = value
            right = accuracy(net, x, mask, y, fixed)
            values["fixed"][f"{gate}_{name}"] = right
    units = {
        name: "count" if name.endswith(".cell") else "fraction"
        for name, _ in records.leaves(values)
    }
    found = {
        "characters": CHARS,
        "digits": DIGITS,
        "room": ROOM,
        "shown": both_ways(s.day, s.way)[0],
        "cells": {name: cell for name, (cell, _) in held.items()},
        "weights": kept["weights"],
    }
    values["month_cell"] = months(net, found, s)
    units |= {f"month_cell.{name}": "1" for name in values["month_cell"]}
    return {
        "values": values,
        "units": units,
        "settings": {"asked": s.asked, "units": kept["units"]},
        "seeds": [kept["seed"]],
        "data": {"name": "dates of 1900 to 2099, drawn by the run"},
        **found,
        "begins": {
            name: what if name == "answer" else what.round(4).tolist()
            for name, what in watched(net, found, found["shown"]).items()
        },
    }


def months(net, found: dict, s: Settings) -> dict:
    """What the month's cell holds once a date of each spring month is read."""
    held = {}
    for name, later in {"march": 0, "april": 31, "may": 61}.items():
        words = both_ways(s.day + later, s.way)[0]
        cells = watched(net, found, words)["cells"]
        row = list(found["cells"]).index("month")
        held[name] = float(cells[row, len(words) - 1])
    return held


def opened(gates: list[np.ndarray], mask: np.ndarray) -> dict:
    """How far each gate is open on average, reading and writing."""
    counts = mask.T.astype(bool)  # (T, B)
    phases = {
        "reading": slice(0, ROOM),
        "writing": slice(ROOM, None),
        "first_two": slice(ROOM, ROOM + 2),  # of those that are written
        "last_two": slice(-2, None),
    }
    return {
        name: {
            phase: float(gate[at][counts[at]].mean())
            for phase, at in phases.items()
        }
        for name, gate in zip(GATES, gates, strict=True)
    }


def reader(record: dict):
    """The net of the record, as precise as it is there."""
    return decoded("lstm", record["settings"]["units"], record["weights"])


def watched(net, record: dict, words: str, fixed=(None, None, None)) -> dict:
    """What the figure shows of a date: gates, cells, and the answer.

    Args:
        net: of the record.
        record: of `measure`, or what it says of cells and characters.
        words: the date, in characters.
        fixed: as in `watch`.

    Returns:
        `gates` (3, T) on average, `cells` (5, T), and `answer`, a text; T
        counts the characters of the date and ten.
    """
    places = [CHARS.index(each) for each in words]
    x = np.array([places + [CHARS.index("?")] * ANSWER])
    h, c, *gates = state(net, x, np.ones_like(x, bool), fixed)
    return {
        "gates": np.array([gate[:, 0].mean(axis=1) for gate in gates]),
        "cells": c[:, 0, list(record["cells"].values())].T,
        "answer": "".join(DIGITS[n] for n in answers(net, h)[0]),
    }


if __name__ == "__main__":
    records.run("recurrent/gates", measure, Settings(), QUICK)
