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
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
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
    "test_error_max_norm": "fraction",
    "test_loss": "nat",
    "parameters": "count",
    "epochs": "count",
    "updates": "count",
    "updates_max_norm": "count",
    "wrong": "count",
    "sure_and_wrong": "count",
    "seconds_per_epoch": "s",
}


@dataclass(frozen=True)
class Plan:
    """Which nets are trained, on what, and how often."""

    nets: dict[str, Settings]  # by name
    tried: dict[str, tuple] = field(default_factory=dict)  # rates, by net
    data: str = "mnist"  # the function of `datasets`
    seeds: tuple = (0, 1, 2, 3, 4)  # a run from each


def small(plan: Plan) -> Plan:
    """The same in seconds: on the digits, two epochs, two seeds."""
    nets = {
        name: replace(net, sizes=(64, *net.sizes[1:]), epochs=2, validation=200)
        for name, net in plan.nets.items()
    }
    return replace(plan, nets=nets, data="digits", seeds=(0, 1))


def follow(plan: Plan):
    """Choose a rate for each net, then train it from each seed.

    Returns:
        The data set; by net the settings, and the runs as `measure` gives
        them.
    """
    source = getattr(datasets, plan.data)()
    chosen = {
        name: best_rate(source, name, net, plan.tried.get(name, ()))
        for name, net in plan.nets.items()
    }
    found = {
        name: [measure(source, net, s, f"{name}, seed {s}") for s in plan.seeds]
        for name, net in chosen.items()
    }
    return source, chosen, found


def best_rate(source, name: str, settings: Settings, rates) -> Settings:
    """The tried rate with the best validation accuracy at seed 100."""
    tried = [replace(settings, rate=rate) for rate in rates]
    if not tried:
        return settings
    return max(
        tried,
        key=lambda s: measure(source, s, 100, f"{name} {s.rate:g}")[
            "validation_accuracy"
        ],
    )


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
    return training.finish(run, parts, history)


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
    seconds = [row[3] for r in runs for row in r["history"][1:]]
    return values | {
        "test_error": 1 - values["test_accuracy"],
        "test_error_sd": values["test_accuracy_sd"],
        "test_loss": float(np.mean([r["test_loss"] for r in runs])),
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
