"""The training step, the epoch around it, and a run that survives a kill."""

import json
import time
import zlib
from numbers import Real
from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse.mnist import keys
from deepcourse.mnist.data import batches, check
from deepcourse.mnist.expect import array, positive, whole
from deepcourse.mnist.layers import softmax_cross_entropy


# --8<-- [start:step]
def step(model, optimizer, images, labels, rate, seed):
    """Move the weights once, down the slope of the mean loss.

    Args:
        model: gives logits for images, and dropout with a seed.
        optimizer: `apply(gradients, rate)` moves `model.weights`.
        images: (B, D) float32, 0 .. 1.
        labels: (B,) int32.
        rate: the learning rate.
        seed: two integers, for this step's dropout.

    Returns:
        () the mean loss before the step, in nats.

    Raises:
        ValueError: The argument, what came, and what was expected; then
            nothing has moved.
    """
    with tf.GradientTape() as tape:
        logits = model(images, seed)
        losses = softmax_cross_entropy(logits, labels)  # (B,)
        if losses.shape[0] == 0:
            raise ValueError(
                "labels: got none, expected at least one"
            )
        loss = tf.reduce_mean(losses)  # ()
    optimizer.apply(tape.gradient(loss, model.weights), rate)
    return loss


# --8<-- [end:step]


def score(model, images, labels):
    """Mean loss and share of right answers, without dropout.

    Args:
        model: gives logits for images.
        images: (N, D) float32, 0 .. 1.
        labels: (N,) int32, 0 .. K-1.

    Returns:
        (), () mean loss in nats, and accuracy, 0 .. 1.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    check_part(model, "part", (images, labels))
    return evaluate(model, images, labels)


def outputs(model):
    """K, the number of classes: the size of the last bias."""
    return model.weights[-1].shape[0]


def check_part(model, name, part):
    """Refuse what this net can't read: see `check`."""
    if not isinstance(part, tuple | list) or len(part) != 2:
        raise ValueError(
            f"{name}: got {part!r}, expected images and labels"
        )
    check(*part, outputs(model))
    width = array("images", part[0]).shape[1]
    pixels = model.weights[0].shape[0]
    if width != pixels:
        raise ValueError(
            f"images: got {width} pixels, expected {pixels}"
        )


@tf.function
def evaluate(model, images, labels):
    """Compute what `score` returns, in one graph."""
    logits = model(images)  # (N, K)
    losses = softmax_cross_entropy(logits, labels)  # (N,)
    found = tf.argmax(
        logits, axis=1, output_type=tf.int32
    )  # (N,)
    right = tf.cast(found == labels, tf.float32)  # (N,)
    return tf.reduce_mean(losses), tf.reduce_mean(right)


def fit(
    model,
    optimizer,
    part,
    rate,
    epochs,
    batch_size=128,
    seed=0,
    step=step,
    done=0,
):
    """Train epoch by epoch, while the rate falls to zero.

    Args:
        model: gives logits for images, and dropout with a seed.
        optimizer: of the weights of this net.
        part: (N, D) images and (N,) labels.
        rate: the learning rate of the first step.
        epochs: how many passes over the part.
        batch_size: B, at most N.
        seed: of the order of the pictures and of dropout, at least 0.
        step: what moves the weights once.
        done: how many epochs this net has behind it.

    Yields:
        The mean loss of each epoch's steps, in nats.

    Raises:
        ValueError: The argument, what came, and what was expected; then
            nothing has moved.
    """
    move = tf.function(step)  # compiled at its first call
    steps = len(part[1]) // batch_size  # in an epoch
    for epoch in range(done, epochs):
        data = batches(
            *part, batch_size, seed, epoch, outputs(model)
        )
        losses = []
        for t, (images, labels) in enumerate(data, epoch * steps):
            left = 1 - t / (steps * epochs)
            key = keys.of(seed, keys.DROPOUT, t)
            loss = move(
                model,
                optimizer,
                tf.constant(images),
                tf.constant(labels),
                tf.constant(rate * left),
                key,
            )
            losses.append(loss)
        yield float(tf.reduce_mean(losses))


class Run:
    """A training run: each `epoch` is one pass over the data.

    Args:
        model: the net.
        optimizer: of the weights of this net.
        rate: the learning rate of the first step.
        epochs: how many passes, while the rate falls to zero.
        batch_size: B, at most as many as there are pictures.
        seed: of the order of the pictures and of dropout, at least 0.
        step: what moves the weights once.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(
        self,
        model,
        optimizer,
        rate,
        epochs,
        batch_size=128,
        seed=0,
        step=step,
    ):
        if not callable(model) or not hasattr(model, "weights"):
            raise ValueError(
                f"model: got {model!r}, expected a net"
            )
        if not callable(step):
            raise ValueError(
                f"step: got {step!r}, expected a function"
            )
        moved = getattr(optimizer, "weights", ())
        if [*map(id, model.weights)] != [*map(id, moved)]:
            raise ValueError(
                "optimizer: got one of another net, "
                "expected this net's"
            )
        self.model, self.optimizer = model, optimizer
        self.step = step
        self.rate = positive("rate", rate)
        self.epochs = whole("epochs", epochs)
        self.batch_size = whole("batch_size", batch_size)
        self.seed = whole("seed", seed, 0, 2**31 - 1)
        self.done = tf.Variable(0)  # epochs so far
        self.history = tf.Variable(tf.zeros((self.epochs, 4)))
        self.losses = None  # of the epochs to come

    def epoch(self, train, validation):
        """Train once on all batches, then validate.

        Raises:
            ValueError: The argument, what came, and what was expected; then
                nothing has moved.
        """
        start, number = time.perf_counter(), int(self.done)
        if number == self.epochs:
            raise ValueError(
                f"epoch: all {number} of this run are done; "
                "the rate is zero"
            )
        check_part(self.model, "train", train)
        check_part(self.model, "validation", validation)
        whole("batch_size", self.batch_size, 1, len(train[1]))
        if self.losses is None:
            self.losses = fit(
                self.model,
                self.optimizer,
                train,
                self.rate,
                self.epochs,
                self.batch_size,
                self.seed,
                self.step,
                number,
            )
        loss = next(self.losses)
        seconds = time.perf_counter() - start
        row = [loss, *score(self.model, *validation), seconds]
        self.history[number].assign(tf.stack(row))
        self.done.assign_add(1)


def train(run, parts, folder: Path, progress=None) -> np.ndarray:
    """Finish a run, from its last checkpoint if there is one.

    Args:
        run: a `Run`, fresh.
        parts: training and validation `Part`.
        folder: where its checkpoint lies or will lie.
        progress: called after each epoch.

    Returns:
        (run.epochs, 4): training loss, validation loss, validation
        accuracy, seconds, per epoch.

    Raises:
        ValueError: The argument, what came, and what was expected; or the
            checkpoint in the folder is of another run, or damaged.
    """
    if not isinstance(parts, tuple | list) or len(parts) != 2:
        raise ValueError(
            f"parts: got {parts!r}, "
            "expected 2: training, validation"
        )
    for part in parts:
        check_part(run.model, "parts", part)
    whole("batch_size", run.batch_size, 1, len(parts[0][1]))
    facts = describe(run, parts)
    everything = tf.train.Checkpoint(
        model=run.model,
        optimizer=run.optimizer,
        done=run.done,
        history=run.history,
        facts=tf.Variable(json.dumps(facts)),
    )
    manager = manage(everything, folder)
    if manager.latest_checkpoint:
        compare(manager.latest_checkpoint, facts)
        everything.restore(
            manager.latest_checkpoint
        ).assert_consumed()
    while run.done < run.epochs:
        run.epoch(*parts)
        manager.save(checkpoint_number=int(run.done))
        if progress:
            progress(int(run.done))
    return run.history.numpy()


def manage(everything, folder):
    """The keeper of a run's checkpoint in its folder."""
    try:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        manager = tf.train.CheckpointManager(
            everything, folder, max_to_keep=1
        )
    except (
        TypeError,
        OSError,
        ValueError,
        tf.errors.OpError,
    ) as error:
        raise ValueError(
            f"folder: got {folder!r}, "
            f"expected one for a checkpoint ({error})"
        ) from error
    listed = folder / "checkpoint"
    if listed.exists() and not manager.latest_checkpoint:
        raise ValueError(
            f"folder: {listed} is damaged; "
            "delete it to train from the start"
        )
    return manager


def describe(run, parts) -> dict:
    """What a run shares with a checkpoint of its own."""
    things = {
        "model": run.model,
        "optimizer": run.optimizer,
        "run": run,
    }
    facts = {
        name: type(thing).__name__
        for name, thing in things.items()
    }
    for kind, thing in things.items():
        for name, value in vars(thing).items():
            plain = getattr(value, "__name__", value)  # by name
            if (
                isinstance(plain, Real | str | tuple)
                and name[0] != "_"
            ):
                facts[f"{kind}.{name}"] = str(plain)
    pairs = [(w.dtype.name, w.shape) for w in run.model.weights]
    shapes = [f"{name} {tuple(shape)}" for name, shape in pairs]
    facts["model.weights"] = ", ".join(shapes)
    for kind, part in zip(
        ("training", "validation"), parts, strict=True
    ):
        plain = map(np.ascontiguousarray, part)
        digests = [zlib.crc32(x) for x in plain]
        said = f"{len(part[1])} pictures {digests}"
        facts[f"{kind} part"] = said
    return facts


def compare(checkpoint: str, facts: dict) -> None:
    """Refuse a checkpoint that is damaged, or of another run."""
    try:
        reader = tf.train.load_checkpoint(checkpoint)
        names = reader.get_variable_to_shape_map()
        kept = {name: reader.get_tensor(name) for name in names}
        theirs = json.loads(
            kept["facts/.ATTRIBUTES/VARIABLE_VALUE"]
        )
    except (
        tf.errors.OpError,
        LookupError,
        ValueError,
        RuntimeError,
    ) as error:
        raise ValueError(
            f"folder: the checkpoint {checkpoint} "
            f"is damaged ({error}); "
            "delete it to train from the start"
        ) from error
    other = [
        f"{name} is {theirs.get(name)} there and "
        f"{facts.get(name)} here"
        for name in sorted({*theirs, *facts})
        if theirs.get(name) != facts.get(name)
    ]
    if other:
        raise ValueError(
            f"folder: the checkpoint {checkpoint} "
            "is of another run: "
            f"{'; '.join(other)}"
        )
