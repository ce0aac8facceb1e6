"""What axe-core finds on a page."""

from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


def findings(tab, axe: str) -> list[str]:
    """What axe-core finds on the page that a tab shows, one line for each element."""
    tab.evaluate(axe)
    found = tab.evaluate("axe.run(document, {resultTypes: ['violations'], elementRef: false})")
    return [
        f"axe {rule['id']} ({rule['help']}): {node['html'][:160]} — {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found["violations"]
        for node in rule["nodes"][:5]
    ]
