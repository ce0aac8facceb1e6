"""What the buttons of a post copy runs where a reader pastes it: at a plain prompt, in IPython, as a script."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paste
import pytest

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


@pytest.fixture(scope="module")
def pasted(content):
    """By post and way: what went wrong, and the CPU seconds; a process for each core, and every second post to one."""
    posts = {}
    for page in content:
        if page.url.startswith(POSTS) and page.url not in POSTS:
            posts[page.url] = []
            for button in page.article.select(":is(.language-python, .language-pycon) > pre > .md-code__button"):
                if by_a_stage(button):
                    continue
                shown = button.find_next_sibling("code").get_text()
                text = closed(button.get("data-clipboard-text") or shown.rstrip())
                posts[page.url].append({"text": text, "raises": paste.RAISES in shown})
    assert all(posts.values()), "a post without a block of Python; is pygments_lang_class set?"
    with ThreadPoolExecutor(PROCESSES) as pool:
        shares = [dict(list(posts.items())[i::PROCESSES]) for i in range(PROCESSES)]
        return {url: ways for done in pool.map(run, filter(None, shares)) for url, ways in done.items()}


def run(posts: dict) -> dict:
    """Paste these posts in a process of its own."""
    done = subprocess.run(
        [sys.executable, paste.__file__],
        input=json.dumps(posts),
        env=os.environ
        | {"MPLBACKEND": "agg", "IPYTHONDIR": str(Path(paste.__file__).parents[2] / ".cache" / "ipython")},
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,  # what `tf.function` can't read the source of, it may trace without an end
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("way", paste.WAYS)
def test_what_is_copied_of_a_post_runs(pasted, way):
    wrong = []
    for url, ways in pasted.items():
        print(f"{url} {way}: {ways[way]['seconds']:.1f} CPU seconds")
        for each in ways[way]["wrong"]:
            wrong.append(f"{url}, the block {each['block'][:60]!r}:\n    {each['said'].strip()[-600:]}")
    if wrong:
        pytest.fail(f"Pasted {way}:\n" + "\n".join(wrong), pytrace=False)
