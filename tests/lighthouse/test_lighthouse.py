"""Lighthouse on pages of each make, as on a middling phone: at least 95 in all four categories."""

import json
import os
import subprocess

import built
import chromium
import pytest

LIGHTHOUSE = built.SITE.parent / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95


@pytest.fixture(scope="session")
def base():
    """The address of the served site; text is compressed as on any host of static sites."""
    if not (built.SITE / "index.html").exists():
        pytest.exit(built.BUILD_FIRST, returncode=1)
    if not LIGHTHOUSE.exists():
        pytest.exit(f"There is no {LIGHTHOUSE}: run `npm ci`, without --omit=dev.", returncode=1)
    with chromium.served(built.SITE) as address:
        yield address


# Of the posts the two that say most of the others: the first, and the one with most on it.
PAGES = ["", "lessons/02-mnist/", "gradflow/03-batchnorm/", "reference/notation/", "labs/lessons/02-mnist/"]


@pytest.mark.parametrize("page", PAGES)
def test_scores(base, tmp_path, page):
    report = tmp_path / "report.json"
    command = [
        *(str(LIGHTHOUSE), base + page, "--quiet", "--output=json", f"--output-path={report}"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags=--headless=new {' '.join(chromium.FLAGS)}",
    ]
    try:
        environment = os.environ | {"CHROME_PATH": chromium.find()}
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert report.exists(), f"Lighthouse did not finish: {done.stderr[-2000:]}"
    found = json.loads(report.read_text(encoding="utf-8"))
    scores = {name: round(100 * found["categories"][name]["score"]) for name in CATEGORIES}
    print(f"/{page}:", ", ".join(f"{name} {score}" for name, score in scores.items()))
    low = [name for name, score in scores.items() if score < LEAST]
    lost = [
        f"  {name}: {audit['title']} ({audit.get('displayValue') or 'failed'})"
        for name in low
        for ref in found["categories"][name]["auditRefs"]
        if ref["weight"] and ((audit := found["audits"][ref["id"]])["score"] or 0) < 0.9
    ]
    if low:
        pytest.fail(f"/{page} stays below {LEAST} in {', '.join(low)}:\n" + "\n".join(lost), pytrace=False)
