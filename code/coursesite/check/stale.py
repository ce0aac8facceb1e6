"""Which records no longer fit the code, data and command of their stage, or were edited by hand.

`dvc status` knows; here its answer says where and what to do. `python -m coursesite.check.stale` prints all problems.
"""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from coursesite.build import numbers

# Speeds are compared by `nox -s bench`, in an environment of its own.
WITHOUT_STAGE = ("bench/",)


def stale(root: Path) -> list[str]:
    """The stages whose code, data or command changed after their run, and the files that their run didn't write."""
    done = subprocess.run(
        [sys.executable, "-m", "dvc", "status", "--json"], cwd=root, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"dvc did not run: {done.stderr.strip()}")
    problems = []
    for stage, changes in json.loads(done.stdout).items():
        again = f"run it again with `nox -s train -- {stage}`"
        for change in changes:
            kind, paths = next(iter(change.items())) if isinstance(change, dict) else (change, {})
            if kind == "changed outs":
                problems += [
                    f"{path}:1: {state} since its run; {again}, or bring it back with `git checkout -- {path}`"
                    for path, state in paths.items()
                ]
            else:
                what = ", ".join(f"{path} {state}" for path, state in paths.items()) or "its command"
                problems.append(
                    f"dvc.yaml:{_line(root, stage)}: the stage {stage} is stale ({kind}: {what}); {again}, or accept "
                    f"with `dvc commit {stage}` what can't alter a number"
                )
    return problems


def _line(root: Path, stage: str) -> int:
    lines = (root / "dvc.yaml").read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.strip() == f"{stage}:"), 1)


def stageless(root: Path) -> list[str]:
    """The records that no stage writes: nobody would notice when they are stale."""
    stages = yaml.safe_load((root / "dvc.yaml").read_text(encoding="utf-8"))["stages"].values()
    written = {
        path for stage in stages for out in stage.get("outs", []) for path in ([out] if isinstance(out, str) else out)
    }
    return [
        f"runs/{name}.json:1: no stage of dvc.yaml writes it; add it to the outs of one"
        for name in numbers.records(root / "runs")
        if f"runs/{name}.json" not in written and not name.startswith(WITHOUT_STAGE)
    ]


def main() -> int:
    """Print every problem of the records in the current folder; 1 if there is any."""
    problems = stale(Path.cwd()) + stageless(Path.cwd())
    print("\n".join(problems) or "Every record fits its stage.")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
