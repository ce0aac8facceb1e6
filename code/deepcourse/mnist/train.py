"""The training step, the epoch around it, and a run that survives a kill."""

import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from deepcourse.mnist.data import batches, check
from deepcourse.mnist.layers import softmax_cross_entropy


# --8<-- [start:step]
def step(model, optimizer, images, labels, rate, seed):
    """Move the weights once, down the slope of the mean loss of a batch.

    Args:
        model: gives logits for images, and dropout with a seed.
        optimizer: `apply(gradients, rate)` moves `model.weights`.
        images: (B, D) float32, 0 .. 1.
        labels: (B,) int32.
        rate: the learning rate.
        seed: two integers, for this step's dropout.

    Returns:
        () the mean loss before the step, in nats.
    """
    with tf.GradientTape() as tape:
        losses = softmax_cross_entropy(model(images, seed), labels)  # (B,)
        loss = tf.reduce_mean(losses)  # ()
    optimizer.apply(tape.gradient(loss, model.weights), rate)
    model.limit_norms()
    return loss


# --8<-- [end:step]


# --8<-- [start:evaluate]
@tf.function
def score(model, images, labels):
    """Use the net, without dropout: mean loss and share of right answers.

    Args:
        model: gives logits for images.
        images: (N, D) float32, 0 .. 1.
        labels: (N,) int32.

    Returns:
        (), () mean loss in nats, and accuracy, 0 .. 1.
    """
    logits = model(images)  # (N, K)
    right = tf.argmax(logits, axis=1, output_type=tf.int32) == labels  # (N,)
    losses = softmax_cross_entropy(logits, labels)  # (N,)
    return tf.reduce_mean(losses), tf.reduce_mean(tf.cast(right, tf.float32))


# --8<-- [end:evaluate]


# --8<-- [start:fit]
class Run:
    """A training run: one call of `epoch` is one pass over the data."""

    def __init__(self, model, optimizer, rate, epochs, batch_size=128, seed=0):
        self.model, self.optimizer = model, optimizer
        self.rate, self.epochs = rate, epochs
        self.batch_size, self.seed = batch_size, seed
        self.done = tf.Variable(0)  # epochs so far
        self.history = tf.Variable(tf.zeros((epochs, 4)))
        self.sweep = tf.function(self.sweep)  # one graph for a whole epoch

    def sweep(self, data, first, steps):
        """Take one step per batch; the rate falls linearly to zero."""
        t, total = first, tf.constant(0.0)
        for images, labels in data:
            left = 1 - tf.cast(t / steps, tf.float32)
            total += step(
                self.model,
                self.optimizer,
                images,
                labels,
                self.rate * left,
                tf.stack([self.seed, t]),
            )
            t += 1
        return total / tf.cast(t - first, tf.float32)

    def epoch(self, train, validation):
        """Train once on all batches, then look at the validation part."""
        start, number = time.perf_counter(), int(self.done)
        data = batches(*train, self.batch_size, self.seed, number)
        n = len(data)
        loss = self.sweep(
            data, tf.constant(number * n), tf.constant(self.epochs * n)
        )
        seconds = time.perf_counter() - start
        row = [loss, *score(self.model, *validation), seconds]
        self.history[number].assign(tf.stack(row))
        self.done.assign_add(1)


# --8<-- [end:fit]


# --8<-- [start:resume]
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
    """
    for part in parts:
        check(*part)
    everything = tf.train.Checkpoint(
        model=run.model,
        optimizer=run.optimizer,
        done=run.done,
        history=run.history,
    )
    manager = tf.train.CheckpointManager(everything, folder, max_to_keep=1)
    everything.restore(manager.latest_checkpoint)
    while run.done < run.epochs:
        run.epoch(*parts)
        manager.save(checkpoint_number=int(run.done))
        if progress:
            progress(int(run.done))
    return run.history.numpy()


# --8<-- [end:resume]
