"""A page names its measured numbers, and types none: the digits come from a record, or from a source that it cites."""

import doctest
import itertools
import re
from pathlib import Path

from deepcourse.records import leaves, unit_of
from jinja2 import UndefinedError

from coursesite import reading
from coursesite.build import numbers

UNIT = r"(?:%|per cent|percent|[mnµ]?s|(?:milli|micro|nano)?seconds?|min|minutes?|hours?|h|[kKMGT]i?B|bytes)"
NUMBER = re.compile(
    r"(?<![\w.,§/-])(?:"
    rf"(?P<grouped>\d{{1,3}}(?:[,\u202f]\d{{3}})+(?!\d))"
    rf"|(?P<decimal>\d+\.\d+(?:e-?\d+|[ \u202f]?[×·][ \u202f]?10[⁻⁰¹²³⁴-⁹]+)?(?![\w.]*\d))"
    rf"|(?P<power>\d+e-?\d+\b)"
    rf"|(?P<plain>\d+)(?!\.?\d|[\w])"
    rf")(?P<unit>[\s\u00a0\u202f-]?{UNIT}(?![\w/]))?"
)
# A count, or a number with its unit, in the clothes of code.
DISGUISED = re.compile(
    rf"(?<!`)`(?:\d{{1,3}}(?:[ ,\u202f]?\d{{3}})+|[\d.,]+ ?{UNIT}|[\d.,]+(?=`\s+{UNIT}(?!\w)))`(?!`)"
)
# A number that counts sections, tables or versions, and measures nothing.
ORDINAL = re.compile(
    r"(?:§+|\b(?:sections?|chapters?|tables?|figures?|equations?|versions?|Python|TensorFlow|Keras|MkDocs))\s*$", re.I
)
BOUNDARY = re.compile(r"^[ \t]*(?:[-*+] |\d+\. |\||#|!!!|\?\?\?|===|///|:   |$)", re.MULTILINE)
SENTENCE = re.compile(r"(?<!\bal\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<=[.!?:;])[\"')*_]*\s+(?=\S)")
LOWERED = {raised: plain for plain, raised in numbers.RAISED.items()}
CITATION = re.compile(r"\]\([^)\s]*reference/bibliography\.md#[\w-]+\)")
RESULT = re.compile(r"^result: (.*)$", re.MULTILINE)  # of the front matter
RUNS = re.compile(r"\bruns((?:\.\w+)+)")
WAYS = (
    "name its record ([= runs.… =]), cite its source in the same sentence, item or row, let a pycon block of the page "
    "print it, or write it as `code` or $formula$ if it is set and not measured"
)
CLOTHES = "is no code; name the setting of its record, cite its source, write a $formula$, or say it in words"
# The bibliography is where identifiers stand; what is generated has its numbers from the records.
EXEMPT = ("docs/reference/bibliography.md",)


def typed(root: Path) -> list[str]:
    """The numbers that a page types though they look measured, or are those of a record."""
    problems, recorded = [], _rounded(root)
    for page in reading.markdown_files(root / "docs"):
        place = page.relative_to(root).as_posix()
        if place in EXEMPT:
            continue
        text = page.read_text(encoding="utf-8")
        for match in DISGUISED.finditer(reading.without_fences(text)):
            problems.append(f"{place}:{reading.line_of(text, match.start())}: {match[0]} {CLOTHES}")
        outputs = _outputs(text)
        results = [(match.start(1), reading.prose(match[1])) for match in RESULT.finditer(text)]
        for start, part in [*results, *_parts(reading.prose(text))]:
            cited = CITATION.search(part)
            for match in NUMBER.finditer(reading.blank_all(reading.TARGET, part)):
                number = _comparable(match[0].removesuffix(match["unit"] or ""))
                at = f"{place}:{reading.line_of(text, start + match.start())}: {match[0].strip()!r} is typed"
                if ORDINAL.search(part[: match.start()]):
                    continue
                if name := recorded.get(number):
                    problems.append(f"{at}, and {name} has that value; write [= {name} =]")
                elif _measured(match) and not cited and not _shown(number, outputs):
                    problems.append(f"{at}; {WAYS}")
    return problems


def _measured(match: re.Match) -> bool:
    return bool(match["grouped"] or match["decimal"] or match["power"] or match["unit"])


def _parts(text: str) -> list[tuple[int, str]]:
    """The sentences, list items, table rows and headings of a page, each with its offset."""
    edges = [0, *(match.start() for match in BOUNDARY.finditer(text)), len(text)]
    parts = []
    for start, end in itertools.pairwise(edges):
        part = text[start:end]
        whole = re.match(r"[ \t]*(?:[-*+] |\d+\. |\|)", part)
        cuts = [] if whole else [match.end() for match in SENTENCE.finditer(part)]
        inner = [0, *cuts, len(part)]
        parts += [(start + a, part[a:b]) for a, b in itertools.pairwise(inner)]
    return parts


def _outputs(text: str) -> list[str]:
    """The numbers that the doctests of a page print, as they are written there."""
    shown = []
    for fence in reading.fences(text):
        if fence.language == "pycon" and "notest" not in fence.options:
            for example in doctest.DocTestParser().get_examples(fence.content):
                shown += re.findall(r"\d+\.?\d*(?:e-?\d+)?", example.want.replace(",", ""))
    return shown


def _shown(number: str, outputs: list[str]) -> bool:
    """Whether a number is the rounding of one that a block of the page printed."""
    plain = number.replace(",", "")
    decimals = len(plain.partition(".")[2])
    return "e" not in plain and any(f"{float(output):.{decimals}f}" == plain for output in outputs)


def _rounded(root: Path) -> dict[str, str]:
    """The values of the records as a page would show them, where three digits or more make them recognisable.

    What the site itself weighs is no result of a post: a net of 256 units isn't a page of 256 kB.
    """
    found = {}
    for record, content in numbers.records(root / "runs").items():
        if record.startswith("site/"):
            continue
        for name, value in leaves(content["values"]):
            if isinstance(value, bool) or not isinstance(value, int | float):
                continue
            text = _comparable(numbers.show(value, unit_of(name, content.get("units", {}))))
            digits = re.match(r"-?([\d.]+(?:e-?\d+)?)", text)
            if digits and len(re.sub(r"e.*|\D", "", digits[1]).strip("0")) >= 3:
                found[digits[1]] = f"runs.{record.replace('/', '.')}.{name}"
    return found


def _comparable(number: str) -> str:
    """A number as text, whichever way it is written: without separators, its power of ten as e-9."""
    plain = re.sub("[ \u202f,]", "", number).replace("\u2212", "-")
    return re.sub("[×·]10([⁻⁰¹²³⁴-⁹]+)", lambda match: f"e{match[1].translate(LOWERED)}", plain)


def named(root: Path) -> list[str]:
    """The numbers that a page names and no record has."""
    problems, tree = [], numbers.names(numbers.records(root / "runs"))
    for page in reading.markdown_files(root / "docs"):
        text = page.read_text(encoding="utf-8")
        for macro in reading.MACRO.finditer(reading.without_code(text)):
            for match in RUNS.finditer(macro[0]):
                try:
                    value = tree
                    for name in match[1].lstrip(".").split("."):
                        value = getattr(value, name)
                    str(value)
                except (AttributeError, UndefinedError) as error:
                    line = reading.line_of(text, macro.start() + match.start())
                    problems.append(
                        f"{page.relative_to(root)}:{line}: {match[0]}: {error}; run the stage, or correct the name"
                    )
    return problems
