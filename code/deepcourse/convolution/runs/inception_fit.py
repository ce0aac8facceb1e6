"""The training of the small inception net, an epoch at a time.

An epoch ends in one text, all numbers of the net and of its optimizer, from
which the next one begins. So a run that is killed goes on after its last
epoch.
"""

import base64

import keras
import numpy as np

from deepcourse.convolution.inception_net import inception_net
from deepcourse.convolution.runs.moving import flipped, moved


class Training:
    """A net, and how it learns.

    Args:
        s: `Settings` of the run.
        at: which of the data sets, for its epochs and how pictures move.
        images: N pictures of I×J pixels, 0 .. 255.
        labels: their N classes.
        seed: of the first weights and of all draws.
    """

    def __init__(self, s, at: int, images, labels, seed: int):
        self.s, self.at, self.seed = s, at, seed
        self.images, self.labels = images, labels
        self.net = None

    def built(self, state: str | None):
        """The net as an epoch left it, or with its first weights."""
        s = self.s
        keras.utils.set_random_seed(self.seed)
        size = self.images.shape[1:]
        net = inception_net((*size, 1), s.stem, s.modules)
        steps = s.epochs[self.at] * -(-len(self.images) // s.batch)
        warm = max(1, round(s.warm * steps))
        rate = keras.optimizers.schedules.CosineDecay(
            s.rate / 10, steps - warm, warmup_target=s.rate, warmup_steps=warm
        )
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        net.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
        net.optimizer.build(net.trainable_variables)
        if state:
            unpack(numbers(net), state)
        return net

    def epoch(self, number: int, state: str | None) -> dict:
        """One pass through all pictures, moved anew; what it leaves.

        Args:
            number: of the epoch, from 0.
            state: what the one before left.
        """
        s, at = self.s, self.at
        if self.net is None:
            self.net = self.built(state)
        draw = np.random.default_rng((self.seed, number))
        order = draw.permutation(len(self.images))
        far = draw.integers(-s.shift[at], s.shift[at] + 1, (len(order), 2))
        x = moved(self.images[order], far)
        if s.flip[at]:
            x = flipped(x, draw.integers(0, 2, len(order)) == 1)
        x = x[..., None] / np.float32(255)
        y = self.labels[order]
        found = self.net.fit(x, y, s.batch, shuffle=False, verbose=0)
        state = pack(numbers(self.net))
        return {"loss": found.history["loss"][0], "state": state}


def numbers(net) -> list:
    """All variables of a net, and then of its optimizer."""
    return [*net.weights, *net.optimizer.variables]


def pack(variables: list) -> str:
    """Their numbers as text."""
    flat = np.concatenate([np.ravel(each) for each in variables])
    return base64.b64encode(flat.astype("<f4").tobytes()).decode()


def unpack(variables: list, text: str) -> None:
    """Give variables the numbers that `pack` wrote down.

    Args:
        variables: those of a net alone, or of its optimizer too.
        text: what `pack` returned.
    """
    flat = np.frombuffer(base64.b64decode(text), "<f4")
    for each in variables:
        size = int(np.prod(each.shape))
        each.assign(flat[:size].reshape(each.shape).astype(each.dtype))
        flat = flat[size:]
