"""What the figure's record says of a push, and the kernels that it begins with."""

import numpy as np
from deepcourse import records
from deepcourse.convolution.runs import feature_map

S = feature_map.Settings()


def test_a_push_by_a_multiple_of_the_period_pushes_the_map_and_no_other_does(tmp_path):
    records.make("convolution/feature_map", feature_map.measure, feature_map.QUICK, tmp_path)
    values = records.read("convolution/feature_map", tmp_path)["values"]
    for period in feature_map.QUICK.periods:
        for n in range(1, feature_map.QUICK.pushes + 1):
            assert (values[f"period_{period}"][f"by_{n}"] < 1e-9) == (n % period == 0)


def test_kernels_that_share_are_those_with_names_and_a_local_layer_has_its_own():
    np.testing.assert_array_equal(feature_map.kernels(S, 3).reshape(9, 3, 3), feature_map.presets())
    own = feature_map.kernels(S, 26).reshape(-1, 9)
    assert len(np.unique(own, axis=0)) > 670


def test_what_is_moved_leaves_and_zeros_enter():
    assert feature_map.moved(np.arange(4).reshape(2, 2), 1, -1).tolist() == [[0, 0], [1, 0]]
