"""Both optimizers against their formulas and against Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.adam import SGD, Adam

SHAPES = [(), (1,), (7, 5), (5,)]


def gradients(steps, shapes=SHAPES, seed=0):
    """Gradients of very different sizes; some weights see one in every third step only."""
    rng = np.random.default_rng(seed)
    for t in range(steps):
        yield [
            tf.constant(rng.normal(size=shape) * 10.0 ** rng.uniform(-4, 2, shape) * (i % 2 or t % 3 == 0), tf.float32)
            for i, shape in enumerate(shapes)
        ]


def start(seed=1):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(np.float32) for shape in SHAPES]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Adam, keras.optimizers.Adam),
        (lambda w: Adam(w, 0.5, 0.9, 1e-3), lambda rate: keras.optimizers.Adam(rate, 0.5, 0.9, 1e-3)),
        (SGD, keras.optimizers.SGD),
    ],
    ids=["adam", "adam with other constants", "sgd"],
)
def test_a_hundred_steps_equal_keras(ours, theirs):
    mine, twins = [[tf.Variable(w) for w in start()] for _ in range(2)]
    optimizer, twin = ours(mine), theirs(0.01)
    twin.build(twins)

    @tf.function
    def both(step):
        optimizer.apply(step, 0.01)
        twin.apply_gradients(zip(step, twins, strict=True))

    for step in gradients(100):
        both(step)
    for w, expected, first in zip(mine, twins, start(), strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-5, atol=1e-6)
        assert (w.numpy() != first).all()


@pytest.mark.parametrize("kind", [Adam, SGD])
@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        ([1.0], "gradients: got 1, expected 2, one for each weight"),
        ([1.0, [2.0, 2.0], 3.0], "gradients: got 3, expected 2"),
        ([1.0, None], r"gradients\[1\], of the weight 'second:0': got None, expected shape \(2,\)"),
        ([1.0, 2.0], r"gradients\[1\], of the weight 'second:0': got shape \(\), expected \(2\)"),
        ([1.0, [[2.0, 2.0]]], r"gradients\[1\], of the weight 'second:0': got shape \(1, 2\)"),
    ],
)
def test_gradients_that_are_not_those_of_the_weights_are_refused_before_any_weight_moves(kind, gradients, message):
    weights = [tf.Variable(1.0, name="first"), tf.Variable([2.0, 2.0], name="second")]
    optimizer = kind(weights)
    with pytest.raises(ValueError, match="^" + message):
        optimizer.apply(gradients, 0.1)
    assert weights[0].numpy() == 1
    if kind is Adam:
        assert optimizer.t.numpy() == 0


@pytest.mark.parametrize(("kind", "twin"), [(Adam, keras.optimizers.Adam), (SGD, keras.optimizers.SGD)])
def test_float64_weights_move_in_float64_as_keras_moves_them(kind, twin):
    first = np.random.default_rng(1).normal(size=(3, 2))
    w, theirs = tf.Variable(first), keras.Variable(first, dtype="float64")
    ours, keras_optimizer = kind([w]), twin(0.01)
    for g in np.random.default_rng(2).normal(size=(20, 3, 2)):
        ours.apply([g], np.float64(0.01))
        keras_optimizer.apply([tf.constant(g)], [theirs])
    assert w.dtype == tf.float64
    # Keras holds its rate, and Adam's constants, in float32.
    np.testing.assert_allclose(w - first, theirs.numpy() - first, rtol=1e-5)


@pytest.mark.parametrize("rate", [0.01, np.float64(0.01), tf.constant(0.01, tf.float64)])
def test_float64_weights_move_to_the_precision_of_float64(rate):
    steps = np.random.default_rng(2).normal(size=(20, 3))
    adam, sgd = tf.Variable(np.ones(3)), tf.Variable(np.ones(3))
    optimizers = Adam([adam], epsilon=0.0), SGD([sgd])
    for g in steps:
        for optimizer in optimizers:
            optimizer.apply([g], rate)
    np.testing.assert_allclose(adam, algorithm_1(np.ones(3), steps, 0.01, 0.0), rtol=1e-12)
    np.testing.assert_allclose(sgd, 1 - 0.01 * steps.sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("kind", [Adam, SGD])
@pytest.mark.parametrize(
    ("weights", "came"),
    [
        ([tf.Variable([1.0], dtype=tf.float16)], r"weights\[0\]: got .*float16"),
        ([tf.Variable([1.0]), tf.Variable([1.0], dtype=tf.bfloat16)], r"weights\[1\]: got .*bfloat16"),
        ([tf.Variable([1.0]), tf.Variable([1.0], dtype=tf.float64)], r"weights\[1\]: got .*float64"),
        ([tf.Variable([1])], r"weights\[0\]: got .*int32"),
        ([tf.constant([1.0])], r"weights\[0\]: got .*float32"),
    ],
    ids=["float16", "bfloat16", "two dtypes", "integers", "no variable"],
)
def test_weights_that_cannot_be_moved_to_their_precision_are_refused(kind, weights, came):
    with pytest.raises(ValueError, match=f"(?s)^{came}.*, expected "):
        kind(weights)


def test_gradients_may_be_lists_generators_or_of_another_dtype():
    for gradients in ([[10, -20]], iter([[10.0, -20.0]]), [np.array([10, -20], np.float64)]):
        w = tf.Variable([1.0, 2.0])
        SGD([w]).apply(gradients, 0.1)
        np.testing.assert_allclose(w, [0.0, 4.0], atol=1e-6)


def test_sgd_moves_each_weight_by_minus_rate_times_gradient():
    w = tf.Variable([1.0, 2.0])
    SGD([w]).apply([tf.constant([10.0, -20.0])], 0.1)
    np.testing.assert_allclose(w, [0.0, 4.0])


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.999])
def test_weights_of_the_running_average_sum_to_one_minus_beta_to_the_t(beta):
    m = 0.0
    for t in range(1, 101):
        m = beta * m + (1 - beta) * 3.0  # of gradients whose mean is 3
        assert m == pytest.approx((1 - beta**t) * 3.0, rel=1e-12)


def test_the_correction_gives_a_constant_gradient_back():
    g = np.array([3.0, -0.02])
    optimizer = Adam([tf.Variable(tf.zeros(2))])
    for t in range(1, 51):
        optimizer.apply([tf.constant(g, tf.float32)], 0.01)
        np.testing.assert_allclose(optimizer.m[0] / (1 - 0.9**t), g, rtol=1e-5)
        np.testing.assert_allclose(optimizer.v[0] / (1 - 0.999**t), g**2, rtol=1e-5)


@pytest.mark.equation("mnist/momentum")
def test_momentum_moves_by_a_decaying_sum_of_all_gradients(proof):
    steps = np.random.default_rng(6).normal(size=(20, 5))
    w = tf.Variable(np.ones(5))
    optimizer = SGD([w], momentum=0.9)
    found, sums = [w.numpy().copy()], [np.zeros(5)]
    for g in steps:
        optimizer.apply([tf.constant(g)], 0.01)
        found.append(w.numpy().copy())
        sums.append(optimizer.u[0].numpy().copy())
    g = [np.full(5, np.nan), *steps]  # counted from 1
    proof.tex({r"\beta": 0.9, r"\eta": 0.01}, w=found, u=sums, g=g, t=range(1, 21), tolerance=1e-12)


def test_a_gradient_that_stays_moves_ten_times_the_rate_with_momentum():
    w = tf.Variable(0.0)
    optimizer = SGD([w], momentum=0.9)
    places = []
    for _ in range(200):
        optimizer.apply([tf.constant(1.0)], 0.01)
        places.append(float(w))
    assert places[-1] - places[-2] == pytest.approx(-10 * 0.01, rel=1e-4)


def test_a_hundred_steps_with_momentum_equal_keras():
    mine, twins = [[tf.Variable(w) for w in start()] for _ in range(2)]
    optimizer, twin = SGD(mine, momentum=0.9), keras.optimizers.SGD(0.01, momentum=0.9)
    twin.build(twins)
    for step in gradients(100):
        optimizer.apply(step, 0.01)
        twin.apply_gradients(zip(step, twins, strict=True))
    for w, expected in zip(mine, twins, strict=True):
        np.testing.assert_allclose(w, expected, rtol=1e-4, atol=1e-5)


def test_while_the_rate_falls_keras_momentum_keeps_the_rates_of_old_steps_and_ours_does_not():
    mine, twins = tf.Variable([0.0]), tf.Variable([0.0])
    optimizer, twin = SGD([mine], momentum=0.9), keras.optimizers.SGD(1.0, momentum=0.9)
    twin.build([twins])
    u = velocity = ours = theirs = 0.0
    for rate in np.linspace(1, 0.1, 10):
        optimizer.apply([tf.constant([1.0])], tf.constant(rate, tf.float32))
        twin.learning_rate.assign(rate)
        twin.apply_gradients([(tf.constant([1.0]), twins)])
        u, velocity = 0.9 * u + 1, 0.9 * velocity - rate
        ours, theirs = ours - rate * u, theirs + velocity
    assert float(mine[0]) == pytest.approx(ours, rel=1e-5)
    assert float(twins[0]) == pytest.approx(theirs, rel=1e-5)
    assert abs(theirs) > 1.3 * abs(ours)


def algorithm_1(w, steps, rate, epsilon):
    """Kingma and Ba's algorithm 1 line by line, in float64: the reference of the tests below."""
    m, v = np.zeros_like(w), np.zeros_like(w)
    for t, g in enumerate(steps, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + epsilon)
    return w


@pytest.mark.parametrize("epsilon", [0.0, 1e-7])
def test_a_step_is_the_mean_gradient_in_units_of_its_root_mean_square(epsilon):
    rng = np.random.default_rng(3)
    steps = rng.normal(size=(40, 6)) * 10.0 ** np.arange(-1, 5)
    w = tf.Variable(tf.ones(6))
    optimizer = Adam([w], epsilon=epsilon)
    for g in steps:
        optimizer.apply([tf.constant(g, tf.float32)], 0.01)
    expected = algorithm_1(np.ones(6), steps, 0.01, epsilon)
    # Where epsilon stands changes a step by 32 epsilon / |g| at most.
    np.testing.assert_allclose(w - 1, expected - 1, rtol=1e-4, atol=1e-5)


@pytest.mark.equation("mnist/adam")
def test_each_step_is_made_of_the_corrected_running_means(proof):
    steps = np.random.default_rng(4).normal(size=(20, 6))
    for epsilon in (0.0, 0.05):  # the second counts
        w = tf.Variable(np.zeros(6))
        optimizer = Adam([w], epsilon=epsilon)
        found = [np.zeros((3, 6))]
        for g in steps:
            optimizer.apply([tf.constant(g)], 0.01)
            found.append(np.array([w.numpy(), optimizer.m[0].numpy(), optimizer.v[0].numpy()]))
        ours, m, v = np.stack(found, axis=1)
        bound = {r"\beta_1": 0.9, r"\beta_2": 0.999, r"\eta": 0.01, r"\epsilon": epsilon}
        g = [np.full(6, np.nan), *steps]  # counted from 1
        proof.tex(bound, w=ours, m=m, v=v, g=g, t=range(1, 21), tolerance=1e-12)
    np.testing.assert_allclose(ours[1], algorithm_1(np.zeros(6), steps[:1], 0.01, 0.05 / (1 - 0.999) ** 0.5), rtol=1e-9)


def test_a_loss_a_thousand_times_as_large_gives_the_same_steps():
    moved = []
    for factor in (1.0, 1000.0):
        w = tf.Variable(tf.zeros(4))
        optimizer = Adam([w])
        for g in np.random.default_rng(5).normal(size=(20, 4)).astype(np.float32):
            optimizer.apply([tf.constant(factor * g)], 0.01)
        moved.append(w.numpy())
    np.testing.assert_allclose(moved[0], moved[1], rtol=1e-3, atol=1e-6)


def test_the_first_step_is_the_rate_against_the_sign_of_the_gradient():
    g = np.array([5.0, -5.0, 1000.0, -0.1])
    w = tf.Variable(tf.zeros(4))
    Adam([w]).apply([tf.constant(g, tf.float32)], 0.01)
    np.testing.assert_allclose(w, -0.01 * np.sign(g), rtol=1e-4)


def test_a_gradient_of_zero_moves_nothing():
    w = tf.Variable([1.0])
    Adam([w]).apply([tf.constant([0.0])], 0.01)
    assert w.numpy() == [1.0]


def test_default_epsilon_is_that_of_keras_and_ten_times_that_of_the_paper():
    paper = 1e-8
    assert keras.optimizers.Adam().epsilon == Adam([]).epsilon == pytest.approx(10 * paper)


def test_default_place_of_epsilon_is_outside_the_corrected_root_in_keras_and_here():
    g, w, twin = 1e-7, tf.Variable(0.0), tf.Variable(0.0)
    Adam([w]).apply([tf.constant(g)], 1.0)
    keras.optimizers.Adam(1.0).apply_gradients([(tf.constant(g), twin)])
    paper = float(algorithm_1(np.zeros(1), [np.array([g])], 1.0, 1e-7)[0])
    assert paper == pytest.approx(-0.5)
    expected = -g / (g + 1e-7 / np.sqrt(1 - 0.999))  # epsilon counts 32 times as much in the first step
    assert float(w) == pytest.approx(expected, rel=1e-3)
    assert float(twin) == pytest.approx(expected, rel=1e-3)
