"""Lists: items as plain as they can be, and definitions that follow terms (HTML §4.4.9)."""

from bookpost.clean.page import Page, new
from bookpost.clean.vocabulary import BLOCKS, EITHER
from bookpost.dom import Element, elements, remove


def slacken(page: Page) -> None:
    """A single plain paragraph in an item or a cell is the item's own text.

    `<li><p>a</p></li>`  →  `<li>a</li>`
    """
    for paragraph in elements(page.body, "p"):
        item = paragraph.getparent()
        if item is None or item.tag not in EITHER or len(item) != 1 or paragraph.attrib:
            continue
        item.text = paragraph.text
        item[:] = list(paragraph)
        page.places[paragraph] = item


def mend_definitions(page: Page) -> None:
    """Definitions before the first term, and terms after the last definition, are paragraphs.

    `<dl><dd>a</dd><dt>b</dt><dd>c</dd><dt>d</dt></dl>`  →  `<p>a</p><dl><dt>b</dt><dd>c</dd></dl><p><strong>d</strong></p>`
    """
    for listing in elements(page.body, "dl"):
        items = list(listing)
        start = next((number for number, item in enumerate(items) if item.tag == "dt"), len(items))
        end = next((number for number in range(len(items), 0, -1) if items[number - 1].tag == "dd"), 0)
        for item in items[:start]:
            blocks = _blocks(item)
            page.places[item] = blocks[0]
            for block in blocks:
                listing.addprevious(block)
            listing.remove(item)
        for item in reversed(items[max(start, end) :]):
            blocks = _blocks(item)
            page.places[item] = blocks[0]
            for block in reversed(blocks):
                listing.addnext(_strong(block))
            listing.remove(item)
        if not len(listing):
            page.places[listing] = page.places[items[0]]
            remove(listing)


def _blocks(item: Element) -> list[Element]:
    """The item's content as blocks."""
    if any(child.tag in BLOCKS for child in item):
        return list(item)
    paragraph = new("p", item.text)
    paragraph.extend(list(item))
    for name in ("lang", "dir"):
        if (value := item.get(name)) is not None:
            paragraph.set(name, value)
    return [paragraph]


def _strong(block: Element) -> Element:
    if block.tag != "p" or block.find(".//strong") is not None:
        return block
    strong = new("strong", block.text)
    strong.extend(list(block))
    block.text = None
    block.append(strong)
    return block
