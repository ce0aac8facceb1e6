"""`python -m coursesite.check`: print every problem of the project in the current folder; 1 if there is any.

With `--mend`, correct what follows from the sources, the dependencies of each stage in dvc.yaml, and do no more: a run
begins so, while the record that it will write is still missing.
"""

import sys
from pathlib import Path

from coursesite.check import CHECKS, ask, stages

if "--mend" in sys.argv:
    print("\n".join(f"dvc.yaml: corrected {name}" for name in stages.mend(Path.cwd())) or "Nothing was corrected.")
    sys.exit()
problems = list(dict.fromkeys(problem for name in CHECKS for problem in ask(name, Path.cwd())))
print("\n".join(problems) or "Nothing to mend.")
sys.exit(bool(problems))
