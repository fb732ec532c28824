"""PDF: a book as tagged PDF/UA-1 on an e-reader's own page or on paper, printed in a child process.

Same book, pictures, page, templates and library versions → same bytes. Raises DependencyError when Pango is not
installed, ConfigError for a template that fails, ChildError when the child runs into a limit, OutputError.
"""

import json
import struct
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bookpost.child import Child
from bookpost.convert.pdf.pages import PAGES, Page, page_for
from bookpost.document import Finding
from bookpost.errors import ChildError, DependencyError, OutputError

if TYPE_CHECKING:
    from bookpost.convert.book import Book
    from bookpost.convert.images import Key, Picture
    from bookpost.convert.words import Words

__all__ = ["PAGES", "Page", "Press", "page_for", "write_pdf"]

_LENGTH = struct.Struct(">I")
_MEGABYTE = 1 << 20
MEGABYTES = 700
"""Address space for a short text; one more for every 1,000 characters (2 MB of text took 621 MB)."""
SECONDS = 60
"""Wall clock for a short text on a busy machine."""
CHARACTERS_PER_SECOND = 5000
"""Above what a slow machine needs (2 MB of text took 46 s on an idle one)."""
_UNDATED = 946684800
"""1 January 2000, the date inside the fonts of a book without one."""


class Press:
    """A warm child process that prints one book after another. Its temporary files go with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bookpost-press-")
        # An empty configuration of our own keeps fontconfig from the system's fonts.
        config = Path(self._folder.name) / "fonts.conf"
        config.write_text("<?xml version='1.0'?><fontconfig/>", "utf-8")
        environment = {"TMPDIR": self._folder.name, "FONTCONFIG_FILE": str(config)}
        self._child = Child("bookpost.convert.pdf.press", memory=4096 * _MEGABYTE, seconds=SECONDS, env=environment)

    def start(self) -> None:
        """Let the child load its libraries while the text is being prepared."""
        self._child.start()

    def print(self, order: Mapping[str, Any]) -> tuple[bytes, tuple[Finding, ...]]:
        """The PDF of an order and what had to be left out; the limits grow with the text."""
        request = json.dumps({**order, "memory": (MEGABYTES + len(order["html"]) // 1000) * _MEGABYTE}).encode()
        try:
            reply = self._child.call(request, seconds=SECONDS + len(order["html"]) / CHARACTERS_PER_SECOND)
        except ChildError as error:
            self._child.close()  # what ran out of memory is not to be trusted with the next book
            raise ChildError(f"the PDF could not be printed: {error.message}", hint="split the text, or make an EPUB") from error
        size = _LENGTH.unpack_from(reply)[0]
        head = json.loads(reply[_LENGTH.size : _LENGTH.size + size])
        if missing := head.get("missing"):
            raise DependencyError(f"PDF needs Pango, and `{missing}` is not installed", hint=INSTALL)
        return reply[_LENGTH.size + size :], tuple(Finding(*finding) for finding in head["findings"])

    def close(self) -> None:
        """End the child and remove its files."""
        self._child.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


INSTALL = "Debian, Ubuntu: `apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`; macOS: `brew install pango`"


def write_pdf(
    book: "Book",
    pictures: "Mapping[Key, Picture]",
    path: Path,
    *,
    page: Page,
    colour: bool,
    words: "Words",
    templates: Path | None = None,
    press: Press | None = None,
) -> tuple[Finding, ...]:
    """Write the book to `path`; what had to be left out is told in findings. A `press` of one's own stays warm."""
    if press is None:
        with Press() as own:
            return write_pdf(book, pictures, path, page=page, colour=colour, words=words, templates=templates, press=own)
    press.start()
    from bookpost.convert.pdf.composition import compose

    html, files = compose(book, pictures, page=page, colour=colour, words=words, templates=templates)
    pdf, findings = press.print({"html": html, "pictures": files, "language": book.language, "epoch": _epoch(book.published)})
    try:
        path.write_bytes(pdf)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    return tuple(Finding(found.code, found.message, book.title) for found in findings)


def _epoch(day: "date | datetime | None") -> int:
    """Seconds since 1970 of the day's beginning in UTC; the year 2000 for an undated book, or one before 1970."""
    if day is None or day.year < 1970:
        return _UNDATED
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
