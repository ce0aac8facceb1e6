"""What the sources must satisfy before anything is built: pure functions from the project's folder to problems.

A problem reads `path:line: what is wrong; what to do`. `python -m coursesite.check` prints all of them; the tests in
tests/site/test_pages.py run one check each.
"""

import ast
import doctest
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pymdownx.snippets import SnippetMissingError, SnippetPreprocessor

from coursesite import equations, pictures, post, reading, typed

MARKER = SnippetPreprocessor.RE_SNIPPET_SECTION
EMBED = re.compile(r"^[ \t]*-+8<-+(?:[ \t]+[\"'](?P<target>[^\"']+)[\"'])?[ \t]*$", re.MULTILINE)
REASON = re.compile(r"<!-- notest: \S.* -->")
PYTHON = ("python", "pycon")
# Modules below all lessons: what their API page says of them is enough.
SHARED = {"datasets": "reference/code/datasets.md", "records": "reference/code/datasets.md"}


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
        path, numbers, section = reading.snippets(root).split_path(target)
        if not target:
            problems.append(f"{place} names no file; write one line for each section")
        elif numbers:
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


def notests(root: Path) -> list[str]:
    """The blocks of the pages that are not run."""
    return [
        f"{page.relative_to(root)}:{number}"
        for page in reading.markdown_files(root / "docs")
        for number, info in reading.openings(page.read_text(encoding="utf-8"))
        if "notest" in info.split()
    ]


def _program(root: Path, text: str) -> tuple[str, list[int]]:
    """All blocks of a page as one program, and for each of its lines the line of the page."""
    program, numbers = [], []
    for fence in reading.fences(text):
        if fence.language not in PYTHON or "notest" in fence.options:
            continue
        lines, origin = reading.expand(root, fence)
        if fence.language == "pycon":
            examples = doctest.DocTestParser().get_examples("\n".join(lines) + "\n")
            pairs = [(line, origin[e.lineno]) for e in examples for line in e.source.rstrip("\n").split("\n")]
            lines, origin = [line for line, _ in pairs], [number for _, number in pairs]
        program += lines
        numbers += origin
    return "\n".join(program) + "\n", numbers


def names(root: Path) -> list[str]:
    """What a page uses is shown on it, comes from a public library, or from a lesson that it links to."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text, place = page.read_text(encoding="utf-8"), page.relative_to(root).as_posix()
        try:
            program, numbers = _program(root, text)
            tree = ast.parse(program)
        except SnippetMissingError:
            continue  # `embedded` says so
        except SyntaxError as error:
            problems.append(
                f"{place}:{numbers[min(error.lineno or 1, len(numbers)) - 1]}: not Python: {error.msg}; correct it"
            )
            continue
        for name, line in _undefined(program):
            problems.append(
                f"{place}:{numbers[line - 1]}: the name {name} is shown nowhere on this page; show or import it before"
            )
        defined = {node.name for node in tree.body if hasattr(node, "name")} | {
            target.id for node in ast.walk(tree) if isinstance(node, ast.Assign) for target in node.targets
            if isinstance(target, ast.Name)
        }  # fmt: skip
        for node in ast.walk(tree):
            for module, imported in _course_imports(node):
                slug = module.split(".")[1] if "." in module else imported
                if not (imported in defined or _linked(root, page, text, slug)):
                    problems.append(
                        f"{place}:{numbers[node.lineno - 1]}: {imported or module} comes from {module} and is not "
                        f"shown here; show it, or link to {SHARED.get(slug, f'the post of {slug}')}"
                    )
    return problems


def _undefined(program: str) -> list[tuple[str, int]]:
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--select=F821",
        "--output-format=json",
    ]
    done = subprocess.run([*command, "-"], input=program, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise RuntimeError(f"ruff did not run: {done.stderr}")
    return [(re.search("`(.*)`", each["message"])[1], each["location"]["row"]) for each in json.loads(done.stdout)]


def _course_imports(node: ast.AST) -> list[tuple[str, str]]:
    """The modules of the course that a statement imports, each with the name that it imports from there."""
    if isinstance(node, ast.Import):
        return [(alias.name, "") for alias in node.names if alias.name.split(".")[0] == "deepcourse"]
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "deepcourse":
        return [(node.module, alias.name) for alias in node.names]
    return []


def _linked(root: Path, page: Path, text: str, slug: str) -> bool:
    """Whether `page` links to the post of `slug`, or to the API page of a module below all lessons."""
    targets = re.findall(r"\]\(([^)#\s]+\.md)", text)
    linked = {(page.parent / target).resolve() for target in targets}
    if slug in SHARED:
        return (root / "docs" / SHARED[slug]).resolve() in linked
    return any(other != page and reading.front_matter(other.read_text(encoding="utf-8")).get("slug") == slug
               for other in linked if other.exists())  # fmt: skip


def claimed(root: Path) -> list[str]:
    """Every displayed equation has one label; the claims on the pages are those that tests check."""
    problems, shown = [], equations.shown(root / "docs")
    try:
        claims = equations.claims(root / "tests")
    except ValueError as error:
        return [str(error)]
    count = Counter(equation.id for equation in shown)
    for equation in shown:
        place = f"docs/{equation.page}:{equation.line}: the equation"
        if not equation.id:
            problems.append(rf"{place} has no label, or several; give it one \label{{slug/name}}")
        elif not re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+", equation.id):
            problems.append(rf"{place}'s label is {equation.id!r}; write \label{{slug/name}} in small letters")
        elif count[equation.id] > 1:
            problems.append(f"{place} {equation.id} is labelled {count[equation.id]} times; give each its own name")
        elif not equation.definition and equation.id not in claims:
            problems.append(
                f'{place} {equation.id} is claimed by no test; mark one with @pytest.mark.equation("{equation.id}"), '
                rf"or write \label{{def:{equation.id}}} if it defines and claims nothing"
            )
    known = {equation.id: equation for equation in shown}
    for name, tests in claims.items():
        for claim in tests:
            place = f"tests/{claim.path}:{claim.line}: {claim.test} claims the equation {name}"
            if name not in known:
                problems.append(f"{place}, which no page shows; correct the name or take the mark away")
            elif known[name].definition:
                problems.append(f"{place}, which its page calls a definition; take def: away there, or the mark here")
    return problems


CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "sections": sections,
    "embeds": embedded,
    "fences": fences,
    "names": names,
    "equations": claimed,
    "descriptions": post.descriptions,
    "skeleton": post.skeletons,
    "typed numbers": typed.typed,
    "named numbers": typed.named,
    "figures": pictures.figures,
    "drawings": pictures.drawings,
    "images": pictures.images,
}


def main() -> int:
    """Print every problem of the project in the current folder; 1 if there is any."""
    problems = [problem for check in CHECKS.values() for problem in check(Path.cwd())]
    print("\n".join(problems) or "Nothing to mend.")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
