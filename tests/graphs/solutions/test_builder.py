"""What the solutions of the graph builder claim."""

import numpy as np
import pytest
from deepcourse.graphs.gradients import gradients
from deepcourse.graphs.graph import Graph, tanh
from deepcourse.graphs.operations import GRADIENT
from deepcourse.graphs.run import run
from deepcourse.graphs.solutions import builder


def test_values_slopes_and_count_on_paper():
    assert builder.square_of_a_square() == ([4, 16, 20], [1, 1, 9, 4 * 2**3 + 2 * 2], 11)


def test_the_planted_rule_is_nearly_right_at_0_and_points_the_wrong_way_at_2(monkeypatch):
    monkeypatch.setitem(GRADIENT, "tanh", builder.through_tanh)
    for u, expected in ((0.1, 0.99), (1.0, 0.0), (2.0, -3.0)):
        x = Graph().variable(u, "x")
        assert run(gradients(tanh(x), [x])[0]) == pytest.approx(expected)
        np.testing.assert_allclose(builder.slopes(u), (expected, 1 - np.tanh(u) ** 2), rtol=1e-8, atol=1e-12)


def test_newton_takes_one_run_and_neither_moves_a_unit_that_is_off():
    assert builder.steps_to(1e-6, 1.5, newton=False) == 12
    assert builder.steps_to(1e-6, 1.5, newton=True) == 1
    assert builder.steps_to(1e-6, -1.5, newton=False) is None
    assert builder.steps_to(1e-6, -1.5, newton=True) is None
