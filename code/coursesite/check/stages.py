"""The stages of dvc.yaml: what each depends on, what each writes, and whether its record still fits.

A stage whose list lacks a module would never be stale when that module changes. So nobody keeps the lists by hand: what
a command imports is read from the sources, and `nox -s check -- --mend` writes it, as `nox -s train`
does first. What a module reads from runs/ can't be read off, and stays as it is.
"""

import ast
import contextlib
import functools
import logging
import re
import shlex
from pathlib import Path

from ruamel.yaml import YAML

from coursesite.imports import closure

PROOFS = "coursesite.run.proofs"  # the plugin that measures what a stage of tests records
NAMED = 3  # of the files that make a stage stale; the others are counted
MEND = "`nox -s check -- --mend` corrects the list"


def needs(root: Path, command: str) -> set[str]:
    """The code and tests that a command runs, as dvc.yaml names them: modules, and a folder of tests as a whole.

    Raises:
        ValueError: a part of the command is neither `python -m module` of ours nor `pytest tests/slug`, or there is no
            such module.
    """
    code, folders, files = root / "code", set(), set()
    for part in re.split(r"&&|;", command):
        words = shlex.split(part)
        tests = {word.rstrip("/") for word in words[1:] if word.startswith("tests/")}
        name = f"{words[2].replace('.', '/')}.py" if words[:2] == ["python", "-m"] else ""
        module = next((base / name for base in (code, root) if (base / name).is_file()), None)
        if module:
            files.add(module)
        elif words[:1] == ["pytest"] and tests and all((root / name).is_dir() for name in tests):
            folders |= tests
            files |= {path for name in tests for path in (root / name).rglob("*.py")}
            files |= {code / f"{PROOFS.replace('.', '/')}.py", root / "tests" / "conftest.py"}
        elif name.startswith("deepcourse/"):
            raise ValueError(f"there is no code/{name}; write that module, or correct the command")
        else:
            said = f"{part.strip()!r} is neither `python -m module` of ours nor `pytest tests/slug`"
            raise ValueError(f"{said}; write one of both")
    found = {path.relative_to(root) for path in closure(files, code) if path.is_file() and not _says_only(path)}
    return folders | {path.as_posix() for path in found if not any(path.is_relative_to(name) for name in folders)}


def _says_only(path: Path) -> bool:
    """Whether a file only describes its folder, so that no run depends on it."""
    return path.name == "__init__.py" and len(ast.parse(path.read_text(encoding="utf-8")).body) <= 1


def _yaml() -> YAML:
    """A reader and writer that keeps comments and layout."""
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = 10_000, True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


@functools.lru_cache(maxsize=2)  # nobody changes what it gives; `mend` reads its own
def _loaded(text: str) -> dict:
    return _yaml().load(text)


def _stages(root: Path) -> list[tuple[str, dict, str]]:
    """Each stage: its name, itself, and where it stands."""
    path = root / "dvc.yaml"
    stages = _loaded(path.read_text(encoding="utf-8"))["stages"] if path.exists() else {}
    return [(name, each, f"dvc.yaml:{stages.lc.key(name)[0] + 1}: the stage {name}") for name, each in stages.items()]


def _computed(name: str) -> bool:
    """Whether a dependency follows from what a command imports."""
    return name.startswith(("code/", "tests/", "tools/"))


def dependencies(root: Path) -> list[str]:
    """Each stage depends on the code that its command imports, and on no other."""
    problems = []
    for _, stage, place in _stages(root):
        try:
            wanted = needs(root, stage.get("cmd", ""))
        except ValueError as error:
            problems.append(f"{place} can't be followed: {error}")
            continue
        listed = {name for name in stage.get("deps", []) if _computed(name)}
        problems += [f"{place} lacks {name}, which its command imports; {MEND}" for name in sorted(wanted - listed)]
        problems += [
            f"{place} has {name}, which its command doesn't import; {MEND}" for name in sorted(listed - wanted)
        ]
    return problems


def _command(name: str, stage: dict) -> str:
    """What runs a stage: a frozen one has a session of its own, which its description names, or else its name."""
    if not stage.get("frozen"):
        return f"`nox -s train -- {name}`"
    named = re.search("by (`[^`]+`) alone", stage.get("desc", ""))
    return named[1] if named else f"`nox -s {name.rsplit('-', 1)[-1]}`"


def written(root: Path) -> dict[str, list[str]]:
    """The files that the stage of each command writes."""
    outs = {stage.get("cmd", ""): stage.get("outs", []) for _, stage, _ in _stages(root)}
    return {cmd: [out if isinstance(out, str) else next(iter(out)) for out in each] for cmd, each in outs.items()}


def outputs(root: Path) -> list[str]:
    """Every file below runs/ is written by one stage, and every stage has written its files."""
    problems, writers = [], {}
    for name, stage, place in _stages(root):
        for out in stage.get("outs", []):
            path = out if isinstance(out, str) else next(iter(out))
            if path in writers:
                problems.append(f"{place} writes {path}, as {writers[path]} does; leave it to one")
            elif not (root / path).exists():
                problems.append(
                    f"{place} has not written {path}; run {_command(name, stage)}, or take it from its outs"
                )
            writers[path] = name
    paths = sorted(path for path in (root / "runs").rglob("*") if path.is_file() and not path.name.startswith("."))
    for path in [path.relative_to(root).as_posix() for path in paths]:
        if path not in writers:
            problems.append(f"{path}:1: no stage of dvc.yaml writes it; add it to the outs of one, or delete it")
    return problems


def stale(root: Path) -> list[str]:
    """The stages whose code, data or command changed after their run, and the files that their run didn't write.

    `dvc status` knows, with git or without it; here its answer says where and what to do.
    """
    stages = {name: (stage, place) for name, stage, place in _stages(root)}
    if not stages:
        return []
    from dvc.repo import Repo, lock_repo  # a second, which the other checks needn't wait for

    logging.getLogger("dvc").setLevel(logging.ERROR)
    # It names paths from where it runs; and what it was told of its stages it keeps while it has the lock.
    with contextlib.chdir(root), Repo(config={"core": {"no_scm": True}}) as repo, lock_repo(repo):
        for stage in repo.index.stages:
            stage.frozen = False  # `repro` leaves it alone; its record ages as any other's
        status = repo.status()
    problems = []
    for name, changes in status.items():
        stage, place = stages[name]
        command = _command(name, stage)
        again = f"run {command} again" if stage.get("frozen") else f"run it again with {command}"
        changed = []
        for kind, paths in (next(iter(each.items())) if isinstance(each, dict) else (each, {}) for each in changes):
            said = [f"{path} {state}" for path, state in paths.items()]
            if kind != "changed outs":
                more = [f"and {len(said) - NAMED} more"] if len(said) > NAMED else []
                changed.append(f"{kind}: {', '.join(said[:NAMED] + more)}" if said else kind)
                continue
            back = "bring it back with `git checkout -- {}`"
            problems += [
                f"{path}:1: {state} since its run; {again}, or {back.format(path)}" for path, state in paths.items()
            ]
        if changed:
            accept = f"accept with `dvc commit {name}` what can't alter a number"
            problems.append(f"{place} is stale ({'; '.join(changed)}); {again}, or {accept}")
    return problems


def mend(root: Path) -> list[str]:
    """Write what follows from the imports into dvc.yaml; the names of the stages that changed."""
    path, yaml, changed = root / "dvc.yaml", _yaml(), []
    document = yaml.load(path.read_text(encoding="utf-8"))
    for name, stage in document["stages"].items():
        kept = [each for each in stage.get("deps", []) if not _computed(each)]
        try:
            wanted = sorted(needs(root, stage.get("cmd", ""))) + kept
        except (ValueError, SyntaxError):
            continue  # `dependencies` says so
        if list(stage.get("deps", [])) != wanted:
            stage["deps"] = wanted
            changed.append(name)
    if changed:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yaml.dump(document, file)
    return changed
