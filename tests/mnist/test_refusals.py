"""What can't be meant is refused by name before any work, by every function of the lesson that takes it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist import keras_twin
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import Part, check, flatten, split
from deepcourse.mnist.layers import dense, dropout, glorot_uniform, he_normal, relu, softmax_cross_entropy
from deepcourse.mnist.max_norm import MaxNormMLP, limited_step
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score, step, train

X, W, B = np.ones((2, 3), np.float32), np.ones((3, 4), np.float32), np.zeros(4, np.float32)
LOGITS = [[1.0, 2.0], [0.0, 3.0]]
PARTS = split(digits(), 200)
FEW = Part(PARTS[0].images[:40], PARTS[0].labels[:40])
INF = float("inf")


def run(net=None, optimizer=SGD, rate=0.1, epochs=1, batch_size=8, **options):
    net = net or MLP((64, 4, 10))
    return Run(net, optimizer(net.weights), rate, epochs, batch_size, **options)


RATES = [1, 1.0, 50, -0.5, np.nan, INF, None, "0.5"]
SIZES = [(), (64,), (64, 0), (64, -1, 10), (64, 2.5), (64, True), 64, None, "64"]
PAIRS = [(1,), (1, 2, 3), 5, [[1, 2]], (0.5, 1.0), "ab", (None, 1)]
WHOLE = [0, -1, 1.5, np.nan, None, "3", True]
CASES = {  # the argument that the error names: calls and what each is given
    "r": ((lambda r: dropout(X, r, (0, 1)), RATES),),
    "rate": (
        (lambda r: run(rate=r), [0, -0.1, np.nan, INF, None, "0.1", [0.1]]),
        (lambda r: SGD([tf.Variable(1.0)]).apply([1.0], r), [-0.1, np.nan, INF, None, [0.1, 0.2], "a"]),
        (lambda r: Adam([tf.Variable(1.0)]).apply([1.0], r), [-0.1, np.nan, INF, None, [0.1, 0.2], "a"]),
    ),
    "drop_input": ((lambda p: MLP((4, 3, 2), drop_input=p), RATES), (lambda p: MLP((4, 2), drop_input=p), RATES)),
    "drop_hidden": (
        (lambda p: MLP((4, 3, 2), drop_hidden=p), RATES),
        (lambda p: MLP((4, 2), drop_hidden=p), RATES),
        (lambda p: MaxNormMLP((4, 3, 2), drop_hidden=p, max_norm=1.0), RATES),
    ),
    "sizes": ((MLP, SIZES), (keras_twin.build, SIZES)),
    "shape": (
        (lambda s: he_normal(s, (0, 1)), [*SIZES, (3, 4, 5)]),
        (lambda s: glorot_uniform(s, (0, 1)), [*SIZES, (3, 4, 5)]),
    ),
    "seed": (
        (lambda s: dropout(X, 0.5, s), [*PAIRS, None]),
        (lambda s: he_normal((3, 4), s), [*PAIRS, None]),
        (lambda s: glorot_uniform((3, 4), s), [*PAIRS, None]),
        (lambda s: MLP((3, 2))(X, s), PAIRS),
        (lambda s: MLP((3, 2), drop_input=0.0)(X, s), PAIRS),
        (lambda s: MLP((3, 2), seed=s), [1.5, None, (0, 1), 2**31, "0"]),
        (lambda s: run(seed=s), [1.5, None, (0, 1), 2**31, "0"]),
    ),
    "epochs": ((lambda n: run(epochs=n), WHOLE),),
    "batch_size": (
        (lambda n: run(batch_size=n), WHOLE),
        (lambda n: run(batch_size=n).epoch(FEW, FEW), [41, 5000]),
    ),
    "x": (
        (lambda x: dense(x, W, B), [X[0], X[:, :2], X[None], [["a"]], [[1.0], [1.0, 2.0]], None, X * 1j]),
        (MLP((3, 2)), [X[0], X[:, :2], X[None], None]),
    ),
    "w": ((lambda w: dense(X, w, B), [W[0], W[None], "w", None]),),
    "b": ((lambda b: dense(X, W, b), [B[:1], B[None], 0.0, None]),),
    "logits": ((lambda z: softmax_cross_entropy(z, [0, 1]), [1.0, [1.0, 2.0], [LOGITS], "z", None]),),
    "labels": (
        (
            lambda y: softmax_cross_entropy(LOGITS, y),
            [[0, 2], [-1, 0], [0], 0, [[0], [1]], [0.0, 1.0], np.eye(2, dtype=int), [255, 0], None, ["a", "b"]],
        ),
        (lambda y: step(MLP((3, 2)), SGD([]), X, y, 0.1, (0, 1)), [[0, 2], [[0], [1]], [0.0, 1.0]]),
        (lambda y: step(MLP((3, 2)), SGD([]), X[:0], y, 0.1, (0, 1)), [[]]),
        (lambda y: score(MLP((3, 2)), X, np.array(y)), [[0, 2], [-1, 0], [[0], [1]], [0.0, 1.0]]),
    ),
    "images": (
        (lambda x: score(MLP((3, 2)), x, np.array([0, 1], np.int32)), [X * 2, X * np.nan, X.astype(np.uint8), X[0]]),
        (lambda n: score(MLP((3, 2)), X[:0], np.zeros(0, np.int32)), [0]),
        (lambda n: run().epoch(FEW, Part(FEW.images[:0], FEW.labels[:0])), [0]),
        (lambda n: run().epoch(Part(FEW.images[:0], FEW.labels[:0]), FEW), [0]),
    ),
    "beta1": ((lambda b: Adam([], beta1=b), RATES),),
    "beta2": ((lambda b: Adam([], beta2=b), RATES),),
    "epsilon": ((lambda e: Adam([], epsilon=e), [-1e-7, np.nan, INF, None, "1"]),),
    "weights[0]": (
        (lambda w: Adam([w]), [tf.Variable([1, 2]), tf.Variable(True), 1.0, None]),
        (lambda w: SGD([w]), [tf.Variable([1, 2]), tf.Variable(True), 1.0, None]),
    ),
    "parts": ((lambda parts: train(run(), parts, Path("never")), [PARTS, PARTS[:1], ()]),),
    "optimizer": ((lambda n: Run(MLP((64, 4, 10)), SGD(MLP((64, 4, 10)).weights), 0.1, n), [1]),),
}


def refusal(call, value):
    """What the ValueError says, if there is one."""
    try:
        return f"accepted, and gave {call(value)}"
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_with_the_name_of_the_argument_what_came_and_what_was_expected(name):
    found = {(i, repr(value)): refusal(call, value) for i, (call, values) in enumerate(CASES[name]) for value in values}
    named = re.compile(re.escape(name) + r"(\[\d\])?: got .*expected ", re.DOTALL)
    assert found
    assert {key: text for key, text in found.items() if not named.match(text)} == {}


def test_a_net_with_fewer_outputs_than_classes_is_refused_before_it_moves():
    trained = run(MLP((64, 4, 5)))
    before = [w.numpy() for w in trained.model.weights]
    with pytest.raises(ValueError, match=r"^labels: got values 0 \.\. 9, expected 0 \.\. 4"):
        trained.epoch(FEW, FEW)
    assert int(trained.done) == 0
    for w, old in zip(trained.model.weights, before, strict=True):
        np.testing.assert_array_equal(w, old)


def test_a_label_out_of_range_ends_a_compiled_step_too():
    net = MLP((3, 2))
    fast = tf.function(step)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in|out of range"):
        fast(net, SGD(net.weights), tf.constant(X), tf.constant([0, 2]), 0.1, tf.constant([0, 1]))


def test_a_step_may_be_compiled_once_for_batches_of_any_size():
    net = MLP((3, 2))
    signature = [tf.TensorSpec((None, 3)), tf.TensorSpec((None,), tf.int32)]
    fast = tf.function(lambda x, y: step(net, SGD(net.weights), x, y, 0.1, (0, 1)), input_signature=signature)
    for size in (1, 2):
        assert fast(X[:size], np.zeros(size, np.int32)) > 0


@pytest.mark.parametrize("move", [step, limited_step])
@pytest.mark.parametrize("kind", [tuple, list, np.array, tf.constant])
def test_a_step_takes_its_seed_in_any_form_with_the_same_loss(move, kind):
    losses = []
    for seed in (tf.constant([3, 7]), kind([3, 7])):
        net = MaxNormMLP((3, 5, 2), max_norm=2.0)
        losses.append(float(move(net, SGD(net.weights), X, np.array([0, 1]), 0.1, seed)))
    assert losses[0] == losses[1]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64, np.float16, np.float64, bool, list])
def test_numbers_of_any_kind_are_computed_in_floating_point(dtype):
    def given(a):
        return np.asarray(a).tolist() if dtype is list else np.asarray(a).astype(dtype)

    x, w = given([[1, 0], [1, 1]]), given([[1, 1, 0], [0, 1, 1]])
    expected = np.array([[1, 1, 0], [1, 2, 1]])
    np.testing.assert_array_equal(dense(x, w, given([0, 0, 0])), expected)
    np.testing.assert_array_equal(
        dense(x, w.copy() if dtype is not list else w, np.full(3, 0.5, np.float32)), expected + 0.5
    )
    np.testing.assert_allclose(softmax_cross_entropy(x, [1, 0]), [np.log(1 + np.e), np.log(2)], rtol=1e-3)
    np.testing.assert_array_equal(np.unique(dropout(given(np.ones((9, 9))), 0.5, (0, 1))), [0, 2])
    assert dropout(x, 0, [0, 1]).dtype.is_floating
    np.testing.assert_array_equal(relu(given(np.ones((1, 2)))), [[1, 1]])


def test_a_product_of_small_integers_does_not_wrap():
    assert dense(np.array([[200]], np.uint8), np.array([[2]], np.uint8), np.array([0], np.uint8)).numpy() == 400
    assert softmax_cross_entropy(np.array([[100, -100]], np.int8), [1]).numpy() == 200


MASKED = np.ma.array(np.ones((2, 3)), mask=np.eye(2, 3))


@pytest.mark.parametrize("value", [MASKED, list(MASKED)])
def test_masked_entries_are_refused_by_name(value):
    for name, call in {
        "x": lambda v: dense(v, W, B),
        "w": lambda v: dense(np.ones((3, 2)), v, np.zeros(3)),
        "logits": lambda v: softmax_cross_entropy(v, [0, 1]),
        "images": lambda v: score(MLP((3, 2)), v, np.zeros(2, np.int32)),
        "gradients[0]": lambda v: SGD([tf.Variable(tf.ones((2, 3)))]).apply([v], 0.1),
    }.items():
        with pytest.raises(ValueError, match=f"^{re.escape(name)}.*: got masked entries"):
            call(value)
    with pytest.raises(ValueError, match=r"^labels: got masked entries"):
        softmax_cross_entropy(LOGITS, np.ma.array([0, 1], mask=[1, 0]))


@pytest.mark.parametrize("value", [True, np.nan, -0.1, None, "1"])
def test_what_is_no_such_number_is_refused_by_name(value):
    weights = [tf.Variable(1.0)]
    for name, call in {
        "rate": [
            lambda v: run(rate=v),
            lambda v: SGD(weights).apply([1.0], v),
            lambda v: Adam(weights).apply([1.0], v),
            lambda v: keras_twin.build((3, 2), rate=v),
        ],
        "epsilon": [lambda v: Adam(weights, epsilon=v)],
        "max_norm": [lambda v: MaxNormMLP((3, 2), max_norm=v)],
        "drop_input": [lambda v: keras_twin.build((3, 2), drop_input=v)],
        "drop_hidden": [lambda v: keras_twin.build((3, 2), drop_hidden=v)],
        "seed": [lambda v: keras_twin.build((3, 2), seed=v)],
        "activation": [lambda v: keras_twin.build((3, 2), v), lambda v: MLP((3, 2), v)],
        "classes": [lambda v: check(*FEW, v)],
        "data": [lambda v: split(v, 1)],
        "model": [lambda v: Run(v, SGD([]), 0.1, 1)],
        "optimizer": [lambda v: Run(MLP((3, 2)), v, 0.1, 1)],
        "step": [lambda v: run(step=v)],
        "weights": [SGD, Adam],
        "gradients": [lambda v: SGD(weights).apply(v, 0.1)],
        "train": [lambda v: run().epoch(v, FEW)],
        "validation": [lambda v: run().epoch(FEW, v)],
        "parts": [lambda v: train(run(), v, "unused"), lambda v: train(run(), (FEW, v), "unused")],
    }.items():
        for each in call:
            if name in {"weights", "gradients"} and value == "1":
                continue  # a text is several things
            with pytest.raises(ValueError, match=f"^{name}: got "):
                each(value)


@pytest.mark.parametrize("rows", [[[1.0], [1.0, 2.0]], [[[1]], [[1, 2]]]])
def test_rows_of_different_lengths_are_refused_by_name(rows):
    with pytest.raises(ValueError, match=r"^images: got "):
        check(rows, np.zeros(2, np.int32))
    with pytest.raises(ValueError, match=r"^labels: got "):
        check(FEW.images, rows)
    with pytest.raises(ValueError, match=r"^pictures: got "):
        flatten(rows)


def test_pictures_of_another_width_are_refused_before_any_step():
    net = MLP((63, 4, 10))
    for call in (
        lambda: run(net).epoch(FEW, FEW),
        lambda: score(net, *FEW),
        lambda: train(run(net), (FEW, FEW), "unused"),
    ):
        with pytest.raises(ValueError, match=r"^images: got 64 pixels, expected 63"):
            call()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The folder of a run that is done."""
    folder = tmp_path_factory.mktemp("done")
    train(run(), (FEW, FEW), folder)
    return folder


def test_a_checkpoint_of_a_net_with_other_first_weights_is_refused(done):
    with pytest.raises(ValueError, match=r"^folder: .*model.seed is 0 there and 1 here"):
        train(run(MLP((64, 4, 10), seed=1)), (FEW, FEW), done)


@pytest.mark.parametrize("content", [b"", b"m", b"\xff\xfe"])
def test_a_damaged_list_of_checkpoints_is_refused_and_nothing_is_lost(content, done, tmp_path):
    folder = shutil.copytree(done, tmp_path / "copy")
    (folder / "checkpoint").write_bytes(content)
    before = {p.name for p in folder.iterdir()}
    with pytest.raises(ValueError, match=r"^folder: "):
        train(run(), (FEW, FEW), folder)
    assert {p.name for p in folder.iterdir()} == before


def test_a_folder_that_can_be_none_is_refused_before_any_step(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    for folder in (file, file / "inside", None, 3, "a\0b"):
        with pytest.raises(ValueError, match=r"^folder: "):
            train(run(), (FEW, FEW), folder)
    assert file.read_text(encoding="utf-8") == "mine"
