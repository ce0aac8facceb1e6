"""Every record is what the code, the data and the command of its stage say, and nobody edited it."""

from pathlib import Path

from coursesite.check import stale

ROOT = Path(__file__).parents[1]


def test_no_record_is_stale_or_edited_by_hand():
    problems = stale.stale(ROOT)
    assert not problems, "\n" + "\n".join(problems)


def test_every_record_has_a_stage():
    problems = stale.stageless(ROOT)
    assert not problems, "\n" + "\n".join(problems)
