"""From pictures on disk to batches: split, scale, flatten, shuffle."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from deepcourse.datasets import Dataset


# --8<-- [start:split]
class Part(NamedTuple):
    """Pictures as rows, with their classes."""

    images: np.ndarray  # (N, D) float32, 0 black .. 1 white
    labels: np.ndarray  # (N,) int32, 0 .. 9


def split(data: Dataset, validation: int) -> tuple[Part, Part, Part]:
    """Cut a data set into training, validation and test parts.

    Args:
        data: pictures as published.
        validation: how many of the last training pictures to set aside.

    Returns:
        Three parts: train on the first, choose on the second, and measure
        on the third, once.
    """
    images, labels = flatten(data.images), data.labels.astype(np.int32)
    cut = len(images) - validation
    return (
        Part(images[:cut], labels[:cut]),
        Part(images[cut:], labels[cut:]),
        Part(flatten(data.test_images), data.test_labels.astype(np.int32)),
    )


def flatten(pictures: np.ndarray) -> np.ndarray:
    """Lay the rows of each picture end to end, and scale to 0 .. 1.

    Args:
        pictures: (N, I, J) uint8.

    Returns:
        (N, I*J) float32.

    >>> flatten(np.array([[[0, 51], [102, 255]]], np.uint8))
    array([[0. , 0.2, 0.4, 1. ]], dtype=float32)
    """
    if pictures.ndim != 3 or pictures.dtype != np.uint8:
        raise ValueError(
            f"pictures: got {pictures.dtype} of shape "
            f"{pictures.shape}, expected uint8 (N, I, J)"
        )
    return pictures.reshape(len(pictures), -1) / np.float32(255)


# --8<-- [end:split]


# --8<-- [start:batches]
def batches(images, labels, batch_size: int, seed: int, epoch: int):
    """One epoch of training data in random order.

    The order depends on `seed` and `epoch` and on nothing else, so a run
    that was killed sees the same batches when it resumes.

    Args:
        images: (N, D) float32, 0 .. 1.
        labels: (N,) int32, 0 .. 9.
        batch_size: B; what is left of N at the end waits for a later epoch.
        seed: of the run.
        epoch: counted from 0.

    Returns:
        A `tf.data.Dataset` of N // B pairs, (B, D) images and (B,) labels.
    """
    check(images, labels)
    images, labels = tf.constant(images), tf.constant(labels)
    order = tf.random.experimental.stateless_shuffle(
        tf.range(len(images)), seed=(seed, epoch)
    )

    def pick(rows):
        return tf.gather(images, rows), tf.gather(labels, rows)

    rows = tf.data.Dataset.from_tensor_slices(order)
    rows = rows.batch(batch_size, drop_remainder=True)
    return rows.map(pick).prefetch(2)


# --8<-- [end:batches]


# --8<-- [start:check]
def check(images, labels) -> None:
    """Refuse what would train without complaint and learn nonsense.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim != 2 or images.dtype != np.float32:
        raise ValueError(
            f"images: got {images.dtype} of shape "
            f"{images.shape}, expected float32 (N, D)"
        )
    if images.size and not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"images: got values {images.min()} .. "
            f"{images.max()}, expected 0 .. 1"
        )
    if labels.shape != images.shape[:1] or labels.dtype != np.int32:
        raise ValueError(
            f"labels: got {labels.dtype} of shape "
            f"{labels.shape}, expected int32 ({len(images)},)"
        )
    if labels.size and not (labels.min() >= 0 and labels.max() <= 9):
        raise ValueError(
            f"labels: got values {labels.min()} .. "
            f"{labels.max()}, expected 0 .. 9"
        )


# --8<-- [end:check]
