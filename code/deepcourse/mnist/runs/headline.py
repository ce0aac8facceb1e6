"""The net with all four ingredients, at its best rate.

`python -m deepcourse.mnist.runs.headline [--quick]`
"""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse import records
from deepcourse.mnist import data
from deepcourse.mnist.runs import plan, training

NET = training.Settings()
FULL = plan.Plan({"full": NET}, search=True)


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train it from each seed; ask the first what it says of each picture."""
    source, chosen, found, rates = plan.follow(settings)
    net, finished = chosen["full"], found["full"]
    plan.write_curves(runs / "mnist/headline.csv", found)
    answers = predictions(source, net, finished[0])
    write_predictions(runs / "mnist/predictions.csv", answers)
    wrong = answers[:, 0] != answers[:, 1]
    return {
        "values": plan.summary(finished)
        | {
            "wrong": int(wrong.sum()),
            "sure_and_wrong": int((wrong & (answers[:, 2] > 0.99)).sum()),
        },
        "settings": asdict(net) | {"test_images": len(source.test_images)},
        "tried": {net: plan.choices(each) for net, each in rates.items()},
        **plan.about(settings, source, found),
    }


def predictions(source, net: training.Settings, finished: dict) -> np.ndarray:
    """What a finished run says of each test picture.

    Returns:
        (N, 3): the true class, the predicted one, and its probability.
    """
    model = training.build(net, finished["seed"]).model
    with np.load(Path(finished["folder"]) / "weights.npz") as kept:
        for weight, name in zip(model.weights, kept.files, strict=True):
            weight.assign(kept[name])
    test = data.split(source, net.validation)[2]
    p = tf.nn.softmax(model(test.images)).numpy()
    return np.stack([test.labels, p.argmax(1), p.max(1)], axis=1)


def write_predictions(path: Path, answers: np.ndarray) -> None:
    """Write true class, prediction and confidence per test picture."""
    rows = [(int(t), int(p), round(float(c), 6)) for t, p, c in answers]
    records.write_table(path, ("label", "predicted", "confidence"), rows)


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/headline", measure, FULL, plan.small(FULL))
