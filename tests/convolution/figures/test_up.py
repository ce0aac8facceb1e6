"""The figures of the way back up say what their records and functions say."""

import base64

import numpy as np
import pytest
from deepcourse import records
from deepcourse.convolution.figures import overlap, up
from deepcourse.convolution.runs import overlap as runs


def test_the_windows_are_those_of_the_overlap():
    text = up.windows().text
    assert "with 3 taps 1, 1, 2, 1, 2, 1, 2, 1, 1" in text
    assert "with 4 taps 1, 1, 2, 2, 2, 2, 2, 2, 1, 1" in text


@pytest.fixture
def record(tmp_path):
    """A record with a grid, without one, and pictures of one grey each."""
    picture = base64.b64encode(np.full(784, 40, np.uint8).tobytes()).decode()
    found = {
        "grids": {"three": (5 * np.eye(4)).tolist(), "four": np.eye(4).tolist(), "resize": np.ones((4, 4)).tolist()},
        "pictures": {name: picture for name in ("truth", *up.WAYS)}
        | {"small": base64.b64encode(bytes(49)).decode(), "test_image": 7},
        "values": {way: {"error": 12.3} for way in up.WAYS},
    }
    (tmp_path / "convolution").mkdir()
    return found


def test_a_grid_says_how_far_its_pixels_are_apart(record, monkeypatch, tmp_path):
    monkeypatch.setattr(records, "read", lambda name, runs: record)
    text = up.grids(tmp_path).text
    assert "transposed 3×3: 5 greys apart" in text
    assert "transposed 4×4: 1 greys apart" in text
    assert "repeat, convolve: all the same" in text


def test_the_enlarged_pictures_have_their_errors(record, monkeypatch, tmp_path):
    monkeypatch.setattr(records, "read", lambda name, runs: record)
    assert "transposed 4×4 12.3" in up.enlarged(tmp_path).text


def test_the_figure_that_answers_begins_with_its_record(tmp_path):
    s = runs.Settings(windows=(3,), strides=(2,))
    records.make("convolution/overlap", runs.measure, s, tmp_path)
    text = overlap.overlap(tmp_path).text
    assert "2 1 windows reach a pixel, by turns, so 1 to 4" in text
