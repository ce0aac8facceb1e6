"""What the page of the graph builder says, each formula evaluated."""

import itertools

import numpy as np
import pytest
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, reduce_sum, relu
from deepcourse.graphs.orders import forgetful
from deepcourse.graphs.passes import optimize
from deepcourse.graphs.run import needed, run
from deepcourse.graphs.runs.derivatives import derivatives


def a_unit(x, w, b, t):
    """The unit of the page, as nodes."""
    g = Graph()
    x, w, b, t = (g.variable(value, name) for name, value in zip("xwbt", (x, w, b, t), strict=True))
    y = relu(w * x + b)
    return {"x": x, "w": w, "b": b, "t": t, "y": y, "loss": (y - t) ** 2}


UNITS = [(1.5, 0.2, 0.5, 2.0), (0.7, 0.3, 0.6, -0.5)]  # on, and off with another sign of the bias


@pytest.mark.equation("graphs/unit")
@pytest.mark.parametrize("numbers", UNITS)
def test_the_unit_and_its_loss(numbers, proof):
    nodes = a_unit(*numbers)
    values = dict(zip(nodes, run([*nodes.values()]), strict=True))
    proof.tex(**{r"\ell": values.pop("loss")}, **values)


@pytest.mark.equation("graphs/forgetful")
@pytest.mark.parametrize("k", [1, 3, 10])
def test_a_recursion_that_forgets_doubles_with_each_doubling(k, proof):
    y, costs = Graph().constant(1.0), []
    for _ in range(k + 1):
        costs.append(forgetful(y))
        y = y + y
    proof.tex(**{"c_k": costs[k], "c_{k-1}": costs[k - 1], "k": k})


@pytest.mark.equation("graphs/golden-rule", digest="48c44b42")
def test_a_node_gets_the_sum_of_what_all_readers_send(proof):
    rng = np.random.default_rng(0)
    u = Graph().variable(rng.normal(size=(3, 2)), "u")
    first, second = u * u, u @ u.T
    y = reduce_sum(first) ** 2 + reduce_sum(second * second)
    du, dn, dm = run(gradients(y, [u, first, second]))
    through_first = 2 * u.settings["value"] * dn
    value = u.settings["value"]
    jacobian = np.zeros((3, 3, 3, 2))  # of u @ u.T by u
    for i in range(3):
        for j in range(3):
            jacobian[i, j, i] += value[j]
            jacobian[i, j, j] += value[i]
    proof(du, through_first + np.einsum("ijkl,ij->kl", jacobian, dm))


@pytest.mark.equation("graphs/product")
def test_a_product_of_elements_sends_the_other_factor(proof):
    u, v, dn = np.random.default_rng(1).normal(size=(3, 4, 2))
    g = Graph()
    nodes = g.variable(u), g.variable(v)
    du, dv = run(gradients(reduce_sum(nodes[0] * nodes[1] * dn), nodes))
    proof.tex(du=du, dv=dv, dn=dn, u=u, v=v)


@pytest.mark.equation("graphs/matmul")
def test_a_product_of_matrices_sends_products(proof):
    rng = np.random.default_rng(2)
    u, v, dn = (rng.normal(size=shape) for shape in ((4, 3), (3, 2), (4, 2)))
    g = Graph()
    nodes = g.variable(u), g.variable(v)
    du, dv = run(gradients(reduce_sum((nodes[0] @ nodes[1]) * dn), nodes))
    proof.tex(du=du, dv=dv, dn=dn, u=u, v=v)


@pytest.mark.equation("graphs/unit-gradient")
@pytest.mark.parametrize("numbers", UNITS)
def test_the_slope_of_the_loss_by_the_weight(numbers, proof):
    nodes = a_unit(*numbers)
    [dw] = run(gradients(nodes["loss"], [nodes["w"]]))
    values = dict(zip(nodes, run([*nodes.values()]), strict=True))
    proof.tex(dw=dw, **{name: values[name] for name in "ytxwb"})


def test_the_trainer_of_the_page_leaves_out_the_square_alone():
    from deepcourse.graphs import page_graph

    unit = page_graph.unit()
    dark = {*unit.loss.graph.nodes} - {*needed([unit.train_w, unit.train_b])}
    assert dark == {unit.loss}


def test_the_graph_of_the_page_had_32_nodes_of_which_two_were_merged_and_four_dead():
    from deepcourse.graphs.graph import assign

    g = Graph()
    x, t = g.placeholder((), "x"), g.placeholder((), "t")
    w, b = g.variable(0.5, "w"), g.variable(0.25, "b")
    y = relu(x * w + b)
    loss = (y - t) ** 2
    dw, db = gradients(loss, [w, b])
    train = assign(w, w - 0.1 * dw), assign(b, b - 0.1 * db)
    small, changed = optimize([y, loss, dw, *train])
    assert (len(g.nodes), changed) == (32, {"folded": 0, "merged": 2, "dropped": 4})
    assert len(small[0].graph.nodes) == 26


def test_the_derivatives_of_tanh_are_right_and_their_graphs_grow():
    rows = derivatives(4, 0.5)
    n = np.tanh(0.5)
    expected = [n, 1 - n**2, -2 * n * (1 - n**2), (1 - n**2) * (6 * n**2 - 2), n * (1 - n**2) * (16 - 24 * n**2)]
    np.testing.assert_allclose([row[-1] for row in rows], expected, rtol=1e-12)
    for before, after in itertools.pairwise(rows[1:]):
        assert 1.9 * before[1] < after[1]
        assert before[2] < after[2] < after[1] < after[3]
