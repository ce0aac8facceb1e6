"""An SVG for a page: in the page's ink, the same every time, and never without words."""

import doctest
import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from deepcourse import drawing as figures

SVG = "{http://www.w3.org/2000/svg}"


def drawing(title="One line", text="It rises from 1 to 3.", colour=figures.INK, data=()):
    with mpl.rc_context(figures.STYLE):
        art = figures.canvas(200)
        ax = figures.panel(art, 50, 20, 400, 140, xlim=(1, 2))
        ax.plot([1, 2], [1, 3], "o-", color=colour)
        ax.set_xlabel("x & y", weight=700)
    return figures.Drawing(art, title, text, list(data))


def test_two_drawings_of_the_same_are_the_same_bytes():
    assert figures.svg(drawing(), "a") == figures.svg(drawing(), "a")


def test_no_colour_but_the_pages_own():
    text = figures.svg(drawing(colour=figures.ACCENT), "a")
    found = set(re.findall(r"(?:fill|stroke): ([^;\"]+)", text))
    assert found == {"none", "currentColor", "var(--figure-accent, currentColor)"}
    assert not re.search(r"#[0-9a-fA-F]{6}\b|rgb\(", text)


def test_another_colour_is_refused():
    with pytest.raises(ValueError, match="colour: got #ff0000 for stroke, expected INK or ACCENT"):
        figures.svg(drawing(colour="red"), "a")


def test_title_and_text_are_what_a_screen_reader_announces():
    root = ET.fromstring(figures.svg(drawing(), "a"))
    words = {e.get("id"): e.text for e in root if e.get("id")}
    assert root.get("role") == "img"
    assert [words[i] for i in root.get("aria-labelledby").split()] == ["One line", "It rises from 1 to 3."]


@pytest.mark.parametrize("part", ["title", "text"])
def test_a_drawing_without_words_is_refused(tmp_path, part):
    with pytest.raises(ValueError, match=f"{part}: got nothing"):
        figures.save(drawing(**{part: " "}), tmp_path / "mnist/a.svg")
    assert not list(tmp_path.iterdir())


def test_ids_of_two_drawings_on_one_page_differ_and_every_reference_has_its_target():
    seen = set()
    for name in ("mnist-a", "mnist-b"):
        text = figures.svg(drawing(), name)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert all(i.startswith(name) for i in ids)
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text))
        assert {a or b for a, b in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)} <= set(ids)
        assert not seen & set(ids)
        seen |= set(ids)


def test_nothing_leaks_into_the_page():
    root = ET.fromstring(figures.svg(drawing(), "a"))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not tags & {"style", "metadata", "script", "image"}
    assert "font-family" not in " ".join(e.get("style", "") for e in root.iter())
    assert {"width", "height"}.isdisjoint(root.attrib)


def test_words_stay_words():
    root = ET.fromstring(figures.svg(drawing(), "a"))
    assert "x & y" in [e.text for e in root.iter(f"{SVG}text")]


def test_data_are_written_beside_the_drawing(tmp_path):
    figures.save(drawing(data=["x,y", "1,1", "2,3"]), tmp_path / "mnist/a.svg")
    assert (tmp_path / "mnist/a.csv").read_text() == "x,y\n1,1\n2,3\n"
    assert 'id="mnist-a-title"' in (tmp_path / "mnist/a.svg").read_text()


def test_examples_in_docstrings_are_true():
    result = doctest.testmod(figures)
    assert result.attempted
    assert not result.failed
