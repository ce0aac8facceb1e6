"""The layers of lesson 2 against their formulas and against Keras."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.mnist.layers import dense, dropout, glorot_uniform, he_normal, relu, softmax_cross_entropy
from hypothesis import example, given
from hypothesis import strategies as st

TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
dtypes = st.sampled_from(sorted(TOLERANCE))
seeds = st.integers(0, 2**31 - 1)


def normal(seed, *shapes, dtype="float64", scale=1.0):
    rng = np.random.default_rng(seed)
    return [tf.constant(scale * rng.normal(size=shape), dtype) for shape in shapes]


def close(found, expected, dtype="float64"):
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


def values_and_gradients(function, *inputs):
    """The value, and the gradient of a weighted sum of it: a plain sum would hide an error in one place."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = function(*inputs)
        weights = tf.reshape(tf.linspace(tf.constant(-1, y.dtype), 2, tf.size(y)), tf.shape(y))
        total = tf.reduce_sum(weights * y)
    return [y, *tape.gradient(total, inputs)]


@given(b=st.integers(1, 5), d=st.integers(1, 7), h=st.integers(1, 6), dtype=dtypes, seed=seeds)
@example(b=1, d=1, h=1, dtype="float64", seed=0)
def test_dense_equals_keras_values_and_gradients(b, d, h, dtype, seed):
    inputs = normal(seed, (b, d), (d, h), (h,), dtype=dtype)
    layer = keras.layers.Dense(h, dtype=dtype)
    layer.build((b, d))

    def twin(x, w, bias):
        return layer.stateless_call([w, bias], [], x)[0]

    for found, expected in zip(values_and_gradients(dense, *inputs), values_and_gradients(twin, *inputs), strict=True):
        assert found.dtype == dtype
        close(found, expected, dtype)


@pytest.mark.equation("mnist/dense")
def test_dense_weighs_every_input_once_for_each_unit_and_adds_its_bias(proof):
    x, w, b = (a.numpy() for a in normal(1, (3, 5), (5, 4), (4,)))
    proof.tex(z=dense(x, w, b), x=x, w=w, b=b, B=3, D=5, K=4, tolerance=1e-12)


def test_two_dense_layers_without_a_bend_are_one():
    x, w1, b1, w2, b2 = normal(2, (6, 7), (7, 5), (5,), (5, 3), (3,))
    one = dense(x, w1 @ w2, dense(b1[None], w2, b2)[0])
    np.testing.assert_allclose(dense(dense(x, w1, b1), w2, b2), one, rtol=1e-10)
    assert not np.allclose(dense(relu(dense(x, w1, b1)), w2, b2), one, atol=0.1)


@given(b=st.integers(1, 5), h=st.integers(1, 7), dtype=dtypes, seed=seeds)
@example(b=1, h=1, dtype="float32", seed=0)
def test_relu_equals_keras_values_and_gradients(b, h, dtype, seed):
    (x,) = normal(seed, (b, h), dtype=dtype)
    layer = keras.layers.ReLU(dtype=dtype)
    for found, expected in zip(values_and_gradients(relu, x), values_and_gradients(layer, x), strict=True):
        close(found, expected, dtype)


def test_relu_is_the_larger_of_its_input_and_zero():
    x = np.array([[-1e30, -2.0, -0.0, 0.0, 3.0, 1e30]])
    assert relu(x).numpy().tolist() == [[max(value, 0.0) for value in x[0]]]


def test_relu_passes_no_gradient_where_its_input_is_zero_or_less():
    x = tf.constant([[-1.0, 0.0, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = relu(x)
    assert tape.gradient(y, x).numpy().tolist() == [[0.0, 0.0, 1.0]]


@given(
    b=st.integers(1, 6),
    k=st.integers(1, 10),
    scale=st.sampled_from([1e-3, 1.0, 30.0, 1000.0]),
    dtype=dtypes,
    seed=seeds,
)
@example(b=1, k=1, scale=1.0, dtype="float64", seed=0)
@example(b=1, k=10, scale=1000.0, dtype="float32", seed=0)
def test_loss_equals_keras_values_and_gradients(b, k, scale, dtype, seed):
    (logits,) = normal(seed, (b, k), dtype=dtype, scale=scale)
    labels = tf.constant(np.random.default_rng(seed).integers(0, k, b), tf.int32)

    def ours(z):
        return softmax_cross_entropy(z, labels)

    def twin(z):
        return keras.losses.sparse_categorical_crossentropy(labels, z, from_logits=True)

    for found, expected in zip(values_and_gradients(ours, logits), values_and_gradients(twin, logits), strict=True):
        assert found.dtype == dtype
        close(found, expected, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("logits", "loss"), [([1000, -1000], 0.0), ([-1000, 1000], 2000.0), ([1000, 1000], np.log(2))])
def test_loss_and_its_gradient_are_finite_and_right_at_logits_of_a_thousand(dtype, logits, loss):
    z = tf.constant([logits], dtype)
    labels = tf.constant([0])
    with tf.GradientTape() as tape:
        tape.watch(z)
        found = softmax_cross_entropy(z, labels)
    close(found, [loss], dtype)
    p = {0.0: [1, 0], 2000.0: [0, 1]}.get(loss, [0.5, 0.5])
    close(tape.gradient(found, z), [[p[0] - 1, p[1]]], dtype)


def test_the_naive_loss_overflows_where_ours_does_not():
    z = tf.constant([[89.0, 0.0]])
    assert np.isinf(tf.exp(z).numpy()[0, 0])
    assert softmax_cross_entropy(z, [1]).numpy().tolist() == [89.0]


@pytest.mark.equation("mnist/softmax")
def test_softmax_is_the_share_of_each_exponential_and_sums_to_one(proof):
    (z,) = (a.numpy() for a in normal(3, (4, 10)))
    p = tf.nn.softmax(z).numpy()
    for row, scores in zip(p, z, strict=True):
        proof.tex(p=row, z=scores, tolerance=1e-12)
    assert p.sum(axis=1) == pytest.approx(np.ones(4), rel=1e-12)
    assert (p > 0).all()


@pytest.mark.equation("mnist/cross-entropy")
def test_loss_is_minus_log_softmax_at_the_truth_and_log_sum_exp_minus_its_score(proof):
    (z,) = (a.numpy() for a in normal(4, (5, 10), scale=3.0))
    labels = np.arange(5, dtype=np.int32)
    losses, p = softmax_cross_entropy(z, labels), tf.nn.softmax(z).numpy()
    for n in range(5):
        proof.tex({r"\ell": losses[n]}, p=p[n], z=z[n], y=labels[n], tolerance=1e-12)


def test_even_bets_on_ten_classes_cost_log_ten():
    close(softmax_cross_entropy(tf.zeros((1, 10), tf.float64), [7]), [np.log(10)])


@given(b=st.integers(1, 4), k=st.integers(1, 10), shift=st.floats(-500, 500), seed=seeds)
def test_adding_the_same_to_all_logits_of_a_row_changes_nothing(b, k, shift, seed):
    (z,) = normal(seed, (b, k))
    labels = tf.zeros(b, tf.int32)
    found, expected = softmax_cross_entropy(z + shift, labels), softmax_cross_entropy(z, labels)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


@pytest.mark.equation("mnist/softmax-gradient")
def test_slopes_of_softmax_and_of_the_loss_are_those_of_the_tape(proof):
    (z,) = normal(5, (6, 10), scale=2.0)
    labels = tf.constant([0, 9, 3, 3, 5, 1])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(z)
        p, loss = tf.nn.softmax(z), softmax_cross_entropy(z, labels)
    by_scores, gradient = tape.batch_jacobian(p, z), tape.gradient(loss, z)
    for n in range(6):
        bound = {r"\frac{\partial p}{\partial z}": by_scores[n], r"\frac{\partial \ell}{\partial z}": gradient[n]}
        proof.tex(bound, p=p[n], y=labels[n], scale=1, tolerance=1e-12)


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.2, 0.5, 0.8])
def test_dropout_zeroes_its_rate_of_values_and_scales_the_others_as_keras_does(rate):
    x = tf.ones((500, 400))
    ours = dropout(x, rate, seed=(3, 4)).numpy()
    twin = keras.layers.Dropout(rate, seed=5)(x, training=True).numpy()
    for y in (ours, twin):
        assert abs((y == 0).mean() - rate) < 0.005  # 4.5 deviations of the share of 200,000 values
    close(np.unique(ours), np.unique(twin), "float32")


@given(b=st.integers(1, 4), h=st.integers(1, 9), rate=st.floats(0, 0.95), dtype=dtypes, seed=seeds)
def test_dropout_gradient_passes_the_same_mask_with_the_same_factor(b, h, rate, dtype, seed):
    (x,) = normal(seed, (b, h), dtype=dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = dropout(x, rate, seed=(seed, 0))
    gradient = tape.gradient(y, x)
    assert y.dtype == dtype
    close(y, gradient * x, dtype)
    close(gradient, np.where(y.numpy() == 0, 0.0, 1 / (1 - rate)), dtype)


def test_dropout_drops_the_same_values_for_the_same_seed_and_others_for_another():
    x = tf.ones((20, 30))
    first = dropout(x, 0.5, seed=(1, 2)).numpy()
    tf.random.set_seed(99)
    assert (dropout(x, 0.5, seed=(1, 2)).numpy() == first).all()
    assert 0.3 < (dropout(x, 0.5, seed=(1, 3)).numpy() == first).mean() < 0.7
    assert 0.3 < (dropout(x, 0.5, seed=(2, 2)).numpy() == first).mean() < 0.7


def test_dropout_decides_anew_for_every_example_and_every_unit():
    y = dropout(tf.ones((300, 300)), 0.5, seed=(0, 0)).numpy()
    for axis in (0, 1):
        assert len(np.unique(y, axis=axis)) == 300


@pytest.mark.equation("mnist/dropout", digest="ccfe9773")
@pytest.mark.parametrize("rate", [0.2, 0.5, 0.8])
def test_dropout_keeps_the_mean_and_its_variance_grows_with_the_square(rate, proof):
    x = 3.0
    chances = np.array([1 - rate, rate])  # that one value is kept, or dropped
    bound = {
        r"\operatorname{drop}": lambda value: value * np.array([1 / (1 - rate), 0.0]),
        r"\operatorname{E}": lambda y: y @ chances,
        r"\operatorname{Var}": lambda y: (y - y @ chances) ** 2 @ chances,
    }
    proof.tex(bound, x=x, r=rate, tolerance=1e-12)
    y = dropout(tf.fill((1000, 1000), x), rate, seed=(1, 1)).numpy()
    error = x * np.sqrt(rate / (1 - rate)) / 1000  # of the mean of a million values
    assert abs(y.mean(dtype=float) - x) < 4 * error
    np.testing.assert_allclose(y.var(dtype=float), rate / (1 - rate) * x**2, rtol=0.01)


@pytest.mark.equation("mnist/he")
def test_a_layer_scales_the_mean_square_by_inputs_times_variance_and_relu_halves_it(proof):
    d, h = 400, 2000
    x = np.random.default_rng(0).uniform(0, 1, (300, d)).astype(np.float32)
    w = he_normal((d, h), seed=(0, 0))
    z = dense(x, w, tf.zeros(h)).numpy()
    # 2000 random columns: the mean of their squares has a relative deviation of sqrt(2 / 2000), about 3 %.
    proof.tex({r"\operatorname{relu}": relu, r"\omega": w}, a=z, x=x, D=d, tolerance=0.1)
    np.testing.assert_allclose((z**2).mean(), 2 * (x**2).mean(), rtol=0.1)


def test_he_initialization_keeps_the_scale_through_twenty_layers_and_glorots_does_not():
    scale = {}
    for init in (he_normal, glorot_uniform):
        x = tf.random.stateless_normal((64, 256), seed=(0, 0))
        for i in range(20):
            x = relu(dense(x, init((256, 256), seed=(1, i)), tf.zeros(256)))
        scale[init] = float(tf.reduce_mean(x**2))
    assert 0.2 < scale[he_normal] < 5
    assert scale[glorot_uniform] < 1e-4  # half of it is lost in each layer: about 2^-20


@pytest.mark.parametrize(("init", "twin"), [(he_normal, "HeNormal"), (glorot_uniform, "GlorotUniform")])
def test_random_weights_have_mean_zero_and_the_variance_of_keras_initializers(init, twin):
    shape = (300, 200)
    ours = init(shape, seed=(0, 1)).numpy()
    theirs = getattr(keras.initializers, twin)(seed=1)(shape).numpy()
    expected = 2 / 300 if init is he_normal else 2 / 500
    for w in (ours, theirs):
        assert abs(w.mean()) < 4 * np.sqrt(expected / w.size)
        np.testing.assert_allclose(w.var(), expected, rtol=0.03)
    assert (init(shape, seed=(0, 1)).numpy() == ours).all()
    assert (init(shape, seed=(0, 2)).numpy() != ours).any()


def test_default_keras_he_normal_is_cut_off_and_ours_is_not():
    shape = (300, 200)
    limit = 2 * np.sqrt(2 / 300) / 0.87962566103423978  # two deviations before the cut's correction
    assert abs(keras.initializers.HeNormal(seed=0)(shape).numpy()).max() <= limit * 1.0001
    assert abs(he_normal(shape, seed=(0, 0)).numpy()).max() > limit * 1.3


def test_default_keras_loss_takes_probabilities_and_ours_takes_logits():
    for loss in (keras.losses.SparseCategoricalCrossentropy, keras.losses.sparse_categorical_crossentropy):
        assert inspect.signature(loss).parameters["from_logits"].default is False
    logits, labels = tf.constant([[2.0, 1.0]]), tf.constant([1])
    expected = np.log(1 + np.e)
    close(softmax_cross_entropy(logits, labels), [expected], "float32")
    assert abs(float(keras.losses.SparseCategoricalCrossentropy()(labels, logits)) - expected) > 0.1


def test_default_keras_dropout_has_no_seed_of_its_own_and_does_nothing_outside_of_training():
    layer = keras.layers.Dropout(0.5)
    assert layer.seed is None
    x = tf.ones((10, 100))
    assert (layer(x).numpy() == 1).all()
    first = layer(x, training=True).numpy()
    assert (first == 0).any()
    assert (layer(x, training=True).numpy() != first).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "logits", [[0.0, -np.inf, 1.0], [3e38, -3e38, 0.0], [-3e38, -3e38, -np.inf], [-1e38, 0.0, -np.inf]]
)
@pytest.mark.parametrize("label", [0, 1, 2])
def test_loss_equals_tensorflow_where_a_class_is_ruled_out_or_a_score_is_as_large_as_can_be(logits, label, dtype):
    z, y = tf.constant([logits], dtype), tf.constant([label])
    found, expected = (
        values_and_gradients(f, z)
        for f in (lambda z: softmax_cross_entropy(z, y), lambda z: tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))
    )
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs, dtype)
    assert not np.isnan(found[0]).any()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_value_that_is_dropped_leaves_0_even_if_it_is_not_finite(value):
    y = dropout(tf.fill((1, 6), value), 0.5, seed=(1, 5)).numpy()
    np.testing.assert_array_equal(y, [[value, 0, 0, value, 0, 0]])
