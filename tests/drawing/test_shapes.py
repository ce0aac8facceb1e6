"""Shapes stand where they are put, in pixels from the upper left corner."""

import numpy as np
import pytest
from deepcourse import drawing as draw


@pytest.fixture
def paper():
    return draw.paper(100, 200)[1]


def corners(ax, artist):
    """Left, top, right and bottom of what is drawn, in pixels of the paper."""
    ends = artist.get_path().transformed(artist.get_transform()).get_extents()
    (left, low), (right, top) = ends.get_points() * 72 / ax.figure.dpi
    return [left, 100 - top, right, 100 - low]


def test_a_paper_counts_pixels_from_its_upper_left_corner_and_downwards(paper):
    assert paper.get_xlim() == (0, 200)
    assert paper.get_ylim() == (100, 0)
    draw.box(paper, 10, 20, 30, 40)
    np.testing.assert_allclose(corners(paper, paper.patches[0]), [10, 20, 40, 60])


def test_a_panel_stands_at_its_pixels():
    ax = draw.panel(draw.canvas(100, 200), 20, 10, 100, 50)
    np.testing.assert_allclose(ax.get_position().bounds, [0.1, 0.4, 0.5, 0.5])


def test_a_grid_is_one_path_with_each_line_once(paper):
    draw.grid(paper, 10, 20, 2, 3, 7)
    (patch,) = paper.patches
    np.testing.assert_allclose(corners(paper, patch), [10, 20, 31, 34])
    lines = patch.get_path().vertices.reshape(-1, 2, 2)
    assert len({tuple(map(tuple, line)) for line in lines}) == len(lines) == (2 + 1) + (3 + 1)


def test_boxes_are_one_path_with_a_rectangle_for_each_corner(paper):
    draw.boxes(paper, [(10, 20), (30, 20)], 7, 5)
    (patch,) = paper.patches
    np.testing.assert_allclose(corners(paper, patch), [10, 20, 37, 25])
    assert len(patch.get_path().to_polygons()) == 2


def test_a_label_has_its_middle_or_its_side_at_the_point(paper):
    for side in ("center", "left", "right"):
        draw.label(paper, 50, 40, "x", side, size=draw.TEXT)
        text = paper.texts[-1]
        assert (text.get_position(), text.get_ha(), text.get_va()) == ((50, 40), side, "center")


def test_shapes_are_hollow_and_in_the_ink_unless_told_otherwise(paper):
    draw.box(paper, 0, 0, 9, 9)
    draw.ring(paper, 5, 5, 3)
    draw.grid(paper, 0, 0, 1, 1, 9)
    for patch in paper.patches:
        assert patch.get_facecolor()[3] == 0
        assert patch.get_edgecolor() == (0, 0, 1 / 255, 1)
    draw.box(paper, 0, 0, 9, 9, fc=draw.ACCENT, lw=0)
    assert paper.patches[-1].get_facecolor() == (0, 0, 2 / 255, 1)


def test_the_tip_of_a_wire_is_at_its_last_point_and_along_its_last_leg(paper):
    draw.wire(paper, (10, 50), (60, 50), (60, 20))
    end, *wings = map(tuple, paper.patches[0].get_xy()[:3])
    assert end == (60, 20)
    assert sorted(wings) == [(56, 29), (64, 29)]
    draw.wire(paper, (10, 50), (60, 50), head=False)
    assert len(paper.patches) == 1


def test_a_wire_that_ends_askew_is_refused(paper):
    with pytest.raises(ValueError, match=r"points: got a last leg from \(10, 50\) to \(60, 20\), expected one along"):
        draw.wire(paper, (10, 50), (60, 20))


def test_merged_wires_frames_and_dots_are_drawn_at_the_same_places_in_few_paths(paper):
    for x in (20, 60, 100):
        draw.wire(paper, (x, 10), (x, 30))
        draw.operation(paper, x, 45, "tanh", 15)
        draw.fork(paper, x, 80)
        draw.node(paper, x + 20, 80, "+")
    draw.merge(paper)
    assert len(paper.patches) == 2  # lines and frames; tips
    assert [len(line.get_xdata()) for line in paper.lines] == [3, 3]  # forks; circles
    extents = corners(paper, paper.patches[0])
    np.testing.assert_allclose(extents, [5, 10, 115, 60])


def test_boxes_that_touch_in_a_row_are_one_outline_and_all_are_one_path():
    _, ax = draw.paper(100)
    draw.boxes(ax, [(20, 0), (0, 0), (10, 0), (40, 0), (0, 10)], 10, 10)
    (patch,) = ax.patches
    corners = patch.get_path().vertices.reshape(-1, 4, 2)
    assert [(c[0][0], c[1][0], c[0][1]) for c in corners] == [(0, 30, 0), (40, 50, 0), (0, 10, 10)]
    draw.boxes(ax, [], 10, 10)
    assert len(ax.patches) == 1
