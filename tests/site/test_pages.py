"""The sources of the site satisfy every check; tests/site/test_check.py shows that each check can fail."""

from pathlib import Path

import pytest
from coursesite.check import CHECKS
from coursesite.check.embedding import notests

ROOT = Path(__file__).parents[2]
# Blocks that are shown and not run; each gives its reason on the line above it. Change the number with the block.
NOT_RUN = 0


@pytest.mark.parametrize("name", CHECKS)
def test_the_pages_pass(name):
    problems = CHECKS[name](ROOT)
    assert not problems, "\n" + "\n".join(problems)


def test_the_blocks_that_are_not_run_are_counted():
    found = notests(ROOT)
    assert len(found) == NOT_RUN, found
