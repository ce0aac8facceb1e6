"""The equations of the post on lstm and gru, computed as displayed, index by index where indices are displayed."""

import math

import numpy as np
import pytest
from deepcourse.gradflow import clip, gru, gru_before, lstm, rnn, truncate
from deepcourse.gradflow.gradcheck import central_difference

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
    h, cache = rnn.forward(*arguments)
    return arguments, dh, h, rnn.backward(dh, cache)


@pytest.fixture
def long():
    """The same for an LSTM: i, f, g, o and c by step, time first, and the gradients of h and a by step."""
    arguments = draw((B, T, D), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,))
    dh, dc_last = draw((B, T, H), (B, H), seed=1)
    _, _, cache = lstm.forward(*arguments)
    return arguments, dh, dc_last, cache, lstm.backward(dh, cache, dc_last)


def at_steps(arguments, dh, dc_last):
    """The gradients at h_t, c_t and a_t of every step, by central differences of the loss from there on."""
    x, _, _, wx, wh, b = arguments
    _, _, cache = lstm.forward(*arguments)
    found = []

    def rest(h_t, c_t, t):
        """The part of the loss that depends on h_t and c_t."""
        later, c, _ = lstm.forward(x[:, t + 1 :], h_t, c_t, wx, wh, b)
        return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later) + np.sum(dc_last * c)

    for t in range(T):
        h_t, c_t, before, o = cache.h[t + 1], cache.c[t + 1], cache.c[t], cache.gates[t][:, 3 * H :]
        a_t = x[:, t] @ wx + cache.h[t] @ wh + b
        at_h = central_difference(lambda v, c=c_t, t=t: rest(v, c, t), h_t)
        at_c = central_difference(lambda v, o=o, t=t: rest(o * np.tanh(v), v, t), c_t)
        at_a = central_difference(lambda v, c=before, t=t: rest(*lstm.step(v, c)[:2], t), a_t)
        found.append((at_h, at_c, at_a))
    return cache, found


@pytest.mark.equation("gradflow/rnn")
def test_the_plain_layer_is_a_dense_layer_over_input_and_previous_state(plain, proof):
    (x, h0, wx, wh, b), _, h, _ = plain
    expected = np.empty_like(h)
    for n in range(B):
        before = h0[n]
        for t in range(T):
            for k in range(H):
                inputs = sum(x[n, t, d] * wx[d, k] for d in range(D))
                states = sum(before[j] * wh[j, k] for j in range(H))
                expected[n, t, k] = math.tanh(inputs + states + b[k])
            before = expected[n, t]
    proof(h, expected)


@pytest.mark.equation("gradflow/rnn-arrives", "gradflow/rnn-da", "gradflow/rnn-weights")
def test_plain_backward_by_index(plain, proof):
    (x, h0, wx, wh, b), dh, h, (dx, _, dwx, dwh, db) = plain
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    delta, da = np.zeros((B, T, H)), np.zeros((B, T, H))
    for n in range(B):
        for t in reversed(range(T)):
            for j in range(H):
                later = sum(da[n, t + 1, k] * wh[j, k] for k in range(H)) if t + 1 < T else 0
                delta[n, t, j] = dh[n, t, j] + later
            for k in range(H):
                da[n, t, k] = delta[n, t, k] * (1 - h[n, t, k] ** 2)

    def rest(h_t, t):
        later, _ = rnn.forward(x[:, t + 1 :], h_t, wx, wh, b)
        return np.sum(dh[:, t] * h_t) + np.sum(dh[:, t + 1 :] * later)

    for t in range(T):
        proof(delta[:, t], central_difference(lambda v, t=t: rest(v, t), h[:, t]), 1e-7, of="gradflow/rnn-arrives")
        a = x[:, t] @ wx + before[:, t] @ wh + b
        proof(da[:, t], central_difference(lambda v, t=t: rest(np.tanh(v), t), a), 1e-7, of="gradflow/rnn-da")
    steps = [(n, t) for n in range(B) for t in range(T)]
    sums = [
        [[sum(x[n, t, d] * da[n, t, k] for n, t in steps) for k in range(H)] for d in range(D)],
        [[sum(before[n, t, j] * da[n, t, k] for n, t in steps) for k in range(H)] for j in range(H)],
        [sum(da[n, t, k] for n, t in steps) for k in range(H)],
    ]
    for expected, found in zip(sums, (dwx, dwh, db), strict=True):
        proof(expected, found, of="gradflow/rnn-weights")
    expected = [[[sum(da[n, t, k] * wx[d, k] for k in range(H)) for d in range(D)] for t in range(T)] for n in range(B)]
    proof(expected, dx, of="gradflow/rnn-weights")


def numerical_jacobian(f, v):
    """Entry (j, k): how output k changes with input j."""
    columns = [central_difference(lambda u, k=k: f(u)[k], v) for k in range(len(f(v)))]
    return np.stack(columns, axis=1)


@pytest.mark.equation("gradflow/rnn-jacobian", "gradflow/rnn-product")
def test_the_product_of_jacobians_in_its_order_and_transposition(plain, proof):
    (x, _, wx, wh, b), _, h, _ = plain
    n, s, last = 0, 1, T - 1

    def factor(t):
        return [[wh[j, k] * (1 - h[n, t, k] ** 2) for k in range(H)] for j in range(H)]

    one = numerical_jacobian(lambda v: rnn.forward(x[n : n + 1, 3:4], v[None], wx, wh, b)[0][0, -1], h[n, 2])
    proof(factor(3), one, 1e-7, of="gradflow/rnn-jacobian")
    whole = numerical_jacobian(lambda v: rnn.forward(x[n : n + 1, s + 1 :], v[None], wx, wh, b)[0][0, -1], h[n, s])
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
    for wrong in (np.linalg.multi_dot(factors[::-1]), np.linalg.multi_dot([f.T for f in factors]), power):
        assert np.abs(wrong - right).max() > 0.1 * np.abs(right).max()


@pytest.mark.equation("gradflow/rnn-bound")
def test_the_gradient_is_at_most_the_largest_singular_value_to_the_distance(plain, proof):
    """Equality for a scaled orthogonal matrix at states of zero, less for any other."""
    (x, h0, wx, wh, b), dh, h, _ = plain
    x, h0, b, dh = x * 0, h0 * 0, b * 0, dh * 0
    dh[:, -1] = 1
    for gain in (0.5, 1.0, 2.0):
        wh = gain * np.linalg.qr(draw((H, H))[0])[0]
        dh0 = rnn.backward(dh, rnn.forward(x, h0, wx, wh, b)[1])[1]
        proof(np.linalg.norm(dh0, axis=1), gain**T * np.linalg.norm(dh[:, -1], axis=1))
    x, h0, wx, wh, b = plain[0]
    h, cache = rnn.forward(x, h0, wx, wh, b)
    length = np.linalg.norm(rnn.backward(dh, cache)[1], axis=1)
    largest = np.linalg.svd(wh)[1][0]
    bound = np.prod(largest * (1 - h**2).max(axis=2), axis=1) * np.linalg.norm(dh[:, -1], axis=1)
    assert (length < bound).all()
    assert (bound < largest**T * np.linalg.norm(dh[:, -1], axis=1)).all()


@pytest.mark.equation("gradflow/lstm-gates", "gradflow/lstm-cell", "gradflow/lstm-output")
def test_a_step_of_the_lstm_by_index(long, proof):
    (x, h0, c0, wx, wh, b), _, _, cache, _ = long
    for n in range(B):
        h, c = h0[n], c0[n]
        for t in range(T):
            a = [
                sum(x[n, t, d] * wx[d, k] for d in range(D)) + sum(h[j] * wh[j, k] for j in range(H)) + b[k]
                for k in range(4 * H)
            ]
            i, f, g, o = sig(np.array(a[:H])), sig(np.array(a[H : 2 * H])), np.tanh(a[2 * H : 3 * H]), sig(
                np.array(a[3 * H :])
            )  # fmt: skip
            proof(cache.gates[t, n], np.concatenate([i, f, g, o]), of="gradflow/lstm-gates")
            c = np.array([f[k] * c[k] + i[k] * g[k] for k in range(H)])
            proof(cache.c[t + 1, n], c, of="gradflow/lstm-cell")
            h = np.array([o[k] * math.tanh(c[k]) for k in range(H)])
            proof(cache.h[t + 1, n], h, of="gradflow/lstm-output")


@pytest.mark.equation("gradflow/lstm-arrives", "gradflow/lstm-dc", "gradflow/lstm-gates-back", "gradflow/lstm-da")
def test_lstm_backward_by_index_equals_central_differences_at_every_step(long, proof):
    arguments, dh, dc_last, _, _ = long
    wh = arguments[4]
    cache, expected = at_steps(arguments, dh, dc_last)
    after_da, after_dc = np.zeros((B, 4 * H)), dc_last  # da_{t+1}, and f_{t+1} times what arrives at c_{t+1}
    for t in reversed(range(T)):
        i, f, g, o = np.split(cache.gates[t], 4, axis=1)
        before, tanh_c = cache.c[t], np.tanh(cache.c[t + 1])
        delta_h, delta_c = np.zeros((B, H)), np.zeros((B, H))
        for n in range(B):
            for j in range(H):
                delta_h[n, j] = dh[n, t, j] + sum(after_da[n, k] * wh[j, k] for k in range(4 * H))
                delta_c[n, j] = after_dc[n, j] + delta_h[n, j] * o[n, j] * (1 - tanh_c[n, j] ** 2)
        proof(delta_h, expected[t][0], 1e-7, of="gradflow/lstm-arrives")
        proof(delta_c, expected[t][1], 1e-7, of="gradflow/lstm-dc")
        di, df, dg, do = delta_c * g, delta_c * before, delta_c * i, delta_h * tanh_c
        da = np.concatenate([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)], axis=1)

        # The gates themselves as variables: c_t = f c_{t-1} + i g and h_t = o tanh(c_t), weighted by what arrives.
        def from_gates(i, f, g, o, arriving=(delta_h, delta_c), before=before, tanh_c=tanh_c):
            return np.sum(arriving[1] * (f * before + i * g)) + np.sum(arriving[0] * o * tanh_c)

        gates = [i, f, g, o]
        for k, found in enumerate((di, df, dg, do)):

            def loss(value, k=k, gates=gates, f=from_gates):
                return f(*gates[:k], value, *gates[k + 1 :])

            proof(found, central_difference(loss, gates[k]), 1e-7, of="gradflow/lstm-gates-back")
        proof(da, expected[t][2], 1e-7, of="gradflow/lstm-da")
        after_da, after_dc = da, delta_c * f


@pytest.mark.equation("gradflow/lstm-weights")
def test_lstm_weights_sum_over_steps_and_examples(long, proof):
    (x, *_), dh, dc_last, cache, (dx, _, _, dwx, dwh, db) = long
    wx = cache.wx
    da = np.stack([a for _, _, a in at_steps(long[0], dh, dc_last)[1]])
    steps = [(t, n) for t in range(T) for n in range(B)]
    expected = [
        [[sum(x[n, t, d] * da[t, n, k] for t, n in steps) for k in range(4 * H)] for d in range(D)],
        [[sum(cache.h[t, n, j] * da[t, n, k] for t, n in steps) for k in range(4 * H)] for j in range(H)],
        [sum(da[t, n, k] for t, n in steps) for k in range(4 * H)],
        [[[sum(da[t, n, k] * wx[d, k] for k in range(4 * H)) for d in range(D)] for t in range(T)] for n in range(B)],
    ]
    for left, right in zip(expected, (dwx, dwh, db, dx), strict=True):
        proof(left, right, 1e-7)


@pytest.mark.equation("gradflow/lstm-cell-jacobian")
def test_the_jacobian_of_the_cell_has_a_direct_and_three_indirect_terms(long, proof):
    (x, _, _, wx, wh, b), _, _, cache, _ = long
    n, t = 0, 3
    c_before, o_before = cache.c[t, n], cache.gates[t - 1, n, 3 * H :]
    i, f, g, _ = np.split(cache.gates[t, n], 4)
    w_i, w_f, w_g, _ = np.split(wh, 4, axis=1)
    d = np.diag
    through = d(o_before * (1 - np.tanh(c_before) ** 2))
    indirect = w_i @ d(g * i * (1 - i)) + w_f @ d(c_before * f * (1 - f)) + w_g @ d(i * (1 - g**2))

    def cell(c):
        a = x[n, t] @ wx + (o_before * np.tanh(c)) @ wh + b
        return lstm.step(a[None], c[None])[1][0]

    whole = numerical_jacobian(cell, c_before)
    proof(d(f) + through @ indirect, whole, 1e-7)
    assert np.abs(d(f) - whole).max() > 0.05  # the direct term alone is not the Jacobian


@pytest.mark.equation("gradflow/lstm-carousel")
def test_without_recurrent_weights_the_cell_carries_the_product_of_the_forget_gates(long, proof):
    (x, h0, c0, wx, wh, b), dh, dc_last, _, _ = long
    _, _, cache = lstm.forward(x, h0, c0, wx, wh * 0, b)
    dc0 = lstm.backward(dh * 0, cache, dc_last)[2]
    expected = dc_last.copy()
    for t in range(T):
        expected = expected * cache.gates[t][:, H : 2 * H]
    proof(expected, dc0)


@pytest.mark.equation("gradflow/lstm-half-life")
def test_the_bias_that_keeps_half_after_d_steps(proof):
    for d in (1, 10, 50, 100, 1000):
        bias = -np.log(2 ** (1 / d) - 1)
        proof(sig(bias) ** d, 0.5, 1e-10)
        zero = np.zeros((1, d, 1))
        b = np.array([0.0, bias, 0.0, 0.0])
        cache = lstm.forward(zero, np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 4)), np.zeros((1, 4)), b)[2]
        proof(lstm.backward(zero, cache, np.ones((1, 1)))[2], [[0.5]], 1e-10)


@pytest.mark.equation("gradflow/mask", "gradflow/mask-back")
def test_a_masked_step_copies_forward_and_copies_backward(long, proof):
    (x, h0, c0, wx, wh, b), dh, dc_last, _, _ = long
    mask = (np.random.default_rng(3).random((B, T)) < 0.5).astype(float)
    h, _, cache = lstm.forward(x, h0, c0, wx, wh, b, mask=mask)
    before_h, before_c = h0, c0
    for t in range(T):
        m = mask[:, t, None]
        new_h, new_c, _ = lstm.step(x[:, t] @ wx + before_h @ wh + b, before_c)
        before_h, before_c = m * new_h + (1 - m) * before_h, m * new_c + (1 - m) * before_c
        proof(h[:, t], before_h, of="gradflow/mask")
        proof(cache.c[t + 1], before_c, of="gradflow/mask")
    back_h, back_c = np.zeros((B, H)), dc_last
    dx, dh0, dc0, *_ = lstm.backward(dh, cache, dc_last)
    for t in reversed(range(T)):
        m = mask[:, t, None]
        delta_h, nu = dh[:, t] + back_h, back_c
        i, f, g, o = np.split(cache.gates[t], 4, axis=1)
        tanh_c = np.tanh(f * cache.c[t] + i * g)  # of the cell that the step would have computed
        delta_c = nu + delta_h * o * (1 - tanh_c**2)
        di, df, dg, do = delta_c * g, delta_c * cache.c[t], delta_c * i, delta_h * tanh_c
        da = m * np.concatenate([di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)], axis=1)
        back_h = da @ wh.T + (1 - m) * delta_h
        back_c = m * delta_c * f + (1 - m) * nu
        proof(da @ wx.T, dx[:, t], of="gradflow/mask-back")

        def rest(h_t, c_t, t=t):
            later, c, _ = lstm.forward(x[:, t:], h_t, c_t, wx, wh, b, mask=mask[:, t:])
            return np.sum(dh[:, t:] * later) + np.sum(dc_last * c)

        for found, n in ((back_h, 0), (back_c, 1)):
            here = [cache.h[t], cache.c[t]]
            expected = central_difference(lambda v, n=n, here=here: rest(*here[:n], v, *here[n + 1 :]), here[n])
            proof(found, expected, 1e-7, of="gradflow/mask-back")
    proof(back_h, dh0, of="gradflow/mask-back")
    proof(back_c, dc0, of="gradflow/mask-back")


@pytest.mark.equation("gradflow/truncated")
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_truncation_drops_what_comes_back_over_a_border_and_changes_no_output(long, proof, size):
    (x, h0, c0, wx, wh, b), dh, _, cache, _ = long
    h, dx, (dwx, dwh, db) = truncate.forward_backward(x, h0, c0, wx, wh, b, dh, size)
    np.testing.assert_allclose(h, cache.h[1:].swapaxes(0, 1), atol=1e-14)
    da, back_c = np.zeros((T + 1, B, 4 * H)), np.zeros((B, H))
    for t in reversed(range(T)):  # t counts from 0: the border lies behind step t if t + 1 is a multiple
        inside = (t + 1) % size != 0
        delta_h = dh[:, t] + inside * da[t + 1] @ wh.T
        tanh_c = np.tanh(cache.c[t + 1])
        da[t], back_c = lstm.step_backward(delta_h, inside * back_c, cache.gates[t], cache.c[t], tanh_c)
    proof(np.swapaxes(da[:T] @ wx.T, 0, 1), dx)
    proof(sum(x[:, t].T @ da[t] for t in range(T)), dwx)
    proof(sum(cache.h[t].T @ da[t] for t in range(T)), dwh)
    proof(da.sum(axis=(0, 1)), db)


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
        proof(measured, norm)
        for g, clipped in zip(gradients, found, strict=True):
            proof(clipped, g * min(1, limit / norm))


@pytest.mark.equation("gradflow/gru-gates", "gradflow/gru-after", "gradflow/gru-before", "gradflow/gru-state")
def test_a_step_of_the_gru_by_index_in_both_forms(proof):
    x, h0, wx, wh, b = draw((B, T, D), (B, H), (D, 3 * H), (H, 3 * H), (2, 3 * H))
    for after in (True, False):
        h, cache = (gru if after else gru_before).forward(x, h0, wx, wh, b if after else b[0])
        u = b[1] if after else np.zeros(3 * H)
        for n in range(B):
            before = h0[n]
            for t in range(T):
                ax = [sum(x[n, t, d] * wx[d, k] for d in range(D)) + b[0, k] for k in range(3 * H)]
                ah = [sum(before[j] * wh[j, k] for j in range(H)) + u[k] for k in range(3 * H)]
                z = np.array([sig(ax[k] + ah[k]) for k in range(H)])
                r = np.array([sig(ax[k] + ah[k]) for k in range(H, 2 * H)])
                proof(cache.gates[t, n, : 2 * H], np.concatenate([z, r]), of="gradflow/gru-gates")
                if after:
                    g = np.array([math.tanh(ax[2 * H + k] + r[k] * ah[2 * H + k]) for k in range(H)])
                else:
                    inner = [sum(r[j] * before[j] * wh[j, 2 * H + k] for j in range(H)) for k in range(H)]
                    g = np.array([math.tanh(ax[2 * H + k] + inner[k]) for k in range(H)])
                name = "gradflow/gru-after" if after else "gradflow/gru-before"
                proof(cache.gates[t, n, 2 * H :], g, of=name)
                before = np.array([z[k] * before[k] + (1 - z[k]) * g[k] for k in range(H)])
                proof(h[n, t], before, of="gradflow/gru-state")


def gru_step(after, ax, h, wh, b):
    return gru.step(ax, h, wh, b) if after else gru_before.step(ax, h, wh)


@pytest.mark.equation("gradflow/gru-shared", "gradflow/gru-after-back", "gradflow/gru-before-back")
def test_gru_backward_in_both_forms_equals_central_differences(proof):
    for after in (True, False):
        check_gru_backward(after, proof)


def check_gru_backward(after, proof):
    ax, h, wh, bh, delta = draw((B, 3 * H), (B, H), (H, 3 * H), (3 * H,), (B, H), seed=5)
    _, gates, u = gru_step(after, ax, h, wh, bh)
    z, r, g = np.split(gates, 3, axis=1)
    da_z = delta * (h - g) * z * (1 - z)
    da_g = delta * (1 - z) * (1 - g**2)

    def loss(ax, h):
        return np.sum(delta * gru_step(after, ax, h, wh, bh)[0])

    expected = central_difference(lambda v: loss(v, h), ax)
    proof(da_z, expected[:, :H], 1e-7, of="gradflow/gru-shared")
    proof(da_g, expected[:, 2 * H :], 1e-7, of="gradflow/gru-shared")
    w_z, w_r, w_g = np.split(wh, 3, axis=1)
    if after:
        name = "gradflow/gru-after-back"
        u = h @ w_g + bh[2 * H :]
        da_r = da_g * u * r * (1 - r)
        back = delta * z + da_z @ w_z.T + da_r @ w_r.T + (da_g * r) @ w_g.T
    else:
        name = "gradflow/gru-before-back"
        du = da_g @ w_g.T
        da_r = du * h * r * (1 - r)
        back = delta * z + da_z @ w_z.T + da_r @ w_r.T + du * r
    proof(da_r, expected[:, H : 2 * H], 1e-7, of=name)
    proof(back, central_difference(lambda v: loss(ax, v), h), 1e-7, of=name)


@pytest.mark.equation("gradflow/gru-weights", "gradflow/gru-after-weights", "gradflow/gru-before-weights")
def test_gru_weights_sum_over_steps_and_examples_in_both_forms(proof):
    x, h0, wx, wh, b, dh = draw((B, T, D), (B, H), (D, 3 * H), (H, 3 * H), (2, 3 * H), (B, T, H), seed=6)
    w_z, w_r, w_g = np.split(wh, 3, axis=1)
    for after in (True, False):
        bias = b if after else b[0]
        arguments, module = [x, h0, wx, wh, bias], gru if after else gru_before
        _, cache = module.forward(*arguments)
        dx, found_dh0, *found = module.backward(dh, cache)
        back, da, dah = np.zeros((B, H)), np.zeros((T, B, 3 * H)), np.zeros((T, B, 3 * H))
        for t in reversed(range(T)):
            z, r, g = np.split(cache.gates[t], 3, axis=1)
            h, delta = cache.h[t], dh[:, t] + back
            da_z, da_g = delta * (h - g) * z * (1 - z), delta * (1 - z) * (1 - g**2)
            to_product = da_g @ w_g.T if not after else (da_g * r) @ w_g.T
            da_r = (to_product * h if not after else da_g * (h @ w_g + b[1, 2 * H :])) * r * (1 - r)
            back = delta * z + da_z @ w_z.T + da_r @ w_r.T + (to_product if after else to_product * r)
            da[t] = np.concatenate([da_z, da_r, da_g], axis=1)
            dah[t] = np.concatenate([da_z, da_r, da_g * r], axis=1)
        proof(back, found_dh0, of="gradflow/gru-weights")
        steps = range(T)
        proof(sum(x[:, t].T @ da[t] for t in steps), found[0], of="gradflow/gru-weights")
        proof(np.stack([da[t] @ wx.T for t in steps], axis=1), dx, of="gradflow/gru-weights")
        sums = da.sum(axis=(0, 1))
        if after:
            dwh, db, name = sum(cache.h[t].T @ dah[t] for t in steps), np.stack([sums, dah.sum(axis=(0, 1))]), "after"
        else:
            r = cache.gates[:, :, H : 2 * H]
            zr = [sum(cache.h[t].T @ da[t][:, k : k + H] for t in steps) for k in (0, H)]
            dw_g = sum((r[t] * cache.h[t]).T @ da[t][:, 2 * H :] for t in steps)
            dwh, db, name = np.concatenate([*zr, dw_g], axis=1), sums, "before"
        proof(dwh, found[1], of=f"gradflow/gru-{name}-weights")
        proof(db, found[2], of="gradflow/gru-weights" if not after else "gradflow/gru-after-weights")

        def loss(v, n, arguments=arguments, module=module):
            return np.sum(dh * module.forward(*arguments[:n], v, *arguments[n + 1 :])[0])

        expected = [central_difference(lambda v, n=n: loss(v, n), arguments[n]) for n in (3, 4)]
        proof(dwh, expected[0], 1e-7, of=f"gradflow/gru-{name}-weights")
        proof(db, expected[1], 1e-7, of=f"gradflow/gru-{'after-weights' if after else 'weights'}")
