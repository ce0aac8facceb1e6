"""`python -m coursesite.check`: print every problem of the project in the current folder; 1 if there is any."""

import sys
from pathlib import Path

from coursesite.check import CHECKS

problems = [problem for check in CHECKS.values() for problem in check(Path.cwd())]
print("\n".join(problems) or "Nothing to mend.")
sys.exit(bool(problems))
