"""The examples in the docstrings of the machinery are right; those of the course itself run with its pages."""

import doctest
import importlib
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "code"
WITH_EXAMPLES = [
    ".".join(path.relative_to(CODE).with_suffix("").parts)
    for path in sorted((CODE / "coursesite").rglob("*.py"))
    if "\n    >>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_are_right(name):
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert tried
    assert not failed
