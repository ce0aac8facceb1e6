"""Python-Markdown extension: modules come as a page shows them, and what it leaves out is one click away."""

import re
from pathlib import Path

from markdown import Extension
from markdown.preprocessors import Preprocessor
from pymdownx.snippets import SnippetExtension

from coursesite import listing, reading

REASON = re.compile(r"<!-- notest: .* -->")
NOTEST = re.compile(r"^(\s*```(?:python|pycon)) notest$")  # a word for the tests alone
EMBED = re.compile(r'^\s*--8<-- "(?P<path>deepcourse/[\w/]+)\.py:')


class _Docstrings(Preprocessor):
    """Below a block that embeds modules, a link to each function of which it shows less than all."""

    def __init__(self, md, whole):
        super().__init__(md)
        self.whole = whole

    def links(self, line: str) -> list[str]:
        """What a line embeds, as Markdown links that the plugin of the reference resolves."""
        if not (found := EMBED.match(line)):
            return []
        module = found["path"].replace("/", ".")
        text = next(Path(base, f"{found['path']}.py") for base in self.whole.base_path).read_text(encoding="utf-8")
        names = listing.shortened("\n".join(self.whole.run([line.strip()])), listing.checks(text))
        return [f"[`{name}`][{module}.{name}]" for name in names]

    def run(self, lines):
        made, links = [], []
        inside = [*reading.in_fences(lines), False]
        for number, line in enumerate(lines):
            made.append("" if REASON.fullmatch(line.strip()) else NOTEST.sub(r"\1", line))
            links += self.links(line) if inside[number] else []
            if links and inside[number] and not inside[number + 1]:
                indent = line[: len(line) - len(line.lstrip())]
                made += [
                    "",
                    f"{indent}In full: {', '.join(links)}",
                    f"{indent}{{: .docstrings }}",
                    "",
                ]
                links = []
        return made


class ListingsExtension(Extension):
    """Registers both; it stands behind `pymdownx.snippets`, whose options it takes and in whose place it reads."""

    def extendMarkdown(self, md):  # noqa: N802 - the name is Python-Markdown's
        """Add the processors to `md`."""
        options = next(each for each in md.registeredExtensions if isinstance(each, SnippetExtension)).getConfigs()
        md.preprocessors.register(_Docstrings(md, md.preprocessors["snippet"]), "coursesite-docstrings", 33)
        md.preprocessors.register(listing.Sections(options, md), "snippet", 32)


def makeExtension(**kwargs):  # noqa: N802 - the name is Python-Markdown's
    """Entry point that Python-Markdown looks for."""
    return ListingsExtension(**kwargs)
