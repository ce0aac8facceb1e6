"""A small site, built over and over in one process as `mkdocs serve` does: what is converted, shown and searched."""

import json
from pathlib import Path

import pytest
from coursesite.build import maths, numbers, searched
from jinja2 import Environment
from material.plugins.search.plugin import SearchIndex
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.structure.pages import Page

CODE = Path(__file__).parents[2] / "code"
SETTINGS = f"""
site_name: Small
theme: {{name: material, font: false}}
copyright: Nobody
validation: {{links: {{anchors: warn}}}}
plugins:
  - search
  - macros: {{j2_variable_start_string: "[=", j2_variable_end_string: "=]"}}
  - mkdocstrings: {{handlers: {{python: {{paths: [code]}}}}}}
hooks: [{CODE}/coursesite/build/searched.py, {CODE}/coursesite/build/unchanged.py]
markdown_extensions:
  - toc: {{permalink: false}}
  - pymdownx.snippets: {{base_path: [code, "."], check_paths: true}}
nav: [{{Home: index.md}}, {{Embedding: embedding.md}}, {{Equation: equation.md}}, {{A: a.md}}, {{B: b.md}}]
"""
FILES = {
    "mkdocs.yml": SETTINGS,
    "docs/index.md": "# Home\n\nA [link](a.md#nowhere) that leads [= 'now' =]here.\n",
    "docs/embedding.md": '# Embedding\n\n```python\n--8<-- "deepcourse/a.py"\n```\n',
    "docs/equation.md": "# Equation\n\nWith a \\label{small/one}.\n",
    "docs/a.md": "# A\n\n::: deepcourse.a\n",
    "docs/b.md": "# B\n\n::: deepcourse.b\n",
    "code/deepcourse/__init__.py": "",
    "code/deepcourse/a.py": '"""First."""\n\n\nclass Thing:\n    """A thing."""\n',
    "code/deepcourse/b.py": '"""Second."""\n\nfrom deepcourse.a import Thing\n\n\n'
    'def use(thing: Thing):\n    """Use it.\n\n    Args:\n        thing: what is used.\n    """\n'
    "    secret_of_the_source = thing\n",
    "tests/test_one.py": "",
}
ALL = {"index.md", "embedding.md", "equation.md", "a.md", "b.md"}


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Write the site; a call builds it and gives its pages, and the names of those that were converted."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    converted, render = [], Page.render

    def spied(page, *arguments):
        if page.markdown:
            converted.append(page.file.src_uri)
        return render(page, *arguments)

    monkeypatch.setattr(Page, "render", spied)

    def built():
        config = load_config("mkdocs.yml")
        for name, hook in config.hooks.items():
            if name.endswith("unchanged.py"):
                monkeypatch.setattr(hook, "ROOT", tmp_path)
                monkeypatch.setattr(maths, "ROOT", tmp_path)
        converted.clear()
        build(config)
        return {path.parent.name: path.read_text() for path in Path("site").rglob("index.html")}, set(converted)

    yield built
    for hook in load_config("mkdocs.yml").hooks.values():
        for kept in ("converted", "compiled", "indexed"):
            getattr(hook, kept, {}).clear()


def test_nothing_is_converted_twice_and_every_page_stays_as_it_was(site, caplog):
    first, converted = site()
    assert converted == ALL
    assert 'href="../a/#deepcourse.a.Thing"' in first["b"]
    caplog.clear()
    again, converted = site()
    assert not converted
    assert again == first
    assert "does not contain an anchor '#nowhere'" in caplog.text


@pytest.mark.parametrize(
    ("path", "old", "new", "converted", "page"),
    [
        ("docs/index.md", "that leads", "that strays", {"index.md"}, "site"),
        ("code/deepcourse/a.py", "A thing", "A changed thing", {"embedding.md", "a.md"}, "embedding a"),
        ("code/deepcourse/b.py", "Use it", "Use it well", {"b.md"}, "b"),
        ("mkdocs.yml", "Nobody", "Somebody", set(), "equation"),
        ("mkdocs.yml", "Home", "Beginning", set(), "equation"),
        ("mkdocs.yml", "permalink: false", "permalink: ¶¶", ALL, "equation"),
    ],
)
def test_a_change_shows_and_only_what_depends_on_it_is_converted(site, path, old, new, converted, page):
    shown = new.split(": ")[-1]
    before, _ = site()
    assert not any(shown in before[name] for name in page.split())
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))
    pages, found = site()
    assert found == converted
    assert all(shown in pages[name] for name in page.split())


def test_a_page_with_an_equation_is_converted_again_when_its_claim_changes_and_not_when_a_test_is_saved(site):
    site()
    claimed = '@pytest.mark.equation("small/one")\ndef test_one(): ...\n'
    for text, converted in {
        "def test_one(): ...\n": set(),
        claimed: {"equation.md"},
        f"import pytest\n\n{claimed}": set(),
        claimed.replace("test_one", "test_two"): {"equation.md"},
        claimed.replace("small/one", "small/two"): {"equation.md"},
    }.items():
        Path("tests/test_one.py").write_text(text, encoding="utf-8")
        assert site()[1] == converted, text


def test_records_are_read_once_and_again_when_one_changed(tmp_path):
    record = tmp_path / "small" / "one.json"
    record.parent.mkdir()
    record.write_text('{"values": {"x": 1}}', encoding="utf-8")
    first = numbers.records(tmp_path)
    assert numbers.records(tmp_path) is first
    record.write_text('{"values": {"x": 22}}', encoding="utf-8")
    assert numbers.records(tmp_path)["small/one"]["values"] == {"x": 22}


def test_no_template_and_no_page_with_a_macro_is_compiled_twice(site, monkeypatch):
    compiled, compile_ = [], Environment.compile

    def spied(env, source, name=None, *arguments, **named):
        compiled.append(name)
        return compile_(env, source, name, *arguments, **named)

    monkeypatch.setattr(Environment, "compile", spied)
    site()
    assert {"main.html", None} <= set(compiled)  # None: a page that calls a macro
    compiled.clear()
    site()
    assert not {"main.html", None} & set(compiled)


def test_the_tests_are_looked_for_once_a_build(site, monkeypatch):
    looked, claims = [], maths._claims
    monkeypatch.setattr(maths, "_claims", lambda state: looked.append(state) or claims(state))
    for builds in (1, 2):
        site()
        assert len(looked) == builds


def test_a_new_page_is_converted_with_those_that_name_it(site):
    Path("docs/equation.md").write_text("# Equation\n\nA [link](new.md).\n")
    assert 'href="new.md"' in site()[0]["equation"]
    Path("docs/new.md").write_text("# New\n")
    pages, found = site()
    assert found == {"new.md", "equation.md"}
    assert 'href="../new/"' in pages["equation"]


def index() -> list[dict]:
    """What the search of the built site reads, section by section."""
    return json.loads(Path("site/search/search_index.json").read_text(encoding="utf-8"))["docs"]


def test_the_search_reads_a_page_once_and_again_when_it_changed(site, monkeypatch):
    read, add = [], SearchIndex.add_entry_from_context

    def spied(index, page):
        if page.content:
            read.append(page.file.src_uri)
        return add(index, page)

    monkeypatch.setattr(SearchIndex, "add_entry_from_context", spied)
    site()
    first = index()
    assert set(read) == ALL
    read.clear()
    site()
    assert not read
    assert index() == first
    Path("docs/index.md").write_text("# Home\n\nBy Mądry.\n", encoding="utf-8")
    site()
    assert read == ["index.md"]
    assert [doc for doc in index() if doc["location"]] == [doc for doc in first if doc["location"]]
    assert [(doc["text"], doc["plain"]) for doc in index() if not doc["location"]] == [("<p>By Mądry.</p>", "madry")]


def test_a_page_keeps_what_its_search_leaves_out(site):
    pages, _ = site()
    texts = [doc["text"] for doc in index()]
    assert "secret_of_the_source" in pages["b"]
    assert not any("secret_of_the_source" in text for text in texts)
    assert any("Use it" in text for text in texts)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Gülçehre, Łukasz and Ré wrote it", "gulcehre lukasz re"),
        ("σ, 2² and ½ of a naïve x̂", "naive"),
        ("plain words", ""),
    ],
)
def test_words_with_accents_are_indexed_without_them_too(text, bare):
    assert searched.plain(text) == bare


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ('a<span class="katex-html" aria-hidden="true"><span>x<span>y</span></span></span>b', "ab"),
        (
            '<span>a<span class="katex-html"></span></span><span class="katex-html"><span></span></span>b',
            "<span>a</span>b",
        ),
        ("<span>nothing to leave out</span>", "<span>nothing to leave out</span>"),
    ],
)
def test_an_element_is_left_out_with_all_that_is_in_it(html, left):
    assert searched.without(html, "span", searched.NOISE["span"]) == left
