"""Text is read and written as UTF-8, by name: a locale that says otherwise, as on Windows, changes nothing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "code").rglob("*.py"), *(ROOT / "tools").rglob("*.py"), ROOT / "noxfile.py"])
LOCALE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
PLACE = {"open": 3, "read_text": 0, "write_text": 1}  # where `encoding` stands among the arguments


def unnamed(tree: ast.AST):
    """The calls that leave it to the locale how text becomes bytes."""
    for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        named = {word.arg: word.value for word in call.keywords}
        if "encoding" in named:
            continue
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in {
            "Image",
            "gzip",
            "tarfile",
            "zipfile",
        }:
            continue  # not files of text
        path = name == "open" and isinstance(call.func, ast.Attribute)  # `path.open(mode)`
        mode = named.get("mode") or next(iter(call.args[0 if path else 1 :]), None)
        binary = isinstance(mode, ast.Constant) and "b" in str(mode.value)
        if name in PLACE and not (name == "open" and binary) and len(call.args) <= PLACE[name] - path:
            yield call.lineno, f"{name}() without an encoding"
        if named.keys() & {"text", "universal_newlines"}:
            yield call.lineno, f'{name}(text=True): say encoding="utf-8" instead'


def test_every_text_names_its_encoding():
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {what}"
        for path in SOURCES
        for line, what in unnamed(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


def test_a_call_without_an_encoding_is_seen():
    bad = [
        "open('x')",
        "open('x', 'w')",
        "p.open()",
        "p.open('a')",
        "p.read_text()",
        "p.write_text('é')",
        "f(text=True)",
    ]
    good = ["open('x', 'rb')", "p.open('rb')", "p.read_text('utf-8')", "p.write_text('é', 'utf-8')", "Image.open(p)"]
    good += ["open('x', encoding='utf-8')", "f(text=True, encoding='utf-8')", "p.read_bytes()"]
    assert [call for call in bad if not list(unnamed(ast.parse(call)))] == []
    assert [call for call in good if list(unnamed(ast.parse(call)))] == []


def test_a_formula_is_the_same_in_every_locale(tmp_path):
    code = (
        "import sys; from pathlib import Path; from coursesite.build import maths; maths.CACHE = Path(sys.argv[1]); "
        r"print(ascii(maths.render([('\\sigma - \\text{\xe9}', False)])))"
    )
    made = {}
    for name, locale in {"C": LOCALE, "UTF-8": {"PYTHONUTF8": "1"}}.items():
        command = [sys.executable, "-c", code, str(tmp_path / name)]
        done = subprocess.run(
            command, env=os.environ | locale | {"PYTHONPATH": "code"}, cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        made[name] = done.stdout
    assert made["C"] == made["UTF-8"]
    assert rb"\u03c3" in made["C"]
    assert rb"\u2212" in made["C"]
