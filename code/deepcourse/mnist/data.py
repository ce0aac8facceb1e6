"""From pictures on disk to batches: split, scale, flatten, shuffle."""

from typing import NamedTuple

import numpy as np

from deepcourse.datasets import Dataset
from deepcourse.mnist.expect import array, whole


class Part(NamedTuple):
    """Pictures as rows, with their classes."""

    images: np.ndarray  # (N, D) float32, 0 black .. 1 white
    labels: np.ndarray  # (N,) int32, 0 .. 9


def split(
    data: Dataset, validation: int
) -> tuple[Part, Part, Part]:
    """Cut a data set into training, validation and test parts.

    Args:
        data: pictures as published.
        validation: how many of the last training pictures to set aside.

    Returns:
        Three parts: train on the first, choose on the second, and measure
        on the third, once.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    if not isinstance(data, Dataset):
        raise ValueError(
            f"data: got {type(data)}, expected a Dataset"
        )
    images, labels = pair("", data.images, data.labels)
    cut = len(images) - whole(
        "validation", validation, 0, len(images) - 1
    )
    return (
        Part(images[:cut], labels[:cut]),
        Part(images[cut:], labels[cut:]),
        pair("test_", data.test_images, data.test_labels),
    )


def pair(kind, images, labels):
    """Pictures as rows, with as many whole numbers for labels."""
    images = flatten(images)
    labels = array(f"{kind}labels", labels)
    whole = labels.dtype.kind in "iu"
    if not whole or labels.shape != (len(images),):
        raise ValueError(
            f"{kind}labels: got {labels.dtype} of shape "
            f"{labels.shape}, "
            f"expected integers ({len(images)},)"
        )
    if (
        labels.size
        and not 0 <= labels.min() <= labels.max() < 2**31
    ):
        raise ValueError(
            f"{kind}labels: got values {labels.min()} .. "
            f"{labels.max()}, "
            "expected classes counted from 0"
        )
    return Part(images, labels.astype(np.int32))


def flatten(pictures: np.ndarray) -> np.ndarray:
    """Lay a picture's rows end to end, and scale to 0 .. 1.

    Args:
        pictures: (N, I, J) uint8.

    Returns:
        (N, I*J) float32.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> flatten(np.array([[[0, 51], [102, 255]]], np.uint8))
        array([[0. , 0.2, 0.4, 1. ]], dtype=float32)
    """
    pictures = array("pictures", pictures)
    if pictures.ndim != 3 or pictures.dtype != np.uint8:
        raise ValueError(
            f"pictures: got {pictures.dtype} of shape "
            f"{pictures.shape}, expected uint8 (N, I, J)"
        )
    n, i, j = pictures.shape
    return pictures.reshape(n, i * j) / np.float32(255)


def batches(images, labels, batch_size, seed, epoch, classes=10):
    """Give all pictures in random order, B at a time.

    The order depends on `seed` and `epoch` and on nothing else, so a run
    that was killed sees the same batches when it resumes.

    Args:
        images: (N, D) float32, 0 .. 1.
        labels: (N,) int32, 0 .. K-1.
        batch_size: B; what is left of N at the end waits for a later epoch.
        seed: of the run, at least 0.
        epoch: counted from 0.
        classes: K.

    Returns:
        An iterator over N // B pairs, (B, D) images and (B,) labels.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    check(images, labels, classes)
    batch_size = whole("batch_size", batch_size, 1, len(images))
    seed, epoch = whole("seed", seed, 0), whole("epoch", epoch, 0)
    order = np.random.default_rng((seed, epoch))
    order = order.permutation(len(images))  # (N,)
    many = len(images) // batch_size
    rows = order[: many * batch_size].reshape(many, batch_size)
    return ((images[r], labels[r]) for r in rows)


def check(images, labels, classes=10) -> None:
    """Refuse what would train quietly and learn nonsense.

    Args:
        images: (N, D) float32, 0 .. 1, at least one row.
        labels: (N,) int32, 0 .. K-1.
        classes: K, as many as the net has outputs.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    images = array("images", images)
    labels = array("labels", labels)
    classes = whole("classes", classes)
    if images.ndim != 2 or images.dtype != np.float32:
        raise ValueError(
            f"images: got {images.dtype} of shape "
            f"{images.shape}, expected float32 (N, D)"
        )
    if not images.size:
        raise ValueError(
            f"images: got shape {images.shape}, "
            "expected at least one picture"
        )
    if not (images.min() >= 0 and images.max() <= 1):
        raise ValueError(
            f"images: got values {images.min()} .. "
            f"{images.max()}, expected 0 .. 1"
        )
    if (
        labels.shape != images.shape[:1]
        or labels.dtype != np.int32
    ):
        raise ValueError(
            f"labels: got {labels.dtype} of shape "
            f"{labels.shape}, expected int32 ({len(images)},)"
        )
    if not (labels.min() >= 0 and labels.max() < classes):
        raise ValueError(
            f"labels: got values {labels.min()} .. "
            f"{labels.max()}, expected 0 .. {classes - 1}"
        )
