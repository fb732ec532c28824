"""Document and Finding: a produced file, and what the check says about it. Values only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

EPUB = "application/epub+zip"
PDF = "application/pdf"
MEDIA_TYPES = {"epub": EPUB, "pdf": PDF}


_SEVERITIES: dict[str, Literal["error", "warning", "note"]] = {"E": "error", "W": "warning", "N": "note"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One result of a check or a conversion.

    `code` is stable: `E-…` is an error (an e-reader will refuse or mangle the document), `W-…` a warning, `N-…` a note
    (something was left out or assumed, by a rule, and that is well).
    `place` is where, as `member` or `member:line` inside an EPUB, or the article's title. `repaired` says that
    the document at hand no longer has the fault.
    """

    code: str
    message: str
    place: str | None = None
    repaired: bool = False

    @property
    def severity(self) -> Literal["error", "warning", "note"]:
        """By the code's first letter."""
        return _SEVERITIES[self.code[0]]


def errors(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that stop a document from being sent: errors that were not repaired."""
    return tuple(f for f in findings if f.severity == "error" and not f.repaired)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was produced.

    `digest` is the SHA-256 of the bytes in hexadecimal (storage); `content_key` says what was said in it
    ("sent already?") and does not change with a style sheet or a library version; `file_name` is what the reader sees.
    """

    path: Path
    media_type: str
    size: int
    digest: str
    content_key: str
    title: str
    file_name: str
    findings: tuple[Finding, ...] = ()
