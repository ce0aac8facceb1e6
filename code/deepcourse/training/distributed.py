"""The same training step on one worker, or on several.

`python -m deepcourse.training.distributed` is one worker. TF_CONFIG tells it
who the others are; without it, it is alone. `workers.start` starts several.
"""

import json
import sys
import time

import numpy as np
import tensorflow as tf

from deepcourse.datasets import digits
from deepcourse.training.begin import begin


# --8<-- [start:step]
def shared_step(strategy, weights, joint, rate):
    """A step of descent on all workers at once.

    Args:
        strategy: of TensorFlow, that knows the other workers.
        weights: of a layer of ReLUs and of a last one: w, b, w, b.
        joint: examples of all workers together.
        rate: of learning.

    Returns:
        A function from this worker's pictures, (B, D), and labels, (B,), to
        the loss of the joint batch. It changes the weights.
    """
    w1, b1, w2, b2 = weights
    loss_of = tf.nn.sparse_softmax_cross_entropy_with_logits

    def on_each(x, labels):
        with tf.GradientTape() as tape:
            z = tf.nn.relu(x @ w1 + b1) @ w2 + b2
            each = loss_of(labels=labels, logits=z)
            part = tf.reduce_sum(each) / joint
        found = [*tape.gradient(part, weights), part]
        here = tf.distribute.get_replica_context()
        *g, loss = here.all_reduce("SUM", found)
        for w, dw in zip(weights, g, strict=True):
            w.assign_sub(rate * dw)
        return loss

    return tf.function(
        lambda *shard: strategy.run(on_each, shard),
        autograph=False,
    )


# --8<-- [end:step]


def shard(joint, worker, workers):
    """Which of a joint batch's examples are this worker's.

    Args:
        joint: examples in all.
        worker: this one's number, from 0.
        workers: how many there are.

    Returns:
        A slice; all together are the joint batch, each example once.

    Examples:
        >>> shard(64, 1, 2)
        slice(32, 64, None)
    """
    return slice(
        joint * worker // workers, joint * (worker + 1) // workers
    )


def losses_of(
    strategy, worker, workers, *, steps, joint, hidden, warm=0
):
    """Train on digits, and say the loss and the time of each step.

    Args:
        strategy: of TensorFlow.
        worker: this one's number, from 0.
        workers: how many there are.
        steps: to be taken.
        joint: examples of a step, on all workers together.
        hidden: units of the hidden layer.
        warm: steps before the clock runs.

    Returns:
        The losses of all steps, and the seconds of a step behind `warm`.
    """
    data = digits()
    images = data.images.reshape(-1, 64).astype("f") / 255
    labels = data.labels.astype("i")
    with strategy.scope():
        net = begin([64, hidden, 10], "he", 0)
        weights = [
            tf.Variable(w.astype("f"))
            for layer in net
            for w in layer
        ]
    step = shared_step(strategy, weights, joint, 0.1)
    mine, losses, start = shard(joint, worker, workers), [], 0.0
    drawn = np.random.default_rng(
        0
    )  # the same one on each worker
    for t in range(steps):
        if t == warm:
            start = time.perf_counter()
        rows = drawn.integers(0, len(labels), joint)[mine]
        loss = step(
            tf.constant(images[rows]), tf.constant(labels[rows])
        )
        losses.append(float(loss))
    return losses, (time.perf_counter() - start) / max(
        steps - warm, 1
    )


def main():
    """Be one worker, and print what it found as one line of JSON."""
    settings = json.loads(sys.argv[1])
    threads = settings.pop("threads")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    who = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    workers = len(who.cluster_spec().as_dict().get("worker", [0]))
    strategy = (
        tf.distribute.MultiWorkerMirroredStrategy()
        if workers > 1
        else tf.distribute.get_strategy()
    )
    losses, seconds = losses_of(
        strategy, who.task_id or 0, workers, **settings
    )
    print(json.dumps({"losses": losses, "seconds": seconds}))


if __name__ == "__main__":
    main()
