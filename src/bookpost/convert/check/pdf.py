"""The short check of a PDF: whole, not encrypted. What is on its pages is not looked at."""

import re
from pathlib import Path

from bookpost.document import Finding

_TAIL = 4096
_START = re.compile(rb"startxref\s+(\d{1,12})\s*%%EOF")


def check_pdf(path: Path) -> tuple[Finding, ...]:
    """What is wrong with the PDF at `path`; raises OSError when it cannot be read."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if b"%PDF-" not in stream.read(1024):
            return (Finding("E-PDF", "is not a PDF: it does not begin with `%PDF-`"),)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
        start = _START.search(tail, max(0, tail.rfind(b"startxref")))
        if start is None or int(start[1]) >= size:
            return (Finding("E-PDF", "the PDF was cut off: its end (`startxref … %%EOF`) is missing"),)
        # The trailer stands after the table of a classic PDF, or opens the stream at `startxref` (ISO 32000-1, 7.5.8).
        stream.seek(int(start[1]))
        head = stream.read(_TAIL)
    trailer = tail[max(0, tail.rfind(b"trailer")) :] if head.startswith(b"xref") else head.split(b"stream", 1)[0]
    if re.search(rb"/Encrypt\b", trailer):
        return (Finding("E-PDF-ENCRYPTED", "is encrypted: Amazon and most e-readers refuse it"),)
    return ()
