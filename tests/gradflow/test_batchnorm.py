"""Batch normalization by hand: against central differences, against Keras, and equation by equation."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from deepcourse.gradflow import batchnorm, batchnorm_staged, conv2d, layernorm
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ways import forward_of

CENTRAL, TAPE, FLOAT32 = 1e-7, 1e-10, 1e-4
draws = settings(deadline=None, derandomize=True, max_examples=15)
seeds = st.integers(0, 2**31 - 1)
channels = st.integers(1, 4)
leading = st.one_of(
    st.tuples(st.integers(3, 7)),
    st.tuples(st.integers(1, 3), st.integers(3, 4)),
    st.tuples(st.integers(1, 3), st.integers(2, 3), st.integers(2, 3)),
)


def drawn(seed, shape, dtype="float64"):
    """x, gamma, beta and a gradient dy."""
    rng = np.random.default_rng(seed)
    x, dy = rng.normal(1, 2, (2, *shape))
    gamma, beta = rng.normal(1, 0.5, (2, shape[-1]))
    return [a.astype(dtype) for a in (x, gamma, beta, dy)]


def measured(forward, dy, *inputs):
    """The gradients of sum(dy * y) by central differences, one for each input."""
    found = []
    for i in range(len(inputs)):

        def loss(value, i=i):
            return np.sum(dy * forward(*inputs[:i], value, *inputs[i + 1 :]))

        found.append(central_difference(loss, inputs[i]))
    return found


def keras_layer(shape, gamma, beta, mean=None, var=None, eps=1e-3):
    layer = keras.layers.BatchNormalization(epsilon=eps, dtype=gamma.dtype.name)
    layer.build(shape)
    zero = np.zeros_like(gamma)
    layer.set_weights([gamma, beta, zero if mean is None else mean, zero + 1 if var is None else var])
    return layer


def taped(layer, x, dy, training):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x, training=training)
        loss = tf.reduce_sum(dy * y)
    return y.numpy(), *(g.numpy() for g in tape.gradient(loss, [x, layer.gamma, layer.beta]))


def agree(found, expected, tolerance):
    for a, b in zip(found, expected, strict=True):
        assert relative_error(a, b) <= tolerance


@draws
@given(leading, channels, seeds)
@example((2,), 1, 0)
@example((3, 1, 1), 1, 0)
def test_gradients_equal_central_differences(lead, c, seed):
    x, gamma, beta, dy = drawn(seed, (*lead, c))
    eps = 1e-3 if x.size > 2 * c else 0.5  # of two values little but eps comes back
    found = batchnorm.batchnorm_backward(dy, batchnorm.batchnorm_forward(x, gamma, beta, eps)[1])
    expected = measured(lambda *inputs: batchnorm.batchnorm_forward(*inputs, eps)[0], dy, x, gamma, beta)
    agree(found, expected, CENTRAL)


@draws
@given(leading, channels, seeds)
@example((1,), 2, 0)
@example((2,), 1, 0)
@example((1, 1, 1), 1, 0)
def test_values_and_gradients_equal_keras_in_float64(lead, c, seed):
    x, gamma, beta, dy = drawn(seed, (*lead, c))
    y, cache = batchnorm.batchnorm_forward(x, gamma, beta)
    agree((y, *batchnorm.batchnorm_backward(dy, cache)), taped(keras_layer(x.shape, gamma, beta), x, dy, True), TAPE)


@draws
@given(leading, channels, seeds)
def test_values_and_gradients_equal_keras_in_float32(lead, c, seed):
    x, gamma, beta, dy = drawn(seed, (*lead, c), "float32")
    y, cache = batchnorm.batchnorm_forward(x, gamma, beta)
    found = (y, *batchnorm.batchnorm_backward(dy, cache))
    assert {a.dtype for a in (*found, *cache)} == {np.dtype("float32")}
    agree(found, taped(keras_layer(x.shape, gamma, beta), x, dy, True), FLOAT32)


@draws
@given(st.integers(1, 3), channels, seeds)
def test_the_inference_form_equals_central_differences_and_keras(b, c, seed):
    x, gamma, beta, dy = drawn(seed, (b, 2, c))
    mean, var = batchnorm.moments(drawn(seed + 1, (5, c))[0])
    y, cache = batchnorm.inference(x, gamma, beta, mean, var)
    found = batchnorm.inference_backward(dy, cache)
    expected = measured(lambda *inputs: batchnorm.inference(*inputs, mean, var)[0], dy, x, gamma, beta)
    agree(found, expected, CENTRAL)
    agree((y, *found), taped(keras_layer(x.shape, gamma, beta, mean, var), x, dy, False), TAPE)


def test_training_and_inference_agree_forward_and_differ_backward_when_the_statistics_are_those_of_the_batch():
    x, gamma, beta, dy = drawn(3, (6, 2))
    y, cache = batchnorm.batchnorm_forward(x, gamma, beta)
    frozen, same = batchnorm.inference(x, gamma, beta, *batchnorm.moments(x))
    assert (y == frozen).all()
    assert relative_error(batchnorm.batchnorm_backward(dy, cache)[0], batchnorm.inference_backward(dy, same)[0]) > 0.1


@draws
@given(leading, channels, seeds)
@example((1,), 1, 0)
@example((2,), 3, 0)
def test_edge_by_edge_equals_the_two_mean_form(lead, c, seed):
    x, gamma, beta, dy = drawn(seed, (*lead, c))
    y, cache = batchnorm.batchnorm_forward(x, gamma, beta)
    stages = batchnorm_staged.staged_forward(x, gamma, beta)
    agree((stages.y, stages.xhat, stages.var), (y, cache.xhat, cache.var), 1e-14)
    one_by_one = batchnorm_staged.staged_backward(dy, stages)
    dx, dgamma, dbeta = batchnorm.batchnorm_backward(dy, cache)
    agree((one_by_one.gamma, one_by_one.beta), (dgamma, dbeta), 1e-12)
    scale = np.abs(gamma * cache.std**-1 * dy).max()  # dx itself may be all but 0
    assert np.abs(one_by_one.x - dx).max() <= 1e-12 * scale


def rest(name, s, value, eps):
    """The output, computed from one stage on, all stages before it kept."""
    s = s._replace(**{name: value})
    order = s._fields[3:]
    steps = {
        "centred": lambda s: s.x - s.mean,
        "square": lambda s: s.centred**2,
        "var": lambda s: s.square.mean(0),
        "inverse": lambda s: (s.var + eps) ** -0.5,
        "xhat": lambda s: s.centred * s.inverse,
        "y": lambda s: s.gamma * s.xhat + s.beta,
    }
    for step in order[order.index(name) + 1 :]:
        s = s._replace(**{step: steps[step](s)})
    return s.y


@pytest.mark.parametrize("name", ["mean", "centred", "square", "var", "inverse", "xhat"])
def test_the_gradient_at_every_stage_equals_central_differences(name):
    x, gamma, beta, dy = drawn(4, (5, 2))
    stages = batchnorm_staged.staged_forward(x, gamma, beta, eps=0.1)
    found = getattr(batchnorm_staged.staged_backward(dy, stages), name)
    expected = central_difference(lambda value: np.sum(dy * rest(name, stages, value, 0.1)), getattr(stages, name))
    assert relative_error(found, expected) <= CENTRAL


def test_edge_by_edge_keeps_the_dtype():
    x, gamma, beta, dy = drawn(4, (5, 2), "float32")
    stages = batchnorm_staged.staged_forward(x, gamma, beta)
    assert {a.dtype for a in (*stages, *batchnorm_staged.staged_backward(dy, stages))} == {np.dtype("float32")}


def test_a_batch_of_one_gives_beta_and_sends_nothing_back():
    x, gamma, beta, dy = drawn(5, (1, 3))
    y, cache = batchnorm.batchnorm_forward(x, gamma, beta)
    dx, dgamma, dbeta = batchnorm.batchnorm_backward(dy, cache)
    assert (y == beta).all()
    assert not dx.any()
    assert not dgamma.any()
    assert (dbeta == dy[0]).all()


def test_a_constant_channel_gives_beta_and_sends_back_the_centred_gradient_many_times():
    dy = drawn(6, (4, 1))[3]
    y, cache = batchnorm.batchnorm_forward(np.full((4, 1), 7.0), np.ones(1), np.zeros(1), eps=1e-3)
    dx, dgamma, _ = batchnorm.batchnorm_backward(dy, cache)
    assert not y.any()
    assert not dgamma.any()
    np.testing.assert_allclose(dx, (dy - dy.mean()) / 1e-3**0.5)


@pytest.mark.parametrize(
    "forward", [batchnorm.batchnorm_forward, batchnorm_staged.staged_forward, layernorm.layernorm_forward]
)
def test_a_variance_of_zero_without_eps_is_refused(forward):
    with pytest.raises(ValueError, match="eps: got 0, expected above 0, where a variance is 0"):
        forward(np.full((4, 1), 7.0), np.ones(1), np.zeros(1), eps=0)


def test_no_channel_is_no_error():
    x, none = np.zeros((3, 0)), np.zeros(0)
    y, cache = batchnorm.batchnorm_forward(x, none, none)
    assert [a.shape for a in (y, *batchnorm.batchnorm_backward(y, cache))] == [(3, 0), (3, 0), (0,), (0,)]
    assert batchnorm_staged.staged_backward(y, batchnorm_staged.staged_forward(x, none, none)).x.shape == (3, 0)


def test_channels_do_not_touch_each_other():
    x, gamma, beta, dy = drawn(7, (2, 3, 3, 4))
    dx = batchnorm.batchnorm_backward(dy, batchnorm.batchnorm_forward(x, gamma, beta)[1])[0]
    one = batchnorm.batchnorm_forward(x[..., 2:3], gamma[2:3], beta[2:3])[1]
    np.testing.assert_allclose(dx[..., 2:3], batchnorm.batchnorm_backward(dy[..., 2:3], one)[0], rtol=1e-12)


def test_an_image_batch_is_a_table_with_a_row_for_each_position():
    x, gamma, beta, dy = drawn(8, (2, 3, 5, 4))
    dx = batchnorm.batchnorm_backward(dy, batchnorm.batchnorm_forward(x, gamma, beta)[1])[0]
    table = batchnorm.batchnorm_forward(x.reshape(30, 4), gamma, beta)[1]
    np.testing.assert_allclose(dx.reshape(30, 4), batchnorm.batchnorm_backward(dy.reshape(30, 4), table)[0], rtol=1e-12)


@pytest.mark.parametrize("module", [batchnorm, batchnorm_staged])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": np.zeros((0, 3))}, r"x: got shape \(0, 3\), expected at least one value per channel"),
        ({"x": np.zeros((2, 0, 3))}, r"x: got shape \(2, 0, 3\), expected at least one"),
        ({"x": np.array(1.0)}, r"x: got shape \(\), expected"),
        ({"gamma": np.ones(2)}, r"gamma: got shape \(2,\), expected \(3,\)"),
        ({"gamma": np.ones((1, 3))}, r"gamma: got shape \(1, 3\), expected \(3,\)"),
        ({"beta": np.ones(4)}, r"beta: got shape \(4,\), expected \(3,\)"),
        ({"eps": -1e-3}, "eps: got -0.001, expected at least 0"),
    ],
)
def test_bad_input_is_named(module, change, message):
    good = {"x": np.zeros((2, 3)), "gamma": np.ones(3), "beta": np.zeros(3)}
    with pytest.raises(ValueError, match=message):
        forward_of(module)(**{**good, **change})


def test_bad_statistics_and_gradients_are_named():
    x, gamma, beta, _ = drawn(9, (2, 3))
    with pytest.raises(ValueError, match=r"mean: got shape \(2,\), expected \(3,\)"):
        batchnorm.inference(x, gamma, beta, np.zeros(2), np.ones(3))
    with pytest.raises(ValueError, match=r"var: got shape \(1,\), expected \(3,\)"):
        batchnorm.inference(x, gamma, beta, np.zeros(3), np.ones(1))
    for backward, cache in (
        (batchnorm.batchnorm_backward, batchnorm.batchnorm_forward(x, gamma, beta)[1]),
        (batchnorm.inference_backward, batchnorm.inference(x, gamma, beta, beta, gamma**2)[1]),
        (batchnorm_staged.staged_backward, batchnorm_staged.staged_forward(x, gamma, beta)),
    ):
        with pytest.raises(ValueError, match=r"dy: got shape \(3,\), expected \(2, 3\)"):
            backward(np.zeros(3), cache)
    with pytest.raises(ValueError, match=r"momentum: got 2, expected 0 \.\. 1"):
        batchnorm.update(beta, gamma, momentum=2)


def test_running_averages_are_those_of_keras():
    _, gamma, beta, _ = drawn(10, (1, 3))
    layer = keras_layer((4, 2, 2, 3), gamma, beta)
    mean, var = np.zeros(3), np.ones(3)
    for seed in range(4):
        x = drawn(seed, (4, 2, 2, 3))[0]
        layer(x, training=True)
        cache = batchnorm.batchnorm_forward(x, gamma, beta)[1]
        mean, var = batchnorm.update(mean, cache.mean), batchnorm.update(var, cache.var)
    agree((mean, var), (layer.moving_mean.numpy(), layer.moving_variance.numpy()), 1e-12)


def test_default_eps_and_momentum_are_those_of_keras():
    layer = keras.layers.BatchNormalization()
    for function in (batchnorm.batchnorm_forward, batchnorm.inference, batchnorm_staged.staged_forward):
        assert inspect.signature(function).parameters["eps"].default == layer.epsilon == 1e-3
    assert inspect.signature(batchnorm.update).parameters["momentum"].default == layer.momentum == 0.99


def test_a_frozen_keras_layer_takes_the_inference_form_whatever_the_call_says():
    x, gamma, beta, _ = drawn(17, (5, 3))
    mean, var = beta, gamma**2
    layer = keras_layer(x.shape, gamma, beta, mean, var)
    layer.trainable = False
    agree([layer(x, training=True).numpy()], [batchnorm.inference(x, gamma, beta, mean, var)[0]], TAPE)
    agree([layer.moving_mean.numpy()], [mean], 0)


def average_after_fitting(trainable):
    """Of a layer that was called with training=False in a functional net: its running mean after two steps of fit."""
    x = drawn(18, (8, 3), "float32")[0]
    layer = keras.layers.BatchNormalization()
    inputs = keras.Input((3,))
    net = keras.Model(inputs, keras.layers.Dense(1)(layer(inputs, training=False)))
    layer.trainable = trainable
    net.compile("sgd", "mse", run_eagerly=True)
    net.fit(x, x[:, :1], batch_size=8, epochs=2, verbose=0)
    return layer.moving_mean.numpy(), x.mean(0)


def test_fit_overrides_the_training_false_of_a_functional_net_so_a_layer_stays_frozen_by_trainable_alone():
    found, mean = average_after_fitting(trainable=True)
    np.testing.assert_allclose(found, (1 - 0.99**2) * mean, rtol=1e-4)
    found, _ = average_after_fitting(trainable=False)
    assert not found.any()


@pytest.mark.parametrize(("momentum", "far"), [(0.99, True), (0.5, False)])
def test_running_averages_of_keras_start_at_0_and_1_so_a_young_net_in_use_gives_other_values(momentum, far):
    x = drawn(19, (64, 3))[0]
    layer = keras.layers.BatchNormalization(momentum=momentum, dtype="float64")
    layer.build(x.shape)
    assert layer.moving_mean.numpy().tolist() == [0, 0, 0]
    assert layer.moving_variance.numpy().tolist() == [1, 1, 1]
    for _ in range(50):
        y = layer(x, training=True).numpy()
    assert (np.abs(layer(x, training=False).numpy() - y).max() > 0.5) == far


def test_keras_takes_a_batch_of_one_and_sends_nothing_back():
    x, gamma, beta, dy = drawn(20, (1, 3))
    y, dx, *_ = taped(keras_layer(x.shape, gamma, beta), x, dy, training=True)
    np.testing.assert_allclose(y[0], beta, rtol=1e-12)
    np.testing.assert_allclose(dx, 0, atol=1e-12)


# The equations of the page, computed as they stand there.

EPS = 0.05


@pytest.fixture
def batch():
    """One channel of M = 7 values; all as plain numbers and lists."""
    x, gamma, beta, dy = drawn(11, (7, 1))
    return x[:, 0], gamma[0], beta[0], dy[:, 0]


def run(x, gamma, beta, dy, eps=EPS):
    """y, dx, dgamma, dbeta and the cache of one channel."""
    y, cache = batchnorm.batchnorm_forward(x[:, None], np.array([gamma]), np.array([beta]), eps)
    dx, dgamma, dbeta = batchnorm.batchnorm_backward(dy[:, None], cache)
    return y[:, 0], dx[:, 0], dgamma[0], dbeta[0], cache


def numbers(x, eps=EPS):
    """mu, sigma^2, sigma_eps and the normalized values, by sums."""
    m = len(x)
    mu = sum(x[n] for n in range(m)) / m
    var = sum((x[n] - mu) ** 2 for n in range(m)) / m
    std = (var + eps) ** 0.5
    return mu, var, std, np.array([(x[n] - mu) / std for n in range(m)])


def values(x, eps=EPS):
    """What the formulas name, by its TeX."""
    mu, var, std, xhat = numbers(x, eps)
    scalars = {"mu": mu, r"\sigma^2": var, r"\sigma_\epsilon": std, "epsilon": eps, "M": len(x)}
    return scalars | {"x": x, r"\hat x": xhat, r"\tilde x": x - mu}


@pytest.mark.equation("gradflow/bn-moments")
def test_mean_and_variance_are_sums_over_the_batch(batch, proof):
    x = batch[0]
    (mu,), (var,) = batchnorm.moments(x[:, None])
    proof.tex({r"\sigma^2": var}, x=x, mu=mu, M=len(x))


@pytest.mark.equation("gradflow/bn-normalize")
def test_each_value_is_centred_divided_scaled_and_shifted(batch, proof):
    x, gamma, beta, _ = batch
    y, *_, cache = run(*batch)
    proof.tex(values(x) | {r"\hat x": cache.xhat[:, 0], r"\sigma_\epsilon": cache.std[0]}, y=y, gamma=gamma, beta=beta)


@pytest.mark.equation("gradflow/bn-dgamma-dbeta")
def test_gamma_and_beta_receive_the_sums_of_what_every_value_sends(batch, proof):
    x, gamma, beta, dy = batch
    dgamma, dbeta = measured(lambda g, b: run(x, g, b, dy)[0], dy, np.array(gamma), np.array(beta))
    proof.tex(values(x), dy=dy, dgamma=dgamma, dbeta=dbeta, tolerance=CENTRAL)


@pytest.fixture
def edges(batch):
    """What the formulas name, and the gradients at every stage of the forward pass, by central differences."""
    x, gamma, beta, dy = batch
    stages = batchnorm_staged.staged_forward(x[:, None], np.array([gamma]), np.array([beta]), EPS)

    def central(name):
        at = getattr(stages, name)
        return central_difference(lambda value: np.sum(dy[:, None] * rest(name, stages, value, EPS)), at).ravel()

    names = {r"d\hat x": "xhat", r"d\tilde x": "centred"}
    scalars = {r"d(\sigma_\epsilon^{-1})": "inverse", r"d\sigma^2": "var", r"d\mu": "mean"}
    found = {tex: central(name) for tex, name in names.items()}
    found |= {tex: central(name).item() for tex, name in scalars.items()}
    _, _, dgamma, dbeta, _ = run(*batch)
    return values(x) | found | {"gamma": gamma, "dy": dy, "dgamma": dgamma, "dbeta": dbeta}


@pytest.mark.equation("gradflow/bn-dxhat")
def test_edge_the_scale(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dinverse")
def test_edge_the_product_sends_its_sum_to_the_inverse_deviation(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dvar")
def test_edge_the_inverse_root(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dcentred")
def test_edge_the_centred_value_is_used_twice_and_sums_both(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dmean")
def test_edge_the_mean_receives_what_all_centred_values_lose(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dx-edges")
def test_edge_the_input_is_used_twice_and_sums_both(edges, batch, proof):
    x, gamma, beta, dy = batch
    dx = measured(lambda x: run(x, gamma, beta, dy)[0], dy, x)[0]
    proof.tex(edges, dx=dx, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dvar-short")
def test_the_gradient_at_the_variance_is_that_at_gamma_times_a_constant(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dcentred-short")
def test_the_gradient_at_the_centred_values_in_short(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dmean-short")
def test_the_gradient_at_the_mean_is_that_at_beta_times_a_constant(edges, proof):
    proof.tex(edges, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-dx")
def test_the_two_mean_form_equals_central_differences(batch, proof):
    x, gamma, beta, dy = batch
    _, dx, dgamma, dbeta, _ = run(*batch)
    proof.tex(values(x), dx=dx, gamma=gamma, dy=dy, dgamma=dgamma, dbeta=dbeta)
    dx = measured(lambda x: run(x, gamma, beta, dy)[0], dy, x)[0]
    proof.tex(values(x), dx=dx, gamma=gamma, dy=dy, dgamma=dgamma, dbeta=dbeta, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-jacobian")
def test_how_each_output_depends_on_each_input(batch, proof):
    x, gamma, beta, dy = batch
    rows = [central_difference(lambda x, j=j: run(x, gamma, beta, dy)[0][j], x) for j in range(len(x))]
    proof.tex(values(x) | {r"\frac{\partial y}{\partial x}": rows}, gamma=gamma, tolerance=CENTRAL)


@pytest.mark.equation("gradflow/bn-off-constant")
def test_what_comes_back_sums_to_zero(batch, proof):
    dx = run(*batch)[1]
    proof.tex(dx=dx, scale=abs(dx).max())


@pytest.mark.equation("gradflow/bn-mean-square")
def test_the_normalized_values_have_a_mean_square_just_below_one(batch, proof):
    x = batch[0]
    proof.tex(values(x) | {r"\hat x": run(*batch)[-1].xhat[:, 0]})
    assert numbers(x, 0)[3].var() == pytest.approx(1, abs=1e-12)


@pytest.mark.equation("gradflow/bn-off-xhat")
def test_along_the_normalized_input_only_a_share_of_eps_is_left(batch, proof):
    _, dx, dgamma, _, _ = run(*batch)
    proof.tex(values(batch[0]), dx=dx, gamma=batch[1], dgamma=dgamma)
    _, dx, _, _, cache = run(*batch, eps=0)
    assert abs(cache.xhat[:, 0] @ dx) < 1e-13 * abs(dx).max()


def test_without_eps_the_backward_pass_is_a_projection_that_loses_two_dimensions():
    x, dy = drawn(12, (6, 1))[0], np.eye(6)
    cache = batchnorm.batchnorm_forward(x, np.ones(1), np.zeros(1), eps=0)[1]
    p = np.array([cache.std[0] * batchnorm.batchnorm_backward(row[:, None], cache)[0][:, 0] for row in dy])
    np.testing.assert_allclose(p, p.T, atol=1e-14)
    np.testing.assert_allclose(p @ p, p, atol=1e-14)
    assert np.trace(p) == pytest.approx(4)


def test_with_eps_it_keeps_a_share_of_the_normalized_direction():
    x = drawn(12, (6, 1))[0]
    cache = batchnorm.batchnorm_forward(x, np.ones(1), np.zeros(1), eps=0.5)[1]
    p = np.array([cache.std[0] * batchnorm.batchnorm_backward(row[:, None], cache)[0][:, 0] for row in np.eye(6)])
    expected = [0, 0.5 / (cache.var[0] + 0.5), 1, 1, 1, 1]
    np.testing.assert_allclose(np.sort(np.linalg.eigvalsh(p)), expected, atol=1e-14)


@pytest.mark.equation("gradflow/bn-ridge", digest="07e4acfd")
def test_what_comes_back_is_what_a_straight_line_leaves(batch, proof):
    x, gamma, beta, dy = batch
    std = numbers(x, 0)[2]
    slope, intercept = np.polyfit(x, dy, 1)
    residuals = [dy[n] - intercept - slope * x[n] for n in range(len(x))]
    proof(run(x, gamma, beta, dy, eps=0)[1], [gamma / std * r for r in residuals])
    bound = values(x, 0) | {r"\varphi_0": intercept, r"\varphi_1": slope}
    proof.tex(bound, dx=run(x, gamma, beta, dy, eps=0)[1], gamma=gamma, dy=dy, lines=0)


@pytest.mark.equation("gradflow/bn-ridge", digest="07e4acfd")
def test_eps_is_the_penalty_of_a_ridge_regression(batch, proof):
    x, gamma, _, dy = batch
    m = len(x)
    rows = np.vstack([np.c_[np.ones(m), x], [0, (m * EPS) ** 0.5]])  # the last row is the penalty
    a, b = np.linalg.lstsq(rows, np.r_[dy, 0], rcond=None)[0]
    bound = values(x) | {r"\varphi_0": a, r"\varphi_1": b}
    proof.tex(bound, dx=run(*batch)[1], gamma=gamma, dy=dy, lines=0)

    def cost(line):
        return sum((dy[n] - line[0] - line[1] * x[n]) ** 2 for n in range(m)) + m * EPS * line[1] ** 2

    proof(central_difference(cost, np.array([a, b])) + 1, [1, 1], 1e-8)


@pytest.fixture
def ridge(batch):
    """Intercept and slope of the penalized line, by solving its least squares."""
    x, _, _, dy = batch
    rows = np.vstack([np.c_[np.ones(len(x)), x], [0, (len(x) * EPS) ** 0.5]])
    return np.linalg.lstsq(rows, np.r_[dy, 0], rcond=None)[0]


@pytest.mark.equation("gradflow/bn-slope")
def test_the_slope_of_the_line_is_the_gradient_of_gamma(batch, ridge, proof):
    x, _, _, dy = batch
    _, _, dgamma, dbeta, _ = run(*batch)
    proof.tex(values(x) | {r"\varphi_1": ridge[1]}, dy=dy, dgamma=dgamma)
    assert ridge[0] == pytest.approx(dbeta / len(x) - ridge[1] * x.mean())


@pytest.mark.equation("gradflow/bn-line")
def test_the_line_at_each_value_is_what_the_two_mean_form_takes_off(batch, ridge, proof):
    _, _, dgamma, dbeta, _ = run(*batch)
    bound = values(batch[0]) | {r"\varphi_0": ridge[0], r"\varphi_1": ridge[1]}
    proof.tex(bound, dgamma=dgamma, dbeta=dbeta)


@pytest.mark.equation("gradflow/bn-two")
def test_of_two_values_only_their_order_gets_through(proof):
    x, dy, gamma = np.array([0.3, 1.7]), np.array([2.0, -1.0]), 1.3
    half = (x[0] - x[1]) / 2
    _, dx, *_, cache = run(x, gamma, 0.0, dy)
    bound = {r"\hat x_1": cache.xhat[0, 0], "dx_1": dx[0], "dy_1": dy[0], "dy_2": dy[1]}
    proof.tex(bound, delta=half, gamma=gamma, epsilon=EPS)
    assert dx[1] == pytest.approx(-dx[0])


@pytest.mark.equation("gradflow/bn-running")
def test_the_running_average_is_a_sum_of_the_start_and_all_batches_with_fading_weights(proof):
    rng = np.random.default_rng(13)
    batches, momentum = rng.normal(size=20), 0.9
    start = 1.0
    running = [np.array([start])]
    for value in batches:
        running.append(batchnorm.update(running[-1], np.array([value]), momentum))
    bound = {r"\bar\mu": np.ravel(running), r"\mu": [np.nan, *batches]}  # both counted from 1
    proof.tex(bound, m=momentum, t=range(1, len(batches) + 1))


@pytest.mark.equation("gradflow/bn-inference-dx")
def test_with_constant_statistics_the_gradient_is_scaled_and_nothing_else(batch, proof):
    x, gamma, beta, dy = batch
    mean, var = 0.4, 2.5

    def use(x):
        return batchnorm.inference(x[:, None], np.array([gamma]), np.array([beta]), *np.array([[mean], [var]]), EPS)

    expected = measured(lambda x: use(x)[0][:, 0], dy, x)[0]
    found = batchnorm.inference_backward(dy[:, None], use(x)[1])[0][:, 0]
    for dx, tolerance in ((found, 1e-10), (expected, CENTRAL)):
        proof.tex({r"\sigma_\epsilon": (var + EPS) ** 0.5}, dx=dx, gamma=gamma, dy=dy, tolerance=tolerance)


@pytest.mark.equation("gradflow/bn-fold")
def test_in_use_the_layer_is_folded_into_the_weights_before_it(proof):
    rng = np.random.default_rng(14)
    x, w, b = rng.normal(size=(5, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
    gamma, beta, mean, var = rng.uniform(0.5, 2, (4, 2))
    std = np.sqrt(var + EPS)
    expected = batchnorm.inference(x @ w + b, gamma, beta, mean, var, EPS)[0]
    for h in range(2):  # one unit after the other, so that its scale and shift are numbers
        bound = {r"\sigma_\epsilon": std[h], "gamma": gamma[h], "beta": beta[h], "mu": mean[h], "b": b[h]}
        proof.tex(bound, x=x, w=w[:, h])
        proof(x @ (w[:, h] * gamma[h] / std[h]) + (beta + (b - mean) * gamma / std)[h], expected[:, h])


@pytest.mark.equation("gradflow/bn-variance-short")
def test_both_forms_of_the_variance_are_one_in_exact_arithmetic_and_not_in_float32(batch, proof):
    x = batch[0]
    _, var, _, _ = numbers(x)
    proof.tex(values(x))
    far = (10_000 + x).astype("float32")
    assert abs((far**2).mean() - far.mean() ** 2 - var) > 0.5 * var
    assert batchnorm.moments(far[:, None])[1][0] == pytest.approx(var, rel=1e-3)


# What the layer does to the weights before it.


@pytest.fixture
def dense():
    """x, w, gamma, beta and dy of a dense layer of one unit with batch normalization behind it."""
    rng = np.random.default_rng(15)
    return rng.normal(size=(6, 4)), rng.normal(size=4), 1.3, 0.2, rng.normal(size=6)


def through(x, w, gamma, beta, dy, eps):
    """y and dw of the layer."""
    y, dz, dgamma, _, cache = run(x @ w, gamma, beta, dy, eps)
    return y, x.T @ dz, dgamma, cache


@pytest.mark.equation("gradflow/bn-scale")
def test_longer_weights_are_a_smaller_eps(dense, proof):
    x, w, *rest = dense
    for c in (0.1, 3.0, 100.0):
        proof.tex({r"\operatorname{BN}": lambda eps, z: run(z, *rest, eps)[0]}, u=x, w=w, c=c, epsilon=EPS)
        proof(through(x, c * w, *rest, 0.0)[0], through(x, w, *rest, 0.0)[0])


def test_a_negative_factor_flips_the_sign_of_the_normalized_values(dense):
    x, w, *_ = dense
    np.testing.assert_allclose(through(x, -3 * w, 1, 0, x[:, 0], 0)[0], -through(x, w, 1, 0, x[:, 0], 0)[0])


@pytest.mark.equation("gradflow/bn-scale-gradient")
def test_the_gradient_of_longer_weights_is_shorter(dense, proof):
    x, w, gamma, beta, dy = dense
    for c in (0.1, 3.0, 100.0):

        def dw(v):
            """The gradient at the weights v, with an eps that grows as the square of their length does."""
            size = np.linalg.norm(v) / np.linalg.norm(w)
            return central_difference(
                lambda v: dy @ through(x, v, gamma, beta, dy, size**2 * EPS)[0], v, delta=size * 1e-5
            )

        proof.tex(w=w, c=c, dw=dw, tolerance=CENTRAL)
        proof.tex(w=w, c=c, dw=lambda v: through(x, v, gamma, beta, dy, (v[0] / w[0]) ** 2 * EPS)[1])


@pytest.mark.equation("gradflow/bn-orthogonal")
def test_the_gradient_is_orthogonal_to_the_weights_but_for_eps(dense, proof):
    _, w, gamma, *_ = dense
    _, dw, dgamma, cache = through(*dense, EPS)
    proof.tex({r"\sigma^2": cache.std[0] ** 2 - EPS}, w=w, dw=dw, gamma=gamma, dgamma=dgamma, epsilon=EPS)
    dw = through(*dense, 0.0)[1]
    assert abs(w @ dw) < 1e-13 * np.linalg.norm(w) * np.linalg.norm(dw)


@pytest.mark.equation("gradflow/bn-growth")
def test_each_step_lengthens_the_weights_by_pythagoras(dense, proof):
    x, w, gamma, beta, dy = dense
    steps, gradients = [w], []
    for _ in range(5):
        gradients.append(through(x, steps[-1], gamma, beta, dy, 0.0)[1])
        steps.append(steps[-1] - 0.3 * gradients[-1])
    proof.tex(w=steps, dw=gradients, eta=0.3, t=range(5))


@pytest.mark.equation("gradflow/bn-effective-rate")
def test_a_step_of_the_weights_is_a_step_of_their_direction_at_another_rate(dense, proof):
    x, w, *rest = dense
    norm, eta = np.linalg.norm(w), 0.3
    step = w - eta * through(x, w, *rest, 0.0)[1]
    bound = {r"\hat w": [w / norm], "dw": lambda v: through(x, v, *rest, 0.0)[1]}
    proof.tex(bound, w=[w, step], eta=eta, t=range(1))


@pytest.mark.equation("gradflow/bn-adam-rate")
def test_a_step_of_adam_is_the_same_for_longer_weights(dense, proof):
    x, first, *rest = dense
    eta, steps = 0.3, {}
    for c in (1.0, 10.0):
        w, m, v = c * first, 0.0, 0.0
        for t in range(1, 4):
            g = through(x, w, *rest, 0.0)[1]
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            s = (m / (1 - 0.9**t)) / np.sqrt(v / (1 - 0.999**t))
            old, w = w, w - c * eta * s
        steps[c] = s
        norm = np.linalg.norm(old)
        proof.tex(
            {r"\hat w": [old / norm], "s": [steps[1.0]], "w": [old, w], "eta": c * eta}, t=range(1), tolerance=1e-9
        )
    assert np.abs(steps[10.0] - steps[1.0]).max() < 1e-9


@pytest.mark.equation("gradflow/bn-rotation")
def test_weight_decay_settles_where_each_step_turns_the_weights_by_the_same_angle(proof):
    eta, decay, rng = 0.1, 0.02, np.random.default_rng(16)
    w = rng.normal(size=5)
    for _ in range(20_000):
        g = rng.normal(size=5)
        g -= w * (g @ w) / (w @ w)  # orthogonal to w
        g /= np.linalg.norm(g) * np.linalg.norm(w)  # and shorter for longer weights
        old, w = w, (1 - eta * decay) * w - eta * g
        cosine = old @ w / np.linalg.norm(old) / np.linalg.norm(w)
    bound = {"alpha": np.arccos(cosine), "eta": eta, "lambda": decay, "w": [old], "dw": [g]}
    proof.tex(bound, t=range(1), tolerance=1e-6, approx=0.01)
    assert np.arccos(cosine) == pytest.approx((2 * eta * decay) ** 0.5, rel=0.01)


def test_the_gradient_of_a_plain_sum_is_rounding_and_agrees_with_central_differences_in_no_digit():
    x, gamma, beta, dy = drawn(18, (8, 1))
    found = batchnorm.batchnorm_backward(np.ones_like(dy), batchnorm.batchnorm_forward(x, gamma, beta)[1])[0]
    expected = central_difference(lambda x: np.sum(batchnorm.batchnorm_forward(x, gamma, beta)[0]), x)
    assert max(np.abs(found).max(), np.abs(expected).max()) < 1e-9
    assert relative_error(found, expected) > 0.9


def test_a_convolution_kernel_has_no_length_either():
    rng = np.random.default_rng(19)
    x, k, one = rng.normal(size=(2, 5, 5, 2)), rng.normal(size=(3, 3, 2, 3)), np.ones(3)
    dy = rng.normal(size=(2, 3, 3, 3))

    def layer(k):
        a = conv2d.conv_forward(x, k)
        y, cache = batchnorm.batchnorm_forward(a, one, 0 * one, eps=0.0)
        return y, conv2d.conv_backward(batchnorm.batchnorm_backward(dy, cache)[0], x, k)[1]

    y, dk = layer(k)
    factors = np.array([0.5, 1.0, 3.0])  # one for each output channel
    longer, shorter = layer(k * factors)
    np.testing.assert_allclose(longer, y, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(shorter * factors, dk, rtol=1e-9, atol=1e-12)
    assert np.abs((k * dk).sum((0, 1, 2))).max() < 1e-12
