"""What the stage of the house runs: nothing; its record lies there already."""

from deepcourse.demo import relu  # noqa: F401  a dependency of the stage
