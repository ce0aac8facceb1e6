"""Max-norm: the net of the lesson with a limit on the weights into a unit."""

import tensorflow as tf

from deepcourse.mnist.expect import positive
from deepcourse.mnist.model import MLP
from deepcourse.mnist.train import step


class MaxNormMLP(MLP):
    """A net whose units have weights of limited length.

    Srivastava et al. 2014, section 5.1.

    Args:
        *net: as those of `MLP`.
        max_norm: the largest length that the weights into a unit may have.
        **options: as those of `MLP`.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, *net, max_norm, **options):
        super().__init__(*net, **options)
        self.max_norm = positive("max_norm", max_norm)

    def limit_norms(self):
        """Shrink a unit's weights where they are too long."""
        for w in self.w:
            w.assign(tf.clip_by_norm(w, self.max_norm, axes=[0]))


def limited_step(model, optimizer, images, labels, rate, seed):
    """Take one step, then limit the weights into each unit.

    Args:
        model: a `MaxNormMLP`.
        optimizer: as in `step`, like all that follows.
        images: (B, D) float32, 0 .. 1.
        labels: (B,) int32.
        rate: the learning rate.
        seed: two integers, for this step's dropout.

    Returns:
        () the mean loss before the step, in nats.
    """
    loss = step(model, optimizer, images, labels, rate, seed)
    model.limit_norms()
    return loss
