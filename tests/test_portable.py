"""What a reader runs, runs on macOS and Windows too: text is UTF-8 by name, and no call is one that only Linux has."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("code", "tools", "docs/labs")
FILES = [ROOT / "noxfile.py", *sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py"))]
PACKED = {"gzip", "bz2", "lzma"}  # their open is for bytes if it isn't told
# Not on macOS or not on Windows. A call behind `hasattr`, or in a `try` that expects AttributeError, is none of these.
ELSEWHERE_MISSING = {
    "os.sched_getaffinity",
    "os.sched_setaffinity",
    "os.sysconf",
    "os.fork",
    "os.forkpty",
    "os.getuid",
    "os.geteuid",
    "os.getloadavg",
    "os.killpg",
    "os.mkfifo",
    "os.nice",
    "os.setsid",
    "os.statvfs",
    "os.symlink",
    "os.uname",
    "signal.SIGKILL",
    "signal.alarm",
    "signal.pause",
    "signal.setitimer",
    "time.clock_settime",
    "time.pthread_getcpuclockid",
}
MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}


def text_without_encoding(tree):
    """The lines that read or write text as the locale has it."""
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
        named = {k.arg: k.value for k in call.keywords}
        if "encoding" in named or None in named:  # None: **options
            continue
        owner = getattr(getattr(call.func, "value", None), "id", "")
        name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
        if name == "read_text":
            text = not call.args
        elif name == "write_text":
            text = len(call.args) < 2
        elif any(getattr(named.get(k), "value", False) is True for k in ("text", "universal_newlines")):
            text = True  # of a process
        elif owner == "Image":
            text = False
        elif name in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile"):
            text = opens_text(call, name, owner, named)
        else:
            text = False
        if text:
            yield call.lineno


def opens_text(call, name, owner, named):
    """Whether a call of some `open` opens text, as far as its mode says."""
    method = isinstance(call.func, ast.Attribute) and owner not in PACKED | {"os", "io", "codecs"}
    place = 0 if method or "Temporary" in name else 1
    mode = named.get("mode") or (call.args[place] if len(call.args) > place else None)
    if mode is None:
        return "Temporary" not in name and owner not in PACKED
    return not isinstance(mode, ast.Constant) or ("t" in mode.value if owner in PACKED else "b" not in mode.value)


def guarded(tree):
    """All nodes that stand where a missing attribute has been thought of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp) and any(
            isinstance(n, ast.Call) and getattr(n.func, "id", "") == "hasattr" for n in ast.walk(node.test)
        ):
            yield from ast.walk(node)
        if isinstance(node, ast.Try) and any(
            getattr(n, "id", "") == "AttributeError"
            for handler in node.handlers
            if handler.type
            for n in ast.walk(handler.type)
        ):
            for statement in node.body:
                yield from ast.walk(statement)


def missing_elsewhere(tree):
    """The lines that use what another system doesn't have."""
    thought_of = set(guarded(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = f"{getattr(node.value, 'id', '')}.{node.attr}"
            bad = (name in ELSEWHERE_MISSING and node not in thought_of) or node.attr == "symlink_to"
        elif isinstance(node, ast.Import):
            bad = MODULES & {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            bad = node.module in MODULES
        elif isinstance(node, ast.Call):
            bad = {"fork", "forkserver"} & {getattr(a, "value", None) for a in node.args if isinstance(a, ast.Constant)}
        else:
            bad = False
        if bad:
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_text_is_read_and_written_as_utf_8_by_name(path):
    lines = list(text_without_encoding(ast.parse(path.read_text(encoding="utf-8"))))
    assert not lines, f"{path.relative_to(ROOT)}, lines {lines}: without encoding="


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_is_called_that_another_system_lacks(path):
    lines = list(missing_elsewhere(ast.parse(path.read_text(encoding="utf-8"))))
    assert not lines, f"{path.relative_to(ROOT)}, lines {lines}: not on macOS or not on Windows"


@pytest.mark.parametrize(
    "line",
    [
        "Path('x').read_text()",
        "path.write_text(text)",
        "path.write_text(text, newline='')",
        "open('x')",
        "open('x', 'w', newline='')",
        "path.open()",
        "path.open('w')",
        "io.open('x')",
        "gzip.open('x', 'rt')",
        "tempfile.NamedTemporaryFile('w')",
        "subprocess.run(['x'], text=True)",
        "subprocess.check_output(['x'], universal_newlines=True)",
        "node(['x.mjs'], input=request, text=True)",
    ],
)
def test_a_text_without_encoding_is_seen(line):
    assert list(text_without_encoding(ast.parse(line))) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "path.read_text('utf-8')",
        "path.write_text(text, encoding='utf-8')",
        "path.read_bytes()",
        "open('x', 'rb')",
        "open('x', encoding='utf-8')",
        "path.open('wb')",
        "gzip.open('x')",
        "tempfile.NamedTemporaryFile()",
        "subprocess.run(['x'], capture_output=True)",
        "Image.open('x.webp')",
        "subprocess.run(['x'], text=True, encoding='utf-8')",
        "subprocess.run(['x'], **options)",
    ],
)
def test_bytes_and_named_encodings_are_let_through(line):
    assert not list(text_without_encoding(ast.parse(line)))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("len(os.sched_getaffinity(0))", True),
        ("if hasattr(os, 'sched_getaffinity'):\n    len(os.sched_getaffinity(0))", False),
        ("try:\n    os.sysconf('SC_PHYS_PAGES')\nexcept (AttributeError, ValueError):\n    pass", False),
        ("try:\n    os.sysconf('SC_PHYS_PAGES')\nexcept ValueError:\n    pass", True),
        ("import resource", True),
        ("from fcntl import flock", True),
        ("link.symlink_to(target)", True),
        ("multiprocessing.get_context('fork')", True),
        ("multiprocessing.get_context('spawn')", False),
        ("os.kill(pid, signal.SIGKILL)", True),
        ("os.kill(pid, signal.SIGTERM)", False),
    ],
)
def test_a_call_that_only_some_systems_have_is_seen_unless_that_is_thought_of(code, found):
    assert bool(list(missing_elsewhere(ast.parse(code)))) == found
