"""Everything that is run here: `nox` checks all, `nox -s serve` builds and serves the site."""

import hashlib
import os
import re
import shlex
import sys
from pathlib import Path

import nox
from nox.virtualenv import UV

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv"
nox.options.sessions = ["check", "lint", "tests", "gates", "pages", "site", "browser"]

ROOT = Path(__file__).parent
COURSE = ROOT / ".nox" / "course"
BIN = COURSE / ("Scripts" if os.name == "nt" else "bin")
os.environ["PATH"] = os.pathsep.join([str(BIN), os.environ["PATH"]])
os.environ |= {
    "PYTHONPATH": "code",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "NO_MKDOCS_2_WARNING": "1",  # MkDocs stays below 2: README.md, "When to move on"
    "SOURCE_DATE_EPOCH": "1735689600",
    "PYTHONDONTWRITEBYTECODE": "",  # where it is set, each process would compile TensorFlow again, for five seconds
}

# What can be tested without a built site; the gates have a site, and a session, of their own.
GATES = ("tests/site/test_gates.py", "tests/site/test_lesson.py")
SOURCES = [f"--ignore={path}" for path in ("tests/built", "tests/browser", "tests/lighthouse", *GATES)]
# One process for each core, and all tests of a file, or of a group, in the same one: what they share is made once.
# `-n 0` behind `--` turns it off.
BY_FILE, BY_GROUP = (("-n", "logical", "--dist", each) for each in ("loadfile", "loadgroup"))

# With a process on each core, threads of NumPy would wait for each other ten times as long as they compute.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}

# Sessions share one environment, so that TensorFlow is installed once: nox makes none of its own for them.
course = nox.session(venv_backend="none")


def prepare(session):
    """Install the pinned sets: Python's once for all sessions, npm's when its lock file changed."""
    if not (COURSE / "pyvenv.cfg").exists():
        session.run(UV, "venv", "--quiet", "--python", sys.executable, str(COURSE), external=True)
    session.run(
        *(UV, "pip", "install", "--quiet", "--python", str(BIN / "python"), "--require-hashes"),
        *("-r", "requirements/course.txt"),
        external=True,
    )


def npm(session, *options):
    """Install the npm packages unless they are those of the lock file already."""
    wanted = hashlib.sha256((ROOT / "package-lock.json").read_bytes() + repr(options).encode()).hexdigest()
    stamp = ROOT / "node_modules" / ".stamp"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        if stamp.parent.is_symlink():
            session.error(f"{stamp.parent} is a link, and npm would empty what it leads to; remove the link")
        session.run("npm", "ci", "--no-progress", *options, silent=True)
        stamp.write_text(wanted, encoding="utf-8")


@course
def check(session):
    """In seconds: what the sources and records lack, and what to do; `-- --mend` writes the dependencies of stages."""
    prepare(session)
    session.run("python", "-m", "coursesite.check", *session.posargs)


@course
def lint(session):
    """Style, types of scripts, spelling, workflows and metadata."""
    prepare(session)
    npm(session, "--omit=dev")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("npx", "--no", "biome", "ci")
    session.run("npx", "--no", "tsc")
    session.run("typos")
    session.run("zizmor", "--offline", "--quiet", ".github")
    workflows = [str(path) for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)


@course
def tests(session):
    """The modules, the records and the sources of the pages."""
    prepare(session)
    npm(session, "--omit=dev")
    whole = () if session.posargs else ("--shapes-complete",)  # every shape that a module states was there in some test
    session.run("pytest", *SOURCES, *BY_FILE, *whole, *session.posargs, env=ONE_THREAD)


@course
def gates(session):
    """Each gate is seen to fail: one thing at a time is broken in a small house."""
    prepare(session)
    npm(session, "--omit=dev")
    session.run("pytest", *GATES, *BY_GROUP, *session.posargs, env=ONE_THREAD)


@course
def pages(session):
    """Every block of every page, examples in docstrings, and breaks of shown lines; or the pages behind `--` alone.

    Lines are broken in what has changed since `nox -s noticed`.
    """
    prepare(session)
    named = any(word.startswith("docs/") for word in session.posargs)
    session.run(
        *("pytest", "-p", "coursesite.run.blocks", "--markdown-docs", "--ignore=docs/labs"),
        *([] if named else ["docs"]),
        *BY_FILE,
        *session.posargs,
        env=ONE_THREAD,
    )
    if not named:
        session.run("pytest", "--doctest-modules", "code/deepcourse", *BY_FILE, env=ONE_THREAD)
        session.run("python", "-m", "coursesite.run.noticed", env=ONE_THREAD)


@course
def site(session):
    """The whole site, labs run, strictly; then every link and anchor of what was built."""
    prepare(session)
    npm(session, "--omit=dev")
    session.run("mkdocs", "build", "--clean", "--strict")
    # What takes longest begins first: pasting every block of every post.
    first = ("tests/built/test_pasted.py", "--no-loadscope-reorder")
    session.run("pytest", *first, "tests/built", *BY_FILE, *session.posargs, env=ONE_THREAD)


@course
def browser(session):
    """The built site in Chromium: accessibility, weight, requests, both schemes and both widths."""
    prepare(session)
    npm(session, "--omit=dev")
    if not (ROOT / "site" / "index.html").exists():
        site(session)
    session.run("pytest", "tests/browser", *BY_GROUP, *session.posargs)


@course
def serve(session):
    """Build the site, labs run, and serve it; pages, mkdocs.yml and code show when they are saved."""
    prepare(session)
    npm(session, "--omit=dev")
    session.run("mkdocs", "serve", "--livereload", *session.posargs)


@course
def train(session):
    """Run the recorded experiments whose record is stale: `nox -s train`, or `nox -s train -- mnist-headline`."""
    prepare(session)
    session.run("python", "-m", "coursesite.check", "--mend")
    session.run("dvc", "repro", *session.posargs)


@course
def lesson(session):
    """Begin a lesson that passes every check from its first minute: `nox -s lesson -- graphs "TensorFlow, a graph"`."""
    prepare(session)
    session.run("python", "tools/lesson.py", *session.posargs)


def benched():
    """The command of each frozen stage that says that `nox -s bench` runs it; nox has no YAML to read dvc.yaml with."""
    text = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
    stages = re.findall(r"^  ([\w-]+):\n((?: {4,}.*\n|\s*\n)+)", text, re.MULTILINE)
    mine = {name: said for name, said in stages if "    frozen: true\n" in said and "`nox -s bench`" in said}
    return {name: re.search(r"^    cmd: (.+)", said, re.MULTILINE)[1] for name, said in mine.items()}


@nox.session
def bench(session):
    """Speed, as ratios within one run, and what needs PyTorch; or one stage of it: `nox -s bench -- gradflow-bench`."""
    session.install("--require-hashes", "-r", "requirements/course.txt", "-r", "requirements/bench.txt")
    # On Linux, Triton and TensorFlow each bring LLVM, and a process that loads both ends. Nothing here needs Triton.
    session.run(UV, "pip", "uninstall", "--quiet", "triton", external=True)
    with_torch = 'importorskip("torch")'  # no other session has PyTorch, and there these tests are skipped
    tested = [path for path in sorted(ROOT.glob("tests/*/runs/*.py")) if with_torch in path.read_text(encoding="utf-8")]
    session.run("pytest", *(path.relative_to(ROOT).as_posix() for path in tested))
    commands = benched()
    for stage in session.posargs or commands:
        session.run(*shlex.split(commands[stage]))
        session.run("dvc", "commit", "--force", stage)  # frozen: `dvc repro` never runs it


@course
def scale(session):
    """How long both commands take for a course of twenty posts, in a copy that is filled up: half an hour."""
    prepare(session)
    session.run("python", "-m", "tools.scale", *session.posargs)
    if not session.posargs:
        session.run("dvc", "commit", "--force", "site-scale")  # frozen: `dvc repro` never runs it


def of_the_site(session, name):
    """Build the site and write a record of what was built; its stage is frozen, so that `dvc repro` never runs it."""
    site(session)
    session.run("python", "-m", f"tools.{name}", env=ONE_THREAD)
    session.run("dvc", "commit", "--force", f"site-{name}")


@course
def search(session):
    """Where the search of the built site finds what readers look for: 25 queries, typed."""
    of_the_site(session, "search")


@course
def pasted(session):
    """Build the site, paste what buttons of changed posts copy, in three ways, and keep that it ran."""
    of_the_site(session, "pasted")


@course
def noticed(session):
    """Break lines of the posts that have changed, and keep how many of these were noticed."""
    prepare(session)
    session.run("python", "-m", "coursesite.run.noticed", "--record", env=ONE_THREAD)
    session.run("dvc", "commit", "--force", "site-noticed")  # frozen: `dvc repro` never runs it


@course
def weight(session):
    """What a first visit of the built pages loads, and what the course takes on a disk."""
    of_the_site(session, "weight")


@course
def lighthouse(session):
    """Lighthouse on the index, three posts, the notation and a lab: at least 95 in all four categories."""
    prepare(session)
    if not (ROOT / "site" / "index.html").exists():
        site(session)
    npm(session)  # after `site`, which leaves Lighthouse out
    session.run("pytest", "tests/lighthouse", *session.posargs)


@nox.session
def canary(session):
    """The tests against the newest releases instead of the pinned ones."""
    groups = [f"--group={group}" for group in ("test", "site", "check")]
    session.install("--upgrade", "--prerelease=allow", ".", *groups)
    npm(session, "--omit=dev")
    session.run("pytest", *SOURCES, *BY_FILE, *session.posargs)
    session.run("pytest", *GATES, *BY_GROUP)


@nox.session(venv_backend="none")
def lock(session):
    """Compile requirements/*.txt from the groups of pyproject.toml, with hashes and without addresses."""
    for name, groups in {"course": ["test", "site", "check"], "bench": ["bench"]}.items():
        constraint = [] if name == "course" else ["--constraint=requirements/course.txt"]
        session.run(
            *(UV, "pip", "compile", "pyproject.toml", *(f"--group={g}" for g in groups), *constraint),
            *("--universal", "--python-version=3.11", "--generate-hashes", "--no-emit-index-url"),
            *("--no-emit-find-links", "--custom-compile-command=nox -s lock", "--quiet"),
            *(f"--output-file=requirements/{name}.txt", *session.posargs),
            external=True,
        )
