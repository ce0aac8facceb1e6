"""What a noisy bowl expects; all else is refused by name."""

from deepcourse.gradflow import expect
from deepcourse.training.check_step import check_number


def check_settles(rate, curvature):
    """Refuse a rate at which nothing settles.

    Args:
        rate: of learning.
        curvature: of the bowl.

    Raises:
        ValueError: Their product isn't between 0 and 2.
    """
    rate = check_number("rate", rate)
    curvature = check_number("curvature", curvature)
    if not 0 < rate * curvature < 2:
        got = rate * curvature
        expect.refuse("rate * curvature", got, "between 0 and 2")
