"""In the lab on 1×1 one writes five lines, and is told of each whether it is right."""

import numpy as np
import pytest
from deepcourse.convolution.inception import max_pool, per_pixel, spent
from judged import Lab

LAB = Lab("lessons/04-convolution-inception", ("y", "dx", "da", "kernel", "weights"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("y", "x[..., :3]", "wrong, off by"),
        ("dx", "dy @ a[::-1].T", "wrong, off by"),
        ("da", 'np.einsum("nijc,nijk->kc", x, dy)', "(3, 8), not (8, 3)"),
        ("weights", "400", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def test_what_the_solutions_say_holds():
    for out, below in ((32, 115), (128, 164)):
        narrow = [spent([(1, 1, 192, h), (3, 3, h, out)], (1, 1))[0] for h in (below, below + 1)]
        assert narrow[0] < spent([(3, 3, 192, out)], (1, 1))[0] < narrow[1]
    rng = np.random.default_rng(0)
    x, a = rng.normal(size=(4, 6, 6, 8)), rng.normal(size=(8, 3))
    for table in (a, np.abs(a)):
        assert np.abs(per_pixel(max_pool(x), table) - max_pool(per_pixel(x, table))).max() > 0.1
