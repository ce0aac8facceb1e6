"""The copies of KaTeX's stylesheet and faces are those of the version that renders the formulas."""

import pytest
import vendor
from built import fail


def test_the_vendored_katex_is_the_installed_one():
    if not vendor.KATEX.exists():
        pytest.fail(f"There is no {vendor.KATEX}: run `npm ci`.", pytrace=False)
    made = vendor.copies()
    found = [f"{path} differs" for path, data in made.items() if not path.exists() or path.read_bytes() != data]
    found += [f"{path} is none of KaTeX's" for path in set((vendor.ASSETS / "fonts" / "katex").iterdir()) - set(made)]
    fail(found, "Write the copies anew with `python -m tools.vendor`:")
