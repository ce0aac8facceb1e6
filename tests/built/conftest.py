"""The pages that all checks of this folder look at."""

import built
import pytest


@pytest.fixture(scope="session")
def pages() -> tuple[built.Page, ...]:
    """All pages of the site that was built last."""
    if not (built.SITE / "index.html").exists():
        pytest.exit(built.BUILD_FIRST, returncode=1)
    return built.read(built.SITE)


@pytest.fixture(scope="session")
def content(pages) -> tuple[built.Page, ...]:
    """The pages that somebody wrote: all but the one for a wrong address."""
    return tuple(page for page in pages if page.url != "/404.html")
