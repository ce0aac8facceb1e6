"""All that the buttons of posts copy, pasted into Python in three ways. `python -m tools.pasted`.

The site has to be built. A post that is on record as it is keeps its row; the others are pasted at a plain prompt, in
IPython and as a script. Unless each block runs, nothing is written. The record is runs/site/pasted.json.
"""

import json
import sys
from pathlib import Path

from deepcourse import records

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "helpers"))

import built  # noqa: E402 - a helper of the tests
import paste  # noqa: E402 - a helper of the tests
import pasted  # noqa: E402 - a helper of the tests


def main() -> int:
    """Paste what has changed, and write the record."""
    posts = pasted.copied(built.read(built.SITE))
    before = json.loads(pasted.RECORD.read_text(encoding="utf-8")) if pasted.RECORD.exists() else {}
    known, prints = pasted.on_record(), {url: pasted.fingerprint(each) for url, each in posts.items()}
    done = pasted.run({url: each for url, each in posts.items() if known.get(pasted.name(url)) != prints[url]})
    if wrong := [f"Pasted {way}: {each}" for way in paste.WAYS for each in pasted.wrong(done, way)]:
        print("\n".join(wrong))
        return 1
    values = {}
    for url, each in posts.items():
        if url in done:
            seconds = {way.replace(" ", "_"): round(done[url][way]["seconds"], 1) for way in paste.WAYS}
            values[pasted.name(url)] = {"blocks": len(each), "cpu_seconds": seconds}
        else:
            values[pasted.name(url)] = before["values"][pasted.name(url)]
    record = {
        "command": "python -m tools.pasted",
        "values": values,
        "units": {"blocks": "count", **{f"{way.replace(' ', '_')}": "s" for way in paste.WAYS}},
        "settings": {"fingerprints": {pasted.name(url): each for url, each in prints.items()}},
        "seeds": [],
        "data": {"name": "the built site"},
    }
    print(records.write("site/pasted", record))
    return 0


if __name__ == "__main__":
    sys.exit(main())
