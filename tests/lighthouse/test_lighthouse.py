"""Lighthouse on pages of each make, as on a middling phone: at least 95 in all four categories.

What else a machine does moves the score of one page by several points from run to run; Lighthouse's own advice is the
median of several, here of three. Its slowdown of 4 is that of a phone on a machine of a benchmark index of 1,500 to
2,000; on another it is in proportion, so that the phone stays the same one and a slow machine is not counted twice:
https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md#calibrating-the-cpu-slowdown
"""

import json
import os
import subprocess

import built
import chromium
import pytest

LIGHTHOUSE = built.SITE.parent / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
TURNS = 3
PHONE = 1750 / 4  # the benchmark index of the phone that is emulated


@pytest.fixture(scope="session")
def base():
    """The address of the served site; text is compressed as on any host of static sites."""
    if not (built.SITE / "index.html").exists():
        pytest.exit(built.BUILD_FIRST, returncode=1)
    if not LIGHTHOUSE.exists():
        pytest.exit(f"There is no {LIGHTHOUSE}: run `npm ci`, without --omit=dev.", returncode=1)
    with chromium.served(built.SITE) as address:
        yield address


# Of the posts those that say most of the others: the first, and the two with most on them.
PAGES = [
    "",
    "lessons/02-mnist/",
    "gradflow/02-lstm-gru/",
    "gradflow/03-batchnorm/",
    "reference/notation/",
    "labs/lessons/02-mnist/",
]


def run(address: str, path, slowdown: float = 4) -> dict:
    """One report of Lighthouse, this machine's processor slowed down as many times."""
    command = [
        *(str(LIGHTHOUSE), address, "--quiet", "--output=json", f"--output-path={path}"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--throttling.cpuSlowdownMultiplier={slowdown:.2f}",
        f"--chrome-flags=--headless=new {' '.join(chromium.FLAGS)}",
    ]
    try:
        environment = os.environ | {"CHROME_PATH": chromium.find()}
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert path.exists(), f"Lighthouse did not finish: {done.stderr[-2000:]}"
    return json.loads(path.read_text(encoding="utf-8"))


def score(report: dict, name: str) -> int:
    """The score of a category, of 100."""
    return round(100 * report["categories"][name]["score"])


@pytest.mark.parametrize("page", PAGES)
def test_scores(base, tmp_path, page):
    speeds = [run(base + page, tmp_path / "first.json")["environment"]["benchmarkIndex"]]
    reports = []
    for turn in range(TURNS):  # one reading of the index swings as well
        reports.append(run(base + page, tmp_path / f"{turn}.json", slowdown=sum(speeds) / len(speeds) / PHONE))
        speeds.append(reports[-1]["environment"]["benchmarkIndex"])
    low, lost = [], []
    print(f"/{page}, benchmark index {' '.join(f'{speed:.0f}' for speed in speeds)}:")
    for name in CATEGORIES:
        ranked = sorted(reports, key=lambda report, name=name: score(report, name))
        middle = ranked[TURNS // 2]
        print(f"  {name} {score(middle, name)} ({score(ranked[0], name)} to {score(ranked[-1], name)})")
        if score(middle, name) < LEAST:
            low.append(name)
            lost += [
                f"  {name}: {audit['title']} ({audit.get('displayValue') or 'failed'})"
                for ref in middle["categories"][name]["auditRefs"]
                if ref["weight"] and ((audit := middle["audits"][ref["id"]])["score"] or 0) < 0.9
            ]
    if low:
        pytest.fail(f"/{page} stays below {LEAST} in {', '.join(low)}:\n" + "\n".join(lost), pytrace=False)
