"""Tables that an e-reader can hold: too wide ones become labelled lists, too long ones several tables, figures stand right.

No cell is lost: a list says each value with the label of its column.
"""

import re
from copy import deepcopy
from itertools import chain

from bookpost.convert.grid import Grid, Row, grid_of
from bookpost.convert.records import append_text, as_records
from bookpost.convert.words import Words
from bookpost.dom import Element, elements, replace, text_of

MAX_ROWS = 99
"""Amazon's Kindle Publishing Guidelines: fewer than 100 rows in a table."""
_LETTERS = 13
"""Letters of table text in a column as wide as `columns` are counted."""
_TALL = 14
"""Lines of a cell from which a table reads better as a list."""
_NUMBER = re.compile(
    r"[\s(~≈<>≤≥±]*+(?:[€$£¥₹₽₪]|[A-Z]{3}\s)?+\s*+[+−–-]?+\d[\d\s.,'’–٫٬]*+"
    r"(?:[a-zA-Zµ°/]{1,4}+[²³]?+(?![a-zA-Z]))?+(?:[\s%‰°€$£¥₹₽₪×)*†‡]|\[\d{1,3}\])*+"
)
"""An amount with its currency, unit, per cent and marks of notes; possessive, since hostile cells would make it backtrack."""
_NOTHING = re.compile(r"[\s–—−-]*|n/?a|\?+|\.\.\.|…", re.IGNORECASE)


def set_tables(body: Element, *, columns: int, words: Words, split: bool) -> None:
    """Make every table below `body` fit, in place.

    `columns` is how many columns can be read on the page; `split` cuts tables of 100 rows and more.
    """
    for table in elements(body, "table"):
        _promote_head(table)
        grid = grid_of(table)
        _mark_numbers(grid)
        if _too_wide(grid, columns):
            replace(table, as_records(table, grid))
        elif split and len(grid.rows) > MAX_ROWS:
            _split(table, grid, words)


def _promote_head(table: Element) -> None:
    """A first row of nothing but `th` is the table's head."""
    first = next(table.iter("tr"), None)
    if first is None or table.find("thead") is not None or len(table.findall(".//tr")) < 2:
        return
    cells = list(first)
    if len(cells) < 2 or any(cell.tag != "th" or cell.get("rowspan", "1") != "1" for cell in cells):
        return
    head = table.makeelement("thead")
    body = first.getparent()
    head.append(first)
    caption = table.find("caption")
    table.insert(0 if caption is None else table.index(caption) + 1, head)
    if body is not None and body is not table and not len(body):
        table.remove(body)


def _mark_numbers(grid: Grid) -> None:
    """Columns of numbers get the class `number` on their cells and on the cell at their head."""
    for column in range(grid.columns):
        cells = [row.slots[column].cell for row in grid.body if column in row.slots and _own(row, column)]
        texts = [text_of(cell) for cell in cells]
        said = [text for text in texts if not _NOTHING.fullmatch(text)]
        if not said or any(len(text) > 40 or not _NUMBER.fullmatch(text) for text in said) or 2 * len(said) < len(texts):
            continue
        heads = (row.slots[column].cell for row in grid.head if column in row.slots and _own(row, column))
        for cell in chain(cells, heads):
            cell.set("class", "number")


def _own(row: Row, column: int) -> bool:
    return row.slots[column].first and row.slots[column].cell.get("colspan", "1") == "1"


def _too_wide(grid: Grid, columns: int) -> bool:
    """More columns than fit, words that do not fit beside each other, or columns so narrow that most rows are towers."""
    if grid.columns < 2 or not grid.body:
        return False
    if grid.columns > columns:
        return True
    room = columns * _LETTERS
    longest = [0] * grid.columns
    towers = 0
    for row in grid.rows:
        tallest = 0
        for column, slot in row.slots.items():
            if slot.first and _own(row, column):
                text = text_of(slot.cell)
                longest[column] = max(longest[column], max(map(len, text.split()), default=0))
                tallest = max(tallest, len(text))
        towers += not row.head and tallest * grid.columns > _TALL * room
    fits = sum(min(word, 2 * _LETTERS) for word in longest) + grid.columns <= room + _LETTERS
    return not fits or 2 * towers > len(grid.body)


def _split(table: Element, grid: Grid, words: Words) -> None:
    """Several tables with the head repeated, cut where no cell reaches over the cut."""
    size = MAX_ROWS - len(grid.head)
    rows = grid.body
    starts = [0]
    while len(rows) - starts[-1] > size:
        cut = next((at for at in range(starts[-1] + size, starts[-1] + 1, -1) if _free(rows[at])), 0)
        if not cut:
            replace(table, as_records(table, grid))
            return
        starts.append(cut)
    head, caption = table.find("thead"), table.find("caption")
    place = table
    for start, end in zip(starts[1:], [*starts[2:], len(rows)], strict=True):
        part = table.makeelement("table")
        for name in ("lang", "dir", "class"):
            if value := table.get(name):
                part.set(name, value)
        if caption is not None:
            part.append(_continued(caption, words))
        if head is not None:
            part.append(_without_ids(head))
        body = part.makeelement("tbody")
        body.extend(row.element for row in rows[start:end])
        part.append(body)
        part.tail, place.tail = place.tail, None
        place.addnext(part)
        place = part
    for group in elements(table, "tbody", "tfoot"):
        if not len(group):
            table.remove(group)


def _free(row: Row) -> bool:
    """Whether no cell of an earlier row reaches into this one."""
    return all(slot.cell.getparent() is row.element for slot in row.slots.values())


def _continued(caption: Element, words: Words) -> Element:
    copy = _without_ids(caption)
    append_text(copy, f" ({words.continued})")
    return copy


def _without_ids(element: Element) -> Element:
    copy = deepcopy(element)
    copy.tail = None
    for each in copy.iter():
        if "id" in each.attrib:
            del each.attrib["id"]
    return copy
