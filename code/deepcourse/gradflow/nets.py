"""A small convolutional net by hand: forward, backward, and training.

Two layers of four steps each (convolve, normalize, scale and shift,
activate), then a dense one. Pictures of 8×8 pixels go in, such as the
digits of scikit-learn. `other_nets` has three more nets for `fit`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from deepcourse.gradflow import batchnorm, expect
from deepcourse.gradflow.activations import relu, relu_backward
from deepcourse.gradflow.batchnorm import (
    batchnorm_backward,
    batchnorm_forward,
)
from deepcourse.gradflow.conv2d import conv_backward, conv_forward
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.gradflow.matmul import (
    dense_backward,
    dense_forward,
)


# --8<-- [start:conv-forward]
def layer(x, w, gamma, beta, stride):
    """Convolve, normalize, scale and shift, activate.

    Args:
        x: (B, I, J, C) images.
        w: (U, V, C, K) the kernel.
        gamma: (K,) what each channel is scaled by.
        beta: (K,) the bias of each channel.
        stride: of the convolution.

    Returns:
        Images of shape (B, P, Q, K), and what `layer_backward` needs.
    """
    x, w, gamma, beta = expect.arrays(
        x=(x, "B, I, J, C"),
        w=(w, "U, V, C, K"),
        gamma=(gamma, "K"),
        beta=(beta, "K"),
    )
    z = conv_forward(x, w, stride, "same")  # (B, P, Q, K)
    r, norm = batchnorm_forward(z, gamma, beta)
    y = relu(r)  # (B, P, Q, K)
    return y, (x, w, stride, norm, y)


def conv_net_forward(w, x):
    """Two convolutions, and a dense layer on what they found.

    Args:
        w: the weights, by name.
        x: (B, 8, 8, 1) pictures.

    Returns:
        Logits of shape (B, 10), and what `conv_net_backward` needs.
    """
    y1, first = layer(
        x, w["k1"], w["gamma1"], w["beta1"], stride=1
    )
    y2, second = layer(
        y1, w["k2"], w["gamma2"], w["beta2"], stride=2
    )
    flat = y2.reshape(len(x), -1)  # (B, 512)
    logits = dense_forward(flat, w["w"], w["b"])  # (B, 10)
    return logits, (first, second, flat)


# --8<-- [end:conv-forward]


# --8<-- [start:conv-backward]
def layer_backward(dy, cache):
    """Each step of `layer` in reverse order.

    Args:
        dy: (B, P, Q, K) gradient with respect to y.
        cache: of `layer`.

    Returns:
        (B, I, J, C), (U, V, C, K), (K,), (K,) dx, dw, dgamma and dbeta.
    """
    x, w, stride, norm, y = cache
    dr = relu_backward(dy, y)  # (B, P, Q, K)
    dz, dgamma, dbeta = batchnorm_backward(dr, norm)
    dx, dw = conv_backward(dz, x, w, stride, "same")
    return dx, dw, dgamma, dbeta


def conv_net_backward(dlogits, w, cache):
    """The gradient of every weight, the last layer first.

    Args:
        dlogits: (B, 10) gradient with respect to the logits.
        w: the weights, by name.
        cache: of `conv_net_forward`.

    Returns:
        A gradient for each weight, by the same names.
    """
    first, second, flat = cache
    dflat, dw, db = dense_backward(dlogits, flat, w["w"])
    dy2 = dflat.reshape(second[-1].shape)  # (B, 4, 4, 32)
    dy1, dk2, dgamma2, dbeta2 = layer_backward(dy2, second)
    _, dk1, dgamma1, dbeta1 = layer_backward(dy1, first)
    one = {"k1": dk1, "gamma1": dgamma1, "beta1": dbeta1}
    two = {"k2": dk2, "gamma2": dgamma2, "beta2": dbeta2}
    return one | two | {"w": dw, "b": db}


# --8<-- [end:conv-backward]


def conv_weights(rng):
    """He's weights for the kernels; normalization starts as the identity.

    Args:
        rng: a numpy.random.Generator, which moves on.

    Returns:
        The weights, by name.
    """
    return {
        "k1": normal(rng, (3, 3, 1, 16), 2 / 9),
        "gamma1": np.ones(16),
        "beta1": np.zeros(16),
        "k2": normal(rng, (3, 3, 16, 32), 2 / 144),
        "gamma2": np.ones(32),
        "beta2": np.zeros(32),
        "w": normal(rng, (512, 10), 1 / 512),
        "b": np.zeros(10),
    }


def normal(rng, shape, variance):
    """Random weights of mean 0.

    Args:
        rng: a numpy.random.Generator, which moves on.
        shape: of the weights.
        variance: of each.

    Returns:
        An array of that shape.

    Raises:
        ValueError: rng is no generator, or the variance is below 0.
    """
    expect.generator("rng", rng)
    variance = expect.number(
        "variance",
        variance,
        lambda v: 0 <= v < np.inf,
        "at least 0",
    )
    return rng.normal(0, variance**0.5, shape)


def conv_use(w, x, images):
    """The logits of the net in use: each picture by itself.

    The statistics are those of a set of images, as in Ioffe and Szegedy
    2015, algorithm 2, and no longer those of a batch.

    Args:
        w: the weights, by name.
        x: (B, 8, 8, 1) pictures.
        images: (N, 8, 8, 1) what the net was trained on.

    Returns:
        (B, 10) logits.
    """
    _, (first, second, _) = conv_net_forward(w, images)
    for i, (_, k, stride, norm, _) in enumerate(
        (first, second), 1
    ):
        a = conv_forward(x, k, stride, "same")
        gamma, beta = w[f"gamma{i}"], w[f"beta{i}"]
        x = relu(
            batchnorm.inference(
                a, gamma, beta, norm.mean, norm.var
            )[0]
        )
    return dense_forward(x.reshape(len(x), -1), w["w"], w["b"])


class Net(NamedTuple):
    """What `fit` wants to know of a net."""

    weights: Callable  # rng -> weights by name
    forward: Callable  # weights, pictures -> logits, cache
    backward: Callable  # dlogits, weights, cache -> gradients


CONV = Net(conv_weights, conv_net_forward, conv_net_backward)


# --8<-- [start:fit]
def fit(net, w, batches, rates, momentum=0.9):
    """Follow the gradient, batch by batch.

    Args:
        net: its `forward` and `backward`.
        w: the weights by name; replaced, one step after the other.
        batches: pairs of pictures and labels.
        rates: of learning, a number for each batch.
        momentum: the share of its velocity that a weight keeps.

    Returns:
        A list: the loss of each batch, before its step.

    Raises:
        ValueError: The momentum is out of its range, or a shape is wrong.
    """
    momentum = expect.number(
        "momentum",
        momentum,
        lambda m: 0 <= m < 1,
        "0 <= momentum < 1",
    )
    losses, velocity = [], dict.fromkeys(w, 0.0)
    for (x, labels), rate in zip(batches, rates):
        logits, cache = net.forward(w, x)
        loss, dlogits = softmax_cross_entropy(logits, labels)
        losses.append(loss)
        for name, dw in net.backward(dlogits, w, cache).items():
            velocity[name] = momentum * velocity[name] - rate * dw
            w[name] = w[name] + velocity[name]
    return losses


# --8<-- [end:fit]
