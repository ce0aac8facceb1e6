"""What the page on assumptions displays, each formula evaluated."""

import numpy as np
import pytest
from deepcourse.convolution.budget import net_costs
from deepcourse.convolution.runs.one_layer import Net, started
from deepcourse.convolution.share import backward, forward, who

RNG = np.random.default_rng(0)


@pytest.mark.equation("convolution/net-costs", digest="7b537cb6")
def test_the_costs_of_a_net_are_the_sizes_of_its_arrays(proof):
    n = Net()
    for kind, (shape, places) in {
        "dense": ((1, 1, 32, 32, 1, 35), 1),
        "local": ((10, 10, 5, 5, 1, 10), 10),
        "tiled": ((2, 2, 5, 5, 1, 33), 10),
        "shared": ((1, 1, 5, 5, 1, 35), 10),
    }.items():
        net, table = started(n, kind, 28, 0)
        y, z, u, v, c, k = shape
        p = q = places
        right = y * z * (u * v * c + 1) * k + (p * q * k + 1) * 10, p * q * k * (u * v * c + 10)
        proof(list(net_costs(shape, (p, q))), list(right))
        assert sum(w.size for w in net.values()) == right[0]
        assert len(table) * net["w"][0].size + net["out"].size == right[1]


@pytest.mark.equation("convolution/who-shares", digest="af568cca")
@pytest.mark.parametrize("period", [1, 2, 3])
def test_a_place_weighs_by_the_kernel_of_its_row_in_the_table(proof, period):
    table = who(3, period)
    x, w = RNG.normal(size=(9, 2, 4)), RNG.normal(size=(period**2, 4, 5))
    right = np.zeros((9, 2, 5))
    for p, n, k in np.ndindex(right.shape):
        right[p, n, k] = sum(x[p, n, d] * sum(table[p, m] * w[m, d, k] for m in range(len(w))) for d in range(4))
    proof(forward(x, w, np.zeros((len(w), 5)), table), right)


@pytest.mark.equation("convolution/who-adds", digest="a85f3deb")
@pytest.mark.parametrize("period", [1, 2, 3])
def test_those_that_share_add_up_their_gradients(proof, period):
    table = who(3, period)
    x, dy = RNG.normal(size=(9, 2, 4)), RNG.normal(size=(9, 2, 5))
    right = np.zeros((period**2, 4, 5))
    for m, d, k in np.ndindex(right.shape):
        right[m, d, k] = sum(table[p, m] * sum(x[p, n, d] * dy[p, n, k] for n in range(2)) for p in range(9))
    proof(backward(dy, x, table)[0], right)
