"""Training: the step, the epoch, and a run that is killed and resumes."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.datasets import digits
from deepcourse.mnist.adam import SGD, Adam
from deepcourse.mnist.data import Part, split
from deepcourse.mnist.layers import softmax_cross_entropy
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import Run, score, step, train

CODE = Path(__file__).parents[2] / "code"
PARTS = split(digits(), validation=200)
EPOCHS = 4


def fresh(seed=5, epochs=EPOCHS, rate=0.01, **options):
    """The run that the tests below break off, resume and repeat."""
    net = MLP((64, 32, 10), seed=seed, **options)
    return Run(net, Adam(net.weights), rate, epochs, 128, seed)


def weights(run):
    return [w.numpy() for w in run.model.weights]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    run = fresh()
    return train(run, PARTS[:2], tmp_path_factory.mktemp("unbroken")), weights(run)


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
        limit_norms = staticmethod(lambda: None)

        def __call__(self, x, seed=None):
            if seed is not None:
                tf.py_function(lambda s: seeds.append(tuple(s.numpy())), [seed], [])
            return net(x, seed)

    run.model = Watched()
    steps = len(PARTS[0].labels) // 128
    for _ in range(3):
        run.epoch(*PARTS[:2])
    np.testing.assert_allclose(given, [0.3 * (1 - t / (3 * steps)) for t in range(3 * steps)], rtol=1e-5)
    assert seeds == [(5, t) for t in range(3 * steps)]


def test_the_norms_are_limited_after_every_step():
    run = fresh(epochs=1, max_norm=0.5)
    run.epoch(*PARTS[:2])
    for w in run.model.w:
        assert np.linalg.norm(w, axis=0).max() <= 0.5 * (1 + 1e-6)


def test_score_is_the_mean_loss_and_the_share_of_right_answers():
    net = MLP((64, 10))
    x, labels = PARTS[2]
    logits = net(x).numpy()
    loss, accuracy = score(net, x, labels)
    assert float(accuracy) == pytest.approx((logits.argmax(axis=1) == labels).mean())
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert float(loss) == pytest.approx(-np.log(p[np.arange(len(labels)), labels]).mean(), rel=1e-5)


def test_history_holds_losses_accuracy_and_seconds_of_each_epoch(unbroken):
    history, _ = unbroken
    assert history.shape == (EPOCHS, 4)
    train_loss, loss, accuracy, seconds = history.T
    assert train_loss[-1] < 0.8 * train_loss[0]
    assert loss[-1] < loss[0] < np.log(10)
    assert accuracy[-1] > 0.6
    assert (seconds > 0).all()


def test_the_same_seed_gives_the_same_run_bit_for_bit(unbroken, tmp_path):
    run = fresh()
    history = train(run, PARTS[:2], tmp_path)
    np.testing.assert_array_equal(history[:, :3], unbroken[0][:, :3])
    for w, expected in zip(weights(run), unbroken[1], strict=True):
        np.testing.assert_array_equal(w, expected)


def test_another_seed_gives_another_run(unbroken, tmp_path):
    run = fresh(seed=6, epochs=1)
    assert train(run, PARTS[:2], tmp_path)[0, 0] != unbroken[0][0, 0]


KILLED = """
    import os, signal, sys
    import tensorflow as tf
    from deepcourse.mnist import train
    from test_train import PARTS, fresh

    original, sys.argv = train.batches, sys.argv

    def deadly(*args):
        # In the third epoch, the fifth batch is the end of the process.
        data = original(*args)
        if args[-1] < 2:
            return data

        def kill(i):
            if i == 4:
                os.kill(os.getpid(), signal.SIGKILL)
            return i

        def look(i, batch):
            with tf.control_dependencies([tf.py_function(kill, [i], tf.int64)]):
                return tf.identity(batch[0]), tf.identity(batch[1])

        size = len(data)
        return data.enumerate().map(look).apply(tf.data.experimental.assert_cardinality(size))

    train.batches = deadly
    train.train(fresh(), PARTS[:2], sys.argv[1], lambda done: print("epoch", done, flush=True))
"""


def test_a_run_killed_within_an_epoch_resumes_and_ends_as_an_unbroken_one(unbroken, tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(CODE), str(Path(__file__).parent)])}
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), tmp_path],
        env=environment,
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
    np.testing.assert_array_equal(history[:, :3], unbroken[0][:, :3])
    for w, expected in zip(weights(run), unbroken[1], strict=True):
        np.testing.assert_array_equal(w, expected)


def test_a_finished_run_is_not_trained_again(tmp_path):
    history = train(fresh(epochs=1), PARTS[:2], tmp_path)
    run = fresh(epochs=1)
    np.testing.assert_array_equal(train(run, PARTS[:2], tmp_path, pytest.fail), history)


@pytest.mark.parametrize("bad", [0, 1])
def test_bad_data_are_refused_before_anything_is_trained_or_written(bad, tmp_path):
    parts = list(PARTS[:2])
    parts[bad] = Part(parts[bad].images, parts[bad].labels + np.int32(1))
    run = fresh()
    with pytest.raises(ValueError, match=r"^labels: got values 1 \.\. 10, expected 0 \.\. 9"):
        train(run, parts, tmp_path / "checkpoint")
    assert int(run.done) == 0
    assert not (tmp_path / "checkpoint").exists()
