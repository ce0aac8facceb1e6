"""What the pages show and don't run is counted; what else they must satisfy, `nox -s check` says."""

from pathlib import Path

from coursesite.check.embedding import notests

ROOT = Path(__file__).parents[2]
# Blocks that are shown and not run; each gives its reason on the line above it. Change the number with the block.
NOT_RUN = 2


def test_the_blocks_that_are_not_run_are_counted():
    found = notests(ROOT)
    assert len(found) == NOT_RUN, found
