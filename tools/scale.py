"""How long the README's two commands take for a course of twenty posts: `nox -s scale`, about half an hour.

The project is copied and filled up with copies of its posts, each with a package, tests, records, stages, lab, page and
API page of its own. In the copy, without caches but those of the package managers, `nox -s serve` runs until the first
page is there, some pages are saved, and then `nox` runs whole. The record is runs/site/scale.json. What a run said is
kept in .cache/scale, with what was measured until then, if it fails.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from deepcourse import records

ROOT = Path(__file__).parents[1]
KEPT = ROOT / ".cache" / "scale"
CACHES = (".nox", ".cache", "node_modules", "site", ".pytest_cache", ".hypothesis", ".ruff_cache", ".dvc/tmp")
COMMAND = ".ci/run"  # the README's `python -m pip install "nox[uv]" && nox`, in an environment of its own
TEXTS = (".py", ".md", ".json", ".csv", ".svg", ".toml", ".yml", ".yaml", ".js", ".html")
STAGE = re.compile(r"^  [\w-]+:\n(?: {4,}.*\n|\s*\n)+", re.MULTILINE)
FORMULAS = """
import json, pathlib
from coursesite import equations
found = equations.by_slug(pathlib.Path("docs"))
print(json.dumps({slug: equations.digests(shown) for slug, shown in found.items()}))
"""
SAVES = 5
MINUTES = 40  # after which a command is given up


def copy(folder: Path) -> None:
    """Copy what git knows or would know, as it lies here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def posts(folder: Path) -> dict[Path, str]:
    """The posts of a course, and the slug of each."""
    pages = sorted(page for series in ("lessons", "gradflow") for page in (folder / "docs" / series).glob("*.md"))
    slugs = {page: re.search(r"^slug: *(\S+)", page.read_text(encoding="utf-8"), re.MULTILINE) for page in pages}
    return {page: found[1] for page, found in slugs.items() if found}


def fill(folder: Path, wanted: int) -> int:
    """Add copies of the posts, all of a slug at a time, until there are so many; the number that there are."""
    first, path = posts(folder), folder / "dvc.yaml"
    own = "runs/site/scale.json"
    alone = STAGE.sub(lambda stage: "" if own in stage[0] else stage[0], path.read_text(encoding="utf-8"))
    path.write_text(alone, encoding="utf-8")  # without the stage of this very record
    (folder / own).unlink(missing_ok=True)
    for number in range(2, 10):
        chosen, there = {}, len(posts(folder))
        for slug in dict.fromkeys(first.values()):
            if there < wanted:
                chosen[slug] = slug[:-1] + str(number)  # as long as the slug, so that no line gets longer
                there += list(first.values()).count(slug)
        if chosen:
            add(folder, chosen, [page for page, slug in first.items() if slug in chosen], number)
    measured(folder)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "dvc", "commit", "--force", "--quiet"], cwd=folder, check=True)
    return len(posts(folder))


def measured(folder: Path) -> None:
    """The formulas have other names now: their records say that it is these that were measured."""
    environment = os.environ | {"PYTHONPATH": str(folder / "code")}
    command = [sys.executable, "-c", FORMULAS]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=True)
    for slug, formulas in json.loads(done.stdout).items():
        path = folder / "runs" / slug / "equations.json"
        record = json.loads(path.read_text(encoding="utf-8"))
        record["settings"]["formulas"] = formulas
        path.write_text(json.dumps(record, indent=1), encoding="utf-8")


def renamer(slugs: dict[str, str], pages: list[Path], number: int) -> Callable[[str], str]:
    """What gives a text, or a path, the names of the copies: of the slugs where they are names, and of the pages."""
    stems = {page.stem: f"{number}{page.stem[1:]}" for page in pages if slug_of(page) not in page.stem}
    stems |= {page.stem: page.stem.replace(slug, slugs[slug]) for page in pages if (slug := slug_of(page)) in page.stem}
    either = "|".join(map(re.escape, slugs))
    before = (
        r"deepcourse[./]|deepcourse\\[.]|quick/|runs[./]|tests[/-]|figures[./]|solutions[./]|\d\d-|slug: |code/|eq-|"
        r"fig-|equations-|import "
    )
    name = re.compile(
        rf"(?:(?<=^  )|{'|'.join(f'(?<={each})' for each in before.split('|'))})(?:{either})\b"
        rf"|(?<=[\"'({{:# /])(?:{either})(?=/(?!\d\d-|index)[a-z{{])"  # mnist/headline, but no page of a series
        rf"|(?<=[(#])(?:{either})(?=[-.])(?!-the-)"  # (gradflow-nets.md), #mnist-headline, but no heading
        rf"|(?<=\")(?:{either})(?=\"(?!\s*[:\]]))"
        rf"|(?<=-- )(?:{either})(?=-)",
        re.MULTILINE,
    )
    page = re.compile("|".join(rf"\b{re.escape(stem)}\b" for stem in stems))

    def rename(text: str) -> str:
        text = name.sub(lambda match: slugs[match[0]], text)
        text = re.sub(rf"(docs/|labs/)({'|'.join(map(re.escape, slugs.values()))})\b", _folder(slugs), text)
        return page.sub(lambda match: stems[match[0]], text)

    return rename


def _folder(slugs: dict[str, str]) -> Callable[[re.Match], str]:
    """The folders of the series keep their names."""
    return lambda match: match[1] + next(old for old, new in slugs.items() if new == match[2])


def slug_of(page: Path) -> str:
    """The slug in the front matter of a post."""
    return re.search(r"^slug: *(\S+)", page.read_text(encoding="utf-8"), re.MULTILINE)[1]


def add(folder: Path, slugs: dict[str, str], pages: list[Path], number: int) -> None:
    """Add a copy of all that belongs to some slugs."""
    rename = renamer(slugs, pages, number)
    for slug, new in slugs.items():
        for base in ("code/deepcourse", "tests", "runs", "docs/assets/live"):
            for path in sorted((folder / base / slug).rglob("*")):
                if path.is_file():
                    parts = [slugs.get(part.removesuffix(".py"), part) for part in path.relative_to(folder).parts]
                    made = [part + ".py" if old.endswith(".py") and not part.endswith(".py") else part
                            for part, old in zip(parts, path.parts[-len(parts) :], strict=True)]  # fmt: skip
                    write(folder.joinpath(*made), path, rename)
        for path in (folder / "docs" / "reference" / "code").glob(f"{slug}*.md"):
            if re.fullmatch(rf"{slug}(-.*)?", path.stem):
                write(path.with_stem(path.stem.replace(slug, new, 1)), path, rename, number)
    for page in pages:
        made = page.with_stem(rename(page.stem))
        write(made, page, rename, number)
        lab = page.parents[1] / "labs" / page.parent.name / f"{page.stem}.py"
        write(lab.with_stem(made.stem), lab, rename, number)
    menu(folder / "mkdocs.yml", rename, number)
    answers(folder / "tests" / "browser" / "test_live.py", slugs)
    stages(folder / "dvc.yaml", rename)


def write(made: Path, path: Path, rename: Callable[[str], str], number: int | None = None) -> None:
    """Write the copy of a file; a page and a lab say which copy they are, since no two have the same description."""
    made.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix not in TEXTS:
        shutil.copy2(path, made)
        return
    text = rename(path.read_text(encoding="utf-8"))
    if number and path.suffix == ".md":
        text = re.sub(r"^description: (.{0,140}).*", rf"description: \1 ({number})", text, count=1, flags=re.MULTILINE)
        text = re.sub(r'^result: "', f'result: "Copy {number}. ', text, count=1, flags=re.MULTILINE)
    elif number:
        text = re.sub(r"^(# # .*\n#\n)# ", rf"\1# Copy {number} ·\n# ", text, count=1, flags=re.MULTILINE)
    made.write_text(text, encoding="utf-8")


def answers(path: Path, slugs: dict[str, str]) -> None:
    """The copies of figures that answer are compared with what Python says in the same way."""
    text = path.read_text(encoding="utf-8")
    for name in re.findall(r'"([\w-]+/[\w-]+)": \w+[,}]', text[text.index("\nNUMBERS = ") :]):
        slug, short = name.split("/")
        if slug in slugs:
            text += f'NUMBERS["{slugs[slug]}/{short}"] = NUMBERS["{name}"]\n'
    path.write_text(text, encoding="utf-8")


def menu(path: Path, rename: Callable[[str], str], number: int) -> None:
    """Give the copies their lines in the menu."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        lines.append(line)
        entry = re.fullmatch(r"( +- )(?:(.+): )?(\S+\.(?:md|py))\n", line)
        if entry and (target := rename(entry[3])) != entry[3]:
            title = re.sub(r'("?)$', rf" ({number})\1: ", entry[2], count=1) if entry[2] else ""
            lines.append(f"{entry[1]}{title}{target}\n")
    path.write_text("".join(lines), encoding="utf-8")


def stages(path: Path, rename: Callable[[str], str]) -> None:
    """Give the copies their stages; speeds have one record for all."""
    text = path.read_text(encoding="utf-8")
    made = [rename(stage) for stage in STAGE.findall(text) if "runs/bench/" not in stage]
    known = set(re.findall(r"^  ([\w-]+):$", text, re.MULTILINE))
    new = [stage for stage in made if stage.split(":")[0].strip() not in known]
    path.write_text(text.rstrip("\n") + "\n" + "".join(new), "utf-8")


def environment() -> dict[str, str]:
    """The environment without what this run itself brought in."""
    ours = ("PYTHONPATH", "VIRTUAL_ENV", "LABS_CACHE")
    path = [each for each in os.environ["PATH"].split(os.pathsep) if ".nox" not in Path(each).parts]
    kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith(("PYTEST_", "NOX"))}
    return kept | {"PATH": os.pathsep.join(path), "PYTHONUNBUFFERED": "1"}


def cool(folder: Path) -> None:
    """Take away every cache that a fresh clone doesn't have."""
    for name in CACHES:
        shutil.rmtree(folder / name, ignore_errors=True)
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache, ignore_errors=True)


@contextlib.contextmanager
def running(folder: Path, log: Path, *arguments: str) -> Iterator[subprocess.Popen]:
    """Run the command, with all that it says in a file; end it and its children afterwards."""
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [COMMAND, *arguments],
            cwd=folder, env=environment(), stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            if hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
            else:
                process.terminate()
            process.wait()


def got(address: str) -> str:
    """What the server answers; nothing while it doesn't."""
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.read().decode("utf-8")
    except (OSError, http.client.HTTPException):
        return ""


def until(says: str, address: str, process: subprocess.Popen, log: Path) -> float:
    """The seconds until a page has this text."""
    start = time.perf_counter()
    while says not in got(address):
        if process.poll() is not None or time.perf_counter() - start > 60 * MINUTES:
            raise SystemExit(f"{address} never said {says!r}; see {log}")
        time.sleep(0.05)
    return time.perf_counter() - start


def port() -> int:
    """A port that is free, and none that a system gives to whoever asks, who could then answer himself."""
    for number in range(20_000, 30_000):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", number))
            return number
    raise SystemExit("no port is free")


def serve(folder: Path, found: dict) -> None:
    """Measure the first command until the front page is there, and then pages that are saved."""
    host = f"127.0.0.1:{port()}"
    log = KEPT / "serve.log"
    with running(folder, log, "-s", "serve", "--", "--dev-addr", host) as process:
        tell(found, "first_command_seconds", until("</article>", f"http://{host}/", process, log))
        seconds = []
        for number, page in enumerate(list(posts(folder))[:SAVES]):
            said = f"Saved as number {number}."
            with page.open("a", encoding="utf-8") as file:
                file.write(f"\n{said}\n")
            address = f"http://{host}/{page.parent.name}/{page.stem}/"
            seconds.append(until(said, address, process, log))
            print(f"  {page.name}: {seconds[-1]:.1f} s", flush=True)
    tell(found, "edit_seconds", statistics.median(seconds))
    tell(found, "slowest_edit_seconds", max(seconds))


def check(folder: Path, found: dict) -> None:
    """Measure the test command, and each of its sessions."""
    log, start, begun = KEPT / "nox.log", time.perf_counter(), []
    with running(folder, log) as process, log.open(encoding="utf-8") as said:
        while True:
            line = said.readline()
            now = time.perf_counter() - start
            if name := re.search(r"Running session (\S+)", line):
                begun.append((name[1], now))
                print(f"  {now:6.0f} s: {name[1]}", flush=True)
            elif not line and process.poll() is not None:
                break
            elif not line:
                time.sleep(0.1)
            if now > 60 * MINUTES:
                raise SystemExit(f"`{COMMAND}` takes more than {MINUTES} minutes; see {log}")
    ends = [at for _, at in begun[1:]] + [now]
    found["sessions"] = {name: round(end - at, 1) for (name, at), end in zip(begun, ends, strict=True)}
    found["sessions"]["environment"] = round(begun[0][1], 1) if begun else now
    tell(found, "test_command_seconds", now)
    if process.returncode:
        raise SystemExit(f"`{COMMAND}` fails; see {log}:\n" + "".join(log.open(encoding="utf-8").readlines()[-60:]))


def tell(found: dict, name: str, seconds: float) -> None:
    """Note a value, say it, and keep all that were found until now."""
    found[name] = round(seconds, 1)
    print(f"{name}: {seconds:.1f}", flush=True)
    (KEPT / "partial.json").write_text(json.dumps(found, indent=1), encoding="utf-8")


def main() -> None:
    """Measure, and write the record; of fewer posts, or of a part, into .cache/scale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=20, help="how many posts the copy has (20)")
    parser.add_argument("--part", choices=["fill", "serve", "check"], help="do this alone")
    parser.add_argument("--folder", type=Path, help="where to make the copy, which is then kept")
    options = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "course"
        if not (folder / "mkdocs.yml").exists():
            copy(folder)
            fill(folder, options.posts)
        found = {"posts": len(posts(folder)), "labs": len(list((folder / "docs" / "labs").rglob("*.py")))}
        found["pages"] = len(list((folder / "docs").rglob("*.md"))) + found["labs"]
        print(f"{found['posts']} posts in {folder}, after {time.perf_counter() - start:.0f} s", flush=True)
        for name, part in (("serve", serve), ("check", check)):
            if options.part in (None, name):
                cool(folder)
                part(folder, found)
    if options.part == "fill":
        return
    whole = options.part is None and options.posts == parser.get_default("posts")
    units = {key: "s" if key.endswith("seconds") else "count" for key in found if key != "sessions"}
    record = {
        "command": "python -m tools.scale",
        "values": found,
        "units": units | {f"sessions.{name}": "s" for name in found.get("sessions", {})},
        "settings": {
            "posts": options.posts,
            "first_command": f"{COMMAND} -s serve, until the front page is there",
            "test_command": COMMAND,
            "edit": f"median over {SAVES} posts, from saving the page until the server has it",
            "cold": ", ".join(CACHES) + " and __pycache__ absent; packages from the caches of pip, uv and npm",
        },
        "seeds": [],
        "data": {"name": "the posts of this course, each copied under other names"},
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(records.write("site/scale", record, records.RUNS if whole else KEPT))


if __name__ == "__main__":
    main()
