"""Hypothesis draws the same examples in every run, and a run says what each folder of tests costs."""

import gc
import os
import re
from collections import Counter
from pathlib import Path

import hypothesis
import pytest

# Before TensorFlow is imported: arrays of tests are small, and threads that wait for each other cost time of their own.
os.environ |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"} | os.environ

hypothesis.settings.register_profile("course", derandomize=True, deadline=None, max_examples=25, database=None)
hypothesis.settings.load_profile("course")

TESTS = Path(__file__).parent
BUDGET = 30  # CPU seconds that the tests of one post may take
SLUG = re.compile(r"^slug: *([a-z0-9-]+) *$", re.MULTILINE)
clock = {"last": 0.0}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Note the CPU seconds since the last report: this process's, and those of the processes that it waited for."""
    report, now = (yield), sum(os.times()[:4])
    report.cpu, clock["last"] = now - clock["last"], now
    return report


def pytest_collection_finish():
    """What came before the first test is no test's: imports, and the reading of all files. None of it is garbage."""
    gc.freeze()
    clock["last"] = sum(os.times()[:4])


def pytest_terminal_summary(terminalreporter):
    """The CPU seconds of each folder; `--durations` shows which tests they are."""
    spent = Counter()
    for report in [each for reports in terminalreporter.stats.values() for each in reports if hasattr(each, "cpu")]:
        spent[re.split("/|::", report.nodeid.removeprefix("tests/"))[0]] += report.cpu
    pages = [page.read_text(encoding="utf-8") for page in TESTS.with_name("docs").glob("*/*.md")]
    posts = Counter(slug for page in pages for slug in SLUG.findall(page))
    terminalreporter.ensure_newline()
    terminalreporter.section("CPU seconds", sep="-")
    for folder, seconds in spent.most_common():
        allowed = BUDGET * posts[folder]
        over = f" of {allowed}: over, see --durations=20" if seconds > allowed else f" of {allowed}"
        terminalreporter.write_line(f"{seconds:7.1f} {folder}{over if allowed else ''}")
