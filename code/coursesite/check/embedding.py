"""Checks of the code on the pages: sections of modules, lines that embed them, and blocks that are run."""

import ast
import contextlib
import doctest
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pymdownx.snippets import SnippetMissingError, SnippetPreprocessor

from coursesite import listing, reading
from coursesite.build import numbers
from coursesite.check import stages

MARKER = SnippetPreprocessor.RE_SNIPPET_SECTION
EMBED = re.compile(r"^[ \t]*-+8<-+(?:[ \t]+[\"'](?P<target>[^\"']+)[\"'])?[ \t]*$", re.MULTILINE)
DOCUMENTED = re.compile(r"^::: ([\w.]+)", re.MULTILINE)
SECTION = re.compile(r"(deepcourse/[\w/]+)\.py:[\w-]+")
REASON = re.compile(r"<!-- notest: \S.* -->")
PYTHON = ("python", "pycon")
NOT_OURS = re.compile(r"continuation|(?:runner|fixture|retry):.*")


def sections(root: Path) -> list[str]:
    """Every section of the code starts once, ends once, in this order, and is shown on a page."""
    problems, shown = [], {target for _, _, target in embeds(root)}
    for path in sorted((root / "code" / "deepcourse").rglob("*.py")):
        name = path.relative_to(root / "code").as_posix()
        marks = [
            (mark["type"].lower(), mark["name"], number)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
            if (mark := MARKER.match(line)) and not mark["escape"]
        ]
        for section in dict.fromkeys(section for _, section, _ in marks):
            kinds = [kind for kind, other, _ in marks if other == section]
            line = next(number for _, other, number in marks if other == section)
            place = f"code/{name}:{line}: the section {section!r}"
            if kinds != ["start", "end"]:
                problems.append(f"{place} is marked by {' and '.join(kinds)}; give it one start and, after it, one end")
            elif f"{name}:{section}" not in shown:
                problems.append(
                    f'{place} is shown on no page; embed it (--8<-- "{name}:{section}") or take its marks away'
                )
    return problems


def packages(root: Path) -> list[str]:
    """Every folder of modules is a package; one that isn't is missing from the reference, and from an installation."""
    folders = {path.parent for path in (root / "code" / "deepcourse").rglob("*.py")}
    return [
        f"{folder.relative_to(root)}/__init__.py:1: there is none; write one that says what lies in this folder"
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
    ]


def documented(root: Path) -> list[str]:
    """What the reference takes from the code's docstrings is there; only the build would say so otherwise."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        for match in DOCUMENTED.finditer(text):
            path = root / "code" / match[1].replace(".", "/")
            if not path.is_dir() and not path.with_suffix(".py").is_file():
                place = f"{page.relative_to(root)}:{reading.line_of(text, match.end())}: ::: {match[1]}"
                problems.append(f"{place} is no module below code/; correct its name, or take the line away")
    return problems


def embeds(root: Path) -> list[tuple[Path, int, str]]:
    """Every `--8<--` line of the pages: page, line, and target ('' for a line without one)."""
    found = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        lines = [(reading.line_of(text, match.end()), match["target"] or "") for match in EMBED.finditer(text)]
        found += [(page.relative_to(root), line, target) for line, target in lines]
    return found


def embedded(root: Path) -> list[str]:
    """What a page embeds exists, and is a section by name."""
    problems = []
    for page, line, target in embeds(root):
        place = f"{page}:{line}: --8<--" + (f' "{target}"' if target else "")
        path, _, section = target.partition(":")
        if not target:
            problems.append(f"{place} names no file; write one line for each section")
        elif re.fullmatch(r"[\d:,-]+", section):
            problems.append(f"{place} names lines by number; mark a section and name that")
        elif path.endswith(".py") and not section:
            problems.append(f"{place} embeds a whole module; mark a section and name that")
        else:
            try:
                reading.snippets(root).run([f'--8<-- "{target}"'])
            except SnippetMissingError as error:
                problems.append(f"{place} fails: {error}; correct the path below code/ or the section's name")
    return problems


def fences(root: Path) -> list[str]:
    """Every Python block is one that the page session finds and runs, or says why not."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        lines = text.split("\n")
        found = {fence.line - 1 for fence in reading.fences(text) if fence.language in PYTHON}
        for number, info in reading.openings(text):
            place = f"{page.relative_to(root)}:{number}: the block ```{info}"
            words = info.split()
            if "notest" in words and not REASON.fullmatch(lines[number - 2].strip()):
                problems.append(f"{place} is not run; write <!-- notest: why --> on the line above it")
            if wrong := [
                w for w in words[1:] if w == "continuation" or w.startswith(("runner:", "fixture:", "retry:"))
            ]:
                problems.append(f"{place} asks for {wrong[0]}; the blocks of a page share one session as they are")
            if re.search("python|pycon", info) and (not words or words[0] not in PYTHON):
                problems.append(f"{place} would not be run; write ```python or ```pycon, options after it")
            elif words[:1] and words[0] in ("py", "python3", "python2"):
                problems.append(f"{place} would not be run; write ```python")
            elif words[:1] and words[0] in PYTHON and number not in found:
                problems.append(f"{place} is not found by the page session; indent it by 4 in what it belongs to")
        for fence in reading.fences(text):
            if macro := re.search(r"\[[=%] .*? [=%]\]", fence.content):
                line = fence.line + fence.content.count("\n", 0, macro.start())
                problems.append(f"{page.relative_to(root)}:{line}: {macro[0]} in a block; a reader can't run that")
    return problems


def unrun(root: Path) -> list[str]:
    """A block that its page doesn't run is a section that a block below imports, or that a stage runs as it stands."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        fences = reading.fences(text)
        for number, fence in enumerate(fences, 1):
            if "notest" in fence.options:
                later = "\n".join(each.content for each in fences[number:] if "notest" not in each.options)
                rest = text.split("\n")[fence.line + fence.content.count("\n") :]
                wrong = _unrun(root, fence, later, next((line.strip() for line in rest if line.strip()), ""))
                place = f"{page.relative_to(root)}:{fence.line - 1}: the block is not run"
                problems += [f"{place}, and {wrong}"] if wrong else []
                problems += [f"{place}, and {each}" for each in _taken(root, fences[:number])]
    return problems


def _taken(root: Path, fences: list[reading.Fence]) -> list[str]:
    """What the last of these blocks reads of another that isn't run, although one between them gave away its name.

    A reader who runs all of them, in their order, would have it read the wrong thing, without an error at best.
    """
    *before, last = [(fence, *_names(root, fence)) for fence in fences]
    problems = []
    for name in sorted(last[1]):
        givers = [fence for fence, _, given in before if name in given]
        if givers and "notest" not in givers[-1].options and any("notest" in each.options for each in givers):
            problems.append(
                f"it reads the {name!r} of a block above that isn't run, but the block of line {givers[-1].line - 1} "
                "gives that name to something else; choose another one there"
            )
    return problems


def _names(root: Path, fence: reading.Fence) -> tuple[set[str], set[str]]:
    """The names that a block reads before it gives them, and those that it gives, outside of functions and classes."""
    code = ""
    with contextlib.suppress(SnippetMissingError):  # `embedded` says so
        code = "\n".join(reading.expand(root, fence)[0])
    if fence.language == "pycon":
        code = "\n".join(line[4:] for line in code.splitlines() if line.startswith((">>> ", "... ")))
    read, given = set(), set()
    with contextlib.suppress(SyntaxError):  # its run says so
        for statement in ast.parse(code).body if fence.language in PYTHON else []:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                given.add(statement.name)
                continue
            nodes = list(ast.walk(statement))
            names = [node for node in nodes if isinstance(node, ast.Name)]
            own = {node.id for node in names if isinstance(node.ctx, ast.Store)}
            own |= {(each.asname or each.name).split(".")[0] for each in nodes if isinstance(each, ast.alias)}
            inside = own if hasattr(statement, "body") else set()  # a loop gives names before it reads them
            read |= {node.id for node in names if isinstance(node.ctx, ast.Load)} - given - inside
            given |= own
    return read, given


def _unrun(root: Path, fence: reading.Fence, later: str, below: str) -> str:
    """What is wrong with a block that is not run, of which this is the code of later blocks and the line below it."""
    embed = EMBED.fullmatch(fence.content.rstrip("\n"))
    section = SECTION.fullmatch(embed["target"] or "") if embed else None
    if not section:
        return (
            'is not one section of a module; write --8<-- "deepcourse/slug/runs/name.py:section" alone, or have it run'
        )
    module = section[1].replace("/", ".")
    with contextlib.suppress(SnippetMissingError):  # `embedded` says so
        made = re.findall(r"^(?:def|class) (\w+)", "\n".join(reading.expand(root, fence)[0]), re.MULTILINE)
        if made and all(re.search(rf"from {module} import [^\n]*\b{name}\b", later) for name in made):
            return ""
    command, records = f"python -m {module}", numbers.records(root / "runs")
    outs = stages.written(root).get(command)
    if outs is None:
        return f"no stage of dvc.yaml has the cmd `{command}`; write one, or import below what the section defines"
    names = [out.removeprefix("runs/").removesuffix(".json") for out in outs]
    printed = [f'[= printed("{name}") =]' for name in names if records.get(name, {}).get("printed")]
    if not printed:
        return f"no record of `{command}` has lines under 'printed'; let its run keep what these print"
    return "" if below in printed else f"what it prints is not shown; write {printed[0]} right below it"


def widths(root: Path) -> list[str]:
    """No line of a block is wider than what a page shows without scrolling; nor is one of a lab's code."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        for fence in reading.fences(text):
            with contextlib.suppress(SnippetMissingError):  # `embedded` says so
                for line, number in zip(*reading.expand(root, fence), strict=True):
                    problems += _wide(page.relative_to(root), number, line)
    for lab in sorted((root / "docs" / "labs").rglob("*.py")):
        for number, line in enumerate(lab.read_text(encoding="utf-8").splitlines(), 1):
            problems += [] if line.startswith("#") else _wide(lab.relative_to(root), number, line)
    return problems


def _wide(path: Path, number: int, line: str) -> list[str]:
    if len(line) <= listing.WIDTH:
        return []
    return [f"{path}:{number}: a line of {len(line)} columns; break it, a page shows {listing.WIDTH}: {line.strip()}"]


def layout(root: Path) -> list[str]:
    """What a page types of Python looks like the modules that it shows: as `ruff format` would leave it."""
    places, problems = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for page in reading.markdown_files(root / "docs"):
            for fence in reading.fences(page.read_text(encoding="utf-8")):
                for line, source in _typed(fence).items():
                    path = Path(folder, f"{len(places)}.py")
                    places[path.name] = f"{page.relative_to(root).as_posix()}:{line}"
                    path.write_text(source, encoding="utf-8")
        ruff = [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--isolated",
            f"--line-length={listing.WIDTH}",
            "--diff",
            folder,
        ]
        said = subprocess.run(ruff, capture_output=True, encoding="utf-8", check=False)
    for name, wanted in re.findall(r"^--- \S*?(\d+\.py)$\n(.*?)(?=^--- |\Z)", said.stdout, re.MULTILINE | re.DOTALL):
        lines = re.findall(r"^[+-](?!\+\+)[ \t]*(\S.*)", wanted, re.MULTILINE)
        said_of = f"the line {lines[0]!r}" if lines else "its blank lines"
        problems.append(f"{places[name]}: `ruff format` would change {said_of}; lay it out as it does")
    for name in re.findall(r"Failed to parse \S*?(\d+\.py)", said.stderr):
        problems.append(f"{places[name]}: this is no Python; correct it")
    return problems


def _typed(fence: reading.Fence) -> dict[int, str]:
    """The Python that a block types, by its line: all but its snippets, or each of its examples."""
    if fence.language == "python":
        return {fence.line: re.sub(r"^( *)(?=.*--8<--)", r"\1# ", fence.content, flags=re.MULTILINE)}
    if fence.language != "pycon":
        return {}
    with contextlib.suppress(ValueError):  # the run of the blocks says so
        return {fence.line + each.lineno: each.source for each in doctest.DocTestParser().get_examples(fence.content)}
    return {}
