"""In the labs one writes lines, and is told line by line whether each is right."""

import functools

import pytest
from judged import Lab

LINES = {"02-mnist": ("dz", "dw2", "dh", "da", "dw1"), "02-mnist-recipe": ("dropped", "new_m", "new_v", "step")}
ALONE = {"dw2", "dw1", "dropped", "step"}  # no other line depends on them
lab = functools.cache(lambda name: Lab(f"lessons/{name}", LINES[name]))


@pytest.mark.parametrize("name", LINES)
def test_the_solution_is_right_and_what_is_not_written_is_told(name, capsys):
    lab(name).asked(capsys)


@pytest.mark.parametrize(
    ("name", "line", "written", "said"),
    [
        ("02-mnist", "dz", "p - truth", "wrong, off by 700%"),
        ("02-mnist", "dw2", "dz.T @ h", "(10, 16), not (16, 10)"),
        ("02-mnist", "da", "dh", "wrong, off by"),
        ("02-mnist", "dw1", "-x.T @ da", "wrong, off by 200%"),
        ("02-mnist-recipe", "dropped", "np.where(lot >= r, x, 0)", "wrong, off by 20%"),
        ("02-mnist-recipe", "dropped", "x[0] / (1 - r)", "(6,), not (4, 6)"),
        ("02-mnist-recipe", "new_v", "beta2 * v + (1 - beta2) * g", "wrong, off by"),
        ("02-mnist-recipe", "step", "rate * new_m / (np.sqrt(new_v) + epsilon)", "wrong, off by"),
    ],
)
def test_a_wrong_line_is_told_by_how_much_it_is_off(name, line, written, said, capsys):
    found = lab(name).told(capsys, **lab(name).solution | {line: written})
    assert found.pop(line).startswith(said)
    if line in ALONE:
        assert set(found.values()) == {"right"}
