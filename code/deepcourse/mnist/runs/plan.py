"""What the experiments share: they train a few nets from several seeds each.

Every run is kept below `.cache/experiments` when it is finished, and its last
checkpoint until then, so an experiment that was killed goes on where it was.
Runs of other settings or other code are never mixed in, and two experiments
that need the same run at once train it once.
"""

import contextlib
import json
import shutil
import sqlite3
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.mnist import data, train
from deepcourse.mnist.runs import training
from deepcourse.mnist.runs.training import Settings

CACHE = records.KEPT / "mnist"
UNITS = {
    "train_accuracy": "fraction",
    "validation_accuracy": "fraction",
    "test_accuracy": "fraction",
    "test_error": "fraction",
    "validation_more": "percentage points",
    "validation_more_se": "percentage points",
    "test_more": "percentage points",
    "test_more_se": "percentage points",
    "test_error_max_norm": "fraction",
    "test_loss": "nat",
    "test_loss_sd": "nat",
    "parameters": "count",
    "epochs": "count",
    "updates": "count",
    "updates_max_norm": "count",
    "wrong": "count",
    "sure_and_wrong": "count",
    "seconds_per_epoch": "s",
}


# The rates that any net may get. Each starts at its own and goes up and down
# from there until the best one lies between two that are worse.
GRID = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)


@dataclass(frozen=True)
class Plan:
    """Which nets are trained, on what, and how often."""

    nets: dict[str, Settings]  # by name
    search: bool = False  # whether a rate is looked for on GRID
    data: str = "mnist"  # the function of `datasets`
    seeds: tuple = (0, 1, 2, 3, 4)  # a run from each
    choosing: tuple = (0, 1, 2)  # of them, for each rate that is tried


@dataclass(frozen=True)
class Plans:
    """What is done on several data sets."""

    sets: dict[str, Plan]  # by the function of `datasets`


def one_thread() -> None:
    """Let a run have one core.

    The products of this net are too small to share, and so two experiments
    that run at once take hardly longer than one.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


def small(plan: Plan) -> Plan:
    """The same in seconds: on the digits, two epochs, two seeds."""
    nets = {
        name: replace(net, sizes=(64, *net.sizes[1:]), epochs=2, validation=200)
        for name, net in plan.nets.items()
    }
    seeds = {"seeds": (0, 1), "choosing": (0,)}
    return replace(plan, nets=nets, data="digits", **seeds)


def small_ones(plans: Plans) -> Plans:
    """The same for a plan of each data set: see `small`."""
    return Plans({name: small(plan) for name, plan in plans.sets.items()})


def follow(plan: Plan):
    """Choose a rate for each net, then train it from each seed.

    Returns:
        The data set; by net the settings; by net the runs as `measure` gives
        them; and by net what was tried, as `tried` gives it.
    """
    source = getattr(datasets, plan.data)()
    rates = {
        name: tried(source, name, net, plan.choosing)
        for name, net in plan.nets.items()
        if plan.search
    }
    chosen = {
        name: replace(net, rate=best(rates[name])) if plan.search else net
        for name, net in plan.nets.items()
    }
    found = {
        name: [measure(source, net, s, f"{name}, seed {s}") for s in plan.seeds]
        for name, net in chosen.items()
    }
    return source, chosen, found, rates


def tried(
    source, name: str, settings: Settings, seeds, what="rate", grid=GRID
) -> dict:
    """Try rates of the grid until the best one has a worse one on each side.

    Args:
        source: the data set.
        name: of the net, to be shown.
        settings: the net, with the rate to begin with.
        seeds: a run from each.
        what: is tried, the rate or another of the settings.
        grid: its values, in order.

    Returns:
        By rate, in order, the validation accuracy at each seed.
    """
    found: dict[float, list[float]] = {}

    def accuracies(value):
        each = replace(settings, **{what: value})
        runs = [measure(source, each, s, f"{name} {value:g}") for s in seeds]
        return [run["validation_accuracy"] for run in runs]

    near = [grid.index(getattr(settings, what))]
    while near:
        for i in near:
            found[grid[i]] = accuracies(grid[i])
        found = dict(sorted(found.items()))
        i = grid.index(best(found))
        near = [n for n in (i - 1, i + 1) if 0 <= n < len(grid)]
        near = [n for n in near if grid[n] not in found]
    return found


def best(rates: dict) -> float:
    """The rate of the best mean validation accuracy; of equals, the lowest."""
    return max(rates, key=lambda rate: np.mean(rates[rate]))


def choices(rates: dict, what: str = "rate") -> list[dict]:
    """What a record says of the rates, or of what else was tried.

    A rate ties with the best one if the mean difference over the seeds is
    less than twice its standard error.
    """
    top = rates[best(rates)]
    said = []
    for rate, each in rates.items():
        lost = np.subtract(top, each)  # (seeds,)
        error = np.std(lost, ddof=1) / len(lost) ** 0.5 if lost[1:].size else 0
        said.append(
            {
                what: rate,
                "validation_accuracy": float(np.mean(each)),
                "ties": bool(lost.mean() <= 2 * error),
            }
        )
    return said


def measure(source, settings: Settings, seed: int, name: str) -> dict:
    """Train one net, or read what an earlier call found.

    Returns:
        The settings and seed; `history` by epoch; and `train_accuracy`,
        `validation_accuracy`, `test_accuracy`, `test_loss` at the end.
    """
    folder = CACHE / key(source, settings, seed)
    result = folder / "result.json"
    with alone(folder):
        if not result.exists():
            found = trained(source, settings, seed, name, folder)
            known = {"settings": asdict(settings), "seed": seed}
            records.write_whole(result, json.dumps(found | known))
        shutil.rmtree(folder / "checkpoint", ignore_errors=True)
    found = json.loads(result.read_text(encoding="utf-8"))
    return found | {"folder": str(folder)}


def key(source, settings: Settings, seed: int) -> str:
    """A name for a run that changes with anything that changes the run.

    The data set is there by its digest, so that another set may be added to
    the module of the data sets without training all of this again.
    """
    files = records.sources(Path(training.__file__))
    files.remove(Path(datasets.__file__).resolve())
    what = (settings, seed, source.sha256, records.versions())
    return records.key_of(what, files)


@contextlib.contextmanager
def alone(folder: Path):
    """Wait until no other process is at work in a folder, then keep it.

    The lock is that of an empty database: it is there on every system, and
    goes with its process, however that ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "lock", timeout=10**6, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


def trained(source, settings: Settings, seed: int, name: str, folder: Path):
    """Train one net to the end, and keep its weights in the folder."""
    run = training.build(settings, seed)
    parts = data.split(source, settings.validation)
    with tqdm(total=settings.epochs, desc=name, unit="epoch") as bar:
        history = train.train(
            run,
            (parts[0], training.watched(parts)),
            folder / "checkpoint",
            lambda done: bar.update(done - bar.n),
        )
    np.savez_compressed(folder / "weights.npz", *run.model.weights)
    read = [training.answers(run.model, part) for part in parts[1:]]
    np.savez_compressed(folder / "answers.npz", *read)
    return training.finish(run, parts, history)


def mistakes(source, runs: list[dict], part: int) -> np.ndarray:
    """(seeds, N) 1 where a run misreads a picture of part 1 or 2, else 0."""
    found = []
    for run in runs:
        labels = data.split(source, run["settings"]["validation"])[part].labels
        with np.load(Path(run["folder"]) / "answers.npz") as kept:
            found.append(kept[f"arr_{part - 1}"] != labels)
    return np.array(found, float)


def paired(wrong: np.ndarray, base: np.ndarray) -> dict:
    """How much more one net errs than another on the same pictures.

    The difference is averaged over seeds. Its standard error counts both
    what another draw of the pictures and what another seed would change.
    Both are in percentage points.

    Args:
        wrong: (S, N) as `mistakes` gives it, of the same seeds and pictures.
        base: (S, N) of the net to compare with.
    """
    lost = wrong - base  # (S, N)
    (s, n), by_seed = lost.shape, lost.mean(axis=1)
    pictures = lost.mean(axis=0).var(ddof=1) / n
    seeds = by_seed.var(ddof=1) / s
    return {
        "more": 100 * float(lost.mean()),
        "more_se": 100 * float((pictures + seeds) ** 0.5),
    }


def summary(runs: list[dict]) -> dict:
    """Mean and deviation over seeds of everything a page may quote."""
    values = {}
    for part in ("train", "validation", "test"):
        accuracies = [r[f"{part}_accuracy"] for r in runs]
        if accuracies[0] is not None:
            values |= {
                f"{part}_accuracy": float(np.mean(accuracies)),
                f"{part}_accuracy_sd": float(np.std(accuracies, ddof=1)),
            }
    losses = [r["test_loss"] for r in runs]
    seconds = [row[3] for r in runs for row in r["history"][1:]]
    return values | {
        "test_error": 1 - values["test_accuracy"],
        "test_error_sd": values["test_accuracy_sd"],
        "test_loss": float(np.mean(losses)),
        "test_loss_sd": float(np.std(losses, ddof=1)),
        "parameters": runs[0]["parameters"],
        "epochs": runs[0]["settings"]["epochs"],
        "seconds_per_epoch": float(np.median(seconds)),
    }


def about(plan: Plan, source, found: dict[str, list[dict]]) -> dict:
    """What the record of any plan says besides its values and settings."""
    rows = [
        row for runs in found.values() for r in runs for row in r["history"]
    ]
    return {
        "units": UNITS,
        "seeds": plan.seeds,
        "data": source.facts(),
        "seconds": sum(row[3] for row in rows),  # of training, whenever it was
    }


def write_curves(path: Path, found: dict[str, list[dict]]) -> None:
    """Write what each epoch of each run measured."""
    header = (
        "variant,seed,epoch,train_loss,validation_loss,"
        "validation_accuracy,seconds"
    )
    rows = [
        (name, run["seed"], epoch, *row)
        for name, runs in found.items()
        for run in runs
        for epoch, row in enumerate(run["history"], 1)
    ]
    records.write_table(path, header.split(","), rows, digits=6)


def write_seeds(path: Path, name: str, found: dict[str, list[dict]]) -> None:
    """Write the test error of each run of a record."""
    rows = [
        (name, variant, run["seed"], round(1 - run["test_accuracy"], 6))
        for variant, runs in found.items()
        for run in runs
    ]
    header = ("record", "variant", "seed", "test_error")
    records.write_table(path, header, rows)
