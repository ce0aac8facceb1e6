"""The equations of the post on lstm and gru, computed as displayed, index by index where indices are displayed."""

import math

import numpy as np
import pytest
from deepcourse.gradflow import clip, gru, gru_before, lstm, rnn, truncate
from deepcourse.gradflow.gradcheck import central_difference, relative_error
from ways import backward_of, forward_of

B, T, D, H = 3, 5, 2, 4


def sig(a):
    return 1 / (1 + np.exp(-a))


def draw(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


@pytest.fixture
def plain():
    """A plain recurrent layer that has run, and what goes back through it."""
    arguments = draw((B, T, D), (B, H), (D, H), (H, H), (H,))
    (dh,) = draw((B, T, H), seed=1)
    h, cache = rnn.rnn_forward(*arguments)
    return arguments, dh, h, rnn.rnn_backward(dh, cache)


@pytest.fixture
def long():
    """The same for an LSTM: i, f, g, o and c by step, time first, and the gradients of h and a by step."""
    arguments = draw((B, T, D), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,))
    dh, dc_last = draw((B, T, H), (B, H), seed=1)
    _, _, cache = lstm.lstm_forward(*arguments)
    return arguments, dh, dc_last, cache, lstm.lstm_backward(dh, cache, dc_last)


STEPS = range(1, T + 1)


def from_one(a, first=None, last=None):
    """Time first and counted from 1, as the page counts: step 0 is `first`, the one behind the end `last`."""
    steps = np.swapaxes(a, 0, 1)
    ends = [np.full(steps.shape[1:], np.nan) if end is None else end for end in (first, last)]
    return np.stack([ends[0], *steps, ends[1]])


def gates(cache):
    """i, f, g and o by step, counted from 1."""
    return {name: from_one(a) for name, a in zip("ifgo", np.split(cache.gates.swapaxes(0, 1), 4, axis=2), strict=True)}


def at_steps(arguments, dh, dc_last):
    """The gradients at h_t, c_t and a_t of every step, by central differences of the loss from there on."""
    x, _, _, wx, wh, b = arguments
    _, _, cache = lstm.lstm_forward(*arguments)
    found = []

    def rest(h_t, c_t, t):
        """The part of the loss that depends on h_t and c_t."""
        later, c, _ = lstm.lstm_forward(x[:, t + 1 :], h_t, c_t, wx, wh, b)
        return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later) + np.sum(dc_last * c)

    for t in range(x.shape[1]):
        h_t, c_t, before, o = cache.h[t + 1], cache.c[t + 1], cache.c[t], cache.gates[t][:, 3 * H :]
        a_t = x[:, t] @ wx + cache.h[t] @ wh + b
        at_h = central_difference(lambda v, c=c_t, t=t: rest(v, c, t), h_t)
        at_c = central_difference(lambda v, o=o, t=t: rest(o * np.tanh(v), v, t), c_t)
        at_a = central_difference(lambda v, c=before, t=t: rest(*lstm.lstm_step(v, c)[:2], t), a_t)
        found.append((at_h, at_c, at_a))
    return cache, found


@pytest.mark.equation("gradflow/rnn")
def test_the_plain_layer_is_a_dense_layer_over_input_and_previous_state(plain, proof):
    (x, h0, wx, wh, b), _, h, _ = plain
    proof.tex(h=from_one(h, h0), x=from_one(x), w_x=wx, w_h=wh, b=b, t=STEPS)


@pytest.mark.equation("gradflow/rnn-arrives", "gradflow/rnn-da", "gradflow/rnn-weights")
def test_plain_backward_by_index(plain, proof):
    (x, h0, wx, wh, b), dh, h, (dx, _, dwx, dwh, db) = plain
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    delta, da = np.zeros((B, T, H)), np.zeros((B, T, H))

    def rest(h_t, t):
        """The part of the loss that depends on h_t."""
        later, _ = rnn.rnn_forward(x[:, t + 1 :], h_t, wx, wh, b)
        return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later)

    for t in range(T):
        delta[:, t] = central_difference(lambda v, t=t: rest(v, t), h[:, t])
        a = x[:, t] @ wx + before[:, t] @ wh + b
        da[:, t] = central_difference(lambda v, t=t: rest(np.tanh(v), t), a)
    bound = {r"\delta^h": from_one(delta), "h": from_one(h, h0), "da": from_one(da, last=np.zeros((B, H)))}
    bound |= {"x": from_one(x), "dx": from_one(dx), "dh": from_one(dh), "w_x": wx, "w_h": wh, "t": STEPS}
    proof.tex(bound, of="gradflow/rnn-arrives", tolerance=1e-7)
    proof.tex(bound, of="gradflow/rnn-da", tolerance=1e-7)
    proof.tex(bound, of="gradflow/rnn-weights", dw_x=dwx, dw_h=dwh, db=db, tolerance=1e-7)


def numerical_jacobian(f, v):
    """Entry (j, k): how output k changes with input j."""
    columns = [central_difference(lambda u, k=k: f(u)[k], v) for k in range(len(f(v)))]
    return np.stack(columns, axis=1)


def rnn_jacobian(x, h, wx, wh, b):
    """The same of one step of the plain layer."""
    return numerical_jacobian(lambda v: rnn.rnn_forward(x[None, None], v[None], wx, wh, b)[0][0, 0], h)


@pytest.mark.equation("gradflow/rnn-jacobian")
@pytest.mark.equation("gradflow/rnn-product", digest="a5d6d3fe")
def test_the_product_of_jacobians_in_its_order_and_transposition(plain, proof):
    (x, h0, wx, wh, b), _, h, _ = plain
    n, s, last = 0, 1, T - 1

    def factor(t):
        return [[wh[j, k] * (1 - h[n, t, k] ** 2) for k in range(H)] for j in range(H)]

    states = from_one(h[n : n + 1], h0[n : n + 1])[:, 0]
    steps = [rnn_jacobian(x[n, t - 1], states[t - 1], wx, wh, b) for t in STEPS]
    bound = {"J": [steps[0], *steps], "h": states, "w_h": wh, "t": STEPS}  # counted from 1
    bound |= {r"\frac{\partial h}{\partial h}": lambda t, k, before, j: steps[t - 1][j, k] / (before == t - 1)}
    bound |= {r"\Lambda": [np.diag(1 - state**2) for state in states]}
    proof.tex(bound, of="gradflow/rnn-jacobian", tolerance=1e-7)
    whole = numerical_jacobian(lambda v: rnn.rnn_forward(x[n : n + 1, s + 1 :], v[None], wx, wh, b)[0][0, -1], h[n, s])
    product = np.eye(H)
    for t in range(s + 1, last + 1):
        product = product @ np.array(factor(t))
    proof(product, whole, 1e-7, of="gradflow/rnn-product")
    back = np.eye(H)
    for t in reversed(range(s + 1, last + 1)):
        back = back @ np.diag(1 - h[n, t] ** 2) @ wh.T
    proof(back, whole.T, 1e-7, of="gradflow/rnn-product")


def test_the_product_of_jacobians_in_another_order_or_transposition_is_another_matrix(plain):
    (_, _, _, wh, _), _, h, _ = plain
    factors = [wh @ np.diag(1 - h[0, t] ** 2) for t in range(2, T)]
    right = np.linalg.multi_dot(factors)
    power = np.linalg.multi_dot([np.linalg.matrix_power(wh, T - 2) @ np.diag(1 - h[0, t] ** 2) for t in range(2, T)])
    slopes = [np.diag(1 - h[0, t] ** 2) for t in range(2, T)]
    outside = np.linalg.matrix_power(wh, T - 2) @ np.linalg.multi_dot(slopes)
    backwards, transposed = np.linalg.multi_dot(factors[::-1]), np.linalg.multi_dot([f.T for f in factors])
    for wrong in (power, outside, backwards, transposed):
        assert np.abs(wrong - right).max() > 0.1 * np.abs(right).max()


@pytest.mark.equation("gradflow/rnn-bound", digest="1221c111")
def test_the_gradient_is_at_most_the_largest_singular_value_to_the_distance(plain, proof):
    """Equality for a scaled orthogonal matrix at states of zero, less for any other."""
    (x, h0, wx, wh, b), dh, h, _ = plain
    x, h0, b, dh = x * 0, h0 * 0, b * 0, dh * 0
    dh[:, -1] = 1
    for gain in (0.5, 1.0, 2.0):
        wh = gain * np.linalg.qr(draw((H, H))[0])[0]
        dh0 = rnn.rnn_backward(dh, rnn.rnn_forward(x, h0, wx, wh, b)[1])[1]
        proof(np.linalg.norm(dh0, axis=1), gain**T * np.linalg.norm(dh[:, -1], axis=1))
    x, h0, wx, wh, b = plain[0]
    h, cache = rnn.rnn_forward(x, h0, wx, wh, b)
    length = np.linalg.norm(rnn.rnn_backward(dh, cache)[1], axis=1)
    largest = np.linalg.svd(wh)[1][0]
    bound = np.prod(largest * (1 - h**2).max(axis=2), axis=1) * np.linalg.norm(dh[:, -1], axis=1)
    assert (length < bound).all()
    assert (bound < largest**T * np.linalg.norm(dh[:, -1], axis=1)).all()


@pytest.mark.equation("gradflow/lstm-gates", "gradflow/lstm-cell")
def test_a_step_of_the_lstm_by_index(long, proof):
    (x, h0, c0, wx, wh, b), _, _, cache, _ = long
    found = gates(cache)
    undone = {"i": np.log, "f": np.log, "g": np.arctanh, "o": np.log}  # a by the inverses of sigma and tanh
    a = {f"a^{k}": undone[k](v if k == "g" else v / (1 - v)) for k, v in found.items()}
    bound = {"a": np.concatenate(list(a.values()), axis=2), "w_x": wx, "w_h": wh, "b": b, "t": STEPS} | a | found
    bound |= {"x": from_one(x), "h": from_one(np.swapaxes(cache.h[1:], 0, 1), h0), "c": [*cache.c, c0]}
    for name in ("gates", "cell"):
        proof.tex(bound, of=f"gradflow/lstm-{name}")


@pytest.mark.equation("gradflow/lstm-arrives", "gradflow/lstm-dc", "gradflow/lstm-gates-back", "gradflow/lstm-da")
def test_lstm_backward_by_index_equals_central_differences_at_every_step(long, proof):
    arguments, dh, dc_last, _, _ = long
    cache, expected = at_steps(arguments, dh, dc_last)
    delta_h, delta_c, da = (np.stack(arrived, axis=1) for arrived in zip(*expected, strict=True))
    di, df, dg, do = np.zeros((4, B, T, H))
    for t in range(T):
        before, tanh_c = cache.c[t], np.tanh(cache.c[t + 1])
        values = np.split(cache.gates[t], 4, axis=1)

        # The gates themselves as variables: c_t = f c_{t-1} + i g and h_t = o tanh(c_t), weighted by what arrives.
        def loss(value, k, values=values, t=t, before=before, tanh_c=tanh_c):
            i, f, g, o = [*values[:k], value, *values[k + 1 :]]
            return np.sum(delta_c[:, t] * (f * before + i * g)) + np.sum(delta_h[:, t] * o * tanh_c)

        for k, found in enumerate((di, df, dg, do)):
            found[:, t] = central_difference(lambda v, k=k, f=loss: f(v, k), values[k])
    nothing = np.zeros((B, 4 * H))
    bound = gates(cache) | {"da": from_one(da, last=nothing), "w_h": arguments[4], "t": STEPS, "dh": from_one(dh)}
    bound |= {r"\delta^h": from_one(delta_h), r"\delta^c": from_one(delta_c, last=dc_last), "c": cache.c}
    bound |= {"di": from_one(di), "df": from_one(df), "dg": from_one(dg), "do": from_one(do)}
    bound |= {f"da^{name}": from_one(a) for name, a in zip("ifgo", np.split(da, 4, axis=2), strict=True)}
    bound["f"][T + 1] = 1  # so that what arrives behind the last step is dc_last
    for name in ("arrives", "dc", "gates-back", "da"):
        proof.tex(bound, of=f"gradflow/lstm-{name}", tolerance=1e-7)


@pytest.mark.equation("gradflow/lstm-weights")
def test_lstm_weights_sum_over_steps_and_examples(long, proof):
    (x, *_), dh, dc_last, cache, (dx, _, _, dwx, dwh, db) = long
    da = np.stack([a for _, _, a in at_steps(long[0], dh, dc_last)[1]], axis=1)
    bound = {"x": from_one(x), "h": cache.h, "da": from_one(da), "dx": from_one(dx), "w_x": cache.wx, "t": STEPS}
    proof.tex(bound, dw_x=dwx, dw_h=dwh, db=db, tolerance=1e-7)


@pytest.mark.equation("gradflow/lstm-cell-jacobian")
def test_the_jacobian_of_the_cell_has_a_direct_and_three_indirect_terms(long, proof):
    (x, _, _, wx, wh, b), _, _, cache, _ = long
    n = 0

    def jacobian(t, before):
        """Of c_t with respect to c_{t-1}, through the output of the step before as well; t counts from 1."""
        assert before == t - 1

        def cell(c):
            a = x[n, t - 1] @ wx + (cache.gates[t - 2, n, 3 * H :] * np.tanh(c)) @ wh + b
            return lstm.lstm_step(a[None], c[None])[1][0]

        return numerical_jacobian(cell, cache.c[before, n])

    found = {name: a[:, n] for name, a in gates(cache).items()}
    c = cache.c[:, n]
    bound = found | {f"w_{name}": w for name, w in zip("ifg", np.split(wh, 4, axis=1)[:3], strict=True)}
    bound |= {r"\frac{\partial c}{\partial c}": jacobian, "c": c, "q": found["o"][: T + 1] * (1 - np.tanh(c) ** 2)}
    proof.tex(bound, t=range(2, T + 1), tolerance=1e-7)
    whole = jacobian(4, 3)
    assert np.abs(np.diag(found["f"][4]) - whole).max() > 0.05  # the direct term alone is not the Jacobian


def test_without_recurrent_weights_the_cell_carries_the_product_of_the_forget_gates(long):
    (x, h0, c0, wx, wh, b), dh, dc_last, _, _ = long
    _, _, cache = lstm.lstm_forward(x, h0, c0, wx, wh * 0, b)
    dc0 = lstm.lstm_backward(dh * 0, cache, dc_last)[2]
    expected = dc_last.copy()
    for t in range(T):
        expected = expected * cache.gates[t][:, H : 2 * H]
    assert relative_error(dc0, expected) < 1e-12


@pytest.mark.equation("gradflow/lstm-half-life")
def test_the_bias_that_keeps_half_after_so_many_steps(proof):
    for steps in (1, 10, 50, 100, 1000):
        bias = -np.log(2 ** (1 / steps) - 1)
        proof.tex(b_f=bias, T=steps)
        zero = np.zeros((1, steps, 1))
        b = np.array([0.0, bias, 0.0, 0.0])
        cache = lstm.lstm_forward(zero, np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 4)), np.zeros((1, 4)), b)[2]
        proof(lstm.lstm_backward(zero, cache, np.ones((1, 1)))[2], [[0.5]], 1e-10)


@pytest.mark.equation("gradflow/mask", "gradflow/mask-back")
def test_a_masked_step_copies_forward_and_copies_backward(long, proof):
    (x, h0, c0, wx, wh, b), dh, dc_last, _, _ = long
    mask = (np.random.default_rng(3).random((B, T)) < 0.5).astype(float)
    h, _, cache = lstm.lstm_forward(x, h0, c0, wx, wh, b, mask=mask)
    new_h, new_c, gate = np.zeros((B, T, H)), np.zeros((B, T, H)), np.zeros((B, T, 4 * H))
    for t in range(T):
        a = x[:, t] @ wx + cache.h[t] @ wh + b
        new_h[:, t], new_c[:, t], gate[:, t] = lstm.lstm_step(a, cache.c[t])
    bound = {"h": from_one(h, h0), "c": cache.c, r"\hat h": from_one(new_h), r"\hat c": from_one(new_c)}
    bound |= {r"\kappa": from_one(mask[:, :, None]), "t": STEPS}
    proof.tex(bound, of="gradflow/mask")
    delta_h, delta_c, nu, da = np.zeros((B, T, H)), np.zeros((B, T, H)), np.zeros((B, T, H)), np.zeros((B, T, 4 * H))
    to_h, to_c = np.zeros((B, T, H)), np.zeros((B, T, H))
    dx, dh0, dc0, *_ = lstm.lstm_backward(dh, cache, dc_last)
    for t in range(T):

        def after(h_t, c_t, t=t):
            """The part of the loss that lies behind step t."""
            later, c, _ = lstm.lstm_forward(x[:, t + 1 :], h_t, c_t, wx, wh, b, mask=mask[:, t + 1 :])
            return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later) + np.sum(dc_last * c)

        def before(h_t, c_t, t=t):
            """The same with step t."""
            later, c, _ = lstm.lstm_forward(x[:, t:], h_t, c_t, wx, wh, b, mask=mask[:, t:])
            return np.sum(dh[:, t:] * later) + np.sum(dc_last * c)

        def computed(c_t, t=t):
            """What arrives, if the step counted, at the cell that it computes; h_t is o tanh of it."""
            return np.sum(delta_h[:, t] * gate[:, t, 3 * H :] * np.tanh(c_t)) + np.sum(nu[:, t] * c_t)

        def gated(a, t=t):
            """The same from what goes into the gates; a masked step hears nothing."""
            return np.sum(
                mask[:, t, None]
                * (delta_h[:, t] * lstm.lstm_step(a, cache.c[t])[0] + nu[:, t] * lstm.lstm_step(a, cache.c[t])[1])
            )

        h_t, c_t = cache.h[t + 1], cache.c[t + 1]
        delta_h[:, t] = central_difference(lambda v, c_t=c_t, f=after: f(v, c_t), h_t)
        nu[:, t] = central_difference(lambda v, h_t=h_t, f=after: f(h_t, v), c_t)
        delta_c[:, t] = central_difference(computed, new_c[:, t])
        da[:, t] = central_difference(gated, x[:, t] @ wx + cache.h[t] @ wh + b)
        to_h[:, t] = central_difference(lambda v, c=cache.c[t], f=before: f(v, c), cache.h[t])
        to_c[:, t] = central_difference(lambda v, h=cache.h[t], f=before: f(h, v), cache.c[t])
    bound |= {r"\delta^h": from_one(delta_h), r"\hat\delta^c": from_one(delta_c), r"\nu": from_one(nu)}
    bound |= {"da": from_one(da), "o": from_one(gate[:, :, 3 * H :]), "f": from_one(gate[:, :, H : 2 * H]), "w_h": wh}
    bound |= {r"\text{to }h": np.swapaxes(to_h, 0, 1), r"\text{to }c": np.swapaxes(to_c, 0, 1)}
    proof.tex(bound, of="gradflow/mask-back", tolerance=1e-7)
    proof(to_h[:, 0], dh0, 1e-7, of="gradflow/mask-back")
    proof(to_c[:, 0], dc0, 1e-7, of="gradflow/mask-back")
    proof(da @ wx.T, dx, 1e-7, of="gradflow/mask-back")


@pytest.mark.equation("gradflow/truncated")
@pytest.mark.parametrize("size", [2, 3])
def test_what_arrives_at_a_step_comes_from_its_chunk_alone(long, proof, size):
    (x, _, _, wx, wh, b), dh, _, cache, _ = long
    delta, da = np.zeros((B, T, H)), np.zeros((B, T, 4 * H))
    for start in range(0, T, size):
        part = slice(start, start + size)
        chunk = [x[:, part], cache.h[start], cache.c[start], wx, wh, b]
        for t, (at_h, _, at_a) in enumerate(at_steps(chunk, dh[:, part], np.zeros((B, H)))[1], start):
            delta[:, t], da[:, t] = at_h, at_a
    bound = {r"\delta^h": from_one(delta), "dh": from_one(dh), "da": from_one(da, last=np.zeros((B, 4 * H)))}
    proof.tex(bound, w_h=wh, S=size, t=STEPS, tolerance=1e-7)


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_truncation_drops_what_comes_back_over_a_border_and_changes_no_output(long, size):
    (x, h0, c0, wx, wh, b), dh, _, cache, _ = long
    h, dx, (dwx, dwh, db) = truncate.forward_backward(x, h0, c0, wx, wh, b, dh, size)
    np.testing.assert_allclose(h, cache.h[1:].swapaxes(0, 1), atol=1e-14)
    da, back_c = np.zeros((T + 1, B, 4 * H)), np.zeros((B, H))
    for t in reversed(range(T)):  # t counts from 0: the border lies behind step t if t + 1 is a multiple
        inside = (t + 1) % size != 0
        delta_h = dh[:, t] + inside * da[t + 1] @ wh.T
        tanh_c = np.tanh(cache.c[t + 1])
        da[t], back_c = lstm.lstm_step_backward(delta_h, inside * back_c, cache.gates[t], cache.c[t], tanh_c)
    pairs = (
        (np.swapaxes(da[:T] @ wx.T, 0, 1), dx),
        (sum(x[:, t].T @ da[t] for t in range(T)), dwx),
        (sum(cache.h[t].T @ da[t] for t in range(T)), dwh),
        (da.sum(axis=(0, 1)), db),
    )
    for expected, found in pairs:
        assert relative_error(found, expected) < 1e-10


def test_truncation_refuses_a_size_that_is_no_count(long):
    (*arguments,), dh, _, _, _ = long
    for size in (0, 2.5, -1):
        with pytest.raises(ValueError, match=f"size: got {size}"):
            truncate.forward_backward(*arguments, dh, size)


@pytest.mark.equation("gradflow/clip")
def test_clipping_divides_by_the_length_of_all_gradients_together(proof):
    gradients = draw((3, 4), (5,), (2, 2), seed=2)
    norm = math.sqrt(sum(float(v) ** 2 for g in gradients for v in g.ravel()))
    for limit in (0.3, 1.0, 100.0):
        found, measured = clip.clip_by_global_norm(gradients, limit)
        assert measured == pytest.approx(norm)
        whole, clipped = (np.concatenate([g.ravel() for g in every]) for every in (gradients, found))
        proof.tex({r"\text{limit}": limit, r"\leftarrow dw": clipped}, dw=whole)


@pytest.mark.equation("gradflow/gru-gates", "gradflow/gru-after", "gradflow/gru-before", "gradflow/gru-state")
def test_a_step_of_the_gru_by_index_in_both_forms(proof):
    x, h0, wx, wh, b = draw((B, T, D), (B, H), (D, 3 * H), (H, 3 * H), (2, 3 * H))
    for after in (True, False):
        h, cache = forward_of(gru if after else gru_before)(x, h0, wx, wh, b if after else b[0])
        states = from_one(h, h0)
        ah = states[:-2] @ wh + (b[1] if after else 0)  # of the state before
        bound = {"w_g": wh[:, 2 * H :], "h": states, "t": STEPS}
        for k, name in enumerate("zrg"):
            part = slice(k * H, (k + 1) * H)
            bound[name] = from_one(cache.gates[:, :, part].swapaxes(0, 1))
            bound[f"a^{{x,{name}}}"] = from_one((x @ wx + b[0])[:, :, part])
            bound[f"a^{{h,{name}}}"] = from_one(ah[:, :, part].swapaxes(0, 1))
        proof.tex(bound, of="gradflow/gru-gates")
        proof.tex(bound, of="gradflow/gru-after" if after else "gradflow/gru-before")
        proof.tex(bound, of="gradflow/gru-state")


def gru_step(after, ax, h, wh, b):
    return gru.gru_step(ax, h, wh, b) if after else gru_before.gru_before_step(ax, h, wh)


@pytest.mark.equation("gradflow/gru-shared", "gradflow/gru-after-back", "gradflow/gru-before-back")
def test_gru_backward_in_both_forms_equals_central_differences(proof):
    for after in (True, False):
        ax, h, wh, bh, delta = draw((B, 3 * H), (B, H), (H, 3 * H), (3 * H,), (B, H), seed=5)
        _, gate, _ = gru_step(after, ax, h, wh, bh)

        def loss(ax, h, after=after, wh=wh, bh=bh, delta=delta):
            return np.sum(delta * gru_step(after, ax, h, wh, bh)[0])

        da = central_difference(lambda v, f=loss, h=h: f(v, h), ax)
        to_h = central_difference(lambda v, f=loss, ax=ax: f(ax, v), h)
        bound = {r"\text{to }h": to_h[None], "h": h[None], r"\delta": [delta] * 2, "t": range(1, 2)}
        bound |= {"u": [h @ wh[:, 2 * H :] + bh[2 * H :]] * 2}
        for k, name in enumerate("zrg"):
            part = slice(k * H, (k + 1) * H)
            bound |= {name: [gate[:, part]] * 2, f"da^{name}": [da[:, part]] * 2, f"w_{name}": wh[:, part]}
        proof.tex(bound, of="gradflow/gru-shared", tolerance=1e-7)
        proof.tex(bound, of="gradflow/gru-after-back" if after else "gradflow/gru-before-back", tolerance=1e-7)


@pytest.mark.equation("gradflow/gru-weights", "gradflow/gru-after-weights", "gradflow/gru-before-weights")
def test_gru_weights_sum_over_steps_and_examples_in_both_forms(proof):
    x, h0, wx, wh, b, dh = draw((B, T, D), (B, H), (D, 3 * H), (H, 3 * H), (2, 3 * H), (B, T, H), seed=6)
    for after in (True, False):
        arguments, module = [x, h0, wx, wh, b if after else b[0]], gru if after else gru_before
        _, cache = forward_of(module)(*arguments)
        dx, _, dwx, dwh, db = backward_of(module)(dh, cache)
        r = cache.gates[:, :, H : 2 * H]
        ax, da = x @ wx + b[0], np.zeros((B, T, 3 * H))
        for t in range(T):

            def rest(a, t=t, after=after, bias=arguments[4], cache=cache, module=module):
                """The loss from step t on, as it depends on the input's part of the step."""
                h_t = gru_step(after, a, cache.h[t], wh, b[1] if after else np.zeros(3 * H))[0]
                later = forward_of(module)(x[:, t + 1 :], h_t, wx, wh, bias)[0]
                return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later)

            da[:, t] = central_difference(rest, ax[:, t])
        dah = da.copy()  # what the state's part hears: through the reset gate, if it resets after
        dah[:, :, 2 * H :] *= r.swapaxes(0, 1)
        bound = {"x": from_one(x), "h": cache.h, "t": STEPS, "dx": from_one(dx), "w_x": wx, "dw_x": dwx}
        bound |= {"da^x": from_one(da), "da^h": from_one(dah), "da^g": from_one(da[:, :, 2 * H :])}
        bound |= {"r": from_one(r.swapaxes(0, 1)), "db_x": db[0] if after else db}
        proof.tex(bound, of="gradflow/gru-weights", tolerance=1e-7)
        if after:
            proof.tex(bound, dw_h=dwh, db_h=db[1], of="gradflow/gru-after-weights", tolerance=1e-7)
        else:
            proof.tex(bound, dw_g=dwh[:, 2 * H :], of="gradflow/gru-before-weights", tolerance=1e-7)
