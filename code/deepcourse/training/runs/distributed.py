"""One worker and two, on the same joint batches: their losses and their cost.

`python -m deepcourse.training.runs.distributed [--quick]` writes
runs/training/distributed.json. Two workers of one thread stand against one of
two. Bytes are those that the machine's loopback carried in a longer run, less
those of a shorter one; where that isn't told, they are left out.
"""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.training import distributed
from deepcourse.training.workers import start


@dataclass(frozen=True)
class Settings:
    """The net, its steps, and how often they are timed."""

    hidden: int = 2048  # units
    joint: tuple = (256, 4096)  # examples of a step, on all workers together
    warm: int = 10  # steps before the clock runs
    steps: int = 60
    shorter: int = 20  # steps of the run that is taken off
    repeats: int = 3


QUICK = Settings(hidden=32, joint=(64,), warm=2, steps=6, shorter=3, repeats=1)


def carried(file: Path = Path("/proc/net/dev")) -> int | None:
    """The bytes that the loopback has carried so far, where that is told."""
    if not file.exists():
        return None
    told = file.read_text(encoding="utf-8").splitlines()
    [own] = [line for line in told if line.strip().startswith("lo:")]
    return int(own.split(":")[1].split()[0])


def timed(s: Settings, joint: int, workers: int, steps: int) -> dict:
    """Losses, seconds a step and bytes on the loopback of some workers."""
    before = carried()
    found = start(
        workers,
        module=distributed.__name__,
        threads=2 // workers,
        steps=steps,
        joint=joint,
        hidden=s.hidden,
        warm=min(s.warm, steps - 1),
    )
    after = carried()
    return {
        "losses": [each["losses"] for each in found],
        "seconds": max(each["seconds"] for each in found),
        "bytes": None if before is None else after - before,
    }


def of_a_batch(s: Settings, joint: int, bar) -> dict:
    """The losses and the cost of one and of two workers on joint batches."""
    runs = {1: [], 2: []}
    for _ in range(s.repeats):
        for workers, kept in runs.items():  # side by side in time
            kept.append(timed(s, joint, workers, s.steps))
            bar.update()
    shorter = timed(s, joint, 2, s.shorter)
    bar.update()
    [alone], two = runs[1][0]["losses"], runs[2][0]["losses"]
    pairs = zip(alone, *two, strict=True)
    apart = max(max(each) - min(each) for each in pairs)
    seconds = {n: [r["seconds"] for r in kept] for n, kept in runs.items()}
    ratios = [b / a for a, b in zip(seconds[1], seconds[2], strict=True)]
    ms = 1000
    found = {
        "largest_difference": apart,
        "first_loss": alone[0],
        "last_loss": alone[-1],
        "one": {
            "ms_low": ms * min(seconds[1]),
            "ms_high": ms * max(seconds[1]),
        },
        "two": {
            "ms_low": ms * min(seconds[2]),
            "ms_high": ms * max(seconds[2]),
        },
        "ratio_low": min(ratios),
        "ratio_high": max(ratios),
    }
    if shorter["bytes"] is not None:
        more = min(r["bytes"] for r in runs[2]) - shorter["bytes"]
        found["kb_sent"] = more / (s.steps - s.shorter) / 2 / 1000
    return found


def measure(s: Settings, _: Path) -> dict:
    """Each joint batch, by one worker and by two."""
    with tqdm(total=len(s.joint) * (2 * s.repeats + 1), unit="run") as bar:
        found = {f"of_{j}": of_a_batch(s, j, bar) for j in s.joint}
    weights = (64 + 1) * s.hidden + (s.hidden + 1) * 10
    values = {
        **found,
        "largest_difference": max(
            each["largest_difference"] for each in found.values()
        ),
        "weights": weights,
        "kb_of_weights": 4 * weights / 1000,
    }
    units = {
        **dict.fromkeys(
            ("largest_difference", "first_loss", "last_loss"), "nat"
        ),
        **dict.fromkeys(("ms_low", "ms_high"), "ms"),
        **dict.fromkeys(("ratio_low", "ratio_high"), "ratio"),
        **dict.fromkeys(("kb_sent", "kb_of_weights"), "kB"),
        "weights": "count",
    }
    return {
        "values": values,
        "units": units,
        "seeds": (0,),
        "data": datasets.digits().facts(),
    }


if __name__ == "__main__":
    records.run("training/distributed", measure, Settings(), QUICK)
