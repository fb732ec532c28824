"""Tables: those that hold data stay, with a head and sound spans; those that only place things are undone."""

from bookpost.clean.page import Page, new, wordless
from bookpost.clean.vocabulary import BLOCK, BLOCKS, EITHER, SECTIONS
from bookpost.dom import Element, elements, remove, text_of

_PARTS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption")
_IN_TABLES = frozenset({*_PARTS, "colgroup", "col", "x-drop", "script", "style", "template"})
_LONG_CELL = 400  # characters: nobody tabulates that much


def undo_layout_tables(page: Page) -> None:
    """A table that places things on a page is read cell by cell; one inside another is read where it stands.

    `<table role="presentation"><tr><td>a</td><td>b</td></tr></table>`  →  `<p>a</p><p>b</p>`
    """
    for table in elements(page.body, "table"):
        _hoist_strays(table)
        if _places(table):
            page.note("a table used for layout was undone")
            for part in _own_parts(table):
                part.tag = BLOCK


def mend_tables(page: Page) -> None:
    """Head first, foot last, a head where a row of `th` leads; spans within the table; an empty `th` is a `td`.

    `<table><tbody><tr><th>a</th></tr><tr><td rowspan="9">b</td></tr></tbody></table>`  →
    `<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>`
    """
    for table in elements(page.body, "table"):
        if not any(child.tag in SECTIONS for child in table):
            _undo(page, table)
            continue
        _order(table)
        _lead(table)
        for section in table:
            if section.tag in SECTIONS:
                _keep_spans_inside(section)
        for cell in elements(table, "th"):
            if not text_of(cell) and next(cell.iter("img"), None) is None:
                cell.tag = "td"
                cell.attrib.pop("scope", "")
        if _places(table):
            _undo(page, table)


def _undo(page: Page, table: Element) -> None:
    """Leave the cells' content, each cell a paragraph or its own blocks."""
    around = table.getparent()
    for part in reversed(_own_parts(table)):
        if part.tag in ("td", "th", "caption") and not any(child.tag in BLOCKS for child in part):
            if wordless(part.text) and not len(part):
                remove(part)
            else:
                part.tag = "p"
                for name in ("colspan", "rowspan", "scope"):
                    part.attrib.pop(name, "")
        else:
            page.leave(part)
    while around is not None and around.tag in (*EITHER, *BLOCKS) and not len(around) and wordless(around.text):
        emptied, around = around, around.getparent()
        if emptied.tag in ("td", "th"):
            break
        remove(emptied)


def _order(table: Element) -> None:
    heads = table.findall("thead")
    for late in heads[1:]:
        late.tag = "tbody"
    feet = table.findall("tfoot")
    for early in feet[:-1]:
        early.tag = "tbody"
    if heads:
        table.insert(1 if table[0].tag == "caption" else 0, heads[0])
    if feet:
        table.append(feet[-1])


def _lead(table: Element) -> None:
    """The first row is the head when all its cells are."""
    body = table.find("tbody")
    if body is None or table.find("thead") is not None or len(body) + len(table) < 3:
        return
    first = body[0]
    if len(first) < 2 or any(cell.tag != "th" or int(cell.get("rowspan", "1")) > 1 for cell in first):
        return
    head = first.makeelement("thead")
    body.addprevious(head)
    head.append(first)
    if not len(body):
        remove(body)


def _keep_spans_inside(section: Element) -> None:
    rows = len(section)
    for number, row in enumerate(section):
        for cell in row:
            for name, most in (("rowspan", rows - number), ("colspan", 100)):
                if (value := cell.get(name)) is not None:
                    span = min(int(value), most)
                    if span > 1:
                        cell.set(name, str(span))
                    else:
                        del cell.attrib[name]


def _own_parts(table: Element) -> list[Element]:
    """The table and its sections, rows and cells, not those of a table in it."""
    parts = [table]
    for part in parts:
        if part.tag not in ("td", "th", "caption"):
            parts.extend(child for child in part if child.tag in _PARTS and child.tag != "table")
    return parts


def _places(table: Element) -> bool:
    if table.get("role") in ("presentation", "none"):
        return True
    parts = _own_parts(table)
    cells = [part for part in parts if part.tag in ("td", "th")]
    rows = [part for part in parts if part.tag == "tr"]
    if any(part.tag in ("caption", "thead", "th") for part in parts) or table.get("summary"):
        return any(len(list(cell.iterdescendants("table"))) for cell in cells) and len(cells) <= 2
    if not any(len(cell) or cell.text for cell in cells) or len(cells) == 1 or len(cells) == len(rows):
        return True
    if next(table.iterdescendants("table", "h1", "h2", "h3", "form"), None) is not None:
        return True
    longest = max(len(text_of(cell)) for cell in cells)
    blocks = sum(1 for cell in cells for _ in cell.iterchildren("p", "div", "ul", "ol", "blockquote", "figure"))
    return (len(rows) == 1 and (longest > 100 or next(table.iter("img"), None) is not None)) or (
        longest > _LONG_CELL and blocks > len(cells)
    )


def _hoist_strays(table: Element) -> None:
    """What stands in a table but in none of its cells stands before it (HTML §13.2.6.1, foster parenting)."""
    if table.getparent() is None:
        return
    strays = new(BLOCK)
    for part in _own_parts(table):
        if part.tag in ("td", "th", "caption"):
            continue
        _move_text(strays, part.text)
        part.text = None
        for child in list(part):
            _move_text(strays, child.tail)
            child.tail = None
            if child.tag not in _IN_TABLES and next(child.iter("tr", "td"), None) is None:
                strays.append(child)
    if len(strays) or strays.text:
        table.addprevious(strays)


def _move_text(strays: Element, text: str | None) -> None:
    if wordless(text):
        return
    assert text is not None
    strays.append(new(BLOCK, text))
