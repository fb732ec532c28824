"""What a PDF changes in an article's body: ids that are unique in the book, links between articles, ruby in parentheses,
words for pictures, and on paper a number at each link.

Every step takes the `body` element that `render_content` made and changes it in place.
"""

import re
from itertools import takewhile
from urllib.parse import parse_qsl, urlencode, urlsplit

from bookpost.convert.book import Book
from bookpost.convert.pdf.views import Address
from bookpost.convert.words import Words
from bookpost.dom import Element, elements, remove, text_of, unwrap

_TRACKING = re.compile(r"(?i)utm_|fbclid$|gclid$|mc_[ce]id$|igshid$|ref_src$|cmpid$")
_LONGEST = 96
"""Characters of an address: nobody types more."""
_SHORT_TABLE = 9
"""Rows, with the head."""


class Places:
    """Where each article of a book stands in it: `a1`, `a2` …, also by its address."""

    def __init__(self, book: Book) -> None:
        self._by_address = {_same(article.url): self.id(index) for index, article in enumerate(book.articles) if article.url}

    @staticmethod
    def id(index: int) -> str:
        """The id of the article with this index."""
        return f"a{index + 1}"

    def find(self, address: str) -> str | None:
        """The id of the article that has this address, whatever the fragment."""
        return self._by_address.get(_same(address))


def settle(body: Element, id: str, places: Places, words: Words) -> None:
    """Make the body of article `id` fit to stand beside others in one document."""
    _prefix_ids(body, id)
    _join_links(body, id, places)
    _open_ruby(body)
    _head_tables(body)
    _keep_short_tables(body)
    _mark_picture_links(body)
    _name_pictures(body, words)


def number_addresses(body: Element) -> tuple[Address, ...]:
    """Put a number after each link to the world; returns the list of them.

    The same address has the same number; a link whose text is its address needs none.
    """
    numbers: dict[str, tuple[int, str]] = {}
    for link in elements(body, "a"):
        href = link.get("href") or ""
        shown = typeable(href)
        if not href.startswith(("http:", "https:", "mailto:")) or typeable(text_of(link)) == shown:
            continue
        number, _ = numbers.setdefault(href, (len(numbers) + 1, shown))
        mark = link.makeelement("sup", {"class": "address"})
        mark.text = f"[{number}]"
        mark.tail, link.tail = link.tail, None
        link.addnext(mark)
    return tuple(Address(number, href, shown) for href, (number, shown) in numbers.items())


def typeable(address: str) -> str:
    """What of an address must be typed: no scheme, no `www.`, no trackers, no slash at the end; a long tail is cut."""
    address = address.strip()
    if address.startswith("mailto:"):
        return address.removeprefix("mailto:").split("?")[0]
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return address
    query = urlencode([(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)])
    tail = parts.path.rstrip("/") + (f"?{query}" if query else "")
    shown = parts.netloc.lower().removeprefix("www.") + tail
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _same(address: str) -> str:
    """An address without what does not change the page: scheme, `www.`, fragment, trackers, a last slash."""
    return _page_of(address.split("#")[0])


def _page_of(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)]
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{urlencode(query)}"


def _prefix_ids(body: Element, id: str) -> None:
    for element in body.iter():
        if own := element.get("id"):
            element.set("id", f"{id}-{own}")


def _join_links(body: Element, id: str, places: Places) -> None:
    for link in elements(body, "a"):
        href = link.get("href") or ""
        if href.startswith("#"):
            link.set("href", f"#{id}-{href[1:]}")
        elif (found := places.find(href)) and found != id:
            link.set("href", f"#{found}")


def _open_ruby(body: Element) -> None:
    """`<ruby>漢<rt>kan</rt></ruby>` becomes 漢（kan）: WeasyPrint has no ruby and would run both together."""
    for old in elements(body, "rp"):
        remove(old)
    for reading in elements(body, "rt"):
        reading.tag = "span"
        reading.set("class", "reading")
        reading.text = "（" + (reading.text or "")
        _append(reading, "）")
    for outer in elements(body, "ruby", "rb", "rtc"):
        unwrap(outer)


def _head_tables(body: Element) -> None:
    """Rows of heads at the top of a table without a `thead` become one, which is repeated on every page.

    In a table without any `th` a first row in bold type is such a row.
    """
    for table in elements(body, "table"):
        rows = [row for part in table.iterchildren("tbody") for row in part]
        if table.find("thead") is not None or len(rows) < 2:
            continue
        if table.find(".//th") is None and all(map(_is_bold, rows[0])):
            for cell in rows[0]:
                cell.tag = "th"
        heads = list(takewhile(lambda row: all(cell.tag == "th" for cell in row), rows[:-1]))
        if heads and not any(cell.get("rowspan") for row in heads for cell in row):
            head = table.makeelement("thead")
            parent = heads[0].getparent()
            assert parent is not None
            parent.addprevious(head)
            head.extend(heads)


def _is_bold(cell: Element) -> bool:
    text = text_of(cell)
    return bool(text) and text == " ".join(text_of(strong) for strong in cell.iter("strong"))


def _mark_picture_links(body: Element) -> None:
    """A link around a picture is a block in a figure: else the picture's box would stand outside its link.

    White space beside a picture would be the only text of a link, or of its last line.
    """
    for link in elements(body, "a"):
        if link.find(".//img") is None:
            continue
        if not text_of(link):
            link.set("class", "picture")
            link.text = None
            for inner in link.iterdescendants():
                inner.text = inner.tail = None
        elif len(link) and link[-1].tail and not link[-1].tail.strip():
            link.tail = link[-1].tail + (link.tail or "")
            link[-1].tail = None


def _keep_short_tables(body: Element) -> None:
    """A table of a few rows stays on one page."""
    for table in elements(body, "table"):
        if sum(1 for _ in table.iter("tr")) <= _SHORT_TABLE:
            table.set("class", f"{table.get('class', '')} short".strip())


def _append(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _name_pictures(body: Element, words: Words) -> None:
    """PDF/UA-1 asks words for every picture (7.3): the caption's where the page has none, else that it is a picture."""
    for picture in elements(body, "img"):
        if not (picture.get("alt") or "").strip():
            picture.set("alt", _caption(picture) or words.picture)


def _caption(picture: Element) -> str:
    figure = next(picture.iterancestors("figure"), None)
    caption = figure.find("figcaption") if figure is not None else None
    return text_of(caption)[:200] if caption is not None else ""
