"""What a page shows of a module, where it links to the rest, and that what is copied of it can be typed."""

import code
import re

import pytest
from coursesite import listing
from coursesite.build import macros
from markdown import Markdown

MODULE = '''"""A module."""


# --8<-- [start:twice]
def twice(x):
    """Two times x.

    Args:
        x: (B,).

    >>> twice(1)
    2
    """
    return 2 * x  # (B,)


@staticmethod
def once(x):
    """X itself."""
    text = """

    kept
    """
    return x


class Counter:
    """Counts.

    Attributes:
        n: how often.
    """

    n = 0

    def count(self):
        r"""One more.

        Nothing else.
        """
        self.n += 1


# --8<-- [end:twice]
'''
SHOWN = '''def twice(x):
    """Two times x."""
    return 2 * x  # (B,)


@staticmethod
def once(x):
    """X itself."""
    text = """

    kept
    """
    return x


class Counter:
    """Counts."""
    n = 0
    def count(self):
        r"""One more."""
        self.n += 1
'''
PAGE = """
```python
--8<-- "deepcourse/demo.py:twice"
```

??? tip

    ```python
    import os
    --8<-- "deepcourse/demo.py:twice"
    ```

End.
"""


@pytest.fixture
def page(tmp_path):
    """The page of a small module, as HTML."""
    (tmp_path / "deepcourse").mkdir()
    (tmp_path / "deepcourse" / "demo.py").write_text(MODULE)
    options = {"base_path": [str(tmp_path)], "check_paths": True, "dedent_subsections": True}
    names = ["attr_list", "pymdownx.superfences", "pymdownx.details", "pymdownx.snippets", "coursesite.build.listings"]
    return Markdown(extensions=names, extension_configs={"pymdownx.snippets": options}).convert(PAGE)


def test_of_a_docstring_the_first_line_is_shown(page):
    shown = [re.sub("<[^>]*>", "", block) for block in re.findall("<pre>.*?<code>(.*?)</code></pre>", page, re.DOTALL)]
    assert shown == [SHOWN, f"import os\n{SHOWN}"]


def test_the_rest_of_a_docstring_is_one_link_away(page):
    said = "In full: [<code>twice</code>][deepcourse.demo.twice], [<code>Counter</code>][deepcourse.demo.Counter]"
    assert page.count(f'<p class="docstrings">{said}</p>') == 2
    assert page.index("End.") > page.rindex("</details>") > page.rindex(said)


def test_a_block_that_only_a_stage_runs_is_a_block_and_what_it_printed_may_stand_in_a_fold(monkeypatch):
    monkeypatch.setattr(macros.numbers, "records", lambda: {"demo/library": {"printed": ["loss 1", "a < b"]}})
    text = (
        "??? example\n\n    <!-- notest: why -->\n    ```python notest\n    x = 1\n    ```\n\n"
        f"    {macros.printed('demo/library')}\n\nEnd.\n"
    )
    names = ["pymdownx.superfences", "pymdownx.details", "md_in_html", "pymdownx.snippets", "coursesite.build.listings"]
    made = Markdown(extensions=names).convert(text)
    assert re.search(r"<pre>.*?<code>.*?x\b.*?</code></pre>", made, re.DOTALL)
    assert "notest" not in made
    assert made.index("loss 1&#10;a &lt; b") < made.index("</details>") < made.index("End.")


def test_code_that_is_no_python_stays_as_it_is():
    assert listing.lesson('def f(:\n    """A.\n\n    B.\n    """') == 'def f(:\n    """A.\n\n    B.\n    """'
    assert listing.typed("$ nox\n\n    all is well") == "$ nox\n\n    all is well"


@pytest.mark.parametrize(
    "source",
    [
        SHOWN.replace("@staticmethod\n", "") + "\nassert twice(2) == 4 and once.__doc__ and Counter().n == 0",
        "for i in range(2):\n\n    j = i\n\n    # a remark\n    k = j\nassert k == 1",
        "def f():\n    return 1\n# a remark\nassert f() == 1",
        "if 0:\n    a = 1\nelse:\n\n    a = 2\nb = (\n\n    a\n)\nassert b == 2",
        "with open(__file__) as file:\n    pass\n@str\ndef f():\n\n    pass\nassert f",
        'x = """a\n\nb"""\nassert x == "a\\n\\nb"',
    ],
)
def test_what_is_copied_can_be_typed_at_a_prompt(source):
    said, console = [], code.InteractiveConsole({"__name__": "__main__", "__file__": __file__})
    console.write = said.append
    for line in [*listing.typed(source).split("\n"), ""]:
        more = console.push(line)
    assert said == []
    assert not more
    exec(listing.typed(source), {"__name__": "__main__", "__file__": __file__})


CHECKED = """from deepcourse.mnist import expect
from deepcourse.mnist.expect import (
    real,
    whole,
)
from deepcourse.mnist.loss import check_labels


# --8<-- [start:checked]
class Net:
    def __init__(self, rate, sizes=(1, 2)):
        \"\"\"Ready.\"\"\"
        if rate < 0:
            raise ValueError("rate: got less")
        self.rate = real("rate", rate, at_least=0)
        self.pair = (whole("a", sizes[0]), 2)

    def run(self, x, k, cache):
        if x is not None:
            x = real("x", x)
        x, k = expect.arrays(x=(x, "B"), k=(k, "B"))
        x, k = real("x", x), real("k", k)
        check_labels(x, k)
        for i in range(3):
            if i > 5:
                raise ValueError("i")
        y = real("x", x)  # kept: it has another name now
        dy, dz = expect.cache(cache, tuple)
        if x > 0:
            y = 0
        return y


# --8<-- [end:checked]
"""


def test_a_page_leaves_out_what_does_nothing_but_check():
    names = listing.checks(CHECKED)
    assert names == {"expect", "real", "whole", "check_labels"}
    shown = listing.lesson(CHECKED[CHECKED.index("class Net") : CHECKED.index("\n\n\n# --8<-- [end")], names)
    assert (
        shown
        == '''class Net:
    def __init__(self, rate, sizes=(1, 2)):
        """Ready."""
        self.rate = rate
        self.pair = (sizes[0], 2)
    def run(self, x, k, cache):
        y = x  # kept: it has another name now
        dy, dz = cache
        if x > 0:
            y = 0
        return y'''
    )


def test_code_that_checks_nothing_is_shown_whole_and_no_link_leads_away():
    code = "def f(x):\n    if x:\n        raise KeyError\n    return real(x)"
    assert listing.unchecked(code, frozenset()) == code
    assert listing.shortened(code) == []
    assert listing.shortened("def f(x):\n    x = real('x', x)\n    return x", frozenset({"real"})) == ["f"]
