"""The tables of the figure are those of the layers."""

import numpy as np
from deepcourse.convolution.figures import tables


def test_each_layer_has_as_many_weights_as_said_and_shares_them():
    found = tables.numbered()
    counts = {name: len(np.unique(table[table > 0])) for name, table in found.items()}
    assert counts == {"dense": 24, "local": 12, "tiled": 6, "shared": 3}
    assert found["shared"][:, 0].tolist() == [1, 2, 3, 0, 0, 0]
    assert found["tiled"][1:4, 1].tolist() == found["tiled"][3:6, 3].tolist() == [4, 5, 6]
    assert "tiled, 6 weights" in tables.tables().text
