"""The recorded runs.

`python -m deepcourse.mnist.runs.experiment STAGE [--quick]` makes one.

Every run of a stage is kept below `.cache/experiments` when it is finished,
and its last checkpoint until then, so a stage that was killed goes on where
it was. Runs of other settings or other code are never mixed in.
"""

import argparse
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.mnist import adam, data, layers, model, train

CACHE = Path(".cache/experiments/mnist")
SOURCES = (adam, data, layers, model, train)
OPTIMIZERS = {"adam": adam.Adam, "sgd": adam.SGD}


@dataclass(frozen=True)
class Settings:
    """One net and how it is trained."""

    sizes: tuple = (784, 512, 10)  # units per layer, pixels first
    activation: str = "relu"
    drop_input: float = 0.2  # probability of dropping a pixel
    drop_hidden: float = 0.5  # and a hidden unit
    max_norm: float | None = None  # limit on the weights into a unit
    optimizer: str = "adam"
    rate: float = 0.001  # of the first step, falling linearly to 0
    batch_size: int = 128
    epochs: int = 30
    validation: int = 5000  # training pictures set aside


FULL = Settings()
VARIANTS = {
    "softmax": replace(FULL, sizes=(784, 10), drop_input=0.0),
    "sigmoid": replace(FULL, activation="sigmoid"),
    "sgd": replace(FULL, optimizer="sgd", rate=0.1),
    "no_dropout": replace(FULL, drop_input=0.0, drop_hidden=0.0),
}
DEEP = replace(
    FULL,
    sizes=(784, 1024, 1024, 1024, 10),
    batch_size=256,
    epochs=60,
    validation=0,
)
SRIVASTAVA = {
    "plain": DEEP,
    "max_norm": replace(DEEP, max_norm=2.0, rate=0.002, epochs=120),
}
# Rates that were tried on the validation part, one run each.
TRIED = {
    "softmax": (0.0003, 0.001, 0.003),
    "sigmoid": (0.001, 0.003, 0.01),
    "sgd": (0.1, 0.3, 1.0),
    "no_dropout": (0.0003, 0.001, 0.002),
    "full": (0.001, 0.002, 0.003),
}


def build(settings: Settings, seed: int) -> train.Run:
    """A fresh run, everything random in it derived from `seed`."""
    net = model.MLP(
        settings.sizes,
        settings.activation,
        settings.drop_input,
        settings.drop_hidden,
        settings.max_norm,
        seed,
    )
    optimizer = OPTIMIZERS[settings.optimizer](net.weights)
    return train.Run(
        net,
        optimizer,
        settings.rate,
        settings.epochs,
        settings.batch_size,
        seed,
    )


def key(source: datasets.Dataset, settings: Settings, seed: int) -> str:
    """A name for a run that changes with anything that changes the run."""
    digest = hashlib.sha256(repr((settings, seed, source.sha256)).encode())
    for module in SOURCES:
        digest.update(records.fingerprint(Path(module.__file__)).encode())
    return digest.hexdigest()[:16]


def measure(source, settings: Settings, seed: int, name: str) -> dict:
    """Train one net, or read what an earlier call found.

    Returns:
        The settings and seed; `history` by epoch; and `train_accuracy`,
        `validation_accuracy`, `test_accuracy`, `test_loss` at the end.
    """
    folder = CACHE / key(source, settings, seed)
    result = folder / "result.json"
    if not result.exists():
        run = build(settings, seed)
        parts = data.split(source, settings.validation)
        watch = parts[1]
        if not settings.validation:  # nothing is set aside
            watch = data.Part(parts[0].images[:10000], parts[0].labels[:10000])
        with tqdm(total=settings.epochs, desc=name, unit="epoch") as bar:
            history = train.train(
                run,
                (parts[0], watch),
                folder / "checkpoint",
                lambda done: bar.update(done - bar.n),
            )
        found = finish(run, parts, history)
        np.savez_compressed(folder / "weights.npz", *run.model.weights)
        text = json.dumps({**found, "settings": asdict(settings), "seed": seed})
        records.write_whole(result, text)
        shutil.rmtree(folder / "checkpoint")
    return {**json.loads(result.read_text()), "folder": str(folder)}


def finish(run, parts, history) -> dict:
    """Measure the trained net on each part, the test part once."""
    scores = [train.score(run.model, *p) for p in parts if len(p.labels)]
    losses, accuracies = np.array(scores).T.tolist()
    return {
        "history": history.tolist(),
        "train_accuracy": accuracies[0],
        "validation_accuracy": accuracies[1] if len(parts[1].labels) else None,
        "test_accuracy": accuracies[-1],
        "test_loss": losses[-1],
        "parameters": int(sum(tf.size(w) for w in run.model.weights)),
    }


def best_rate(source, name: str, settings: Settings) -> Settings:
    """The tried rate with the best validation accuracy at seed 100."""
    tried = [replace(settings, rate=r) for r in TRIED[name]]
    return max(
        tried,
        key=lambda s: measure(source, s, 100, f"{name} {s.rate:g}")[
            "validation_accuracy"
        ],
    )


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


def record(
    name: str,
    source,
    values: dict,
    settings: dict,
    found: dict[str, list[dict]],
    seeds: list[int],
    runs: Path,
) -> None:
    """Write one record of this experiment."""
    count = len(source.images) + len(source.test_images)
    kept = [run for runs_of_one in found.values() for run in runs_of_one]
    trained = sum(row[3] for run in kept for row in run["history"])
    records.write(
        f"mnist/{name}",
        {
            "command": f"python -m deepcourse.mnist.runs.experiment {name}",
            "values": values,
            "units": UNITS,
            "settings": settings,
            "seeds": seeds,
            "data": {
                "name": source.name,
                "records": count,
                "sha256": source.sha256,
            },
            "seconds": round(trained, 1),
        },
        runs,
    )


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


def headline(source, settings: Settings, seeds, runs: Path) -> None:
    """The net with all four ingredients."""
    settings = best_rate(source, "full", settings)
    found = [measure(source, settings, s, f"full, seed {s}") for s in seeds]
    write_curves(runs / "mnist/headline.csv", {"full": found})
    answers = predictions(source, settings, found[0])
    write_predictions(runs / "mnist/predictions.csv", answers)
    wrong = answers[:, 0] != answers[:, 1]
    values = summary(found) | {
        "wrong": int(wrong.sum()),
        "sure_and_wrong": int((wrong & (answers[:, 2] > 0.99)).sum()),
    }
    facts = asdict(settings) | {
        "test_images": len(source.test_images),
        "tried_rates": list(TRIED["full"]),
    }
    record(
        "headline", source, values, facts, {"full": found}, list(seeds), runs
    )


def ingredients(source, settings: Settings, seeds, runs: Path) -> None:
    """The same with one ingredient taken away at a time, and the baseline."""
    full = best_rate(source, "full", settings)
    chosen, found = {"full": full}, {}
    for name, variant in VARIANTS.items():
        chosen[name] = best_rate(source, name, fit_to(variant, settings))
    for name, variant in chosen.items():
        found[name] = [
            measure(source, variant, s, f"{name}, seed {s}") for s in seeds
        ]
    write_curves(runs / "mnist/ingredients.csv", found)
    values = {name: summary(rows) for name, rows in found.items()}
    facts = {
        name: asdict(variant) | {"tried_rates": list(TRIED[name])}
        for name, variant in chosen.items()
    }
    record("ingredients", source, values, facts, found, list(seeds), runs)


def srivastava(source, settings: Settings, seeds, runs: Path) -> None:
    """Train the deep net of Srivastava et al. 2014, plain and max-norm."""
    found, chosen = {}, {}
    for name, variant in SRIVASTAVA.items():
        chosen[name] = fit_to(variant, settings)
        found[name] = [
            measure(source, chosen[name], s, f"{name}, seed {s}") for s in seeds
        ]
    write_curves(runs / "mnist/srivastava.csv", found)
    write_seeds(runs / "mnist/srivastava_seeds.csv", "srivastava", found)
    plain, limited = summary(found["plain"]), summary(found["max_norm"])
    steps = len(source.images) // chosen["plain"].batch_size
    values = {
        "test_error": plain["test_error"],
        "test_error_sd": plain["test_error_sd"],
        "test_error_max_norm": limited["test_error"],
        "test_error_max_norm_sd": limited["test_error_sd"],
        "parameters": plain["parameters"],
        "updates": steps * plain["epochs"],
        "updates_max_norm": steps * limited["epochs"],
    }
    facts = {name: asdict(variant) for name, variant in chosen.items()}
    record("srivastava", source, values, facts, found, list(seeds), runs)


def fit_to(variant: Settings, settings: Settings) -> Settings:
    """The variant itself, or in a quick run on other pictures its like."""
    if settings is FULL:
        return variant
    sizes = (settings.sizes[0], *variant.sizes[1:])
    return replace(
        variant,
        sizes=sizes,
        epochs=settings.epochs,
        validation=settings.validation,
    )


def predictions(source, settings: Settings, found: dict) -> np.ndarray:
    """What a finished run says of each test picture.

    Returns:
        (N, 3): the true class, the predicted one, and its probability.
    """
    net = build(settings, found["seed"]).model
    with np.load(Path(found["folder"]) / "weights.npz") as kept:
        for weight, name in zip(net.weights, kept.files, strict=True):
            weight.assign(kept[name])
    test = data.split(source, settings.validation)[2]
    p = tf.nn.softmax(net(test.images)).numpy()
    return np.stack([test.labels, p.argmax(1), p.max(1)], axis=1)


def write_curves(path: Path, found: dict[str, list[dict]]) -> None:
    """Write what each epoch of each run measured, as CSV."""
    rows = [
        "variant,seed,epoch,train_loss,validation_loss,"
        "validation_accuracy,seconds"
    ]
    for name, runs in found.items():
        for run in runs:
            for epoch, row in enumerate(run["history"], 1):
                numbers = ",".join(f"{x:.6g}" for x in row)
                rows.append(f"{name},{run['seed']},{epoch},{numbers}")
    records.write_whole(path, "\n".join(rows) + "\n")


def write_seeds(path: Path, name: str, found: dict[str, list[dict]]) -> None:
    """Write the test error of each run of a record, as CSV."""
    rows = [
        f"{name},{variant},{run['seed']},{1 - run['test_accuracy']:.6f}"
        for variant, runs in found.items()
        for run in runs
    ]
    records.write_whole(
        path, "\n".join(["record,variant,seed,test_error", *rows]) + "\n"
    )


def write_predictions(path: Path, answers: np.ndarray) -> None:
    """Write true class, prediction and confidence per test picture."""
    rows = [f"{int(t)},{int(p)},{c:.6f}" for t, p, c in answers]
    records.write_whole(
        path, "\n".join(["label,predicted,confidence", *rows]) + "\n"
    )


STAGES = {
    "headline": headline,
    "ingredients": ingredients,
    "srivastava": srivastava,
}


def main() -> None:
    """Run one stage, in full on MNIST or in seconds on the digits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=STAGES)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="digits, 2 epochs, 2 seeds, no record",
    )
    options = parser.parse_args()
    stage = STAGES[options.stage]
    if stage is srivastava:  # so that two such runs fit on two cores
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    if options.quick:
        small = replace(FULL, sizes=(64, 512, 10), epochs=2, validation=200)
        stage(datasets.digits(), small, range(2), Path(".cache/quick"))
    else:
        stage(datasets.mnist(), FULL, range(5), records.RUNS)


if __name__ == "__main__":
    main()
