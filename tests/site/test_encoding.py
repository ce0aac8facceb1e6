"""A formula is the same in every locale; that text is UTF-8 by name is tests/test_portable.py's to ask."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCALE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}


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
