"""A table as a list of records: under the head of each row its values, every value with the label of its column.

Short values run on in one paragraph, longer ones take a line each: a row of twelve months is two lines, not twelve.
Nothing is lost: a label that has no value anywhere stands once with a dash, and what spans several rows is said in each.
What is said again is cut when it is long, lest a span of thousands of rows multiply it.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import chain

from bookpost.convert.grid import Grid, Row
from bookpost.convert.marks import NBSP
from bookpost.dom import MATHML, Element, text_of

_LONGEST_AGAIN = 160
"""Characters of a label or value that are repeated."""
_LABELS_AGAIN = 3
_SHORT = 28
"""Characters of a label or value that run on in a paragraph with others."""
_BLOCKS = frozenset(("p", "ul", "ol", "dl", "pre", "blockquote", "figure", "div"))

Span = tuple[Element, list[int]]
"""A cell and the columns that it covers."""


def as_records(table: Element, grid: Grid) -> Element:
    """`<div class="records">` with, for each row, `<p class="record">head</p>` and its values as `label: value`.

    These are a `<p class="values">` when all of them are short, else a `<ul class="record">`; a cell that covers a whole row
    is a `<p class="group">`.
    """
    out = table.makeelement("div", {"class": "records"})
    for name in ("id", "lang", "dir"):
        if value := table.get(name):
            out.set(name, value)
    caption = table.find("caption")
    if caption is not None:
        title = out.makeelement("div" if _has_blocks(caption) else "p", {"class": "caption"})
        _copy_into(title, caption, again=False)
        out.append(title)
    labels = _Labels(grid)
    for row in grid.body:
        out.extend(_record(row, grid, labels))
    out.extend(labels.unsaid())
    return out


def append_text(element: Element, text: str | None) -> None:
    """Put a text after all that is in the element."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + (text or "")
    else:
        element.text = (element.text or "") + (text or "")


class _Labels:
    """The labels of columns: the head's own elements at their first use (links may point there), copies afterwards."""

    def __init__(self, grid: Grid) -> None:
        self.cells: list[list[Element]] = [[] for _ in range(grid.columns)]
        for row in grid.head:
            for column, slot in row.slots.items():
                if slot.cell not in self.cells[column] and _says_something(slot.cell):
                    self.cells[column].append(slot.cell)
        self.used: set[Element] = set()

    @property
    def any(self) -> bool:
        return any(self.cells)

    def of(self, columns: Sequence[int]) -> list[Element]:
        """The cells that label these columns; of those that were said before only the nearest."""
        cells = list(dict.fromkeys(cell for column in columns for cell in self.cells[column]))
        return [cell for cell in cells if cell not in self.used or cell in cells[-_LABELS_AGAIN:]]

    def unsaid(self) -> tuple[Element, ...]:
        """A list of the labels whose columns have no value, each with a dash; nothing when all were said."""
        cells = [cell for cell in dict.fromkeys(chain.from_iterable(self.cells)) if cell not in self.used]
        if not cells:
            return ()
        listing = cells[0].makeelement("ul", {"class": "record"})
        for cell in cells:
            item = listing.makeelement("li")
            label = listing.makeelement("div" if _has_blocks(cell) else "span", {"class": "label"})
            _copy_into(label, cell, again=False)
            append_text(label, ":")
            label.tail = f"{NBSP}–"
            item.append(label)
            listing.append(item)
        return (listing,)

    def write(self, target: Element, columns: Sequence[int]) -> None:
        """Write the label of these columns into the target; a column without one is called by its number."""
        cells = self.of(columns)
        if not cells:
            target.text = str(columns[0] + 1)
        for index, cell in enumerate(cells):
            if index:
                append_text(target, " / ")
            _copy_into(target, cell, again=cell in self.used)
            self.used.add(cell)


def _record(row: Row, grid: Grid, labels: _Labels) -> Iterator[Element]:
    """The paragraph that names the row, then its values."""
    spans = _spans(row)
    if len(spans) == 1 and len(spans[0][1]) == grid.columns:
        yield _named(row, spans[0], "group", None)
        return
    head = next((span for span in spans if span[0].tag == "th" or span[1] == [0]), None)
    head = head if head and _says_something(head[0]) else None
    if head:
        new = any(cell not in labels.used for cell in labels.of(head[1]))
        yield _named(row, head, "record", labels if new else None)
    values = [span for span in spans if span is not head and _says_something(span[0])]
    if values:
        short = all(map(_is_short, chain.from_iterable((cell, *labels.of(columns)) for cell, columns in values)))
        yield (_run if short else _listing)(row, values, labels)


def _run(row: Row, values: Sequence[Span], labels: _Labels) -> Element:
    """`<p class="values">label: value · label: value …</p>`; a value never parts from its label."""
    run = row.element.makeelement("p", {"class": "values"})
    for number, (cell, columns) in enumerate(values):
        append_text(run, " · " if number else None)
        if labels.any:
            run.append(_label(run, columns, labels, NBSP))
        value = run.makeelement("span", {"class": "value"})
        _copy_into(value, cell, again=not row.slots[columns[0]].first)
        run.append(value)
    return run


def _listing(row: Row, values: Sequence[Span], labels: _Labels) -> Element:
    """`<ul class="record"><li>label: value</li>…</ul>`."""
    listing = row.element.makeelement("ul", {"class": "record"})
    for cell, columns in values:
        item = listing.makeelement("li")
        if labels.any:
            item.append(_label(item, columns, labels, " "))
        _copy_into(item, cell, again=not row.slots[columns[0]].first)
        listing.append(item)
    return listing


def _label(parent: Element, columns: Sequence[int], labels: _Labels, space: str) -> Element:
    """What these columns are called, with a colon; `space` goes between it and the value."""
    label = parent.makeelement("div" if any(map(_has_blocks, labels.of(columns))) else "span", {"class": "label"})
    labels.write(label, columns)
    append_text(label, ":")
    label.tail = space
    return label


def _spans(row: Row) -> list[Span]:
    spans: list[Span] = []
    for column, slot in row.slots.items():
        if spans and spans[-1][0] is slot.cell:
            spans[-1][1].append(column)
        else:
            spans.append((slot.cell, [column]))
    return spans


def _named(row: Row, span: Span, kind: str, labels: _Labels | None) -> Element:
    """`<p class="record">label: <strong>head of the row</strong></p>`; one of several blocks keeps them in a `div`."""
    cell, columns = span
    blocks = any(map(_has_blocks, (cell, *(labels.of(columns) if labels else ()))))
    title = cell.makeelement("div" if blocks else "p", {"class": kind})
    if labels:
        title.append(_label(title, columns, labels, " "))
    target = title.makeelement("div" if blocks else "strong")
    title.append(target)
    _copy_into(target, cell, again=not row.slots[columns[0]].first)
    return title


def _copy_into(target: Element, cell: Element, *, again: bool) -> None:
    """The content of the cell; the second time without ids and, when it is long, its beginning as plain text."""
    for name in ("lang", "dir", "id"):
        if (value := cell.get(name)) and not (again and name == "id"):
            target.set(name, value)
    if again and (opening := _opening(cell)) is not None:
        append_text(target, opening)
        return
    append_text(target, cell.text)
    for child in cell:
        copy = deepcopy(child)
        for element in copy.iter() if again else ():
            if "id" in element.attrib:
                del element.attrib["id"]
        target.append(copy)


def _opening(cell: Element) -> str | None:
    """The first words of a long cell; None for one that can be said again as it is. Reads no more than it needs."""
    text = ""
    for piece in cell.itertext():
        text += str(piece[: _LONGEST_AGAIN + 1])
        if len(text) > _LONGEST_AGAIN:
            return " ".join(text[:_LONGEST_AGAIN].split()[:-1] or [text[:_LONGEST_AGAIN]]) + "…"
    return None


def _is_short(cell: Element) -> bool:
    """Whether it is a few words and nothing else; reads no more than it needs."""
    left = _SHORT
    for piece in cell.itertext():
        left -= len(piece)
        if left < 0:
            return False
    return not _has_blocks(cell) and next(cell.iter("img", "br"), None) is None


def _has_blocks(cell: Element) -> bool:
    return any(child.tag in _BLOCKS for child in cell)


def _says_something(cell: Element) -> bool:
    return bool(text_of(cell)) or next(cell.iter("img", f"{{{MATHML}}}math"), None) is not None
