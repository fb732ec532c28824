"""The one tree of errors: every failure a person must act on is a BookpostError.

    BookpostError
    ├── InputError            what came in cannot be used            exit 65
    │   ├── PayloadError      a normalized article that does not validate
    │   ├── NoArticleError    nothing in the page reads like an article
    │   └── TooLargeError     above a stated limit
    ├── MissingInputError     a file that is not there               exit 66
    ├── DependencyError       a part of the system is not installed  exit 69
    ├── ConversionError       a book could not be made               exit 70
    │   └── ChildError        a child process died, hung or was refused
    ├── CheckError            an e-reader would refuse the document  exit 65
    ├── OutputError           a file could not be written            exit 73
    ├── DeliveryError         a document could not be handed over    exit 69 or 75
    └── ConfigError           the configuration is wrong             exit 78

The command line, the HTTP service and the queue read `code`, `exit_code`, `retryable` and `hint` and nothing else.
Exit codes follow BSD's sysexits.h.
"""

from typing import ClassVar


class BookpostError(Exception):
    """Something a person must act on; its message names the thing, its hint the way out."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 70
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(BookpostError):
    """What came in cannot be used as it is."""

    code = "bad-input"
    exit_code = 65


class PayloadError(InputError):
    """A normalized article does not validate; `problems` lists every fault as (path, message)."""

    code = "bad-article"

    def __init__(self, message: str, problems: tuple[tuple[str, str], ...], *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.problems = problems


class NoArticleError(InputError):
    """Nothing in the page reads like an article."""

    code = "no-article"


class TooLargeError(InputError):
    """The input is above a stated limit."""

    code = "too-large"


class MissingInputError(BookpostError):
    """A named file does not exist or cannot be read."""

    code = "missing-input"
    exit_code = 66


class DependencyError(BookpostError):
    """A part that bookpost needs for this job is not installed on this machine."""

    code = "missing-dependency"
    exit_code = 69


class ConversionError(BookpostError):
    """A book could not be made from a good article."""

    code = "conversion-failed"
    exit_code = 70


class ChildError(ConversionError):
    """A child process died, ran into a limit, or reported a failure."""

    code = "child-failed"


class CheckError(BookpostError):
    """An e-reader would refuse this document."""

    code = "document-refused"
    exit_code = 65


class OutputError(BookpostError):
    """A file could not be written."""

    code = "cannot-write"
    exit_code = 73


class LibraryError(BookpostError):
    """The database cannot be used now: it is locked, gone, or the disk is full."""

    code = "library-unusable"
    exit_code = 75
    retryable = True


class DeliveryError(BookpostError):
    """A document could not be handed to its destination."""

    code = "delivery-failed"
    exit_code = 69


class ConfigError(BookpostError):
    """The configuration is wrong."""

    code = "bad-config"
    exit_code = 78
