"""AdamW: Adam, and each step takes a share off every weight."""

from deepcourse.mnist.adam import Adam
from deepcourse.mnist.expect import positive, slopes


class AdamW(Adam):
    """Adam with decoupled weight decay.

    Loshchilov and Hutter 2019, algorithm 2. As in Keras and PyTorch, the
    share is the decay times the learning rate of the step, and all weights
    decay, biases too.

    Args:
        weights: the variables to move, all in float32 or in float64.
        decay: what a step takes off a weight, times the rate, at least 0.
        **options: as those of `Adam`.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """

    def __init__(self, weights, decay=0.004, **options):
        super().__init__(weights, **options)
        self.decay = positive("decay", decay, or_zero=True)

    def apply(self, gradients, rate):
        """Shrink every weight, then move it one step of Adam.

        Args:
            gradients: one for each weight, of its shape.
            rate: the learning rate, at least 0.

        Raises:
            ValueError: The argument, what came, and what was expected; then
                nothing has moved.
        """
        gradients, rate = slopes(self.weights, gradients, rate)
        for w in self.weights:
            w.assign_sub(rate * self.decay * w)
        super().apply(gradients, rate)
