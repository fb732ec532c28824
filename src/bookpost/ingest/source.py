"""A SOURCE (a path, or `-` for standard input) → Article. What it is is decided by its content.

Raises MissingInputError, TooLargeError, InputError (a file of another kind), PayloadError, NoArticleError.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

from bookpost.article import Article
from bookpost.errors import InputError, MissingInputError, NoArticleError, TooLargeError
from bookpost.ingest.assemble import Origin
from bookpost.ingest.decode import decode
from bookpost.ingest.facts import one_line, web_address
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.sniff import binary, kind_of

MAX_TEXT = 50 * 1024 * 1024
"""Bytes of a page, a Markdown file or a text."""
MAX_JSON = 256 * 1024 * 1024
"""Bytes of an article as JSON, which may hold its pictures."""


def read_source(
    source: str, *, base_url: str | None = None, stdin: bytes | None = None, default_language: str = "en", full_page: bool = False
) -> Article:
    """The article that `source` holds.

    `base_url` is where a page came from (its links start there); `stdin` is what standard input gave when the source is `-`;
    `full_page` keeps a whole page instead of looking for the article in it.
    """
    if base_url is not None and not web_address(base_url):
        raise InputError(
            f"`{one_line(base_url, 80)}` is not an address", hint="write the page's address whole: `--base-url https://example.org/page`"
        )
    read = _from_bytes(stdin or b"") if source == "-" else _from_file(Path(source))
    try:
        return _article(read, base_url, default_language, full_page=full_page)
    except InputError as error:
        error.message = f"{read.label}: {error.message}"
        error.args = (error.message,)
        raise


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: the bytes, and how people call where they came from."""

    data: bytes
    label: str
    folder: Path | None = None
    suffix: str = ""
    name: str = ""


def _from_bytes(data: bytes) -> _Read:
    _refuse_large(len(data), data[:512], "standard input")
    return _Read(data, "standard input")


def _from_file(path: Path) -> _Read:
    label = one_line(str(path), 200)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{label}: is a folder", hint=f"name the article in it, for instance `{label}/index.html`")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{label}: is not a file", hint="give it on standard input: `bookpost convert - < FILE`")
        with path.open("rb") as stream:
            _refuse_large(status.st_size, stream.read(512), label)
            stream.seek(0)
            data = stream.read()
    except FileNotFoundError as error:
        raise MissingInputError(f"{label}: there is no such file", hint="check its name and folder") from error
    except (OSError, ValueError) as error:
        raise MissingInputError(
            f"{label}: cannot be read: {getattr(error, 'strerror', None) or error}", hint="check its name and rights"
        ) from error
    return _Read(data, label, path.parent, path.suffix.lower(), path.stem)


def _refuse_large(size: int, head: bytes, label: str) -> None:
    limit = MAX_JSON if decode(head).lstrip("\ufeff \t\n").startswith("{") else MAX_TEXT
    if size > limit and not binary(head):
        raise TooLargeError(f"{label}: has {size / 1024**2:.1f} MB; at most {limit // 1024**2} MB are read", hint="give a part of it")


def _article(read: _Read, base_url: str | None, default_language: str, *, full_page: bool) -> Article:
    if found := binary(read.data):
        raise InputError(f"is {found[0]}, not an article", hint=found[1])
    text = decode(read.data)
    if not text.strip("\ufeff \t\n"):
        raise NoArticleError("is empty", hint="give a page or a file that has text")
    if _looks_binary(text):
        raise InputError("is neither a text nor a page", hint="give an article: HTML, Markdown, text or article JSON")
    origin = Origin(name=_spoken(read.name), where=Whereabouts(read.folder, base_url), default_language=default_language)
    match kind_of(text, read.suffix):
        case "article":
            from bookpost.ingest.payload import read_payload

            return read_payload(text, folder=read.folder, name=origin.name, default_language=default_language)
        case "page":
            from bookpost.ingest.page import read_page

            return read_page(text, origin, full_page=full_page)
        case "fragment":
            from bookpost.ingest.fragment import read_fragment

            return read_fragment(text, origin, url=base_url)
        case "markdown":
            from bookpost.ingest.markdown import read_markdown

            return read_markdown(text, origin, url=base_url)
        case "text":
            from bookpost.ingest.text import read_text

            return read_text(text, origin, url=base_url)
        case "feed":
            raise InputError("is a feed, not an article", hint="give the page of one of its entries")


def _looks_binary(text: str) -> bool:
    """Whether the text is full of control characters: no text in any encoding is."""
    head = text[:4000]
    odd = sum(1 for c in head if (c < " " and c not in "\t\n\f\x1b") or c == "\ufffd")
    return odd * 10 > len(head)


def _spoken(stem: str) -> str:
    """A file name as a title: `the-long-bridge` → `The long bridge`."""
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    return words[:1].upper() + words[1:]
