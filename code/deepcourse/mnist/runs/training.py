"""One recorded training run: its settings, its net, what it measures.

This module and those that it imports decide what a run finds, so a finished
run is kept under a name made of them: see `plan.key`.
"""

import functools
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from deepcourse.mnist import adam, adamw, data, max_norm, model, train

OPTIMIZERS = {
    "adam": adam.Adam,
    "adamw": adamw.AdamW,
    "momentum": functools.partial(adam.SGD, momentum=0.9),
    "sgd": adam.SGD,
}


@dataclass(frozen=True)
class Settings:
    """One net and how it is trained."""

    sizes: tuple = (784, 512, 10)  # units per layer, pixels first
    activation: str = "relu"
    drop_input: float = 0.2  # probability of dropping a pixel
    drop_hidden: float = 0.5  # and a hidden unit
    max_norm: float | None = None  # limit on the weights into a unit
    optimizer: str = "adam"
    decay: float = 0.0  # of the weights, by AdamW
    rate: float = 0.001  # of the first step, falling linearly to 0
    batch_size: int = 128
    epochs: int = 30
    validation: int = 5000  # training pictures set aside


def build(settings: Settings, seed: int) -> train.Run:
    """A fresh run, everything random in it derived from `seed`."""
    options = {
        "sizes": settings.sizes,
        "activation": settings.activation,
        "drop_input": settings.drop_input,
        "drop_hidden": settings.drop_hidden,
        "seed": seed,
    }
    net, step = model.MLP, train.step
    if settings.max_norm is not None:
        net, step = max_norm.MaxNormMLP, max_norm.limited_step
        options["max_norm"] = settings.max_norm
    net = net(**options)
    decay = {"decay": settings.decay} if settings.optimizer == "adamw" else {}
    return train.Run(
        net,
        OPTIMIZERS[settings.optimizer](net.weights, **decay),
        settings.rate,
        settings.epochs,
        settings.batch_size,
        seed,
        step,
    )


def watched(parts) -> data.Part:
    """What is looked at after each epoch: validation, or learnt pictures."""
    learnt, validation, _ = parts
    if len(validation.labels):
        return validation
    return data.Part(learnt.images[:10000], learnt.labels[:10000])


def answers(model, part) -> np.ndarray:
    """(N,) the class that a net reads in each picture of a part."""
    return model(part.images).numpy().argmax(axis=1).astype(np.uint8)


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
