"""`python -m coursesite.check`: print every problem of the project in the current folder; 1 if there is any."""

import sys
from pathlib import Path

from coursesite.check import CHECKS, ask

problems = list(dict.fromkeys(problem for name in CHECKS for problem in ask(name, Path.cwd())))
print("\n".join(problems) or "Nothing to mend.")
sys.exit(bool(problems))
