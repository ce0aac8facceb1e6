"""What the page on deep nets displays, each formula evaluated."""

import keras
import numpy as np
import pytest
from deepcourse.gradflow.loss import softmax_cross_entropy
from deepcourse.training.begin import RULES, begin
from deepcourse.training.deep import ACTIVATIONS, backward, forward, gradients
from deepcourse.training.jacobians import jacobian

RNG = np.random.default_rng(0)
SIZES = [3, 4, 2, 5, 6]


@pytest.fixture(scope="module")
def net():
    """A net of tanh, two examples, what comes out, and what comes back."""
    net = [(w, RNG.normal(size=b.shape)) for w, b in begin(SIZES, "he", 0)]
    outputs, z = forward(RNG.normal(size=(2, 3)), net, "tanh")
    return net, outputs, backward(softmax_cross_entropy(z, [1, 4])[1], outputs, net, "tanh")


@pytest.mark.equation("training/layer")
def test_a_layer_takes_sums_and_bends_them(proof, net):
    layers, outputs, _ = net
    w, b = layers[1]
    a = np.arctanh(outputs[2])
    bound = {"h_{l-1}": outputs[1], "h_l": outputs[2], "a_l": a, "w_l": w, "b_l": b, "f": np.tanh}
    proof.tex(bound, tolerance=1e-9)


@pytest.mark.equation("training/deep-backward")
def test_a_layer_sends_back_what_arrives_times_its_slopes(proof, net):
    layers, outputs, da = net
    a = np.arctanh(outputs[2])
    bound = {"da_l": da[1], "da_{l+1}": da[2], "w_{l+1}": layers[2][0], "a_l": a, "f'": lambda a: 1 - np.tanh(a) ** 2}
    bound |= {"dh_l": da[2] @ layers[2][0].T, "dw_l": gradients(outputs, da)[1][0], "h_{l-1}": outputs[1]}
    proof.tex(bound, tolerance=1e-9)


@pytest.mark.equation("training/jacobian")
def test_the_jacobian_is_the_weights_times_the_slopes_on_a_diagonal(proof, net):
    layers, outputs, _ = net
    (w, _), h = layers[1], outputs[2][0]
    bound = {"J_l": jacobian(w, h, "tanh"), "w_l": w, "a_l": np.arctanh(h), "f'": lambda a: 1 - np.tanh(a) ** 2}
    proof.tex(bound, tolerance=1e-9)


@pytest.mark.equation("training/product")
def test_three_layers_are_the_product_of_their_jacobians_in_the_order_of_the_data(proof, net):
    layers, outputs, da = net
    tables = {f"J_{i + 1}": jacobian(layers[i][0], outputs[i + 1][0], "tanh") for i in range(3)}
    bound = {"dh_0": da[0][0] @ layers[0][0].T, "dh_3": da[3][0] @ layers[3][0].T}
    proof.tex(tables | bound, tolerance=1e-9)


@pytest.mark.equation("training/quarter")
@pytest.mark.parametrize("a", [-1.3, 0.4])
def test_the_sigmoids_slope_is_a_quarter_less_a_square(proof, a):
    f, slope = ACTIVATIONS["sigmoid"]
    proof.tex({r"\sigma'": lambda a: slope(f(a)), "a": a}, tolerance=1e-12)


@pytest.mark.equation("training/two-ways")
def test_a_relu_layer_multiplies_both_ways_by_half_its_size_times_the_variance(proof):
    d, h = 300, 700
    w = RNG.normal(0, 0.2, (d, h))
    before = np.maximum(RNG.normal(size=(2000, d)), 0)
    after, on = np.maximum(before @ w, 0), before @ w > 0
    arrives = RNG.normal(size=after.shape)
    bound = {"h_l": after, "h_{l-1}": before, "dh_l": arrives, "dh_{l-1}": (arrives * on) @ w.T}
    proof.tex(bound, D=d, H=h, w=w, tolerance=0.03)


@pytest.mark.equation("training/glorot")
def test_glorots_variance_is_that_of_the_library_and_of_ours(proof):
    w = np.array(keras.initializers.GlorotUniform(seed=0)((900, 400)))
    proof.tex(D=900, H=400, w=w, tolerance=0.01)
    assert RULES["glorot"](900, 400) ** 2 == pytest.approx(2 / 1300)


@pytest.mark.equation("training/outer")
def test_one_examples_gradient_is_as_long_as_both_lengths_multiplied(proof, net):
    layers, outputs, _ = net
    one = [h[:1] for h in outputs]
    z = one[-1] @ layers[-1][0] + layers[-1][1]
    da = backward(softmax_cross_entropy(z, [1])[1], one, layers, "tanh")
    dw = gradients(one, da)[1][0]
    proof.tex({"dw_l": dw, "h_{l-1}": one[1], "da_l": da[1]}, tolerance=1e-9)


def test_alternating_widths_cost_glorots_rule_a_third_of_the_mean_square_in_two_layers():
    d, h = 64, 256
    forward_and_back = d * RULES["glorot"](d, h) ** 2 * h * RULES["glorot"](h, d) ** 2
    assert forward_and_back == pytest.approx(0.64)
    assert d * RULES["he"](d, h) ** 2 * h * RULES["he"](h, d) ** 2 == pytest.approx(4)


def test_a_square_layer_of_glorots_weights_stretches_at_most_by_about_two():
    assert np.linalg.norm(begin([100, 100], "glorot", 0)[0][0], 2) == pytest.approx(2, rel=0.05)
