"""Pictures on their way to batches: nothing lost, nothing mixed up, nothing wrong let in."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import Dataset
from deepcourse.mnist.data import batches, check, flatten, split
from hypothesis import given
from hypothesis import strategies as st

N, D = 23, 4
IMAGES = np.random.default_rng(0).uniform(0, 1, (N, D)).astype(np.float32)
LABELS = (np.arange(N) % 10).astype(np.int32)


def pictures(n, i=3, j=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (n, i, j)).astype(np.uint8), rng.integers(0, 10, n).astype(np.uint8)


@given(n=st.integers(1, 6), i=st.integers(1, 5), j=st.integers(1, 5), seed=st.integers(0, 99))
def test_flatten_lays_rows_end_to_end_and_scales_to_one(n, i, j, seed):
    grey = pictures(n, i, j, seed)[0]
    x = flatten(grey)
    assert (x.shape, x.dtype) == ((n, i * j), np.float32)
    for row, picture in zip(x, grey, strict=True):
        np.testing.assert_allclose(row, [p / 255 for line in picture for p in line], rtol=1e-6)


@pytest.mark.parametrize("validation", [0, 1, 4, 6])
def test_split_sets_the_last_training_pictures_aside_and_loses_none(validation):
    data = Dataset("toy", *pictures(7), *pictures(3, seed=1), "digest")
    train, held, test = split(data, validation)
    assert [len(part.labels) for part in (train, held, test)] == [7 - validation, validation, 3]
    np.testing.assert_array_equal(np.concatenate([train.images, held.images]), flatten(data.images))
    np.testing.assert_array_equal(np.concatenate([train.labels, held.labels]), data.labels)
    np.testing.assert_array_equal(test.images, flatten(data.test_images))
    np.testing.assert_array_equal(test.labels, data.test_labels)
    for part in (train, held, test):
        if len(part.labels):
            check(*part)


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((2, 4), np.uint8), np.zeros((2, 3, 3, 1), np.uint8), np.zeros((2, 3, 3), np.float32), np.zeros(3, int)],
    ids=["flat already", "with a channel", "scaled already", "a row"],
)
def test_pictures_of_another_shape_or_dtype_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match=r"^pictures: got .* expected uint8 \(N, I, J\)"):
        flatten(wrong)


def epoch(batch_size, seed=0, number=0):
    return [*batches(IMAGES, LABELS, batch_size, seed, number)]


@pytest.mark.parametrize("batch_size", [1, 5, 22, 23])
def test_an_epoch_shows_each_picture_at_most_once_and_with_its_own_label(batch_size):
    found = epoch(batch_size)
    assert [x.shape for x, _ in found] == [(batch_size, D)] * (N // batch_size)
    rows = [int(np.flatnonzero((image == IMAGES).all(axis=1))[0]) for x, _ in found for image in x]
    assert len(set(rows)) == len(rows) == N // batch_size * batch_size
    assert [int(label) for _, y in found for label in y] == LABELS[rows].tolist()


def test_the_order_depends_on_seed_and_epoch_and_on_nothing_else():
    def images(**kwargs):
        return np.concatenate([x for x, _ in epoch(5, **kwargs)])

    first = images()
    tf.random.set_seed(7)
    np.random.seed(7)  # noqa: NPY002 - the global state is what must not matter
    np.testing.assert_array_equal(images(), first)
    for other in (images(seed=1), images(number=1), IMAGES[:20]):
        assert (other != first).any()


def test_pictures_left_out_of_one_epoch_come_in_another():
    seen = {image.tobytes() for number in range(6) for x, _ in epoch(20, number=number) for image in x}
    assert len(seen) == N


@pytest.mark.parametrize("size", [0, -1, 24, 5000, 2.0, True, None])
def test_a_batch_that_no_epoch_could_fill_is_refused(size):
    with pytest.raises(ValueError, match=r"^batch_size: got .*, expected a whole number 1 \.\. 23"):
        epoch(size)


@pytest.mark.parametrize("validation", [-1, 7, 5000, 2.0, np.nan, None])
def test_a_split_that_leaves_nothing_to_train_on_is_refused(validation):
    with pytest.raises(ValueError, match=r"^validation: got .*, expected a whole number 0 \.\. 6"):
        split(Dataset("toy", *pictures(7), *pictures(3), "digest"), validation)


@pytest.mark.parametrize(
    "labels",
    [np.ones(6, np.uint8), np.ones((7, 1), np.uint8), np.ones(7), np.full(7, -1), np.full(7, 2**32), [None] * 7],
    ids=["one too few", "a column", "floats", "negative", "wrapping to 0", "no numbers"],
)
def test_labels_that_are_no_classes_are_refused_by_split(labels):
    images = pictures(7)[0]
    with pytest.raises(ValueError, match=r"^labels: got .*, expected "):
        split(Dataset._make(["toy", images, labels, *pictures(3), "digest"]), 2)  # past the check of its shapes
    with pytest.raises(ValueError, match=r"^test_labels: got .*, expected "):
        split(Dataset._make(["toy", *pictures(9), images, labels, "digest"]), 2)


def test_no_pictures_are_flattened_to_no_rows_and_lists_are_refused_by_name():
    assert flatten(np.zeros((0, 3, 2), np.uint8)).shape == (0, 6)
    with pytest.raises(ValueError, match=r"^pictures: got int64"):
        flatten([[[0, 255]]])


def test_labels_are_held_to_as_many_classes_as_the_net_has():
    check(IMAGES, LABELS, 10)
    for enter in (check, lambda *data: batches(*data[:2], batch_size=5, seed=0, epoch=0, classes=data[2])):
        with pytest.raises(ValueError, match=r"^labels: got values 0 \.\. 9, expected 0 \.\. 4"):
            enter(IMAGES, LABELS, 5)


BAD = {  # what is wrong: the argument to name, images, labels
    "images of another shape": ("images", IMAGES[0], LABELS),
    "images of another dtype": ("images", IMAGES.astype(np.float64), LABELS),
    "a pixel above one": ("images", np.where(np.eye(N, D) > 0, 255, IMAGES).astype(np.float32), LABELS),
    "a pixel below zero": ("images", IMAGES - np.float32(1), LABELS),
    "a pixel that is no number": ("images", np.full((N, D), np.nan, np.float32), LABELS),
    "a label too few": ("labels", IMAGES, LABELS[1:]),
    "labels one-hot": ("labels", IMAGES, np.eye(10, dtype=np.int32)[LABELS]),
    "labels of another dtype": ("labels", IMAGES, LABELS.astype(np.int64)),
    "a label of ten": ("labels", IMAGES, LABELS + np.int32(1)),
    "a label below zero": ("labels", IMAGES, LABELS - np.int32(1)),
}


@pytest.mark.parametrize(("name", "images", "labels"), BAD.values(), ids=BAD)
def test_bad_data_are_refused_with_name_found_and_expected_before_any_batch(name, images, labels):
    for enter in (check, lambda *data: batches(*data, batch_size=5, seed=0, epoch=0)):
        with pytest.raises(ValueError, match=rf"^{name}: got .*, expected "):
            enter(images, labels)


@pytest.mark.parametrize("shape", [(0, D), (3, 0)])
def test_no_pictures_and_pictures_without_pixels_are_refused(shape):
    with pytest.raises(ValueError, match=r"^images: got shape .*, expected at least one picture"):
        check(np.zeros(shape, np.float32), np.zeros(shape[0], np.int32))


class Spy(keras.Model):
    """Learns nothing, and keeps the batches that `fit` hands it."""

    def train_step(self, data):
        self.seen.append(data[0].numpy())
        return {"loss": 0.0}


def fitted(epochs, batch_size, **options):
    spy = Spy()
    spy.seen = []
    spy.compile(run_eagerly=True)
    spy.fit(IMAGES, LABELS, batch_size, epochs, verbose=0, **options)
    return spy.seen


def test_default_keras_fit_shuffles_and_keeps_the_last_partial_batch_that_ours_drops():
    keras.utils.set_random_seed(0)
    seen = fitted(epochs=1, batch_size=5)
    assert [len(x) for x in seen] == [5, 5, 5, 5, 3]
    assert [len(x) for x, _ in epoch(5)] == [5, 5, 5, 5]
    assert (np.concatenate(seen) != IMAGES).any()
    assert {image.tobytes() for x in seen for image in x} == {image.tobytes() for image in IMAGES}
    np.testing.assert_array_equal(np.concatenate(fitted(1, 5, shuffle=False)), IMAGES)


def test_default_keras_fit_repeats_one_order_in_every_epoch_once_a_seed_is_set_and_ours_does_not():
    keras.utils.set_random_seed(0)
    first, *others = fitted(epochs=3, batch_size=N)
    for other in others:
        np.testing.assert_array_equal(other, first)
    orders = [epoch(N, number=number)[0][0] for number in range(3)]
    assert len({order.tobytes() for order in orders}) == 3
