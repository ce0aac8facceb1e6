"""What the sources must satisfy before anything is built: pure functions from the project's folder to problems.

A problem reads `path:line: what is wrong; what to do`. `python -m coursesite.check`, which is `nox -s check`, prints
all of them; tests/site/test_check.py shows that each check can fail.
"""

import re
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from coursesite import equations, reading
from coursesite.build import numbers
from coursesite.check import embedding, names, pictures, post, stages, typed


def claimed(root: Path) -> list[str]:
    """Every displayed equation has one label, and tests evaluate it, or were read for it as it stands."""
    problems, shown = [], equations.shown(root / "docs")
    try:
        claims = equations.claims(root / "tests")
    except UnicodeDecodeError:
        raise
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
        elif not equation.definition:
            problems += equations.unproved(equation, claims[equation.id])
    known = {equation.id: equation for equation in shown}
    for name, tests in claims.items():
        for claim in tests:
            place = f"tests/{claim.path}:{claim.line}: {claim.test} claims the equation {name}"
            if name not in known:
                problems.append(f"{place}, which no page shows; correct the name or take the mark away")
            elif known[name].definition:
                problems.append(f"{place}, which its page calls a definition; take def: away there, or the mark here")
    return problems


def measured(root: Path) -> list[str]:
    """Every equation that a test claims has the error that it measured in the record of its slug's last run."""
    try:
        claims = equations.claims(root / "tests")
    except ValueError:
        return []  # `claimed` says so
    problems, records = [], numbers.records(root / "runs")
    errors, by_slug = equations.errors(records), equations.by_slug(root / "docs")
    for slug, shown in by_slug.items():
        name = f"{slug}/{equations.RECORD}"
        lacking = [e for e in shown if e.id in claims and e.id not in errors]
        command = f"run `nox -s train -- --force equations-{slug}`"
        problems += [
            f"docs/{e.page}:{e.line}: the equation {e.id} has no measured error in runs/{name}.json; {command}"
            for e in lacking
        ]
        if lacking or name not in records:
            continue
        if records[name]["settings"].get("formulas") != equations.digests(shown):
            problems.append(f"runs/{name}.json:1: the formulas of {slug} are not those that were measured; {command}")
    return problems


def addresses(root: Path) -> list[str]:
    """No address of a link has a parenthesis, which would end the link too early."""
    problems = []
    for page in reading.markdown_files(root / "docs"):
        text = reading.without_code(page.read_text(encoding="utf-8"))
        for match in re.finditer(r"\]\((https?://[^\s()]*\()", text):
            place = f"{page.relative_to(root)}:{reading.line_of(text, match.start())}"
            problems.append(f"{place}: the address {match[1]} has a parenthesis; write %28 and %29")
    return problems


CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "packages": embedding.packages,
    "sections": embedding.sections,
    "embeds": embedding.embedded,
    "reference": embedding.documented,
    "fences": embedding.fences,
    "blocks not run": embedding.unrun,
    "widths": embedding.widths,
    "layout": embedding.layout,
    "names": names.names,
    "equations": claimed,
    "measured errors": measured,
    "descriptions": post.descriptions,
    "skeleton": post.skeletons,
    "drafts": post.unlinked,
    "typed numbers": typed.typed,
    "named numbers": typed.named,
    "figures": pictures.figures,
    "drawings": pictures.drawings,
    "images": pictures.images,
    "addresses": addresses,
    "dependencies": stages.dependencies,
    "outputs": stages.outputs,
    "stale": stages.stale,
}


def ask(name: str, root: Path) -> list[str]:
    """What one check says; when it stumbles, that it did, over which file, and in which of its lines."""
    try:
        return CHECKS[name](root)
    except Exception as error:
        steps = list(traceback.walk_tb(error.__traceback__))
        paths = [value for frame, _ in steps for value in frame.f_locals.values() if isinstance(value, Path)]
        files = [root / path for path in paths if (root / path).is_file() and (root / path).is_relative_to(root)]
        place = files[-1].relative_to(root).as_posix() if files else "."
        if isinstance(error, UnicodeDecodeError):
            return [f"{place}:1: is not text in UTF-8; save it so, or move it out of the pages and the code"]
        frame, line = next(step for step in reversed(steps) if "coursesite" in step[0].f_code.co_filename)
        at = f"{Path(frame.f_code.co_filename).name}:{line}"
        said = f"{type(error).__name__}: {error}".split("\n", 1)[0]
        mark = getattr(error, "problem_mark", None)  # where YAML's parser stopped
        number = mark.line + 1 + place.endswith(".md") if mark else getattr(error, "lineno", None) or 1
        return [
            f"{place}:{number}: the check {name!r} stumbles over this ({said}, in {at}); mend the file, or the check"
        ]
