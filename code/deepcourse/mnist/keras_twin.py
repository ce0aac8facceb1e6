"""The net of this lesson as a practitioner writes it."""

import keras

from deepcourse.mnist.expect import (
    layer_sizes,
    positive,
    probability,
    whole,
)
from deepcourse.mnist.model import ACTIVATIONS


def build(
    sizes=(784, 512, 10),
    activation="relu",
    drop_input=0.2,
    drop_hidden=0.5,
    rate=0.001,
    seed=0,
):
    """Build and compile the same net from Keras' layers.

    Args:
        sizes: units per layer, pixels first.
        activation: of the hidden layers, "relu" or "sigmoid".
        drop_input: probability of dropping a pixel.
        drop_hidden: probability of dropping a hidden unit.
        rate: the learning rate, a number or a schedule.
        seed: for everything random in Keras, NumPy and Python from here on;
            `fit` on arrays then takes the same order in every epoch.

    Returns:
        A compiled `keras.Sequential` that gives logits.

    Raises:
        ValueError: The argument, what came, and what was expected.

    Examples:
        >>> build().count_params()
        407050
    """
    sizes = layer_sizes("sizes", sizes)
    if (
        not isinstance(activation, str)
        or activation not in ACTIVATIONS
    ):
        raise ValueError(
            f"activation: got {activation!r}, "
            f"expected one of {', '.join(ACTIVATIONS)}"
        )
    probability("drop_input", drop_input)
    probability("drop_hidden", drop_hidden)
    if not isinstance(
        rate, keras.optimizers.schedules.LearningRateSchedule
    ):
        positive("rate", rate)
    keras.utils.set_random_seed(whole("seed", seed, 0, 2**32 - 1))
    relu = activation == "relu"
    init = "he_normal" if relu else "glorot_uniform"
    net = keras.Sequential([keras.Input((sizes[0],))])
    net.add(keras.layers.Dropout(drop_input))
    for units in sizes[1:-1]:
        net.add(
            keras.layers.Dense(
                units, activation, kernel_initializer=init
            )
        )
        net.add(keras.layers.Dropout(drop_hidden))
    net.add(
        keras.layers.Dense(sizes[-1], kernel_initializer=init)
    )
    net.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.SparseCategoricalCrossentropy(
            from_logits=True
        ),
        metrics=["accuracy"],
    )
    return net
