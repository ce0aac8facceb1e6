"""Fields for numbers that the reader works out: each answers at once, in its place, and its script comes only there."""

import json
import re

import built
import pytest
from axe import findings

RECORD = built.SITE.parent / "runs" / "gradflow" / "on_paper.json"
GROUPS = {
    "01-matmul": "matmul",
    "01-matmul-conv2d": "conv",
    "02-lstm-gru": "lstm",
    "03-batchnorm": "batchnorm",
}
SCRIPT = "assets/js/typed.js"


def pages():
    return [page for page in built.read(built.SITE) if SCRIPT in page.text or 'class="typed"' in page.text]


@pytest.fixture(params=GROUPS)
def fields(request, visit):
    """The tab of a page, its fields, and the right numbers by the record."""
    tab, complaints = visit(f"/gradflow/{request.param}/", "light", 400, changes=True)
    right = list(json.loads(RECORD.read_text(encoding="utf-8"))["values"][GROUPS[request.param]].values())
    found = tab.locator(".typed p").all()
    assert len(found) == len(right)
    yield tab, list(zip(found, right, strict=True))
    assert not complaints


def test_the_script_comes_where_there_are_fields_and_nowhere_else():
    assert {page.url for page in pages()} == {f"/gradflow/{name}/" for name in GROUPS}
    assert all(SCRIPT in page.text and 'class="typed"' in page.text for page in pages())


def test_each_field_says_right_close_wrong_by_how_much_and_that_a_word_is_no_number(fields):
    tab, found = fields
    for row, right in found:
        field, said = row.locator("input"), row.locator("output")
        high = row.bounding_box()["height"]

        def says(text, field=field, said=said):
            field.fill(text)
            return said.inner_text()

        assert says(repr(right)) == "✓ right"
        three = f"{float(f'{right:.3g}'):g}"  # digits, and no power of ten
        assert says(three.replace("-", "−").replace(".", ",")) == "✓ right"
        if abs(right) >= 1000:
            assert says(f"{right:,.0f}") == "✓ right"  # as the fold has it
            assert says(f"{1.3 * right:,.0f}") == f"✗ {float(f'{0.3 * right:.2g}'):g} too large"
        for off, word in ((0.04, "close"), (0.3, "✗")):
            typed = right * (1 + off)
            begins = "✗" if typed.is_integer() and right.is_integer() else word
            amount, way = re.fullmatch(rf"{begins}:? ([\d.e-]+) too (large|small)", says(repr(typed))).groups()
            assert float(amount) == pytest.approx(abs(right * off), rel=0.06)
            assert way == ("large" if right > 0 else "small")
        if right.is_integer():
            assert says(f"{right + 1:.0f}") == "✗ 1 too large", "no whole number is close to another"
        assert says(repr(-right)) == "✗ the other sign"
        assert says("dy") == "not a number"
        assert says("−") == says(" ") == ""
        assert row.bounding_box()["height"] == high
    assert not tab.evaluate("document.documentElement.scrollWidth - innerWidth > 0")


def test_a_fraction_is_read_and_the_fold_has_the_numbers_with_links_to_their_rows(fields):
    tab, found = fields
    row, right = found[-1]
    row.locator("input").press_sequentially(f"{round(right * 1000)}/1000")
    close = abs(round(right * 1000) / 1000 - right) > 1e-9 * abs(right)
    assert row.locator("output").inner_text().startswith("close" if close else "✓ right")
    fold = tab.locator(".typed + details")
    assert fold.evaluate("e => !e.open")
    shown = [float(text.replace("−", "-").replace(",", "")) for text in fold.locator("a.measured").all_text_contents()]
    assert shown == pytest.approx([right for _, right in found], rel=5e-3)


def test_the_fields_are_accessible_named_and_reached_by_key(fields, axe):
    tab, found = fields
    found[0][0].locator("input").focus()
    for row, _ in found:
        assert row.locator("input").evaluate("e => e === document.activeElement && !!e.labels[0].textContent.trim()")
        row.locator("input").press("Tab")
    assert not findings(tab, axe, "'.typed'")


def test_without_a_script_the_fold_alone_stands_and_on_paper_too(browser, base):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{base}/gradflow/03-batchnorm/")
    assert not tab.locator(".typed").is_visible()
    assert tab.locator(".typed + details summary").is_visible()
    context.close()
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{base}/gradflow/03-batchnorm/")
    assert tab.locator(".typed").is_visible()
    tab.emulate_media(media="print")
    assert not tab.locator(".typed").is_visible()
    context.close()
