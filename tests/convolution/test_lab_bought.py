"""In the lab on assumptions one writes five lines, and is told of each whether it is right."""

import pytest
from deepcourse.convolution.runs.one_layer import Net, of_a_run
from deepcourse.datasets import digits
from judged import Lab

LAB = Lab("lessons/04-convolution-bought", ("own", "y", "dw", "weights", "ahead"))


def test_the_solution_is_right_and_what_is_not_written_is_told(capsys):
    LAB.asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("dw", 'np.einsum("pm,pnd,pnk->mkd", table, seen, dy)', "(4, 2, 9), not (4, 9, 2)"),
        ("own", "np.tile(w, (4, 1, 1))", "wrong, off by"),
        ("dw", 'np.einsum("pm,pnd,pnk->mdk", table, seen, dy) / 4', "wrong, off by"),
        ("weights", "4 * 9 * 2 + (16 * 2 + 1) * 10", "wrong, off by"),
        ("ahead", "dy[0].T[:, 0] - dy[0].T.max(axis=1)", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(capsys, name, line, said):
    assert LAB.told(capsys, **LAB.solution | {name: line})[name].startswith(said)


def test_what_the_solutions_say_holds():
    sizes = {"window": 3, "stride": 1, "shift": 2, "few": 8, "pictures": 1000, "validation": 200, "batch": 32}

    def read(task, epochs):
        return of_a_run(Net(**sizes, epochs=epochs), digits(), "shared_multiply_adds", task, 0.01, 0)

    here, there = read("centred", 8), read("shifted", 8)
    assert here["centred"] == pytest.approx(0.92, abs=0.03)
    assert here["shifted"] == pytest.approx(0.20, abs=0.03)
    assert there["shifted"] == pytest.approx(0.79, abs=0.05)
    assert there["centred"] == pytest.approx(0.75, abs=0.06)
    assert read("centred", 32)["shifted"] == pytest.approx(0.20, abs=0.03)
    assert read("shifted", 32)["shifted"] == pytest.approx(0.86, abs=0.04)
