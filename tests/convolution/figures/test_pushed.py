"""The figure that the lesson begins with: which columns are seen."""

import numpy as np
import pytest
from deepcourse.convolution.conv import conv
from deepcourse.convolution.figures import pushed


@pytest.mark.parametrize(("size", "many"), [(28, 25), (29, 29), (32, 29), (33, 33)])
def test_the_columns_that_are_seen_are_those_that_change_an_output(size, many):
    def through(row):
        for _ in range(pushed.LAYERS):
            row = conv(row, np.ones((1, 1, 1, pushed.WINDOW, 1, 1)), pushed.STRIDE)
        return row

    lit = through(np.eye(size).reshape(size, 1, size, 1))
    heard = np.flatnonzero(lit.any(axis=(1, 2, 3)))
    assert heard.tolist() == list(range(many))
    assert pushed.seen(size) == many
