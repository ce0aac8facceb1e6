"""Tables are read by name; bands and names stand where the numbers are."""

import numpy as np
import pytest
from deepcourse import drawing as draw
from deepcourse.records import RecordError


@pytest.fixture
def path(tmp_path):
    rows = [f"{name},{seed},{step},{10 * seed + step}" for name in "ba" for seed in (3, 5) for step in range(4)]
    (tmp_path / "a.csv").write_text("\n".join(["variant,seed,step,loss", *rows]) + "\n", encoding="utf-8")
    return tmp_path / "a.csv"


def test_a_series_has_the_named_columns_in_their_order_by_variant_as_they_come(path):
    found = draw.series(path, "variant", "loss", "step")
    assert list(found) == ["b", "a"]
    assert found["a"].shape == (8, 2)
    assert found["a"][5].tolist() == [51, 1]


def test_runs_of_a_variant_are_split_by_seed(path):
    found = draw.runs_of(path, "b", "step", "loss")
    assert found.shape == (2, 4, 2)
    assert found[1].tolist() == [[0, 50], [1, 51], [2, 52], [3, 53]]


def test_what_a_table_lacks_is_named(path, tmp_path):
    with pytest.raises(RecordError, match=r"a.csv: no variant c"):
        draw.runs_of(path, "c", "step")
    with pytest.raises(RecordError, match=r"b.csv: no such table; make it by its stage"):
        draw.series(tmp_path / "b.csv", "variant", "step")
    path.write_text("variant,seed,step,loss\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"a.csv: no row; run its stage"):
        draw.series(path, "variant", "step")


def test_a_band_reaches_from_the_lowest_to_the_highest_and_its_line_is_the_mean():
    ax = draw.panel(draw.canvas(100), 0, 0, 100, 100)
    values = np.array([[1.0, 5.0], [2.0, 4.0], [6.0, 3.0]])
    draw.band(ax, [0, 1], *draw.range_of(values), draw.ACCENT, ls="--")
    assert ax.lines[0].get_ydata().tolist() == [3, 4]
    area = ax.collections[0].get_paths()[0].vertices
    for x, low, high in ((0, 1, 6), (1, 3, 5)):
        at = area[area[:, 0] == x, 1]
        assert (at.min(), at.max()) == (low, high)


def test_names_stand_at_the_right_end_of_their_lines():
    ax = draw.panel(draw.canvas(100), 0, 0, 100, 100, ylim=(0, 4))
    draw.name_end(ax, "full", 3, (8, -8), **draw.BOLD)
    (text,) = ax.texts
    assert text.xy == (1, 3)
    assert text.xycoords == ("axes fraction", "data")
    assert (text.xyann, text.anncoords, text.get_weight()) == ((8, -8), "offset points", 700)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_of_any_size_is_rounded_and_has_no_e_in_it(sign):
    for exponent in range(-45, 40):
        value = sign * 4.267 * 10.0**exponent
        said = draw.number(value)
        assert "e" not in said
        assert "-" not in said
        factor, _, power = said.replace("−", "-").replace(",", "").partition("·10")
        read = float(factor) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
        assert read == pytest.approx(value, rel=0.01)


def test_a_logarithmic_axis_says_its_numbers_without_an_e():
    for ticks in (draw.plain_log, lambda ax: draw.power_ticks(ax, -6, -2, 0, 2)):
        ax = draw.panel(draw.canvas(100), 0, 0, 100, 100, yscale="log", ylim=(1e-6, 100))
        ticks(ax)
        ax.figure.draw_without_rendering()
        said = [label.get_text() for label in ax.get_yticklabels()]
        assert "10⁻⁶" in said
        assert "1" in said
        assert not any("e" in each or "$" in each for each in said)
