"""Begin a lesson, or a part of one that is there: `nox -s lesson -- recurrent "Title"`, `… -- recurrent-ntm "Title"`.

Every file below tools/lesson/ is written to its place with the lesson's names filled in: small, but real, so that it
passes every check before a word of it is rewritten. Then its stages run, and `nox` is green.
"""

import re
import subprocess
import sys
from pathlib import Path

from coursesite.check import stages

TEMPLATES = Path(__file__).with_name("lesson")
# In the order of the lessons.
SLUGS = ("graphs", "mnist", "training", "convolution", "recurrent", "sentences", "yolo", "batchnorm", "shortcuts")
SLUGS += ("captions", "dcgan")
TITLE = re.compile(r"\w[\w ,.()'’–&+/?!-]*")
# Where mkdocs.yml lists posts, labs and API pages; the group says where a new one stands among them.
NAV = {
    r" *- lessons/(\d\d-\S+)\.md": "- lessons/STEM.md",
    r" *- labs/lessons/(\d\d-\S+)\.py": "- labs/lessons/STEM.py",
    r" *- Lesson (\d+, \S+): .*": "- Lesson NUMBER, PAGE: reference/code/PAGE.md",
}


class RefusedError(Exception):
    """Why nothing was written."""


def names(name: str, title: str, root: Path) -> dict[str, str]:
    """What the templates' words in capitals stand for.

    Raises:
        RefusedError: there is no such lesson in the course, it has begun already, or its title would break a file.
    """
    slug, _, part = name.partition("-")
    if slug not in SLUGS or not re.fullmatch(r"[a-z]+(-[a-z][a-z0-9]*)*", name):
        raise RefusedError(
            f"slug: got {name!r}, expected one of {', '.join(SLUGS)}, or a part of one, such as graphs-eager"
        )
    if not TITLE.fullmatch(title):
        raise RefusedError(f"title: got {title!r}, expected words and no more than commas, brackets and dashes")
    begun = (root / "code" / "deepcourse" / slug).exists()
    if begun and not part:
        raise RefusedError(f"slug: got {name!r}, which is there: code/deepcourse/{slug}; a part of it is {slug}-name")
    if part and not begun:
        raise RefusedError(f"slug: got {name!r}, a part of a lesson that isn't there; begin with {slug}")
    number, post = SLUGS.index(slug) + 1, part.replace("-", "_")
    return {
        **{"SLUG": slug, "TITLE": title, "NUMBER": str(number), "STEM": f"{number:02}-{name}", "PAGE": name},
        **{"STAGE": name, "POST": post or slug, "MODULE": post or "square", "RECORD": post or "steps"},
        "FIGURE": part or "error",
    }


def fill(text: str, named: dict[str, str]) -> str:
    """A template, or its path, with a lesson's names in it."""
    return re.sub(rf"(?<![A-Z])(?:{'|'.join(named)})(?![A-Z])", lambda match: named[match[0]], text)


def plan(named: dict[str, str], root: Path) -> dict[Path, str]:
    """The files to write, and their texts; an `__init__.py` that is there stays.

    Raises:
        RefusedError: another file is there already.
    """
    files = {}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".md"):
            target = root / fill(path.relative_to(TEMPLATES).as_posix(), named)
            if not target.exists():
                files[target] = fill(path.read_text(encoding="utf-8"), named)
            elif target.name != "__init__.py":
                raise RefusedError(f"{target.relative_to(root)} is there already; take another name, or delete it")
    files[root / "mkdocs.yml"] = listed((root / "mkdocs.yml").read_text(encoding="utf-8"), named)
    files[root / "dvc.yaml"] = staged((root / "dvc.yaml").read_text(encoding="utf-8"), named)
    return files


def listed(text: str, named: dict[str, str]) -> str:
    """mkdocs.yml with the lesson in its nav, in the order of the lessons."""
    for pattern, template in NAV.items():
        line, lines = fill(template, named), text.split("\n")
        there = {i: match for i, each in enumerate(lines) if (match := re.fullmatch(pattern, each))}
        own, indent = order(re.fullmatch(pattern, line)[1]), lines[max(there)].split("-")[0]
        lines.insert(next((i for i, each in there.items() if order(each[1]) > own), max(there) + 1), indent + line)
        text = "\n".join(lines)
    return text


def order(name: str) -> list:
    """How what begins with a lesson's number is sorted."""
    return [int(name[:2].strip(",")), name]


def staged(text: str, named: dict[str, str]) -> str:
    """dvc.yaml with the lesson's stages at its end, but for those that it has."""
    there = set(re.findall(r"^  (\S+):$", text, re.MULTILINE))
    added = re.findall(
        r"^  \S+:\n(?:    .*\n)+", fill((TEMPLATES / "stages.yaml").read_text(encoding="utf-8"), named), re.M
    )
    return text.rstrip("\n") + "\n" + "".join(each for each in added if each.split(":")[0].strip() not in there)


def main(arguments: list[str], root: Path) -> int:
    """Write the lesson and run its stages."""
    try:
        if len(arguments) != 2:
            raise RefusedError(
                'got other than a slug and a title; write: nox -s lesson -- graphs "TensorFlow, a graph"'
            )
        named = names(*arguments, root)
        files = plan(named, root)
    except RefusedError as error:
        print(f"Nothing was written. {error}")
        return 1
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    written = [path.relative_to(root).as_posix() for path in files]
    python = [name for name in written if name.endswith(".py")]
    for tool in (("ruff", "check", "--fix", "--quiet"), ("ruff", "format", "--quiet")):
        subprocess.run([sys.executable, "-m", *tool, *python], cwd=root, check=True)
    stages.mend(root)
    run = [fill(name, named) for name in ("STAGE-RECORD", "STAGE-figures", "equations-SLUG")]
    done = subprocess.run([sys.executable, "-m", "dvc", "repro", *run], cwd=root, check=False)
    print(
        "\n".join(
            ["", *written, "", f"Written, a draft. Now rewrite docs/lessons/{named['STEM']}.md and what it shows."]
        )
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path.cwd()))
