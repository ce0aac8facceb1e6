"""A page notices that a line it shows is wrong, or the checker says that it doesn't."""

import _thread
import re
import shutil
import signal
import time

import pytest
from coursesite.run import noticed
from coursesite.run.breaks import breaks, spread

MKDOCS = """
markdown_extensions:
  - pymdownx.snippets:
      base_path: [code, "."]
      check_paths: true
      dedent_subsections: true
"""
MODULE = '''
"""A line."""


# --8<-- [start:line]
def line(x, slope, shift):
    """Twice what lies on a straight line."""
    if slope < 0:
        raise ValueError(f"slope: got {slope - 0.0}, expected more")
    y = slope * x + shift
    return 2 * y


# --8<-- [end:line]


# --8<-- [start:count]
def count(n):
    """Down to zero."""
    steps = 0
    while n > 0:
        n -= 1
        steps += 1
    return steps


# --8<-- [end:count]
'''
SHOWN = """
# A line

```python
--8<-- "lines.py:line"
```
"""
CHECKED = f"""{SHOWN}
```pycon
>>> line(3, 5, 7), line(0, 5, 1)
(44, 2)
```
"""
# What is checked is the module's own function, and not the one shown.
PASSED_BY = f"""{SHOWN}
```pycon
>>> import lines
>>> lines.line(3, 5, 7)
44
```
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Write a page into a small project, and read it."""
    (tmp_path / "code").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "course.txt").write_text("tensorflow==2.21.0\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(MKDOCS, encoding="utf-8")
    (tmp_path / "code" / "lines.py").write_text(MODULE.lstrip("\n"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "code")

    def written(text):
        (tmp_path / "docs" / "page.md").write_text(text, encoding="utf-8")
        return noticed.Page(tmp_path, tmp_path / "docs" / "page.md")

    return written


def test_a_page_that_checks_what_it_shows_notices(page, capsys):
    assert noticed.ask(page(CHECKED)).enough
    said = capsys.readouterr().out
    assert "docs/page.md:5: line: return 2 * y  ->  return 4 * y\n    line 9 prints (88, 4)\n" in said
    assert "y = slope * x + shift  ->  y = slope / x + shift\n    line 9 raises ZeroDivisionError: division" in said
    assert re.search(r"docs/page.md: (\d+) of \1 breaks were noticed\n\Z", said)
    assert "NOT NOTICED" not in said


def test_a_page_that_checks_something_else_does_not_notice(page, capsys):
    assert not noticed.ask(page(PASSED_BY)).enough
    said = capsys.readouterr().out
    assert "line: return 2 * y  ->  return 4 * y\n    NOT NOTICED\n" in said
    assert re.search(r"docs/page.md: 0 of \d+ breaks were noticed; at least 80% have to be: let later blocks", said)


def test_an_error_of_a_later_block_notices_and_the_line_says_which(page, capsys):
    assert noticed.ask(page(f"{SHOWN}\n```python\nassert line(3, 5, 7) == 44\nassert line(0, 5, 1) == 2\n```\n")).enough
    assert "    the block of line 9 raises AssertionError\n" in capsys.readouterr().out


def test_what_comes_with_the_exercises_counts_for_nothing(page, capsys):
    shown, check = CHECKED.split("```pycon")
    later = f'## Exercises {{ #exercises }}\n\n```python\n--8<-- "lines.py:count"\n```\n\n```pycon{check}'
    assert not noticed.ask(page(f"{shown}\n{later}")).enough
    said = capsys.readouterr().out
    assert " 0 of " in said
    assert "count:" not in said


def test_only_what_comes_from_a_module_is_broken(page, capsys):
    typed = "\n```python\ndef twice(x):\n    return 2 * x\n```\n"
    assert noticed.ask(page(typed + CHECKED)).enough
    assert "twice" not in capsys.readouterr().out
    assert not noticed.ask(page(typed)).enough
    assert "docs/page.md: 0 of 0 breaks were noticed; " in capsys.readouterr().out


def test_a_reader_has_no_checks_of_shapes(page):
    assert noticed.ask(page(f"{CHECKED}\n```python\nrow = [1, 2, 3]  # (B, H)\n```\n")).enough


def test_a_break_that_never_ends_is_ended_and_noticed(page, capsys, monkeypatch):
    monkeypatch.setattr(noticed, "GRACE", 0.2)
    shown = '```python\n--8<-- "lines.py:count"\n```\n\n```pycon\n>>> count(3)\n3\n```\n'
    assert noticed.ask(page(shown)).enough
    assert "count: n -= 1  ->  n += 1\n    it doesn't end\n" in capsys.readouterr().out


def busy(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_never_ends_is_ended_also_where_interrupts_are_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in what a shell began in the background
    try:
        with pytest.raises(TimeoutError), noticed.at_most(0.1):
            busy(5)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_time_that_others_take_ends_nothing():
    with noticed.at_most(0.1):
        time.sleep(0.5)


def test_whoever_interrupts_the_checker_is_obeyed():
    with pytest.raises(KeyboardInterrupt), noticed.at_most(60):  # noqa: PT012 - as a signal, it comes a little later
        _thread.interrupt_main()
        time.sleep(60)


def test_an_output_that_is_not_written_yet_is_taken_as_it_comes(page, capsys):
    assert noticed.ask(page(CHECKED.replace("(44, 2)", "?"))).enough
    said = capsys.readouterr().out
    assert said.startswith("docs/page.md: 1 outputs aren't as typed; here they are taken as they come\n")
    assert "return 4 * y\n    line 9 prints (88, 4)\n" in said


@pytest.mark.parametrize(
    ("block", "says"),
    [
        (">>> 1 / 0\n1", "docs/page.md: unbroken, line 8 raises ZeroDivisionError: division by zero"),
        (">>> import time\n>>> time.perf_counter()\n?", r"docs/page.md: unbroken, line 9 prints [\d.]+"),
    ],
    ids=["raises", "prints something else each time"],
)
def test_a_page_that_does_not_hold_unbroken_is_refused(page, block, says):
    with pytest.raises(RuntimeError, match=says):
        noticed.ask(page(f"{SHOWN}```pycon\n{block}\n```\n"))


def test_a_page_whose_snippet_is_missing_is_refused(page):
    with pytest.raises(RuntimeError, match=r"docs/page.md:5: .*'nothing' could not be located"):
        page(SHOWN.replace(":line", ":nothing"))


def test_a_page_is_asked_that_promises_to_notice(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["noticed"])
    page(PASSED_BY)
    assert noticed.main() == 0
    assert capsys.readouterr().out == ""
    page(f"---\nnotices: true\n---\n{PASSED_BY}")
    assert noticed.main() == 1
    page(f"---\nnotices: true\n---\n{CHECKED}")
    assert noticed.main() == 0
    page(f"---\nnotices: true\n---\n{CHECKED}\n```python\n1 / 0\n```\n")
    assert noticed.main() == 1
    assert "docs/page.md: unbroken, the block of line 17 raises ZeroDivisionError" in capsys.readouterr().out
    page(PASSED_BY)
    monkeypatch.setattr("sys.argv", ["noticed", "docs/page.md"])
    assert noticed.main() == 1


def test_a_page_is_asked_again_only_when_what_its_answer_depends_on_has_changed(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    typed, module, pins = f"---\nnotices: true\n---\nimport lines\n{CHECKED}", tmp_path / "code" / "lines.py", "a==1\n"

    def said(*options):
        monkeypatch.setattr("sys.argv", ["noticed", *options])
        code = noticed.main()
        out = capsys.readouterr().out
        return code, "nothing has changed since" in out

    checked = typed.replace("```pycon\n", "```pycon\n>>> import helper\n")
    (tmp_path / "code" / "helper.py").write_text("", encoding="utf-8")
    page(checked)
    assert said() == (0, False)
    assert said() == (0, False)  # nothing was kept
    assert said("--record") == (0, False)
    assert said() == said("--record") == (0, True)
    page(checked.replace("# A line", "# Another title\n\nWords."))
    assert said() == (0, True)
    for path, text in {
        module: MODULE.replace("Twice what", "Two times what"),  # what is shown
        tmp_path / "code" / "helper.py": "HELP = 1\n",  # what a block imports
        tmp_path / "requirements" / "course.txt": pins,
    }.items():
        before = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        assert said() == (0, False), path
        path.write_text(before, encoding="utf-8")
    page(checked.replace("line(0, 5, 1)", "line(0, 5, 2)").replace("(44, 2)", "(44, 4)"))
    assert said() == (0, False)
    page(f"---\nnotices: true\n---\n{PASSED_BY}")
    kept = (tmp_path / "runs" / "site" / "noticed.json").read_text(encoding="utf-8")
    assert said("--record") == (1, False)
    assert (tmp_path / "runs" / "site" / "noticed.json").read_text(encoding="utf-8") == kept


def test_what_is_kept_is_of_all_pages(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page(CHECKED)
    monkeypatch.setattr("sys.argv", ["noticed", "--record", "docs/page.md"])
    with pytest.raises(SystemExit):
        noticed.main()


def test_what_cannot_change_the_answer_is_not_asked_unless_the_whole_is_wanted(page, capsys):
    def lines_of(text, **how):
        noticed.ask(page(text), 10, **how)
        return int(re.search(r" of (\d+) breaks were noticed", capsys.readouterr().out)[1])

    assert lines_of(PASSED_BY, whole=False) == lines_of(PASSED_BY) - lines_of(CHECKED, whole=False) + 1
    assert lines_of(CHECKED, whole=False) == -(-4 * lines_of(CHECKED) // 5)


def test_pages_are_asked_side_by_side_and_each_has_to_notice(page, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    docs = tmp_path / "docs"
    for name, text in {"a": CHECKED, "b": CHECKED, "c": PASSED_BY, "d": SHOWN.replace(":line", ":nothing")}.items():
        page(CHECKED)
        (docs / f"{name}.md").write_text(text, encoding="utf-8")
    paths = [docs / f"{name}.md" for name in "abcd"]
    assert all(each.enough for each in noticed.ask_all(tmp_path, paths[:2], 16))
    said = capsys.readouterr().out
    assert re.search(
        r"docs/a.md: (\d+) of \1 breaks.*\n(docs/b.md.*\n    line.*\n)+docs/b.md: (\d+) of \3 breaks", said
    )
    assert not all(each.enough for each in noticed.ask_all(tmp_path, [paths[0], paths[2]], 16))
    assert re.search(r"docs/c.md: 0 of \d+ breaks were noticed; at least", capsys.readouterr().out)
    assert not all(each.enough for each in noticed.ask_all(tmp_path, [paths[3], paths[0]], 16))
    assert "docs/d.md:5: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("y = a + b", {"y = a - b", "y = a", "y = b"}),
        ("y = a - b", {"y = a + b", "y = a"}),
        ("y = 1 - a", {"y = 1 + a", "y = 1", "y = a"}),
        ("y = 2 * a", {"y = 2 / a", "y = 4 * a"}),
        ("y = 0 * a", {"y = 0 / a"}),
        ("y = a**2", {"y = a**4"}),
        ("y = (a + b) @ c", {"y = (c) @ (a + b)", "y = (a - b) @ c", "y = (a) @ c", "y = (b) @ c"}),
        ("y = a @ b @ c", {"y = c @ (a @ b)", "y = b @ a @ c"}),
        ("y = -a", {"y = a"}),
        ("y = a.T", {"y = a"}),
        ("y = tf.transpose(a)", {"y = a"}),
        ("y = a.swapaxes(0, 1)", {"y = a", "y = a.swapaxes(1, 0)"}),
        ("y = tf.matmul(a, b, transpose_b=True)", {"y = tf.matmul(b, a, transpose_b=True)", "… transpose_b=False)"}),
        ("y = a < b", {"y = a >= b"}),
        ("y = a == b", {"y = a != b"}),
        ("y = a.sum(axis=0)", {"y = a.sum(axis=1)", "y = a.mean(axis=0)"}),
        ("y = a.sum(axis=(0, 1))", {"y = a.mean(axis=(0, 1))"}),
        ("y = a.max(axis=-1)", {"y = a.max(axis=0)", "y = a.min(axis=-1)"}),
        ("y = np.maximum(a, 0)", {"y = np.minimum(a, 0)"}),
        ("y = f(a, b, c=c)", {"y = f(b, a, c=c)"}),
        ("y += a", {"y -= a", "y = a"}),
        ('y = "µ", a - b', {'y = "µ", a + b', 'y = "µ", a'}),
    ],
)
def test_a_line_is_broken_in_each_of_its_places(line, broken):
    source = f"def f(a, b, c):\n    {line}\n    return y\n"
    found = {each.shows()[1] for each in breaks(source)}
    assert found == {each.replace("…", "y = tf.matmul(a, b,") for each in broken}


@pytest.mark.parametrize(
    "line",
    [
        '"""a + b"""',
        'y = f"{a + b}"',
        'y = "a" + b',
        "y = [a] * b",
        "y = a + eps",
        "y = a - 1e-6",
        "y: a + b = c",
        "y = a is not b",
        "y = a[-1]",
        "y = f(a, a)",
        "if a < b:\n        raise ValueError(a - b)",
        "assert a < b",
        "def g(x=-a): ...",
    ],
)
def test_what_no_output_could_show_is_left_alone(line):
    assert breaks(f"def f(a, b, c):\n    {line}\n") == []


def test_methods_are_broken_and_what_stands_outside_of_functions_is_not():
    source = "class Net:\n    size = 2 * 3\n    def call(self, x):\n        return -x\n\n\ny = -Net.size\n"
    assert [(each.function, each.line, each.shows()) for each in breaks(source)] == [
        ("Net.call", 4, ("return -x", "return x"))
    ]


def test_breaks_are_spread_over_functions_and_stay_when_others_come():
    def functions(*names):
        return [
            each for name in names for each in breaks(f"def {name}(x, w, b):\n    y = x @ w + b\n    return 2 * y\n")
        ]

    first = spread(functions("f", "g", "h"), "docs/page.md")
    assert {each.function for each in first[:3]} == {"f", "g", "h"}
    assert len({(each.function, each.line) for each in first[:6]}) == 6
    assert len({each.kind for each in first[:3]}) == 3
    assert spread(functions("f", "g", "h"), "docs/page.md") == first
    assert spread(functions("f", "g", "h")[::-1], "docs/page.md") == first
    assert spread(functions("f", "g", "h"), "docs/other.md") != first


def test_a_break_over_several_lines_shows_all_of_them():
    source = "def f(a, b):\n    return g(\n        a,\n        b,\n    )\n"
    [found] = breaks(source)
    assert (found.line, found.shows()) == (3, ("a, b,", "b, a,"))
    assert found.broken == "def f(a, b):\n    return g(\n        b,\n        a,\n    )\n"


def test_the_same_project_in_another_folder_has_the_same_fingerprint(page, tmp_path, tmp_path_factory):
    typed = CHECKED.replace("```pycon\n", "```pycon\n>>> import lines\n")
    here = page(typed).fingerprint(tmp_path)
    for name in ("a", "zz"):  # a name before and one behind those of the folders within
        there = tmp_path_factory.mktemp("elsewhere") / name
        shutil.copytree(tmp_path, there)
        assert noticed.Page(there, there / "docs" / "page.md").fingerprint(there) == here
