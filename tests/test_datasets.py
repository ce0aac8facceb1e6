"""Data sets: the published file, or an error that says what to do. Nothing here uses a network."""

import errno
import gzip
import hashlib
import os
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from deepcourse import datasets
from deepcourse.datasets import DatasetError

MNIST = datasets.KERAS_DATA + "mnist.npz"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """An empty home, and a network that is down."""

    def down(*args, **kwargs):
        raise OSError("no network")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setattr(keras.utils, "get_file", down)
    return tmp_path / "keras" / "datasets"


def put(path: Path, content: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def test_digits_need_no_network_and_no_file(home):
    data = datasets.digits()
    assert data.images.shape == (1437, 8, 8)
    assert data.test_images.shape == (360, 8, 8)
    assert data.labels.shape == (1437,)
    assert data.test_labels.shape == (360,)
    assert {a.dtype for a in data[1:5]} == {np.dtype(np.uint8)}
    assert (data.images.min(), data.images.max()) == (0, 255)
    assert set(data.labels) == set(data.test_labels) == set(range(10))
    assert data.sha256 == datasets.digits().sha256
    assert not home.exists()


def test_data_sets_live_below_keras_home_or_else_in_the_users_home(monkeypatch, home):
    assert datasets.home() == home
    monkeypatch.delenv("KERAS_HOME")
    assert datasets.home() == Path.home() / ".keras" / "datasets"


def test_a_tilde_in_keras_home_is_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # on Windows
    monkeypatch.setenv("KERAS_HOME", "~/kept")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=re.escape(str(tmp_path / "kept/datasets/mnist.npz"))):
        datasets.mnist()
    assert not (tmp_path / "~").exists()


@pytest.mark.parametrize("named", [None, "", "~/kept"])
def test_a_user_without_a_home_is_told_to_set_keras_home(named, monkeypatch):
    def homeless(*args):
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(Path, "expanduser", homeless)
    monkeypatch.delenv("KERAS_HOME") if named is None else monkeypatch.setenv("KERAS_HOME", named)
    with pytest.raises(DatasetError, match=r"Could not determine home directory.*Set KERAS_HOME"):
        datasets.mnist()


def test_a_missing_file_is_an_error_that_names_path_and_origin(home):
    with pytest.raises(DatasetError) as caught:
        datasets.mnist()
    for word in (str(home / "mnist.npz"), MNIST, "no network"):
        assert word in str(caught.value)
    assert not (home / "mnist.npz").exists()


@pytest.mark.parametrize("content", [b"", b"not the file"], ids=["empty", "other bytes"])
def test_a_corrupt_file_is_an_error_that_names_both_digests_and_is_left_alone(home, content):
    digest = put(home / "mnist.npz", content)
    with pytest.raises(DatasetError, match="not the published file") as caught:
        datasets.mnist()
    assert str(home / "mnist.npz") in str(caught.value)
    assert digest in str(caught.value)
    assert MNIST in str(caught.value)
    assert re.search(r"expected [0-9a-f]{64}", str(caught.value))
    assert (home / "mnist.npz").read_bytes() == content


def test_a_broken_download_leaves_no_half_file(monkeypatch, home):
    def half(name, origin, cache_dir, cache_subdir):
        put(Path(cache_dir) / cache_subdir / name, b"half")
        raise OSError("cut off")

    monkeypatch.setattr(keras.utils, "get_file", half)
    with pytest.raises(DatasetError, match="cut off"):
        datasets.mnist()
    assert not (home / "mnist.npz").exists()


def test_a_file_is_downloaded_once_to_where_it_is_looked_for(monkeypatch, home):
    calls = []

    def serve(name, origin, cache_dir, cache_subdir):
        calls.append(origin)
        put(Path(cache_dir) / cache_subdir / name, b"content")

    monkeypatch.setattr(keras.utils, "get_file", serve)
    digest = hashlib.sha256(b"content").hexdigest()
    for _ in range(2):
        path = datasets.fetch("folder/file.gz", "https://example.org/", digest)
        assert path == home / "folder" / "file.gz"
        assert path.read_bytes() == b"content"
    assert calls == ["https://example.org/file.gz"]


def test_a_download_of_other_bytes_is_refused_and_not_kept(monkeypatch, home):
    def serve(name, origin, cache_dir, cache_subdir):
        put(Path(cache_dir) / cache_subdir / name, b"<html>")

    monkeypatch.setattr(keras.utils, "get_file", serve)
    with pytest.raises(DatasetError, match="not the published file"):
        datasets.mnist()
    assert not list(home.iterdir())


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_only_others_may_write_to_is_named_and_nothing_goes_elsewhere(number, monkeypatch, home):
    home.mkdir(parents=True)

    def read_only(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    def elsewhere(*args, **kwargs):
        pytest.fail("Keras would download into /tmp")

    monkeypatch.setattr(datasets.tempfile, "mkdtemp", read_only)
    monkeypatch.setattr(keras.utils, "get_file", elsewhere)
    with pytest.raises(DatasetError, match="nothing can be written into") as caught:
        datasets.mnist()
    for word in (str(home), os.strerror(number), MNIST, str(home / "mnist.npz"), "KERAS_HOME"):
        assert word in str(caught.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_called_so_and_not_an_origin_out_of_reach(number, monkeypatch, home):
    def full(name, origin, cache_dir, cache_subdir):
        put(Path(cache_dir) / name, b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(keras.utils, "get_file", full)
    with pytest.raises(DatasetError, match=f"the disk of {re.escape(str(home))} is full") as caught:
        datasets.mnist()
    assert "reached" not in str(caught.value)
    assert not list(home.iterdir())


def test_what_lies_in_the_place_and_can_not_be_read_is_named_and_left_alone(home):
    (home / "mnist.npz").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"mnist\.npz can't be read"):
        datasets.mnist()
    assert (home / "mnist.npz").is_dir()


def test_two_at_once_never_see_half_a_file_of_each_other(monkeypatch, home):
    content = bytes(1000)
    digest, begun, second = hashlib.sha256(content).hexdigest(), [], []

    def slow(name, origin, cache_dir, cache_subdir):
        put(Path(cache_dir) / cache_subdir / name, content[:500])  # as far as it has come, when ...
        begun.append(name)
        if len(begun) == 1:  # ... another process wants the same
            second.append(datasets.fetch("file", "https://example.org/", digest))
        put(Path(cache_dir) / cache_subdir / name, content)

    monkeypatch.setattr(keras.utils, "get_file", slow)
    first = datasets.fetch("file", "https://example.org/", digest)
    assert [first] == second
    assert first.read_bytes() == content
    assert [p.name for p in home.iterdir()] == ["file"]


@pytest.mark.parametrize("end", [OSError("cut off"), KeyboardInterrupt()])
def test_a_try_that_fails_leaves_what_another_has_put_there_meanwhile(end, monkeypatch, home):
    def beaten(name, origin, cache_dir, cache_subdir):
        put(home / name, b"of somebody else")
        raise end

    monkeypatch.setattr(keras.utils, "get_file", beaten)
    with pytest.raises((DatasetError, KeyboardInterrupt)):
        datasets.mnist()
    assert (home / "mnist.npz").read_bytes() == b"of somebody else"
    assert [p.name for p in home.iterdir()] == ["mnist.npz"]


def test_a_file_that_another_process_holds_open_is_good_if_it_is_the_published_one(monkeypatch, home):
    digest = hashlib.sha256(b"content").hexdigest()

    def beaten(name, origin, cache_dir, cache_subdir):
        put(home / name, b"content")
        put(Path(cache_dir) / name, b"content")

    def held(source, target):
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(keras.utils, "get_file", beaten)
    monkeypatch.setattr(os, "replace", held)
    assert datasets.fetch("file", "https://example.org/", digest) == home / "file"


def test_a_record_says_name_pictures_and_digest_of_its_data():
    data = datasets.digits()
    assert data.facts() == {"name": "digits", "records": 1797, "sha256": data.sha256}


@pytest.mark.skipif(os.name == "nt", reason="a folder is not made read-only this way on Windows")
def test_a_folder_that_can_not_be_made_is_the_same_clear_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match=r"mnist\.npz is not there"):
        datasets.mnist()


def test_mnist_reads_the_four_arrays_of_its_file(monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    arrays = {
        f"x_{part}": rng.integers(0, 256, (n, 28, 28)).astype(np.uint8) for part, n in (("train", 5), ("test", 3))
    }
    arrays |= {f"y_{part}": rng.integers(0, 10, n).astype(np.uint8) for part, n in (("train", 5), ("test", 3))}
    np.savez(tmp_path / "mnist.npz", **arrays)
    monkeypatch.setattr(datasets, "fetch", lambda name, source, digest: tmp_path / name)
    data = datasets.mnist()
    assert data.name == "MNIST"
    for found, name in zip(data[1:5], ["x_train", "y_train", "x_test", "y_test"], strict=True):
        np.testing.assert_array_equal(found, arrays[name])


def test_fashion_mnist_reads_pictures_and_labels_behind_their_headers(monkeypatch, home):
    rng = np.random.default_rng(1)
    expected, digests = [], {}
    for name, n in zip(datasets.FASHION, (5, 5, 3, 3), strict=True):
        shape, header = ((n, 28, 28), 16) if "images" in name else ((n,), 8)
        expected.append(rng.integers(0, 10, shape).astype(np.uint8))
        content = gzip.compress(bytes(header) + expected[-1].tobytes())
        digests[name] = put(home / "fashion-mnist" / name, content)
    monkeypatch.setattr(datasets, "FASHION", digests)
    for found, array in zip(datasets.fashion_mnist()[1:5], expected, strict=True):
        np.testing.assert_array_equal(found, array)
