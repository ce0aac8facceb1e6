"""What a saved drawing says, for the tests of figures."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def words(path: Path) -> dict:
    """Title and text of a drawing, and its labels in their order; thin spaces are plain ones."""
    root = ET.fromstring(path.read_text(encoding="utf-8").replace("\u202f", " "))
    found = {part: root.find(f"{SVG}{part}").text for part in ("title", "desc")}
    labels = (" ".join("".join(e.itertext()).split()) for e in root.iter(f"{SVG}text"))
    return found | {"labels": list(labels)}


def ids(path: Path) -> list[str]:
    """Every id of a drawing."""
    return re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8"))
