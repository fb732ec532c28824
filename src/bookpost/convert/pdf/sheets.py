"""The style sheets of a book, kept ready for the next one: parsing the shipped one takes a tenth of the time of a short book."""

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from bookpost.convert.pdf.fetching import fetcher
from bookpost.convert.pdf.fonts import SCHEME
from bookpost.document import Finding

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

_OF_ONE_DOCUMENT = ("@font-face", "@counter-style", "@color-profile", "@layer")
"""Rules that WeasyPrint keeps with a document, not with the sheet."""


class Log(logging.Handler):
    """What WeasyPrint complains about, each once, as findings."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: dict[str, None] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages[record.getMessage()] = None

    def findings(self) -> tuple[Finding, ...]:
        """The messages as warnings, in order."""
        return tuple(Finding("W-PDF-LAYOUT", message) for message in self.messages)


def own_sheet(rules: str, fetch: Any, configuration: "FontConfiguration") -> "CSS":
    """A sheet of ours for one document, with its fonts."""
    from weasyprint import CSS

    return CSS(string=rules, url_fetcher=fetch, font_config=configuration)


def take_sheets(root: Element) -> "list[CSS]":
    """The sheets of the head, taken out of it, in their order. Complaints are logged as if they were parsed anew."""
    head = root.find("head")
    assert head is not None
    sheets = []
    for style in head.findall("style"):
        text = style.text or ""
        if any(rule in text.lower() for rule in _OF_ONE_DOCUMENT):
            continue
        sheet, complaints = _parsed(text)
        for complaint in complaints:
            logging.getLogger("weasyprint").warning("%s", complaint)
        sheets.append(sheet)
        head.remove(style)
    return sheets


@lru_cache(maxsize=16)
def _parsed(text: str) -> "tuple[CSS, tuple[str, ...]]":
    from weasyprint import CSS

    log = Log()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(log)
    try:
        sheet = CSS(string=text, base_url=f"{SCHEME}:", url_fetcher=fetcher({}, frozenset()))
    finally:
        logger.removeHandler(log)
    return sheet, tuple(log.messages)
