"""A table as a grid: which cell stands at which row and column once `colspan` and `rowspan` are followed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from bookpost.dom import Element

MAX_COLUMNS = 60
"""A `colspan` reaches no further; HTML allows 1,000, and empty columns tell nobody anything."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the grid: its cell, and whether the cell begins here (else it reaches here by its spans)."""

    cell: Element
    first: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its element, whether it is part of the head, and its places by column."""

    element: Element
    head: bool
    slots: dict[int, Slot] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table in reading order (head, bodies, foot) and the number of columns."""

    rows: tuple[Row, ...]
    columns: int

    @property
    def head(self) -> tuple[Row, ...]:
        """The rows of the head."""
        return tuple(row for row in self.rows if row.head)

    @property
    def body(self) -> tuple[Row, ...]:
        """All other rows."""
        return tuple(row for row in self.rows if not row.head)


def grid_of(table: Element) -> Grid:
    """The grid of a `table`; spans end with their row group (HTML, "Forming a table")."""
    rows = [row for group in _groups(table) for row in _group_rows(group)]
    columns = max((max(row.slots, default=-1) + 1 for row in rows), default=0)
    return Grid(tuple(rows), columns)


def _groups(table: Element) -> Iterator[list[Element]]:
    foot: list[list[Element]] = []
    for child in table:
        if child.tag == "tfoot":
            foot.append(list(child.iterchildren("tr")))
        elif child.tag in ("thead", "tbody"):
            yield list(child.iterchildren("tr"))
        elif child.tag == "tr":
            yield [child]
    yield from foot


def _group_rows(group: list[Element]) -> Iterator[Row]:
    hanging: dict[int, tuple[Element, int]] = {}
    for element in group:
        parent = element.getparent()
        slots = {column: Slot(cell, False) for column, (cell, _) in hanging.items()}
        hanging = {column: (cell, rows - 1) for column, (cell, rows) in hanging.items() if rows > 1}
        column = 0
        for cell in element.iterchildren("td", "th"):
            while column in slots:
                column += 1
            width, height = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(min(width, max(1, MAX_COLUMNS - column))):
                slots.setdefault(column + offset, Slot(cell, offset == 0))
                if height > 1:
                    hanging.setdefault(column + offset, (cell, height - 1))
            column += 1
        yield Row(element, parent is not None and parent.tag == "thead", dict(sorted(slots.items())))


def _span(cell: Element, name: str) -> int:
    value = cell.get(name) or "1"
    return min(int(value), 65_534) if value.isascii() and value.isdigit() and int(value) > 0 else 1
