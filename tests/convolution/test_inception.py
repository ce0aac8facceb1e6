"""1×1, bottleneck and module against Keras and TensorFlow, values and slopes, and GoogLeNet's table."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.convolution.conv import conv
from deepcourse.convolution.inception import inception, max_pool, merged, per_pixel, per_pixel_backward, shapes, spent
from deepcourse.convolution.inception_net import inception_net, module
from deepcourse.convolution.runs import modules
from hypothesis import given
from hypothesis import strategies as st

few = st.integers(1, 4)
sizes = st.integers(1, 7)
seeds = st.integers(0, 2**31)
narrowed = st.one_of(st.none(), few)


def drawn(seed, *wanted):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in wanted]


@given(few, sizes, sizes, few, few, seeds)
def test_a_dense_layer_at_each_pixel_is_a_convolution_of_1x1_values_and_slopes(b, i, j, c, k, seed):
    x, a, dy = drawn(seed, (b, i, j, c), (c, k), (b, i, j, k))
    given_x, given_a = tf.constant(x), tf.constant(a[None, None])
    with tf.GradientTape() as tape:
        tape.watch([given_x, given_a])
        y = tf.nn.conv2d(given_x, given_a, 1, "VALID")
    np.testing.assert_allclose(per_pixel(x, a), y, atol=1e-12)
    np.testing.assert_allclose(conv(x, a[None, None, None, None]), y, atol=1e-12)
    dx, da = per_pixel_backward(dy, x, a)
    theirs = tape.gradient(y, [given_x, given_a], dy)
    np.testing.assert_allclose(dx, theirs[0], atol=1e-12)
    np.testing.assert_allclose(da, theirs[1][0, 0], atol=1e-12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_it_is_keras_dense_and_keras_conv2d_from_the_same_weights(dtype):
    x, w = (a.astype(dtype) for a in drawn(0, (2, 5, 4, 3), (3, 6)))
    dense = keras.layers.Dense(6, use_bias=False, dtype=dtype)
    wide = keras.layers.Conv2D(6, 1, use_bias=False, dtype=dtype)
    for layer, weights in ((dense, w), (wide, w[None, None])):
        layer.build(x.shape)
        layer.set_weights([weights])
        np.testing.assert_allclose(per_pixel(x, w), layer(x), atol=1e-12 if dtype == "float64" else 1e-5)


@given(few, sizes, sizes, few, few, few, st.sampled_from([1, 3, 5]), seeds)
def test_without_its_relu_a_bottleneck_is_one_kernel_of_no_more_rank(b, i, j, c, h, k, side, seed):
    x, a, w = drawn(seed, (b, i, j, c), (c, h), (side, side, h, k))
    one = merged(a, w)
    y = conv(per_pixel(x, a), w[None, None], padding="same")
    np.testing.assert_allclose(conv(x, one[None, None], padding="same"), y, atol=1e-10)
    table = one.transpose(2, 0, 1, 3).reshape(c, -1)
    assert np.linalg.matrix_rank(table) <= h


@given(few, sizes, sizes, few, st.integers(1, 5), st.booleans(), seeds)
def test_the_pool_is_tensorflows_whatever_the_sign(b, i, j, c, side, below, seed):
    (x,) = drawn(seed, (b, i, j, c))
    x = -np.abs(x) if below else x
    np.testing.assert_allclose(max_pool(x, side), tf.nn.max_pool2d(x, side, 1, "SAME"), atol=1e-12)


def twin(x, widths):
    """Keras' module with random weights and no biases, and the same kernels by branch."""
    start = keras.Input(x.shape[1:], dtype="float64")
    with Float64():
        net = keras.Model(start, module(start, *widths))
    for layer in net.layers:
        if layer.weights:
            kernel = np.random.default_rng(layer.kernel.shape[-1]).normal(size=layer.kernel.shape)
            layer.set_weights([kernel, np.zeros(kernel.shape[-1])])
    kernels = [layer.kernel.numpy() for layer in net.layers if layer.weights]
    return net, kernels


class Float64:
    """Layers that are made here compute in float64."""

    def __enter__(self):
        self.before = keras.config.dtype_policy()
        keras.config.set_dtype_policy("float64")

    def __exit__(self, *_):
        keras.config.set_dtype_policy(self.before)


def by_branch(net, kernels, widths, into):
    """Keras' kernels, sorted by the branch that has kernels of these shapes in this order."""
    left = list(kernels)
    found = {}
    for name, wanted in shapes(into, *widths).items():
        found[name] = []
        for shape in wanted:
            at = next(n for n, each in enumerate(left) if each.shape == shape)
            found[name].append(left.pop(at))
    assert not left
    return found


# Each layer has channels of its own, so that shapes tell the kernels apart.
WIDTHS = [
    (2, (3, 4), (5, 6), 7),
    (2, (None, 4), (None, 6), None),
    (1, (2, 3), (None, 4), 5),
]


@pytest.mark.parametrize("widths", WIDTHS)
def test_the_module_is_keras_module_values_and_slopes(widths):
    (x, dy) = drawn(1, (2, 6, 5, 8), (2, 6, 5, 1))
    net, kernels = twin(x, widths)
    branches = by_branch(net, kernels, widths, 8)
    given_x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given_x)
        y = net(given_x)
        total = tf.reduce_sum(y * dy)
    np.testing.assert_allclose(inception(x, branches), y, atol=1e-12)
    slopes = tape.gradient(total, [given_x, *[layer.kernel for layer in net.layers if layer.weights]])
    step = 1e-6

    def change(f):
        return (f(step) - f(-step)) / (2 * step)

    (way,) = drawn(2, x.shape)
    along = change(lambda s: (inception(x + s * way, branches) * dy).sum())
    assert along == pytest.approx(float(np.sum(slopes[0] * way)), rel=1e-6)
    for kernel, slope in zip(kernels, slopes[1:], strict=True):
        (way,) = drawn(3, kernel.shape)

        def loss(s, kernel=kernel, way=way):
            moved = {n: [w + s * way if w is kernel else w for w in each] for n, each in branches.items()}
            return (inception(x, moved) * dy).sum()

        assert change(loss) == pytest.approx(float(np.sum(slope * way)), rel=1e-6)


@given(few, few, st.tuples(narrowed, few), st.tuples(narrowed, few), narrowed, st.integers(1, 3))
def test_costs_are_the_weights_of_keras_module_without_biases(into, one, three, five, pool, side):
    start = keras.Input((side, side, into))
    net = keras.Model(start, module(start, one, three, five, pool))
    kernels = [each for branch in shapes(into, one, three, five, pool).values() for each in branch]
    weights, products = spent(kernels, (side, side))
    assert weights == sum(int(np.prod(layer.kernel.shape)) for layer in net.layers if layer.weights)
    assert products == weights * side**2
    assert net.output.shape[-1] == one + three[1] + five[1] + (pool or into)


def test_the_narrow_layers_of_module_3a_cost_memory_and_that_of_resnet_weights_as_the_page_says():
    _, into, *widths = modules.MODULES["3a"]
    made = [
        sum(shape[3] for branch in shapes(into, *given).values() for shape in branch) + into  # the pool's are as many
        for given in (modules.naive(*widths), widths)
    ]
    assert made == [64 + 128 + 32 + 192, 256 + 96 + 16 + 192] == [416, 560]
    assert spent([(1, 1, 256, 64), (3, 3, 64, 64), (1, 1, 64, 256)], (1, 1))[0] == 69_632
    assert spent([(3, 3, 256, 256)], (1, 1))[0] == 589_824


def test_the_widths_of_googlenet_are_as_the_rules_of_thumb_say():
    found = [(into, three[0], five[0]) for _, into, _, three, five, _ in modules.MODULES.values()]
    before_three, before_five = ([into / each[at] for into, *each in found] for at in (0, 1))
    assert (min(before_three), min(before_five), max(before_five)) == (2, 8, 30)
    assert 5 <= max(before_three) < 5.25
    for _, _, *widths in modules.MODULES.values():
        assert not any(n % 8 for each in widths for n in np.ravel(each))


def test_the_small_nets_differ_in_products_as_the_page_says():
    large, narrowed = spent([(5, 5, 32, 64)], (4, 4))[1], spent([(1, 1, 32, 8)], (12, 12))[1]
    narrowed += spent([(5, 5, 8, 64)], (4, 4))[1]
    others = spent([(5, 5, 1, 32)], (12, 12))[1] + 64 * 10
    assert (others + large) / (others + narrowed) == pytest.approx(2.6, abs=0.05)
    for r, most in ((1, 31), (9, 27)):
        assert most < 25 * 32 * 64 / (r * 32 + 25 * 64) < most + 1


def test_a_small_net_gives_ten_scores_and_halves_twice():
    net = inception_net((28, 28, 1), 4, [(2, (2, 4), (2, 2), 2)] * 3)
    assert net.output.shape == (None, 10)
    joined = [layer.output.shape[1:3] for layer in net.layers if isinstance(layer, keras.layers.Concatenate)]
    assert joined == [(14, 14), (7, 7), (7, 7)]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("into", {"into": 0}),
        ("one", {"one": 1.5}),
        ("three", {"three": 4}),
        ("three", {"three": (None, None)}),
        ("five", {"five": (0, 4)}),
        ("five", {"five": (1, 2, 3)}),
        ("pool", {"pool": 0}),
    ],
)
def test_widths_that_cant_be_are_refused_by_name(name, change):
    good = {"into": 8, "one": 2, "three": (None, 2), "five": (1, 2), "pool": None}
    with pytest.raises(ValueError, match=f"^{name}: got .*, expected "):
        shapes(**good | change)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("a", lambda: per_pixel(np.zeros((1, 2, 2, 3)), np.zeros((2, 3)))),
        ("x", lambda: per_pixel(np.zeros((2, 2, 3)), np.zeros((3, 3)))),
        ("w", lambda: merged(np.zeros((3, 2)), np.zeros((3, 3, 3, 1)))),
        ("side|size", lambda: max_pool(np.zeros((1, 2, 2, 1)), 0)),
        ("places", lambda: spent([(1, 1, 2, 2)], 3)),
    ],
)
def test_other_refusals(name, call):
    with pytest.raises(ValueError, match=f"^({name}): got .*, expected "):
        call()
