"""Where floating point goes wrong on the way: the right value, known from the formula."""

from fractions import Fraction

import numpy as np
import pytest
from deepcourse.gradflow import (
    activations,
    adam,
    batchnorm,
    batchnorm_staged,
    circuit,
    conv2d,
    conv2d_geometry,
    conv2d_loops,
    conv2d_transposed,
    digits,
    dropout,
    gru,
    gru_before,
    layernorm,
    lstm,
    matmul,
    nets,
    rnn,
    truncate,
)
from deepcourse.gradflow.clip import clip_by_global_norm, global_norm
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from deepcourse.gradflow.loss import softmax_cross_entropy
from ways import backward_of, forward_of

pytestmark = pytest.mark.filterwarnings("error")  # no overflow on the way either
NOT_FINITE = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("module", [conv2d, conv2d_loops, conv2d_transposed])
@pytest.mark.parametrize("dtype", ["uint8", "int64"])
def test_an_image_of_integers_gets_a_gradient_of_fractions(module, dtype):
    x = np.array([[10, 20], [30, 40]], dtype)[None, :, :, None]
    dx, dk = backward_of(module)(np.ones((1, 2, 2, 1)), x, np.full((1, 1, 1, 1), -0.5))
    assert dx.ravel().tolist() == [-0.5] * 4
    assert dk.item() == 100
    _, dk = backward_of(module)(np.full((1, 2, 2, 1), 0.5), x * 1.0, np.ones((1, 1, 1, 1), int))
    assert dk.item() == 50


def test_one_hot_integers_and_a_gradient_of_integers_go_through_chunks():
    rng = np.random.default_rng(0)
    x, dh = np.eye(2, dtype=int)[None, [0, 1, 1]], np.ones((1, 3, 2), int)
    rest = [rng.normal(size=s) for s in ((1, 2), (1, 2), (2, 8), (2, 8), (8,))]
    h, dx, total = truncate.forward_backward(x, *rest, dh, 2)
    expected = truncate.forward_backward(x * 1.0, *rest, dh * 1.0, 2)
    for a, b in zip((h, dx, *total), (*expected[:2], *expected[2]), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(h, lstm.lstm_forward(x, *rest)[0], rtol=1e-12)
    assert np.abs(dx).min() > 0


def test_an_empty_sequence_has_no_chunk_and_keeps_its_shapes():
    arguments = [np.ones(s) for s in ((2, 0, 3), (2, 1), (2, 1), (3, 4), (1, 4), (4,), (2, 0, 1))]
    h, dx, total = truncate.forward_backward(*arguments, 2)
    assert (h.shape, dx.shape) == ((2, 0, 1), (2, 0, 3))
    assert [g.shape for g in total] == [(3, 4), (1, 4), (4,)]
    assert not any(g.any() for g in total)


@pytest.mark.parametrize(
    ("logits", "loss", "gradient"),
    [
        (np.array([[1, 3]], np.uint8), np.log1p(np.exp(-2)), [[1 / (1 + np.exp(2)), -1 / (1 + np.exp(2))]]),
        (np.array([[-100, 100]], np.int8), 0.0, [[np.exp(-200), 0.0]]),
        (np.array([[-60000.0, 60000.0]], np.float16), 0.0, [[0.0, 0.0]]),
        (np.array([[-3e38, 3e38]], np.float64), 0.0, [[0.0, 0.0]]),
        (np.array([[-np.inf, 1.0]]), 0.0, [[0.0, 0.0]]),
        ([[1, 3]], np.log1p(np.exp(-2)), [[1 / (1 + np.exp(2)), -1 / (1 + np.exp(2))]]),
    ],
)
def test_the_loss_of_integers_half_precision_and_a_class_ruled_out(logits, loss, gradient):
    found, dlogits = softmax_cross_entropy(logits, [1])
    assert found == pytest.approx(loss, abs=1e-7)
    np.testing.assert_allclose(dlogits, gradient, atol=1e-7)


def test_float32_logits_as_far_apart_as_they_go_have_the_right_gradient():
    with np.errstate(over="ignore"):  # the difference is -inf, and its exp 0 as it should be
        found, dlogits = softmax_cross_entropy(np.array([[-3e38, 3e38], [3e38, -3e38]], np.float32), [1, 0])
    assert found == 0
    assert not dlogits.any()
    assert softmax_cross_entropy(np.array([[1.0, -np.inf]]), [1])[0] == np.inf


@pytest.mark.parametrize("row", [[np.inf, 1.0], [-np.inf, -np.inf]])
def test_logits_that_leave_no_probabilities_are_refused(row):
    with pytest.raises(ValueError, match=r"logits: got a row up to -?inf, expected less than inf, more than -inf"):
        softmax_cross_entropy([row], [1])


@pytest.mark.parametrize("bad", NOT_FINITE)
def test_what_is_dropped_is_zero_whatever_it_was(bad):
    x = np.full(1000, bad)
    y, mask = dropout.dropout_forward(x, 0.5, np.random.default_rng(0))
    assert not y[~mask].any()
    assert not np.isfinite(y[mask]).any()
    dx = dropout.dropout_backward(x, mask, 0.5)
    assert not dx[~mask].any()
    dx = activations.relu_backward(np.array([bad, bad]), np.array([0.0, 2.0]))
    assert dx[0] == 0
    assert not np.isfinite(dx[1])


@pytest.mark.parametrize("module", [lstm, gru, gru_before])
@pytest.mark.parametrize("bad", [*NOT_FINITE, 1e300])
@pytest.mark.parametrize("seed", range(3))
def test_padding_that_is_not_finite_gives_exactly_what_zero_gives(module, bad, seed):
    rng = np.random.default_rng(seed)
    n = {lstm: 4, gru: 3, gru_before: 3}[module]
    states = 2 if module is lstm else 1
    x, dh = rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 5, 3))
    rest = [*(rng.normal(size=(4, 3)) for _ in range(states)), rng.normal(size=(2, 3 * n)), rng.normal(size=(3, 3 * n))]
    rest.append(rng.normal(size=(2, 9) if module is gru else (3 * n,)))
    mask = rng.random((4, 5)) < 0.6

    def all_of(padding):
        *values, cache = forward_of(module)(np.where(mask[:, :, None], x, padding), *rest, mask=mask)
        return *values, *backward_of(module)(dh, cache)

    for found, expected in zip(all_of(bad), all_of(0.0), strict=True):
        assert np.isfinite(found).all()
        np.testing.assert_array_equal(found, expected)


LAYERS = [batchnorm.batchnorm_forward, batchnorm_staged.staged_forward, layernorm.layernorm_forward]


@pytest.mark.parametrize("forward", LAYERS)
@pytest.mark.parametrize(
    ("dtype", "high"), [("float16", 600), ("float16", 60000), ("float32", 1e20), ("float32", 3e38)]
)
def test_squares_that_overflow_the_precision_of_x_still_normalize_to_one(forward, dtype, high):
    x = np.array([[0.0, high]], dtype)
    x = x.T if forward is not layernorm.layernorm_forward else x
    one, zero = np.ones(x.shape[1], dtype), np.zeros(x.shape[1], dtype)
    made = forward(x, one, zero)
    y = made[0] if isinstance(made, tuple) and not hasattr(made, "y") else made.y
    np.testing.assert_allclose(y.ravel(), [-1, 1], rtol=1e-5)


@pytest.mark.parametrize("forward", [*LAYERS, lambda x, *_: batchnorm.moments(x)])
def test_squares_that_overflow_float64_are_refused(forward):
    x = np.array([[0.0, 1e200], [1e200, 0.0]])
    with pytest.raises(ValueError, match=r"x: got values up to 1e\+200, expected squares that are finite"):
        forward(x, np.ones(2), np.zeros(2))


def test_sums_of_half_precision_do_not_overflow():
    dy = np.full((1000, 1), 100, np.float16)
    one = np.ones(1, np.float16)
    assert matmul.dense_backward(dy, dy, np.ones((1, 1), np.float16))[2].item() == 100_000
    rows = np.resize(np.array([0, 1], np.float16), (1000, 1))
    for module in (batchnorm, layernorm):
        assert backward_of(module)(dy, forward_of(module)(rows, one, one)[1])[2].item() == 100_000
    mean, var = batchnorm.moments(np.full((1000, 2), 60000, np.float16) * np.array([1, -1], np.float16))
    assert mean.tolist() == [60000, -60000]
    assert var.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("gradient", "length"),
    [
        (np.array([3e20, 4e20], np.float32), 5e20),
        (np.array([300, 400], np.float16), 500),
        (np.array([3e200, 4e200]), 5e200),
        (np.array([3e-200, 4e-200]), 5e-200),
        (np.array([100, 100], np.int8), 100 * 2**0.5),
        (np.array([-128, 0], np.int8), 128),
        ([3, 4], 5),
    ],
)
def test_the_length_of_a_gradient_whose_squares_overflow(gradient, length):
    assert global_norm([gradient]) == pytest.approx(length, rel=1e-6)
    limit = length / 4
    (clipped,), norm = clip_by_global_norm([gradient], limit)
    assert norm == pytest.approx(length, rel=1e-6)
    np.testing.assert_allclose(clipped, np.asarray(gradient, float) / 4, rtol=1e-6)


def test_gradients_that_come_one_by_one_are_all_clipped():
    found, norm = clip_by_global_norm((np.array([g]) for g in (3.0, 4.0)), 1.0)
    assert norm == 5
    np.testing.assert_allclose(found, [[0.6], [0.8]])


@pytest.mark.parametrize("x", [0.0, 1e5, 1e8, 1e10, 5e10])
def test_the_push_is_the_one_that_was_made(x):
    assert central_difference(lambda x: x[0], [x]) == pytest.approx(1, rel=1e-15)


@pytest.mark.parametrize("x", [1e12, -1e12, 1e300, np.inf])
def test_a_push_that_changes_nothing_is_refused(x):
    with pytest.raises(ValueError, match="delta: got 1e-05, expected a step that changes x, which is "):
        central_difference(np.sum, [1.0, x])
    if np.isfinite(x):
        assert central_difference(lambda x: x[0], [x], delta=abs(x) / 1e3) == pytest.approx(1)


@pytest.mark.parametrize("delta", [0, -1, np.inf, np.nan, None, "1", True, [1e-5]])
def test_a_push_is_a_number_above_zero(delta):
    with pytest.raises(ValueError, match=r"delta: got .*, expected a number above 0"):
        central_difference(np.sum, np.ones(2), delta)


def test_a_function_that_writes_into_its_argument_changes_nothing():
    def f(x):
        x *= 2
        return np.sum(x * x)

    x = np.array([1.0, -2.0, 3.0])
    np.testing.assert_allclose(central_difference(f, x), 8 * x, rtol=1e-9)
    assert x.tolist() == [1, -2, 3]


@pytest.mark.parametrize("result", [1j, True, "1", None, np.ones(1)])
def test_a_function_returns_one_real_number(result):
    with pytest.raises(ValueError, match=r"^f: got "):
        central_difference(lambda x: result, np.ones(2))


def test_the_error_of_values_as_large_as_they_go():
    assert relative_error([1.7e308], [-1.7e308]) == 2


@pytest.mark.parametrize("eps", [np.nan, np.inf, -1e-9, None, "0", [1e-3], True])
@pytest.mark.parametrize("forward", LAYERS)
def test_eps_is_a_number_from_zero_on(forward, eps):
    with pytest.raises(ValueError, match=r"eps: got .*, expected at least 0"):
        forward(np.eye(2), np.ones(2), np.ones(2), eps)


@pytest.mark.parametrize("forward", LAYERS)
@pytest.mark.parametrize("name", ["gamma", "beta"])
def test_a_number_is_not_one_number_for_each_channel(forward, name):
    given = {"x": np.eye(2), "gamma": np.ones(2), "beta": np.ones(2)}
    with pytest.raises(ValueError, match=rf"{name}: got shape \(\), expected \(2,\)"):
        forward(**given | {name: 1.0})


def test_a_variance_below_zero_is_refused():
    one = np.ones(2)
    with pytest.raises(ValueError, match=r"var: got -1.0, expected at least 0"):
        batchnorm.inference(np.eye(2), one, one, one, np.array([1.0, -1.0]))


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("forward", [batchnorm.batchnorm_forward, layernorm.layernorm_forward])
def test_what_is_not_finite_in_one_channel_stays_there(forward, value):
    x = np.array([[1.0, value], [2.0, 4.0]])
    with np.errstate(invalid="ignore"):
        y, _ = forward(x if forward is batchnorm.batchnorm_forward else x.T, np.ones(2), np.zeros(2))
    good = y[:, 0] if forward is batchnorm.batchnorm_forward else y[0]
    assert np.isfinite(good).all()
    assert np.isnan(y).any()


ONES = np.ones((2, 2), np.float32)
IMAGES = np.ones((4, 3, 3, 1))
SCALED = {  # a call with one number, and what it computes in float32
    "batchnorm.eps": lambda n: batchnorm.batchnorm_forward(ONES, ONES[0], ONES[0], n)[0],
    "layernorm.eps": lambda n: layernorm.layernorm_forward(ONES, ONES[0], ONES[0], n)[0],
    "staged.eps": lambda n: batchnorm_staged.staged_forward(ONES, ONES[0], ONES[0], n).y,
    "dropout.rate": lambda n: dropout.dropout_forward(ONES, n, np.random.default_rng(0))[0],
    "dropout.rate back": lambda n: dropout.dropout_backward(ONES, ONES > 0, n),
    "momentum": lambda n: batchnorm.update(ONES[0], 2 * ONES[0], n),
    "limit": lambda n: clip_by_global_norm([ONES], n)[0][0],
}


@pytest.mark.parametrize("kind", [np.float16, np.float64, np.longdouble, np.array, Fraction])
@pytest.mark.parametrize("name", SCALED)
def test_a_number_of_any_type_changes_neither_value_nor_precision(name, kind):
    found, expected = SCALED[name](kind(0.5)), SCALED[name](0.5)
    assert found.dtype == expected.dtype == np.float32
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_a_small_limit_in_few_bits_clips_a_large_gradient_rightly(kind):
    (clipped,), _ = clip_by_global_norm([np.array([3e200, 4e200])], kind(5))
    assert np.allclose(clipped, [3, 4])


def test_the_circuit_does_not_wrap():
    assert circuit.circuit(np.int8(100), np.int8(100), np.int8(0))[0] == 100**3


RNG = np.random.default_rng(0)
NUMBERS = {  # the argument: what takes it
    "rate": [lambda v: adam.update(*np.ones((3, 2)), np.ones(2), v, 1)],
    "t": [lambda v: adam.update(*np.ones((3, 2)), np.ones(2), 0.1, v)],
    "epochs": [lambda v: list(digits.batches(IMAGES, [0] * 4, 2, v, RNG))],
    "turn": [lambda v: digits.wobble(IMAGES, RNG, turn=v)],
    "stretch": [lambda v: digits.wobble(IMAGES, RNG, stretch=v)],
    "shift": [lambda v: digits.wobble(IMAGES, RNG, shift=v)],
    "variance": [lambda v: nets.normal(RNG, (2,), v)],
    "size": [lambda v: conv2d_geometry.windows_along(v, 1, 1, "same")],
    "window": [lambda v: conv2d_geometry.windows_along(3, v, 1, "valid")],
    "stride": [
        lambda v: conv2d_geometry.windows_along(3, 1, v, "same"),
        lambda v: conv2d.conv_forward(IMAGES, np.ones((2, 2, 1, 1)), v),
        lambda v: conv2d_loops.conv_loops_forward(IMAGES, np.ones((2, 2, 1, 1)), v),
    ],
    "limit": [lambda v: clip_by_global_norm([ONES], v)],
    "delta": [lambda v: central_difference(np.sum, ONES, v)],
    "f": [lambda v: central_difference(v, ONES)],
    "gradients": [lambda v: clip_by_global_norm(v, 1), global_norm],
    "rng": [lambda v: dropout.dropout_forward(ONES, 0.5, v), lambda v: digits.wobble(IMAGES, v)],
}


@pytest.mark.parametrize("value", [-1, np.nan, None, "1", True, 1j], ids=repr)
@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_such_number_is_refused_by_name(name, value):
    for call in NUMBERS[name]:
        with pytest.raises(ValueError, match=f"^{name}: got "):
            call(value)


@pytest.mark.parametrize("call", [*NUMBERS["limit"], *NUMBERS["delta"]])
def test_a_number_past_any_float_is_refused(call):
    with pytest.raises(ValueError, match=r"^(limit|delta): got more than a float holds"):
        call(10**400)


@pytest.mark.parametrize("value", [None, (), np.ones(3), (1, 2, 3, 4, 5, 6, 7)])
@pytest.mark.parametrize(
    "backward",
    [
        batchnorm.batchnorm_backward,
        batchnorm.inference_backward,
        layernorm.layernorm_backward,
        rnn.rnn_backward,
        lstm.lstm_backward,
        gru.gru_backward,
        gru_before.gru_before_backward,
    ],
)
def test_only_the_cache_of_the_same_module_goes_back(backward, value):
    with pytest.raises(ValueError, match=r"^cache: got .*, expected deepcourse\.gradflow\."):
        backward(np.ones((2, 3, 2)), value)


def test_one_gru_refuses_the_cache_of_the_other():
    shapes = (2, 3, 2), (2, 2), (2, 6), (2, 6), (6,)
    h, cache = gru_before.gru_before_forward(*map(np.ones, shapes))
    with pytest.raises(ValueError, match=r"^cache: got .*gru_before.GruBeforeCache, expected .*gru.GruCache"):
        gru.gru_backward(h, cache)


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_stride_of_a_small_integer_does_not_overflow(kind, padding):
    x, k = np.ones((1, 300, 3, 1)), np.ones((3, 2, 1, 1))
    y = conv2d.conv_forward(x, k, kind(2), padding)
    assert np.array_equal(y, conv2d.conv_forward(x, k, 2, padding))
    for module in (conv2d, conv2d_transposed, conv2d_loops):
        dx, dk = backward_of(module)(y, x, k, kind(2), padding)
        wanted = conv2d.conv_backward(y, x, k, 2, padding)
        assert np.allclose(dx, wanted[0])
        assert np.allclose(dk, wanted[1])


@pytest.mark.parametrize("kind", [np.float32, np.float16, int])
def test_a_function_of_too_few_bits_is_not_measured(kind):
    with pytest.raises(ValueError, match=r"^f: got a result of .*, expected float64"):
        central_difference(lambda x: kind(np.sum(x * x)), np.ones(2))


def test_the_error_of_the_smallest_values():
    assert relative_error([5e-324], [0.0]) == 1


@pytest.mark.parametrize("labels", [np.ma.array([0, 1], mask=[1, 0]), [[0], [1, 2]]])
def test_labels_that_make_no_array_are_refused_by_name(labels):
    with pytest.raises(ValueError, match=r"^labels: got "):
        softmax_cross_entropy(np.ones((2, 3)), labels)


def test_a_weight_that_is_read_only_is_refused_before_any_moves():
    m, fixed = np.zeros(2), np.broadcast_to(1.0, (2,))
    with pytest.raises(ValueError, match=r"^v: got what can't be changed"):
        adam.update(np.ones(2), m, fixed, np.ones(2), 0.1, 1)
    assert not m.any()


@pytest.mark.parametrize("module", [lstm, gru, gru_before])
def test_a_mask_that_hides_entries_is_refused(module):
    gates = {lstm: 4}.get(module, 3) * 2
    bias = (2, gates) if module is gru else (gates,)
    state = [np.ones((2, 2))] * (2 if module is lstm else 1)
    given = np.ones((2, 3, 2)), *state, np.ones((2, gates)), np.ones((2, gates)), np.ones(bias)
    with pytest.raises(ValueError, match=r"^mask: got masked entries"):
        forward_of(module)(*given, mask=np.ma.array(np.ones((2, 3)), mask=True))
