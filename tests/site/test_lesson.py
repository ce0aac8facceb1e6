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
    begun.passed.add(gates.BUILD)
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
    for command in (gates.LINKS, gates.HOSTS, gates.MARKUP, gates.WEIGHT, gates.PATHS):
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


def test_published_it_is_offered_and_a_part_of_it_is_begun_beside_it(broken):
    broken.passes((*LESSON, "graphs-eager", "Eager execution"))
    assert (broken.root / f"docs/lessons/{STEM}-eager.md").exists()
    assert (broken.root / f"{CODE}/eager.py").exists()
    for command in (gates.CHECK, ("pytest", f"tests/{SLUG}"), (*gates.BLOCKS[:5], f"docs/lessons/{STEM}-eager.md")):
        broken.passes(command)
    broken.change(PAGE, "draft: true\n", "")
    assert "0 sections with the id since; write one" in said(broken)
    done = broken.run(gates.BUILD, **ADDRESS)
    assert done.returncode == 0, done.stdout
    for name in ("index.html", "sitemap.xml"):
        text = (broken.root / "site" / name).read_text(encoding="utf-8")
        assert f"lessons/{STEM}/" in text
        assert f"lessons/{STEM}-eager/" not in text
    for stem, hidden in ((STEM, False), (f"{STEM}-eager", True)):
        page = (broken.root / f"site/lessons/{stem}/index.html").read_text(encoding="utf-8")
        assert ("noindex" in page) is hidden


def said(house):
    """What the checks find, DVC aside."""
    return "\n".join(problem for found in gates.problems(house).values() for problem in found)


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (f"{CODE}/__init__.py", f"{CODE}/__init__.py:1: there is none; write one"),
        (f"{CODE}/solutions/__init__.py", f"{CODE}/solutions/__init__.py:1: there is none; write one"),
        (f"{CODE}/square.py", "square.py' could not be found"),
        (f"{CODE}/runs/steps.py", "the stage graphs-steps can't be followed"),
        (f"{CODE}/figures/graphs.py", "the stage graphs-figures can't be followed"),
        (f"{CODE}/solutions/graphs.py", "solutions/graphs.py' could not be found"),
        (f"tests/{SLUG}/test_square.py", "the equation graphs/square is claimed by no test"),
        (f"runs/{SLUG}/steps.json", "the stage graphs-steps has not written runs/graphs/steps.json"),
        (f"runs/{SLUG}/error.svg", "the figure graphs/error was not drawn"),
        (f"runs/{SLUG}/equations.json", "the equation graphs/square has no measured error"),
        (LAB, f"there is no lab {LAB}; write it"),
    ],
    ids=lambda value: value if "/" in value and " " not in value else "",
)
def test_a_file_left_out_is_missed(begun, broken, gone, says):
    begun.passes(gates.CHECK)
    (broken.root / gone).unlink()
    assert says in said(broken)


@pytest.mark.parametrize(
    ("name", "old", "says"),
    [
        ("dvc.yaml", r"  graphs-figures:.*?\n(?=  \S|\Z)", "runs/graphs/error.svg:1: no stage of dvc.yaml"),
        (
            "dvc.yaml",
            r"      - code/deepcourse/drawing/page.py\n",
            "lacks code/deepcourse/drawing/page.py",
        ),
        (PAGE, "slug: graphs\n", "the front matter has no slug"),
    ],
)
def test_a_line_left_out_is_missed(begun, broken, name, old, says):
    begun.passes(gates.CHECK)
    broken.change(name, old, "")
    assert says in said(broken)


def test_a_page_or_its_entry_in_the_nav_left_out_is_missed_when_it_is_published(site, broken):
    broken.change(PAGE, "draft: true\n", "")
    broken.change("mkdocs.yml", rf"      - lessons/{STEM}.md\n", "")
    (broken.root / API).unlink()
    gates.fails(
        broken,
        gates.BUILD,
        rf"not included in the \"nav\" configuration:\s+- lessons/{STEM}.md",
        rf"'reference/code/{SLUG}.md' is included in the 'nav' configuration, which is not found",
    )


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
def test_what_can_not_be_begun_is_refused_before_anything_is_written(empty, words, says, capsys):
    def files():
        return {
            path: path.read_bytes() for path in empty.root.rglob("*") if path.is_file() and "__pyc" not in str(path)
        }

    before = files()
    assert lesson.main(list(words), empty.root) == 1
    said = capsys.readouterr().out
    assert said.startswith("Nothing was written. ")
    assert says in said
    assert files() == before


@pytest.mark.parametrize("words", [("graphs", TITLE), ("graphs-square", TITLE)])
def test_what_is_there_is_not_overwritten(begun, words, capsys):
    assert lesson.main(list(words), begun.root) == 1
    said = capsys.readouterr().out
    assert said.startswith("Nothing was written. ")
    assert f"{CODE}" in said


@pytest.mark.parametrize("slug", [slug for slug in lesson.SLUGS if slug != "mnist"])
def test_every_lesson_of_the_course_has_its_place_in_the_nav(slug):
    named = lesson.names(slug, "A title", Path("/nowhere"))
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    lines = lesson.listed(text, named).splitlines()
    assert len(lines) == len(text.splitlines()) + 3
    numbers = [int(n) for line in lines for n in re.findall(r"^      - lessons/(\d\d)-", line)]
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
