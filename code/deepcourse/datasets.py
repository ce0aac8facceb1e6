"""The data sets of the course, one function each.

`digits` comes with scikit-learn and needs no network; the rest are fetched
once into `$KERAS_HOME/datasets` (`~/.keras/datasets` if that is not set) and
never again. What can't be had, or is not the published file, raises
`DatasetError`: what is missing, where it comes from, where to put it.
"""

import errno
import gzip
import hashlib
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

FULL = errno.ENOSPC, errno.EDQUOT  # no space, no more for a user
KERAS_DATA = (
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
)


class DatasetError(RuntimeError):
    """A data set that is not there, or not the published one."""


class Dataset(NamedTuple):
    """Labelled pictures, split the way they were published."""

    name: str
    images: np.ndarray  # (N, I, J) uint8, 255 white: to train on
    labels: np.ndarray  # (N,) uint8, the class 0 .. 9
    test_images: np.ndarray  # to measure on, once
    test_labels: np.ndarray
    sha256: str  # of the published file, or of the bytes of the pictures

    def facts(self) -> dict:
        """What a record says of its data: name, pictures, digest."""
        count = len(self.images) + len(self.test_images)
        return {
            "name": self.name,
            "records": count,
            "sha256": self.sha256,
        }


def home() -> Path:
    """The folder that Keras keeps data sets in.

    Raises:
        DatasetError: It lies in the home of a user who has none.
    """
    named = os.environ.get("KERAS_HOME")
    try:
        keras = (
            Path(named).expanduser()
            if named
            else Path.home() / ".keras"
        )
    except RuntimeError as error:
        raise DatasetError(
            f"There is no folder to look for data sets in ({error} for "
            f"{named or '~/.keras'}). Set KERAS_HOME to one."
        ) from error
    return keras / "datasets"


def digits() -> Dataset:
    """1,797 handwritten digits of 8×8 pixels; the last 360 are for testing.

    Alpaydin and Kaynak's optical recognition of handwritten digits (UCI,
    CC BY 4.0), as embedded in scikit-learn; its greys 0..16 are spread to
    0..255.

    >>> d = digits()
    >>> d.images.shape, d.test_images.shape
    ((1437, 8, 8), (360, 8, 8))
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.round(bunch.images * 255 / 16).astype(np.uint8)
    labels = bunch.target.astype(np.uint8)
    digest = hashlib.sha256(images.tobytes()).hexdigest()
    train, test = slice(None, -360), slice(-360, None)
    return Dataset(
        "digits",
        images[train],
        labels[train],
        images[test],
        labels[test],
        digest,
    )


def mnist() -> Dataset:
    """60,000 + 10,000 handwritten digits of 28×28 pixels.

    LeCun, Cortes and Burges, CC BY-SA 3.0; the file that
    `keras.datasets.mnist` loads, 11 MB.
    """
    digest = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
    with np.load(fetch("mnist.npz", KERAS_DATA, digest)) as file:
        return Dataset(
            "MNIST",
            file["x_train"],
            file["y_train"],
            file["x_test"],
            file["y_test"],
            digest,
        )


FASHION = {
    "train-images-idx3-ubyte.gz": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}


def fashion_mnist() -> Dataset:
    """60,000 + 10,000 pictures of clothes of 28×28 pixels, ten classes.

    Xiao, Rasul and Vollgraf 2017, MIT licence; the four files that
    `keras.datasets.fashion_mnist` loads, 31 MB.
    """
    parts = []
    for name, digest in FASHION.items():
        path = fetch(f"fashion-mnist/{name}", KERAS_DATA, digest)
        header = 16 if "images" in name else 8
        flat = np.frombuffer(
            gzip.decompress(path.read_bytes()),
            np.uint8,
            offset=header,
        )
        parts.append(
            flat.reshape(-1, 28, 28) if header == 16 else flat
        )
    return Dataset(
        "Fashion-MNIST",
        *parts,
        FASHION["train-images-idx3-ubyte.gz"],
    )


def fetch(name: str, source: str, digest: str) -> Path:
    """The path of a published file, downloaded if it is not there yet.

    Args:
        name: its path below `home()`.
        source: the address of the folder it is published in.
        digest: the sha256 that its bytes must have.

    Returns:
        The path of a file with exactly those bytes.

    Raises:
        DatasetError: It can't be had, or it has other bytes.
    """
    path, origin = home() / name, source + Path(name).name
    there = sha256(path)
    if there is None:
        download(path, origin, digest)
        return path
    if there != digest:
        raise DatasetError(
            f"{path} is not the published file: its sha256 is {there}, "
            f"expected {digest}. Delete it, or put the file from {origin} "
            "in its place."
        )
    return path


def sha256(path: Path) -> str | None:
    """The digest of a file, or None if there is none.

    Raises:
        DatasetError: Something is there that can't be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DatasetError(
            f"{path} can't be read ({error})."
        ) from error


def download(path: Path, origin: str, digest: str) -> None:
    """Fetch `origin` with Keras and put it at `path` when it is complete.

    Until then it lies in a folder of its own beside `path`, so two processes
    at once don't meet, and what fails leaves everything as it was.

    Raises:
        DatasetError: Why it can't be had, and what to do by hand.
    """
    missing = f"{path} is not there, and "
    by_hand = f" Fetch {origin} elsewhere and put it at {path}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(
            dir=path.parent,
            prefix=".fetch-",
            ignore_cleanup_errors=True,
        )
    except OSError as error:
        raise DatasetError(
            f"{missing}nothing can be written into {path.parent} ({error})."
            f"{by_hand}, or set KERAS_HOME to a folder of yours."
        ) from error
    with folder as name:
        try:
            complete = fetch_with_keras(path.name, origin, name)
        except Exception as error:
            why = f"{origin} can't be reached"
            if getattr(error, "errno", None) in FULL:
                why = f"the disk of {path.parent} is full"
            raise DatasetError(
                f"{missing}{why} ({error}).{by_hand}."
            ) from error
        got = sha256(complete)
        if got != digest:
            raise DatasetError(
                f"{missing}what {origin} gave is not the published file: its "
                f"sha256 is {got}, expected {digest}.{by_hand}."
            )
        try:
            os.replace(complete, path)
        except (
            OSError
        ):  # Windows, while another process reads the same file
            if sha256(path) != digest:
                raise


def fetch_with_keras(name: str, origin: str, folder: str) -> Path:
    """Download with Keras' progress bar, into a folder of our choice."""
    import keras

    keras.utils.get_file(
        name, origin, cache_dir=folder, cache_subdir=""
    )
    return Path(folder, name)
