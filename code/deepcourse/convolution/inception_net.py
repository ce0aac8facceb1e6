"""An inception module and a small net of three, in Keras.

Szegedy et al.: Going deeper with convolutions (2015), sections 4 and 5. Batch
normalization is younger than the paper; the small net has it to learn in a few
epochs.
"""

import keras
from keras.layers import (
    BatchNormalization,
    Concatenate,
    Conv2D,
    Dense,
    GlobalAvgPool2D,
    MaxPool2D,
)


# --8<-- [start:module]
def module(x, one, three, five, pool):
    """Four branches side by side, in Keras.

    Args:
        x: a Keras tensor of (B, P, Q, C).
        one: channels of the 1×1 branch.
        three: channels of the 1×1 convolution before the 3×3, or None for
            none, and of the 3×3.
        five: likewise of the 5×5.
        pool: channels of the 1×1 convolution after the pool, or None.

    Returns:
        A Keras tensor of (B, P, Q, K), the branches' channels one after the
        other.
    """
    like = {"padding": "same", "activation": "relu"}

    def layer(x, channels, size):
        if channels is None:
            return x
        return Conv2D(channels, size, **like)(x)

    return Concatenate()(
        [
            layer(x, one, 1),
            layer(layer(x, three[0], 1), three[1], 3),
            layer(layer(x, five[0], 1), five[1], 5),
            layer(MaxPool2D(3, 1, "same")(x), pool, 1),
        ]
    )


# --8<-- [end:module]


# --8<-- [start:net]
def inception_net(shape, stem, modules, classes=10):
    """A convolution, modules, a mean by channel, scores.

    Args:
        shape: of a picture, (I, J, C).
        stem: channels of the first convolution.
        modules: the arguments of each module; a pool halves the picture
            before the first two.
        classes: scores of a picture.

    Returns:
        A Keras model of (B, I, J, C) -> (B, classes).
    """
    x = start = keras.Input(shape)
    x = Conv2D(stem, 3, padding="same", activation="relu")(x)
    for at, widths in enumerate(modules):
        x = MaxPool2D(2)(x) if at < 2 else x
        x = module(BatchNormalization()(x), *widths)
    x = GlobalAvgPool2D()(BatchNormalization()(x))
    return keras.Model(start, Dense(classes)(x))


# --8<-- [end:net]
