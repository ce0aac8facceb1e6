"""What the buttons of a post copy runs where a reader pastes it: at a plain prompt, in IPython, as a script."""

import paste
import pasted
import pytest


@pytest.fixture(scope="module")
def changed(content):
    """What was pasted of the posts that aren't on record as they are."""
    posts, known = pasted.copied(content), pasted.on_record()
    return pasted.run(
        {url: each for url, each in posts.items() if known.get(pasted.name(url)) != pasted.fingerprint(each)}
    )


@pytest.mark.parametrize("way", paste.WAYS)
def test_what_is_copied_of_a_post_runs(changed, way):
    for url, ways in changed.items():
        print(f"{url} {way}: {ways[way]['seconds']:.1f} CPU seconds")
    if wrong := pasted.wrong(changed, way):
        pytest.fail(f"Pasted {way}:\n" + "\n".join(wrong), pytrace=False)
