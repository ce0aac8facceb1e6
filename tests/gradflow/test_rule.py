"""The golden rule on circuits of scalars: numbers forward, numbers back."""

import numpy as np
import pytest
from deepcourse.gradflow.circuit import circuit_values
from deepcourse.gradflow.gradcheck import central_difference


def loss(p):
    x, w, b = p
    return x * np.maximum(x * w + b, 0)


@pytest.mark.equation("gradflow/golden-rule", digest="94f2ad33")
@pytest.mark.parametrize("point", [(3.0, 2.0, -1.0), (2.0, -3.0, 7.0), (-1.5, 0.5, 2.0)])
def test_a_gradient_is_the_sum_over_all_readers_of_theirs_times_the_local_slope(point, proof):
    x, w, b = point
    a = x * w + b
    r = max(a, 0)
    # x has two readers, z = x w and L = r x; their gradients are measured, their slopes at x are w and r.
    dz = central_difference(lambda z: x * np.maximum(z + b, 0), np.array(x * w))
    readers = [(float(dz), w), (1.0, r)]
    dx = sum(dy * slope for dy, slope in readers)
    proof(dx, central_difference(loss, np.array(point))[0], tolerance=1e-7)
    proof(circuit_values(*point)[1]["x"], dx, tolerance=1e-7)


@pytest.mark.equation("gradflow/patterns", digest="fb25b7d0")
def test_add_passes_multiply_swaps_max_routes(proof):
    rng = np.random.default_rng(0)
    for u, v, dy in rng.normal(size=(20, 3)):
        nodes = {
            np.add: (dy, dy),
            np.multiply: (dy * v, dy * u),
            np.maximum: (dy * (u > v), dy * (v > u)),
        }
        for node, expected in nodes.items():
            measured = central_difference(lambda p, f=node, dy=dy: dy * f(p[0], p[1]), np.array([u, v]))
            proof(1 + np.array(expected), 1 + measured, tolerance=1e-7)


def test_the_gradients_stop_where_the_maximum_takes_the_0():
    _, gradients = circuit_values(3.0, 2.0, -7.0)
    assert [gradients[name] for name in "xwb"] == [0, 0, 0]


def test_two_sliders_of_the_figure_make_dx_negative_and_none_alone_does():
    start, steps = {"x": 3.0, "w": 2.0, "b": -1.0}, np.arange(-8.0, 9)
    moved = {name: [circuit_values(**start | {name: to}) for to in steps] for name in start}
    assert min(gradients["x"] for each in moved.values() for _, gradients in each) == 0
    assert circuit_values(3.0, -1.0, 4.0)[1]["x"] == -2
    off = {name: [to for to, (values, _) in zip(steps, moved[name], strict=True) if values["a"] <= 0] for name in "xwb"}
    assert {name: max(values) for name, values in off.items()} == {"x": 0, "w": 0, "b": -6}


def test_the_numbers_of_the_page_are_those_of_central_differences():
    values, gradients = circuit_values()
    measured = central_difference(loss, np.array([3.0, 2.0, -1.0]))
    np.testing.assert_allclose(measured, [gradients["x"], gradients["w"], gradients["b"]], rtol=1e-8)
    assert values["L"] == loss((3.0, 2.0, -1.0)) == 15
    assert gradients["early"] + gradients["late"] == gradients["x"] == 11
