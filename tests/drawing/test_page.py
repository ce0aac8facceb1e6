"""An SVG for a page: in the page's ink, the same every time, and never without words."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest
from deepcourse import drawing as draw
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def drawing(title="One line", text="It rises from 1 to 3.", colour=draw.INK, data=()):
    with mpl.rc_context(draw.STYLE):
        art = draw.canvas(200)
        ax = draw.panel(art, 50, 20, 400, 140, xlim=(1, 2))
        ax.plot([1, 2], [1, 3], "o-", color=colour)
        ax.set_xlabel("x & y", weight=700)
    return draw.Drawing(art, title, text, list(data))


def test_two_drawings_of_the_same_are_the_same_bytes():
    assert draw.svg(drawing(), "a") == draw.svg(drawing(), "a")


def test_no_colour_but_the_pages_own():
    text = draw.svg(drawing(colour=draw.ACCENT), "a")
    found = set(re.findall(r"(?:fill|stroke): ([^;\"]+)", text))
    assert found == {"none", "currentColor", "var(--figure-accent, currentColor)"}
    assert not re.search(r"#[0-9a-fA-F]{6}\b|rgb\(", text)


def test_another_colour_is_refused():
    with pytest.raises(ValueError, match="colour: got #ff0000 for stroke, expected INK or ACCENT"):
        draw.svg(drawing(colour="red"), "a")


def test_title_and_text_are_what_a_screen_reader_announces():
    root = ET.fromstring(draw.svg(drawing(), "a"))
    words = {e.get("id"): e.text for e in root if e.get("id")}
    assert root.get("role") == "img"
    assert [words[i] for i in root.get("aria-labelledby").split()] == ["One line", "It rises from 1 to 3."]


@pytest.mark.parametrize("part", ["title", "text"])
def test_a_drawing_without_words_is_refused(tmp_path, part):
    with pytest.raises(ValueError, match=f"{part}: got nothing"):
        draw.save(drawing(**{part: " "}), tmp_path / "mnist/a.svg")
    assert not list(tmp_path.iterdir())


def test_ids_of_two_drawings_on_one_page_differ_and_every_reference_has_its_target():
    seen = set()
    for name in ("mnist-a", "mnist-b"):
        text = draw.svg(drawing(), name)
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert all(i.startswith(name) for i in ids)
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text))
        assert {a or b for a, b in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)} <= set(ids)
        assert not seen & set(ids)
        seen |= set(ids)


def test_nothing_leaks_into_the_page():
    root = ET.fromstring(draw.svg(drawing(), "a"))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not tags & {"style", "metadata", "script", "image"}
    assert "font-family" not in " ".join(e.get("style", "") for e in root.iter())
    assert {"width", "height"}.isdisjoint(root.attrib)


def test_words_stay_words():
    root = ET.fromstring(draw.svg(drawing(), "a"))
    assert "x & y" in [e.text for e in root.iter(f"{SVG}text")]


def test_data_are_written_beside_the_drawing(tmp_path):
    draw.save(drawing(data=["x,y", "1,1", "2,3"]), tmp_path / "mnist/a.svg")
    assert (tmp_path / "mnist/a.csv").read_text(encoding="utf-8") == "x,y\n1,1\n2,3\n"
    assert 'id="mnist-a-title"' in (tmp_path / "mnist/a.svg").read_text(encoding="utf-8")


def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.webp"
    draw.save_picture(Image.new("L", (4, 2)), path, quality=60)
    before = path.read_bytes()
    with Image.open(path) as found:
        assert (found.format, found.size) == ("WEBP", (4, 2))

    def stop(*_):
        raise OSError("full")

    monkeypatch.setattr("os.replace", stop)
    with pytest.raises(OSError, match="full"):
        draw.save_picture(Image.new("L", (8, 8)), path, quality=60)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
