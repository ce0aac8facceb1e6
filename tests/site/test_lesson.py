"""`nox -s lesson` begins a lesson that passes every check at once, and that lacks nothing which a check would miss."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import lesson
import pytest

# The small house of the gates, in which lessons are begun.
spec = importlib.util.spec_from_file_location("gates", Path(__file__).with_name("test_gates.py"))
sys.modules["gates"] = gates = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gates)

ROOT = Path(__file__).parents[2]
LESSON = ("python", "tools/lesson.py")
TITLE = "TensorFlow, a graph builder"
SLUG, STEM = "graphs", "01-graphs"
PAGE, LAB, API = f"docs/lessons/{STEM}.md", f"docs/labs/lessons/{STEM}.py", f"docs/reference/code/{SLUG}.md"
CODE = f"code/deepcourse/{SLUG}"
BLOCKS = (*gates.BLOCKS[:5], PAGE)
ADDRESS = {"SITE_URL": "https://course.example/"}  # without one a sitemap is empty
pytestmark = [pytest.mark.gate, pytest.mark.xdist_group("lesson")]


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The house, with what a lesson imports."""
    house = gates.settle(tmp_path_factory.mktemp("lesson") / "house")
    for name in ("code/deepcourse/drawing", "tools"):
        shutil.copytree(ROOT / name, house.root / name, ignore=gates.CACHES)
    for command in (("git", "init", "--quiet"), ("dvc", "commit", "--force", "--quiet"), gates.CHECK):
        house.passes(command)
    return house


@pytest.fixture(scope="module")
def begun(empty, tmp_path_factory):
    """The same, with a lesson that was begun a moment ago, and its site."""
    house = empty.copy(tmp_path_factory.mktemp("begun") / "house")
    house.passes((*LESSON, SLUG, TITLE))
    return house


@pytest.fixture(scope="module")
def site(begun):
    done = begun.run(gates.BUILD, **ADDRESS)
    assert done.returncode == 0, done.stdout
    return begun.root / "site"


@pytest.fixture
def broken(begun, tmp_path):
    yield begun.copy(tmp_path / "house")
    shutil.rmtree(tmp_path / "house")


@pytest.mark.parametrize(
    "command",
    [
        gates.CHECK,
        ("ruff", "check", CODE, f"tests/{SLUG}", LAB),
        ("ruff", "format", "--check", CODE, f"tests/{SLUG}", LAB),
        ("typos", CODE, f"tests/{SLUG}", LAB, PAGE, API),
        ("pytest", f"tests/{SLUG}"),
        BLOCKS,
        ("pytest", "--doctest-modules", CODE),
        ("dvc", "status", "--quiet"),
    ],
    ids=lambda command: " ".join(command)[:40],
)
def test_what_was_begun_passes(begun, command):
    begun.passes(command)


def test_its_site_is_built_and_its_pages_pass(begun, site):
    assert "being written" not in (site / f"lessons/{STEM}/index.html").read_text(encoding="utf-8")
    for command in (gates.LINKS, gates.HOSTS, gates.MARKUP, gates.WEIGHT):
        begun.passes(command)


def test_a_draft_is_built_and_nothing_offers_it(site):
    for page in (f"lessons/{STEM}", f"labs/lessons/{STEM}", f"reference/code/{SLUG}"):
        assert '<meta name="robots" content="noindex">' in (site / page / "index.html").read_text(encoding="utf-8")
    others = [path for path in site.rglob("*.html") if STEM not in path.as_posix() and SLUG not in path.as_posix()]
    assert len(others) > 5
    for path in [*others, site / "sitemap.xml", site / "search/search_index.json"]:
        assert not re.findall(
            rf"[^\"]*(?:lessons/{STEM}|reference/code/{SLUG})[^\"]*", path.read_text(encoding="utf-8")
        )
    assert "lessons/01-demo" in (site / "sitemap.xml").read_text(encoding="utf-8")


def test_published_it_is_offered(broken):
    broken.change(PAGE, "draft: true\n", "")
    done = broken.run(gates.CHECK)
    assert "0 sections with the id traps; write one" in done.stdout
    assert broken.run(gates.BUILD, **ADDRESS).returncode == 0
    for name in ("index.html", "sitemap.xml"):
        assert f"lessons/{STEM}/" in (broken.root / "site" / name).read_text(encoding="utf-8")
    assert "noindex" not in (broken.root / f"site/lessons/{STEM}/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("gone", "command", "says"),
    [
        (f"{CODE}/__init__.py", gates.CHECK, f"{CODE}/__init__.py:1: there is none; write one"),
        (f"{CODE}/solutions/__init__.py", gates.CHECK, f"{CODE}/solutions/__init__.py:1: there is none; write one"),
        (f"{CODE}/square.py", gates.CHECK, "square.py' could not be found"),
        (f"{CODE}/runs/steps.py", gates.CHECK, "the stage graphs-steps can't be followed"),
        (f"{CODE}/figures/graphs.py", gates.CHECK, "the stage graphs-figures can't be followed"),
        (f"{CODE}/solutions/graphs.py", gates.CHECK, "solutions/graphs.py' could not be found"),
        (f"tests/{SLUG}/test_square.py", gates.CHECK, "the equation graphs/square is claimed by no test"),
        (f"runs/{SLUG}/steps.json", gates.CHECK, "the stage graphs-steps has not written runs/graphs/steps.json"),
        (f"runs/{SLUG}/error.svg", gates.CHECK, "the figure graphs/error was not drawn"),
        (f"runs/{SLUG}/equations.json", gates.CHECK, "the equation graphs/square has no measured error"),
        (LAB, gates.CHECK, f"there is no lab {LAB}; write it"),
        (API, gates.BUILD, f"reference/code/{SLUG}.md"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value and " " not in value else "",
)
def test_a_file_left_out_is_missed(begun, broken, gone, command, says):
    begun.passes(command)
    (broken.root / gone).unlink()
    gates.fails(broken, command, re.escape(says))


@pytest.mark.parametrize(
    ("name", "old", "command", "says"),
    [
        (
            "dvc.yaml",
            r"  graphs-figures:.*?\n(?=  \S|\Z)",
            gates.CHECK,
            "runs/graphs/error.svg:1: no stage of dvc.yaml",
        ),
        (
            "dvc.yaml",
            r"      - code/deepcourse/drawing/page.py\n",
            gates.CHECK,
            "lacks code/deepcourse/drawing/page.py",
        ),
        (PAGE, "slug: graphs\n", gates.CHECK, "the front matter has no slug"),
    ],
)
def test_a_line_left_out_is_missed(broken, name, old, command, says):
    broken.change(name, old, "")
    gates.fails(broken, command, re.escape(says))


def test_an_entry_left_out_of_the_nav_is_missed_when_it_is_published(broken):
    broken.change(PAGE, "draft: true\n", "")
    broken.change("mkdocs.yml", rf"      - 1 · {TITLE}: lessons/{STEM}.md\n", "")
    gates.fails(broken, gates.BUILD, rf"not included in the \"nav\" configuration:\s+- lessons/{STEM}.md")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "got other than a slug and a title"),
        (("graphs",), "got other than a slug and a title"),
        (("transformers", TITLE), "slug: got 'transformers', expected one of graphs, mnist"),
        (("graphs/../x", TITLE), "slug: got 'graphs/../x', expected one of"),
        (("graphs_2", TITLE), "slug: got 'graphs_2', expected one of"),
        (("graphs", "A: b"), "title: got 'A: b', expected words"),
        (("graphs", ""), "title: got '', expected words"),
        (("graphs", "[a](b)"), "title: got '[a](b)', expected words"),
        (("graphs-eager", TITLE), "a part of a lesson that isn't there; begin with graphs"),
    ],
)
def test_what_can_not_be_begun_is_refused_before_anything_is_written(empty, words, says):
    def files():
        return {
            path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file() and "__pyc" not in str(path)
        }

    before = files()
    done = empty.run((*LESSON, *words))
    assert done.returncode == 1
    assert done.stdout.startswith("Nothing was written. ")
    assert says in done.stdout
    assert files() == before


@pytest.mark.parametrize("words", [("graphs", TITLE), ("graphs-square", TITLE)])
def test_what_is_there_is_not_overwritten(begun, words):
    done = begun.run((*LESSON, *words))
    assert done.returncode == 1
    assert done.stdout.startswith("Nothing was written. ")
    assert f"{CODE}" in done.stdout


def test_a_part_of_a_lesson_is_begun_beside_it(broken):
    broken.passes((*LESSON, "graphs-eager", "Eager execution"))
    assert (broken.root / f"docs/lessons/{STEM}-eager.md").exists()
    assert (broken.root / f"{CODE}/eager.py").exists()
    broken.passes(gates.CHECK)
    broken.passes(("pytest", f"tests/{SLUG}"))
    broken.passes((*gates.BLOCKS[:5], f"docs/lessons/{STEM}-eager.md"))
    broken.passes(gates.BUILD)


@pytest.mark.parametrize("slug", [slug for slug in lesson.SLUGS if slug != "mnist"])
def test_every_lesson_of_the_course_has_its_place_in_the_nav(slug):
    named = lesson.names(slug, "A title", Path("/nowhere"))
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    lines = lesson.listed(text, named).splitlines()
    assert len(lines) == len(text.splitlines()) + 3
    numbers = [int(n) for line in lines for n in re.findall(r"^      - (\d+) · .*: lessons/\d\d-", line)]
    assert numbers == sorted(numbers)
    assert lesson.SLUGS.index(slug) + 1 in numbers
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"\| {lesson.SLUGS.index(slug) + 1} [^|]*\| `{slug}` \|", readme)


def test_comments_of_both_files_stay():
    named = lesson.names("graphs", "A title", Path("/nowhere"))
    for name, write in (("mkdocs.yml", lesson.listed), ("dvc.yaml", lesson.staged)):
        text = (ROOT / name).read_text(encoding="utf-8")
        added = write(text, named)
        kept = iter(added.splitlines())
        assert all(line in kept for line in text.splitlines())
        assert len(added) > len(text)
