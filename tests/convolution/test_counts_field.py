"""What layers cost, and what they see: against Keras, and against what changes."""

import keras
import numpy as np
import pytest
from deepcourse.convolution.conv import as_dense, conv, windows
from deepcourse.convolution.counts import costs
from deepcourse.convolution.field import receptive_field
from hypothesis import given
from hypothesis import strategies as st
from keras.layers import Conv2D


def test_costs_are_the_weights_that_there_are_and_the_products_that_a_dense_kernel_shows():
    w = np.random.default_rng(0).normal(size=(2, 1, 3, 2, 2, 4))
    places = windows(np.zeros((1, 6, 5, 2)), (3, 2)).shape[1:3]
    weights, products = costs(w.shape, places)
    full = as_dense(w, (6, 5))
    assert weights == len(np.unique(full)) - 1 == w.size  # 0 is no weight
    assert products == np.count_nonzero(full)
    assert costs(full.shape, places) == (full.size, full.size)


def test_a_shared_kernel_has_the_weights_of_keras():
    layer = Conv2D(8, 3, use_bias=False)
    layer.build((None, 9, 9, 5))
    assert costs((1, 1, 3, 3, 5, 8), (7, 7))[0] == layer.count_params()


def test_the_local_layer_of_yolo_1_1_has_49_kernels_for_one():
    own, shared = costs((7, 7, 3, 3, 1024, 256), (7, 7))[0], costs((1, 1, 3, 3, 1024, 256), (7, 7))[0]
    assert (own, shared) == (115_605_504, 2_359_296)
    assert own == 49 * shared


def test_products_of_the_nets_that_the_page_begins_with():
    dense = costs((1, 1, 28, 28, 1, 34), (1, 1))[1] + 34 * 10
    convolutional = costs((1, 1, 5, 5, 1, 16), (12, 12))[1] + costs((1, 1, 5, 5, 16, 64), (4, 4))[1] + 64 * 10
    assert (dense, convolutional) == (26_996, 467_840)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2)), min_size=1, max_size=3))
def test_the_field_is_what_changes_an_output(layers):
    field, jump = receptive_field(layers)
    x = np.zeros((1, 1, 40, 1))

    def through(x):
        for window, stride, dilation in layers:
            x = conv(x, np.ones((1, 1, 1, window, 1, 1)), stride, "valid", dilation)
        return x[0, 0, :, 0]

    hears = np.array([through(x + np.eye(40)[n].reshape(1, 1, 40, 1)) != 0 for n in range(40)])  # pixel, output
    first, second = (np.flatnonzero(hears[:, p]) for p in (0, 1))
    assert (first[0], first[-1] + 1) == (0, field)
    assert second[0] == jump


def test_a_field_is_a_span_and_a_dilation_leaves_out_pixels_of_it():
    assert receptive_field([(3, 1, 2)])[0] == 5
    lit = conv(np.eye(9).reshape(9, 1, 9, 1), np.ones((1, 1, 1, 3, 1, 1)), dilation=2)
    assert np.flatnonzero(lit[:, 0, 0, 0]).tolist() == [0, 2, 4]


def test_strides_and_dilations_that_double_multiply_the_field_and_plain_layers_add_to_it():
    def fields(layers):
        return [receptive_field(layers[:n])[0] for n in range(1, 6)]

    assert fields([(3, 2, 1)] * 5) == fields([(3, 1, 2**n) for n in range(5)]) == [3, 7, 15, 31, 63]
    assert fields([(3, 1, 2)] * 5) == [5, 9, 13, 17, 21]
    for window in 3, 5:
        assert set(np.diff(fields([(window, 1, 1)] * 5))) == {window - 1}


@pytest.mark.parametrize("bad", [[(3, 1)], [(3, 0, 1)], [(3, 1, 1.0)]])
def test_a_layer_is_three_whole_numbers(bad):
    with pytest.raises(ValueError, match=r"^layers: got"):
        receptive_field(bad)


@pytest.mark.parametrize(("shape", "places", "name"), [((3, 3, 1, 2), (5, 5), "shape"), ((1,) * 6, 5, "places")])
def test_costs_of_no_layer_are_refused(shape, places, name):
    with pytest.raises(ValueError, match=f"^{name}: got"):
        costs(shape, places)


def test_keras_has_no_local_layer():
    assert not hasattr(keras.layers, "LocallyConnected2D")
