"""What a run of the tests says about its cost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
WORK = "def test_work():\n    assert sum(i * i for i in range(3_000_000)) > 0\n"


@pytest.mark.parametrize(
    ("workers", "budget", "says"), [("0", "30", " of 60"), ("2", "0.01", " of 0.02: over, see --durations=20")]
)
def test_a_lesson_has_a_budget_for_each_of_its_posts(tmp_path, workers, budget, says):
    conftest = (TESTS / "conftest.py").read_text(encoding="utf-8").replace("BUDGET = 30", f"BUDGET = {budget}")
    files = {"tests/conftest.py": conftest, "tests/graphs/test_work.py": WORK, "tests/test_other.py": WORK}
    files |= {f"docs/lessons/0{number}-graphs.md": "---\nslug: graphs\n---\n" for number in (1, 2)}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:hydra_pytest", "-n", workers, "tests"],
        cwd=tmp_path,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.partition("CPU seconds")[2].splitlines()[1:3]]
    assert all(float(seconds) > 0 for seconds, _ in lines), done.stdout
    assert sorted(said for _, said in lines) == [f"graphs{says}", "test_other.py"]
