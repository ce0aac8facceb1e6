"""What the pages on convolution display, each formula evaluated."""

from itertools import product

import numpy as np
import pytest
from deepcourse.convolution.conv import as_dense, conv, windows, zeros_around
from deepcourse.convolution.counts import costs
from deepcourse.convolution.dense import dense
from deepcourse.convolution.field import receptive_field
from deepcourse.convolution.inception import merged, per_pixel, per_pixel_backward, spent
from deepcourse.gradflow.conv2d_geometry import windows_along

RNG = np.random.default_rng(0)


@pytest.mark.equation("convolution/dense")
def test_a_dense_layer_weighs_every_pixel(proof):
    x, w = RNG.normal(size=(2, 3, 4, 2)), RNG.normal(size=(2, 3, 3, 4, 2, 2))
    proof.tex(y=dense(x, w), x=x, w=w)


@pytest.mark.equation("convolution/local")
def test_a_local_layer_weighs_its_window(proof):
    x, w = RNG.normal(size=(2, 4, 5, 2)), RNG.normal(size=(3, 3, 2, 3, 2, 2))
    proof.tex(y=conv(x, w), x=x, w=w)


@pytest.mark.equation("convolution/tiled", digest="a2eb0232")
def test_a_tiled_layer_takes_the_kernel_of_the_rest(proof):
    x, w = RNG.normal(size=(2, 4, 5, 2)), RNG.normal(size=(2, 3, 2, 3, 2, 2))
    y = np.zeros((2, 3, 3, 2))
    for n, p, q, k, u, v, c in np.ndindex(*y.shape, 2, 3, 2):
        y[n, p, q, k] += x[n, p + u, q + v, c] * w[p % 2, q % 3, u, v, c, k]
    proof(conv(x, w), y)


@pytest.mark.equation("convolution/costs")
def test_weights_are_counted_by_kernels_and_products_by_places(proof):
    w = RNG.normal(size=(2, 3, 3, 2, 4, 5))
    full = as_dense(w, (7, 6))
    sizes = dict(zip("YZUVCK", w.shape, strict=True)) | dict(zip("PQ", full.shape, strict=False))
    weights, products = costs(w.shape, full.shape[:2])
    assert (weights, products) == (w.size, np.count_nonzero(full))
    proof.tex({r"\text{weights}": weights, r"\text{products}": products}, **sizes)


@pytest.mark.equation("convolution/places")
def test_places_are_the_windows_that_fit(proof):
    for size, window, stride, dilation in product(range(1, 12), range(1, 4), range(1, 4), range(1, 4)):
        if dilation * (window - 1) < size:
            x = np.arange(size).reshape(1, size, 1, 1)
            seen = windows(x, (window, 1), stride, "valid", dilation)[0, :, 0, 0, :, 0]
            span = int(seen[0, -1] - seen[0, 0]) + 1
            bound = {r"\text{span}": span, "P": len(seen), "I": size, "U": window, "E": dilation, "s_I": stride}
            proof.tex(bound, scale=1)
            assert seen[-1, 0] == (size - span) // stride * stride  # where the last window begins


@pytest.mark.equation("convolution/field")
def test_a_layer_adds_its_gaps_to_the_field(proof):
    below, layer = [(3, 2, 1), (2, 3, 2)], (4, 2, 3)
    (before, apart), (field, jump) = receptive_field(below), receptive_field([*below, layer])
    bound = {r"\rho_l": field, r"\rho_{l-1}": before, r"\omega_l": jump, r"\omega_{l-1}": apart}
    proof.tex(bound | dict(zip(("U_l", "s_l", "E_l"), layer, strict=True)))
    assert receptive_field([]) == (1, 1)


@pytest.mark.equation("convolution/same")
def test_zeros_around_leave_a_window_for_each_stride(proof):
    for size, window, stride, dilation in product(range(1, 12), range(1, 4), range(1, 4), range(1, 4)):
        x = np.arange(1.0, size + 1).reshape(1, size, 1, 1)
        seen = windows(x, (window, 1), stride, "same", dilation)[0, :, 0, 0, :, 0]
        span = dilation * (window - 1) + 1
        before, after = zeros_around(size, span, stride)
        bound = {"P": len(seen), r"\text{zeros}": before + after, r"\text{span}": span, "I": size, "s_I": stride}
        proof.tex(bound, scale=1)
        assert before == (before + after) // 2
        assert windows_along(size, span, stride, "same") == (len(seen), before, after)
        wide = np.concatenate([np.zeros(before), x.ravel(), np.zeros(after)])
        assert np.array_equal(seen[0], wide[: dilation * window : dilation][:window])


@pytest.mark.equation("convolution/strided", digest="1fc8bbfc")
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_tiled_layer_with_a_stride_takes_the_kernel_of_the_rest(proof, stride):
    x = RNG.normal(size=(2, 8, 9, 2))
    places = windows(x, (2, 3), stride).shape[1:3]
    kernels = RNG.normal(size=(min(2, places[0]), min(3, places[1]), 2, 3, 2, 2))
    y = np.zeros((2, *places, 2))
    for n, p, q, k, u, v, c in np.ndindex(*y.shape, 2, 3, 2):
        own = kernels[p % kernels.shape[0], q % kernels.shape[1], u, v, c, k]
        y[n, p, q, k] += x[n, stride * p + u, stride * q + v, c] * own
    proof(conv(x, kernels, stride), y)


@pytest.mark.equation("convolution/equivariance", digest="be020d97")
@pytest.mark.parametrize(("down", "stride"), [(1, 1), (1, 2), (2, 1), (3, 2)])
def test_a_push_by_a_period_comes_out_as_a_push_but_for_the_last_places(proof, down, stride):
    x, w = RNG.normal(size=(2, 20, 6, 2)), RNG.normal(size=(down, 2, 3, 3, 2, 2))
    pushed = RNG.normal(size=x.shape)  # what enters is anything
    for i in range(20 - stride * down):
        pushed[:, i] = x[:, i + stride * down]
    y, found = conv(x, w, stride), conv(pushed, w, stride)
    last = y.shape[1] - down
    proof(found[:, :last], y[:, down:])
    assert np.abs(found[:, last:] - y[:, last:]).max() > 0.1


@pytest.mark.equation("convolution/per-pixel")
def test_a_layer_of_1x1_weighs_the_channels_of_a_pixel(proof):
    x, a = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(5, 2))
    proof.tex(y=per_pixel(x, a), x=x, a=a)


@pytest.mark.equation("convolution/per-pixel-slopes")
def test_its_slopes_are_those_of_a_dense_layer_over_all_pixels(proof):
    x, a, dy = RNG.normal(size=(2, 3, 4, 5)), RNG.normal(size=(5, 2)), RNG.normal(size=(2, 3, 4, 2))
    dx, da = per_pixel_backward(dy, x, a)
    proof.tex(dx=dx, da=da, x=x, a=a, dy=dy)


@pytest.mark.equation("convolution/bottleneck")
def test_a_bottleneck_has_the_weights_of_both_layers(proof):
    for u, v, c, h, k in [(5, 5, 192, 16, 32), (3, 3, 192, 96, 128), (1, 2, 3, 4, 5)]:
        weights = spent([(1, 1, c, h), (u, v, h, k)], (1, 1))[0]
        proof.tex({r"\text{weights}": weights}, C=c, H=h, U=u, V=v, K=k)


@pytest.mark.equation("convolution/two-layers", digest="89375efc")
def test_a_kernel_on_what_a_table_made_is_one_kernel_on_what_came_in(proof):
    x, a, w = RNG.normal(size=(2, 5, 4, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(3, 2, 2, 4))
    y, one = np.zeros((2, 3, 3, 4)), np.zeros((2, 3, 3, 4))
    for n, i, j, k, u, v in np.ndindex(*y.shape, 3, 2):
        for h in range(2):
            y[n, i, j, k] += sum(x[n, i + u, j + v, c] * a[c, h] for c in range(3)) * w[u, v, h, k]
        for c in range(3):
            one[n, i, j, k] += x[n, i + u, j + v, c] * sum(a[c, h] * w[u, v, h, k] for h in range(2))
    proof(conv(per_pixel(x, a), w[None, None]), y)
    proof(conv(x, merged(a, w)[None, None]), one)


@pytest.mark.equation("convolution/merged")
def test_two_linear_layers_are_one_kernel(proof):
    a, w = RNG.normal(size=(5, 2)), RNG.normal(size=(3, 2, 2, 4))
    proof.tex({"w'": merged(a, w)}, a=a, w=w)


@pytest.mark.equation("convolution/break-even", digest="36e477e9")
@pytest.mark.parametrize(("places", "left"), [((6, 6), (6, 6)), ((6, 6), (3, 3)), ((12, 12), (4, 4))])
def test_a_bottleneck_saves_products_below_this_width_alone(proof, places, left):
    r = np.prod(places) / np.prod(left)
    for u, v, c, k in [(5, 5, 192, 32), (3, 3, 192, 128), (1, 1, 8, 8), (3, 2, 5, 7), (5, 5, 32, 64)]:
        most = u * v * c * k / (r * c + u * v * k)
        full = spent([(u, v, c, k)], left)[1]
        for h in range(1, 300):
            narrowed = spent([(1, 1, c, h)], places)[1] + spent([(u, v, h, k)], left)[1]
            assert (narrowed < full) == (h < most)
        proof(r * c * most + u * v * most * k, full / np.prod(left))
