"""The package `deepcourse` as a wheel beside the notebooks, which install it from there: a site is complete by itself.

The backend that pyproject.toml names packs it, from a copy, since it leaves files where it works. Every file in it has
one date and one mode, so that the same sources give the same bytes.
"""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from coursesite.build.maths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = f"{PROJECT['name']}-{PROJECT['version']}-py3-none-any.whl"
DATE = "1735689600"  # a ZIP has no time before 1980, and needs one
PACK = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def sources() -> list[Path]:
    """What the wheel is made of."""
    about = [ROOT / name for name in ("pyproject.toml", PROJECT.get("readme", ""), *PROJECT.get("license-files", []))]
    modules = sorted((ROOT / "code" / PROJECT["name"]).rglob("*.py"))
    return [path for path in (*about, *modules) if path.is_file()]


def made() -> bytes:
    """The wheel; packed again only if one of its sources changed."""
    return _made(tuple((path, path.stat().st_mtime_ns) for path in sources()))


@functools.lru_cache(maxsize=1)
def _made(files: tuple) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for path, _ in files:
            copy = Path(folder) / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            copy.chmod(0o644)
        environment = os.environ | {"SOURCE_DATE_EPOCH": DATE}
        command = [sys.executable, "-c", PACK, "out"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise RuntimeError(f"{NAME} can't be packed:\n{done.stderr}")
        return (Path(folder) / "out" / NAME).read_bytes()
