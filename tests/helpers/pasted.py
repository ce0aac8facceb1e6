"""What the buttons of posts copy, pasted by processes of their own, and what is on record of it.

A post is pasted again only when what its buttons copy, the code that this imports, the way of pasting or the pinned
packages have changed since runs/site/pasted.json was written, by `nox -s pasted`.
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import built
import paste
from coursesite import imports

ROOT = Path(__file__).parents[2]
RECORD = ROOT / "runs" / "site" / "pasted.json"
PACKAGES = ROOT / "requirements" / "course.txt"
POSTS = ("/lessons/", "/gradflow/")
TIMEOUT = 400  # seconds
PROCESSES = os.cpu_count() or 1


def by_a_stage(button) -> bool:
    """Whether a stage runs the block of this button, with what it needs, and what it printed stands below."""
    below = button.find_parent(class_="highlight").find_next_sibling()
    return below is not None and below.select_one(".printed") is not None


def closed(text: str) -> str:
    """What docs/assets/js/formulas.js makes of it: a body at its end is closed. tests/browser sees that it is so."""
    return text + "\n\n" * text.splitlines()[-1].startswith(" ")


def copied(pages: tuple[built.Page, ...]) -> dict[str, list[dict]]:
    """By post, what its buttons copy, and whether that is there to raise an error."""
    posts = {}
    for page in pages:
        if page.url.startswith(POSTS) and page.url not in POSTS:
            posts[page.url] = []
            for button in page.article.select(":is(.language-python, .language-pycon) > pre > .md-code__button"):
                if by_a_stage(button):
                    continue
                shown = button.find_next_sibling("code").get_text()
                text = closed(button.get("data-clipboard-text") or shown.rstrip())
                posts[page.url].append({"text": text, "raises": paste.RAISES in shown})
    assert all(posts.values()), "a post without a block of Python; is pygments_lang_class set?"
    return posts


def fingerprint(blocks: list[dict]) -> str:
    """What the answer of a post depends on, as a digest."""
    code = ROOT / "code"
    files = imports.closure((file for block in blocks for file in imports.imported(block["text"], code)), code)
    files = sorted(files | {Path(paste.__file__), PACKAGES}, key=lambda path: path.relative_to(ROOT).parts)
    parts = [json.dumps(blocks), *(path.read_text(encoding="utf-8") for path in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def name(url: str) -> str:
    """A post in the record: `02-mnist`."""
    return url.strip("/").rsplit("/", 1)[-1]


def on_record() -> dict[str, str]:
    """The fingerprints that posts had when all that they copy ran in each way."""
    return json.loads(RECORD.read_text(encoding="utf-8"))["settings"]["fingerprints"] if RECORD.exists() else {}


def run(posts: dict[str, list[dict]]) -> dict[str, dict]:
    """Paste posts: by post and way what went wrong, and the CPU seconds. Every second post goes to one process."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        shares = [dict(list(posts.items())[i::PROCESSES]) for i in range(PROCESSES)]
        return {url: ways for done in pool.map(_pasted, filter(None, shares)) for url, ways in done.items()}


def _pasted(posts: dict[str, list[dict]]) -> dict[str, dict]:
    done = subprocess.run(
        [sys.executable, paste.__file__],
        input=json.dumps(posts),
        env=os.environ | {"MPLBACKEND": "agg", "IPYTHONDIR": str(ROOT / ".cache" / "ipython")},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,  # what `tf.function` can't read the source of, it may trace without an end
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def wrong(done: dict[str, dict], way: str) -> list[str]:
    """What went wrong when posts were pasted in one way."""
    return [
        f"{url}, the block {each['block'][:60]!r}:\n    {each['said'].strip()[-600:]}"
        for url, ways in done.items()
        for each in ways[way]["wrong"]
    ]
