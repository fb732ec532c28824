"""docs/reference/findings.md lists every code there is, and none that is not."""

import re
from pathlib import Path

from faults import FAULTS, UNREPAIRED

_ROOT = Path(__file__).parents[4]
_CODE = re.compile(r"\b[ENW]-[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\b")


def documented() -> dict[str, str]:
    """Code → what the table says of its repair."""
    rows = (row.split("|") for row in (_ROOT / "docs/reference/findings.md").read_text("utf-8").splitlines() if row.startswith("| `"))
    table = [(row[1].strip(" `"), row[3].strip()) for row in rows]
    assert len(table) == len(dict(table)), "a code stands twice"
    return dict(table)


def test_the_reference_is_complete_both_ways() -> None:
    used = {code for path in (_ROOT / "src").rglob("*.py") for code in re.findall(r'"([ENW]-[A-Z0-9-]+)"', path.read_text("utf-8"))}
    assert used == set(documented())


def test_what_the_reference_calls_repairable_is() -> None:
    """The ticks agree with the faults that test_repair mends."""
    table = documented()
    mended = {code for faults in FAULTS.values() for code, _ in faults} - UNREPAIRED
    assert {code for code in mended if not table[code]} == set()
    assert {code for code in UNREPAIRED if table[code] == "✓"} <= {"E-PICTURE-FORMAT"}


def test_every_code_in_the_page_is_a_row() -> None:
    """No code is mentioned that the tables do not explain."""
    assert set(_CODE.findall((_ROOT / "docs/reference/findings.md").read_text("utf-8"))) <= set(documented())
