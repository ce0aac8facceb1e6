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


@pytest.mark.equation("convolution/who-shares", digest="ebca4679")
@pytest.mark.parametrize("period", [1, 2, 3])
def test_a_place_weighs_by_the_kernel_of_its_row_in_the_table(proof, period):
    table = who(3, period)
    x, w, b = RNG.normal(size=(9, 2, 4)), RNG.normal(size=(period**2, 4, 5)), RNG.normal(size=(period**2, 5))
    right = np.zeros((9, 2, 5))
    for at, n, k in np.ndindex(right.shape):
        each = [b[m, k] + sum(x[at, n, i] * w[m, i, k] for i in range(4)) for m in range(len(w))]
        right[at, n, k] = sum(table[at, m] * each[m] for m in range(len(w)))
    proof(forward(x, w, b, table), right)


@pytest.mark.equation("convolution/who-adds", digest="69fd2555")
@pytest.mark.parametrize("period", [1, 2, 3])
def test_those_that_share_add_up_their_gradients(proof, period):
    table = who(3, period)
    x, dy = RNG.normal(size=(9, 2, 4)), RNG.normal(size=(9, 2, 5))
    dw, db = np.zeros((period**2, 4, 5)), np.zeros((period**2, 5))
    for m, i, k in np.ndindex(dw.shape):
        dw[m, i, k] = sum(table[at, m] * sum(x[at, n, i] * dy[at, n, k] for n in range(2)) for at in range(9))
        db[m, k] = sum(table[at, m] * sum(dy[at, n, k] for n in range(2)) for at in range(9))
    found = backward(dy, x, table)
    proof(found[0], dw)
    proof(found[1], db)
