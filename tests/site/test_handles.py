"""What the button of a code block copies can be pasted: no prompt and no output. Numbers of a table stand right."""

import html
import re
import subprocess
import sys

import pytest
from markdown import Markdown

PROMPTS = """
```pycon
>>> text = "a < b & 'c'"  # >>> no prompt
>>> text
"a < b & 'c'"
>>> def double(x):
...     y = x
...     return 2 * y
>>> for i in (1, 2):
...     print(
...         double(i)
...     )
2
4
>>> print(text)
a < b & 'c'
>>> 1 / 0
Traceback (most recent call last):
ZeroDivisionError: division by zero
```
"""


def copied(page: str) -> list[str]:
    """What each button of a page copies, as Material's clipboard does it."""
    made = Markdown(extensions=["pymdownx.superfences", "pymdownx.highlight", "coursesite.build.handles"]).convert(page)
    found = []
    for button in re.findall("<button[^>]*>", made):
        text = re.search('data-clipboard-text="([^"]*)"', button)
        name = re.search('data-clipboard-target="#([^"]*)"', button)
        shown = (
            text[1] if text else re.sub("<[^>]*>", "", re.search(f'id="{name[1]}"[^>]*>(.*?)</code>', made, re.S)[1])
        )
        found.append(html.unescape(shown))
    return found


@pytest.mark.parametrize("python", [["-"], ["-i", "-q", "-"], ["-m", "IPython", "--simple-prompt", "--no-banner"]])
def test_what_is_copied_of_a_block_with_prompts_runs_where_it_is_pasted(python):
    [text] = copied(PROMPTS)
    done = subprocess.run(
        [sys.executable, *python], input=f"{text}\n", capture_output=True, encoding="utf-8", check=False
    )
    said = done.stdout + done.stderr
    assert re.search(r"2\n.*?4\n.*?a < b & 'c'\n", done.stdout, re.DOTALL), said
    assert "ZeroDivisionError" in said
    assert not re.search("SyntaxError|IndentationError|NameError", said), said


def test_commands_are_copied_without_their_prompt():
    assert copied("```console\n$ python -m pip install x\n$ nox -- 'a'\nall is well\n```\n") == [
        "python -m pip install x\nnox -- 'a'"
    ]


@pytest.mark.parametrize("language", ["python", "text", "bash"])
def test_a_block_without_prompts_is_copied_as_it_is_shown(language):
    text = 'x = "<>&"\n    y = 1\n\n# $ no prompt\n'
    assert copied(f"```{language}\n{text}```\n") == [text]


TABLE = """
| net | error | shape | note | left |
|---|---|---|---|:---|
| a | [1.38\u202f%](x){ .m } ± [0.09\u202fpoints](y) | `(B, D)` | 12 | 1 |
| b | 3.20e-9 | 5 | none | 2 |
| c | – | `7` | 3 | 3 |
"""


def test_columns_of_numbers_stand_on_the_right_and_no_others():
    made = Markdown(extensions=["tables", "attr_list", "coursesite.build.handles"]).convert(TABLE)
    right = re.findall(r'<t[hd] style="text-align: right;">(.*?)</t', made)
    assert [re.sub("<[^>]*>", "", cell) for cell in right] == [
        "error",
        "1.38\u202f% ± 0.09\u202fpoints",
        "3.20e-9",
        "–",
    ]
