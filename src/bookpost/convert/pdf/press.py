"""The child process that prints: XHTML in, PDF out, by WeasyPrint. Run as `python -m bookpost.convert.pdf.press`.

It reads the book's own pictures and fonts, under addresses of a scheme of ours, and nothing else: no file, no network,
whatever an address in the text says. A request carries its own memory limit and its own date.
"""

import contextlib
import ctypes.util
import gc
import json
import logging
import os
import re
import resource
import struct
import sys
import tempfile
from dataclasses import astuple
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from bookpost.child import serve
from bookpost.convert.pdf import fonts, glyphs
from bookpost.convert.pdf.fetching import fetcher
from bookpost.convert.pdf.marks import finish
from bookpost.convert.pdf.sheets import Log, own_sheet, take_sheets
from bookpost.document import Finding
from bookpost.errors import ConversionError

if TYPE_CHECKING:
    from weasyprint.text.fonts import FontConfiguration

_LENGTH = struct.Struct(">I")
_UA = "pdf/ua-1"
_ITALIC = {"em", "cite", "i", "var", "dfn", "address"}
_CODE = {"code", "pre", "kbd", "samp"}
_OWN_MARKS = frozenset("0123456789‐–—•·…‹›[]()")
"""What the style sheet itself draws: hyphens, list marks, numbers."""
_ASCII = frozenset(map(chr, range(0x20, 0x7F)))
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{1,6})")
_LINUX_LIBRARIES = {
    "libgobject-2.0-0": "libgobject-2.0.so.0",
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libharfbuzz-0": "libharfbuzz.so.0",
    "libharfbuzz-subset-0": "libharfbuzz-subset.so.0",
    "libfontconfig-1": "libfontconfig.so.1",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
}
_FONTCONFIG = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>{folders}<cachedir>/var/cache/fontconfig</cachedir><cachedir>{cache}</cachedir></fontconfig>
"""


def print_book(request: bytes) -> bytes:
    """Answer one request (JSON, see `bookpost.convert.pdf`): the length of a JSON head, the head, and the PDF."""
    order = json.loads(request)
    resource.setrlimit(resource.RLIMIT_AS, (order["memory"], resource.getrlimit(resource.RLIMIT_AS)[1]))
    os.environ["SOURCE_DATE_EPOCH"] = str(order["epoch"])  # fontTools writes this date into the fonts it makes
    if why := missing_library():
        return _reply({"missing": why}, b"")
    pdf, findings = _print(order)
    return _reply({"findings": [astuple(finding) for finding in findings]}, pdf)


def _reply(head: dict[str, Any], pdf: bytes) -> bytes:
    data = json.dumps(head).encode()
    return _LENGTH.pack(len(data)) + data + pdf


@cache
def missing_library() -> str | None:
    """Import WeasyPrint; the name of the library that is missing, or None.

    cffi looks libraries up by `find_library`, which starts ldconfig, gcc and ld 18 times (0.2 s): on Linux the names
    are known, so it is told. What WeasyPrint prints on a failure would stand between the frames of the answer.
    """
    search = ctypes.util.find_library
    try:
        if sys.platform == "linux":
            ctypes.util.find_library = _LINUX_LIBRARIES.get  # type: ignore[assignment]
        with contextlib.redirect_stdout(sys.stderr):
            import weasyprint
    except OSError as error:
        return str(error).split("'")[1] if "'" in str(error) else str(error)
    finally:
        ctypes.util.find_library = search
    logging.getLogger("weasyprint").setLevel(logging.WARNING)
    assert weasyprint
    return None


def _print(order: dict[str, Any]) -> tuple[bytes, tuple[Finding, ...]]:
    from weasyprint import Document

    root = _parse(order["html"])
    choice, missing = _dress(root, order["language"])
    log = Log()
    logging.getLogger("weasyprint").addHandler(log)
    try:
        configuration = _font_configuration(choice)
        fetch = fetcher(order["pictures"], _drawable(order["html"]))
        sheets = [own_sheet(fonts.style_rules(choice), fetch, configuration), *take_sheets(root)]
        document: Document = _tree(root, fetch).render(configuration, stylesheets=sheets, pdf_variant=_UA)
        return document.write_pdf(finisher=finish, pdf_variant=_UA), (*missing, *log.findings())
    finally:
        logging.getLogger("weasyprint").removeHandler(log)


def _parse(html: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(html)  # noqa: S314 - written by lxml and our templates; expat 2.4.1 limits entities
    except ElementTree.ParseError as error:
        raise ConversionError(f"the template `pdf/book.html` did not give well-formed XHTML: {error}") from error


def _dress(root: ElementTree.Element, language: str) -> tuple[fonts.Choice, tuple[Finding, ...]]:
    """Choose the fonts for the text, and take out of it what none of them has."""
    body, head = root.find("body"), root.find("head")
    if body is None or head is None:
        raise ConversionError("the template `pdf/book.html` did not give a `head` and a `body`")
    characters = frozenset("".join(getattr(element, slot) for element, slot in glyphs.visible_text(body)))
    tags = {element.tag for element in body.iter()}
    choice = fonts.choose(
        fonts.Need(characters | _OWN_MARKS, language, italic=not tags.isdisjoint(_ITALIC), code=not tags.isdisjoint(_CODE))
    )
    return choice, glyphs.replace_missing(body, choice.missing, characters - choice.missing)


def _drawable(html: str) -> frozenset[str]:
    """All characters that may be drawn: those of the text, in either case, and those that a style sheet writes as escapes."""
    escaped = "".join(chr(code) for found in _ESCAPE.findall(html) if 0x20 <= (code := int(found, 16)) < 0xD800)
    return frozenset(html + html.upper() + html.lower() + escaped) | _OWN_MARKS | _ASCII


def _font_configuration(choice: fonts.Choice) -> "FontConfiguration":
    """The fonts that a text sees: those chosen for it."""
    from weasyprint.text.fonts import FontConfiguration

    os.environ["FONTCONFIG_FILE"] = _fontconfig_file(frozenset(str(font.file.parent) for font in choice.system))
    return FontConfiguration()


@cache
def _fontconfig_file(folders: frozenset[str]) -> str:
    folder = Path(tempfile.mkdtemp())
    file = folder / "fonts.conf"
    listed = "".join(f"<dir>{path}</dir>" for path in sorted(folders))
    file.write_text(_FONTCONFIG.format(folders=listed, cache=folder), "utf-8")
    return str(file)


def _tree(root: ElementTree.Element, fetch: Any) -> Any:
    import cssselect2  # type: ignore[import-untyped]
    from weasyprint import HTML

    class Tree(HTML):  # type: ignore[misc]
        """A document that is parsed already: WeasyPrint's own parser, in Python, takes longer than the rest of the start."""

        def __init__(self) -> None:
            self.base_url = f"{fonts.SCHEME}:"  # a relative address leads nowhere, and is told
            self.url_fetcher = fetch
            self.media_type = "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
            self.etree_element = self.wrapper_element.etree_element

    return Tree()


if __name__ == "__main__":
    missing_library()
    # A rendering makes half a million objects that live until its end: looking for garbage among them finds none.
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    serve(print_book)
