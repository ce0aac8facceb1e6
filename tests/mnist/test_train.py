"""Training: the step, the epoch, and a run that is killed and resumes."""

import inspect
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist import keys
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import Part, split
from deepcourse.mnist.layers import softmax_cross_entropy
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score, step, train

CODE = Path(__file__).parents[2] / "code"
PARTS = split(digits(), validation=200)
EPOCHS = 4


def fresh(seed=5, epochs=None, rate=0.01, **options):
    """The run that the tests below break off, resume and repeat."""
    net = MLP((64, 32, 10), seed=seed, **options)
    return Run(net, Adam(net.weights), rate, epochs or EPOCHS, 128, seed)


def weights(run):
    return [w.numpy() for w in run.model.weights]


class Finished(NamedTuple):
    """A run that is done, what it gave, and where its checkpoint lies."""

    run: Run
    history: np.ndarray
    folder: Path


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    run, folder = fresh(), tmp_path_factory.mktemp("unbroken")
    return Finished(run, train(run, PARTS[:2], folder), folder)


def test_a_step_of_sgd_moves_the_weights_down_the_slope_of_the_mean_loss():
    net = MLP((64, 8, 10), drop_input=0.0, drop_hidden=0.0)
    before = [tf.identity(w) for w in net.weights]
    x, labels = tf.constant(PARTS[0].images[:16]), tf.constant(PARTS[0].labels[:16])
    with tf.GradientTape() as tape:
        expected = tf.reduce_mean(softmax_cross_entropy(net(x), labels))
    gradients = tape.gradient(expected, net.weights)
    loss = step(net, SGD(net.weights), x, labels, 0.5, tf.constant([0, 0]))
    assert float(loss) == pytest.approx(float(expected), rel=1e-6)
    for w, old, g in zip(net.weights, before, gradients, strict=True):
        np.testing.assert_allclose(w, old - 0.5 * g, rtol=1e-5, atol=1e-6)


def test_dropout_is_on_in_training_and_off_in_use():
    net = MLP((64, 32, 10))
    x, labels = tf.constant(PARTS[0].images[:64]), tf.constant(PARTS[0].labels[:64])
    used = [float(score(net, x, labels)[0]) for _ in range(2)]
    trained = [float(step(net, SGD(net.weights), x, labels, 0.0, tf.constant([0, t]))) for t in (1, 1, 2)]
    assert used[0] == used[1]
    assert trained[0] == trained[1]
    assert len({used[0], trained[0], trained[2]}) == 3


def test_a_run_gives_each_step_another_dropout_and_a_rate_that_falls_to_zero():
    run, given = fresh(epochs=3, rate=0.3), []

    class Spy:
        def apply(self, gradients, rate):
            tf.py_function(lambda r: given.append(float(r)), [rate], [])

    run.optimizer = Spy()
    seeds = []
    net = run.model

    class Watched:
        weights = net.weights

        def __call__(self, x, seed=None):
            if seed is not None:
                tf.py_function(lambda s: seeds.append(tuple(s.numpy())), [seed], [])
            return net(x, seed)

    run.model = Watched()
    steps = len(PARTS[0].labels) // 128
    for _ in range(3):
        run.epoch(*PARTS[:2])
    np.testing.assert_allclose(given, [0.3 * (1 - t / (3 * steps)) for t in range(3 * steps)], rtol=1e-5)
    assert seeds == [tuple(keys.of(5, keys.DROPOUT, t).numpy()) for t in range(3 * steps)]


def test_score_is_the_mean_loss_and_the_share_of_right_answers():
    net = MLP((64, 10))
    x, labels = PARTS[2]
    logits = net(x).numpy()
    loss, accuracy = score(net, x, labels)
    assert float(accuracy) == pytest.approx((logits.argmax(axis=1) == labels).mean())
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert float(loss) == pytest.approx(-np.log(p[np.arange(len(labels)), labels]).mean(), rel=1e-5)


def test_history_holds_losses_accuracy_and_seconds_of_each_epoch(unbroken):
    assert unbroken.history.shape == (EPOCHS, 4)
    train_loss, loss, accuracy, seconds = unbroken.history.T
    assert train_loss[-1] < 0.8 * train_loss[0]
    assert loss[-1] < loss[0] < np.log(10)
    assert accuracy[-1] > 0.6
    assert (seconds > 0).all()


def test_the_same_seed_gives_the_same_run_bit_for_bit(unbroken, tmp_path):
    run = fresh()
    history = train(run, PARTS[:2], tmp_path)
    np.testing.assert_array_equal(history[:, :3], unbroken.history[:, :3])
    for w, expected in zip(weights(run), weights(unbroken.run), strict=True):
        np.testing.assert_array_equal(w, expected)


def test_another_seed_gives_another_run(unbroken):
    run = fresh(seed=6)
    run.epoch(*PARTS[:2])
    assert run.history[0, 0] != unbroken.history[0, 0]


KILLED = """
    import os, signal, sys

    sys.modules["keras"] = None  # TensorFlow does without it, and is there in half the time
    import numpy as np
    import tensorflow as tf
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})  # as in conftest.py
    from deepcourse.mnist import train
    from deepcourse.mnist.adam import Adam
    from deepcourse.mnist.data import Part
    from deepcourse.mnist.model import MLP
    from deepcourse.mnist.train import Run

    EPOCHS, (x, labels, *watched) = int(sys.argv[2]), np.load(sys.argv[3]).values()
    original = train.batches

    def deadly(*args):
        # In the third epoch, the fifth batch is the end of the process.
        for i, batch in enumerate(original(*args)):
            if args[4] == 2 and i == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            yield batch

    train.batches = deadly
    parts = Part(x, labels), Part(*watched)
    train.train(fresh(), parts, sys.argv[1], lambda done: print("epoch", done, flush=True))
"""


def test_a_run_killed_within_an_epoch_resumes_and_ends_as_an_unbroken_one(unbroken, tmp_path):
    data = tmp_path / "parts.npz"
    np.savez(data, *PARTS[0], *PARTS[1])
    killed = subprocess.run(
        [sys.executable, "-c", inspect.getsource(fresh) + textwrap.dedent(KILLED), tmp_path, str(EPOCHS), data],
        env=os.environ | {"PYTHONPATH": str(CODE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.split("\n") == ["epoch 1", "epoch 2", ""]
    assert (tmp_path / "ckpt-2.index").exists()

    run, seen = fresh(), []
    history = train(run, PARTS[:2], tmp_path, seen.append)
    assert seen == [3, 4]
    np.testing.assert_array_equal(history[:, :3], unbroken.history[:, :3])
    for w, expected in zip(weights(run), weights(unbroken.run), strict=True):
        np.testing.assert_array_equal(w, expected)


def test_a_finished_run_is_not_trained_again(unbroken):
    np.testing.assert_array_equal(train(fresh(), PARTS[:2], unbroken.folder, pytest.fail), unbroken.history)


FEW = [Part(part.images[:48], part.labels[:48]) for part in PARTS[:2]]


def small(sizes=(64, 8, 10), activation="relu", optimizer=Adam, **options):
    """A run that differs from that of the checkpoint below in what is given."""
    net = MLP(sizes, activation, options.pop("drop_input", 0.2), seed=options.pop("first", 0))
    return Run(net, optimizer(net.weights), **({"rate": 0.01, "epochs": 2, "batch_size": 16, "seed": 1} | options))


@pytest.fixture(scope="module")
def half_done(tmp_path_factory):
    """A checkpoint after the first of two epochs."""
    folder = tmp_path_factory.mktemp("half_done")

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small(), FEW, folder, stop)
    return folder


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("optimizer is Adam there and SGD here", {"optimizer": SGD}),
        ("optimizer.beta1 is 0.9 there and 0.5 here", {"optimizer": lambda w: Adam(w, beta1=0.5)}),
        ("model.activation is relu there and sigmoid here", {"activation": "sigmoid"}),
        (r"model.rates is \(0.2, 0.5\) there and \(0.1, 0.5\) here", {"drop_input": 0.1}),
        (r"model.weights is .*\(64, 8\).* there and .*\(64, 9\).* here", {"sizes": (64, 9, 10)}),
        ("run.epochs is 2 there and 3 here", {"epochs": 3}),
        ("run.rate is 0.01 there and 0.02 here", {"rate": 0.02}),
        ("run.batch_size is 16 there and 8 here", {"batch_size": 8}),
        ("run.seed is 1 there and 2 here", {"seed": 2}),
        ("run.step is step there and other here", {"step": lambda: None}),
        ("training part is .* there and .* here", {"parts": FEW[::-1]}),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_with_what_differs_and_stays(name, options, half_done):
    files = {path: path.read_bytes() for path in half_done.iterdir()}
    parts = options.pop("parts", FEW)
    if "step" in options:
        options["step"].__name__ = "other"
    run = small(**options)
    before = weights(run)
    with pytest.raises(ValueError, match=rf"^folder: the checkpoint .*half_done.* is of another run: .*{name}"):
        train(run, parts, half_done)
    assert {path: path.read_bytes() for path in half_done.iterdir()} == files
    assert int(run.done) == 0
    for w, old in zip(weights(run), before, strict=True):
        np.testing.assert_array_equal(w, old)


@pytest.mark.parametrize("size", [0, 200])
@pytest.mark.parametrize("kind", ["data-00000-of-00001", "index"])
def test_a_checkpoint_that_was_cut_is_refused_and_one_that_is_whole_goes_on(kind, size, half_done, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(half_done, folder)
    state = folder / "checkpoint"
    state.write_text(state.read_text(encoding="utf-8").replace(str(half_done), str(folder)), encoding="utf-8")
    file = folder / f"ckpt-1.{kind}"
    whole = file.read_bytes()
    file.write_bytes(whole[:size])
    run = small()
    before = weights(run)
    with pytest.raises(ValueError, match=r"^folder: the checkpoint .*ckpt-1 is damaged .*delete it to train"):
        train(run, FEW, folder)
    for w, old in zip(weights(run), before, strict=True):
        np.testing.assert_array_equal(w, old)
    assert file.read_bytes() == whole[:size]


def test_an_epoch_too_many_is_refused_before_a_weight_moves(unbroken):
    before = weights(unbroken.run)
    with pytest.raises(ValueError, match=r"^epoch: all 4 of this run are done"):
        unbroken.run.epoch(*PARTS[:2])
    for w, old in zip(weights(unbroken.run), before, strict=True):
        np.testing.assert_array_equal(w, old)


def test_a_batch_of_more_than_all_pictures_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ValueError, match=r"^batch_size: got 49, expected a whole number 1 \.\. 48"):
        train(small(batch_size=49), FEW, tmp_path / "checkpoint")
    assert not (tmp_path / "checkpoint").exists()


def test_two_runs_at_once_keep_to_their_own_graphs():
    for sizes in ((64, 8, 10), (64, 10)):
        run = small(sizes, epochs=1)
        run.epoch(*FEW)
        assert int(run.done) == 1


@pytest.mark.parametrize("bad", [0, 1])
def test_bad_data_are_refused_before_anything_is_trained_or_written(bad, tmp_path):
    parts = list(PARTS[:2])
    parts[bad] = Part(parts[bad].images, parts[bad].labels + np.int32(1))
    run = fresh()
    with pytest.raises(ValueError, match=r"^labels: got values 1 \.\. 10, expected 0 \.\. 9"):
        train(run, parts, tmp_path / "checkpoint")
    assert int(run.done) == 0
    assert not (tmp_path / "checkpoint").exists()
