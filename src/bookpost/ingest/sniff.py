"""What a source is, by its bytes and its text; its name only decides where the content leaves it open. Pure."""

import re
from typing import Literal

from bookpost.ingest.local import picture_type

Kind = Literal["article", "page", "fragment", "markdown", "text", "feed"]

_CHECKABLE = "`bookpost check FILE` tests it, `bookpost send FILE` posts it as it is"
_OPEN_FIRST = "open it where it came from and save it as a web page (HTML), as Markdown or as plain text"
_BINARY = (
    (b"%PDF-", "a PDF", _CHECKABLE),
    (b"\x7fELF", "a program", "give an article: HTML, Markdown, text or article JSON"),
    (b"MZ", "a program", "give an article: HTML, Markdown, text or article JSON"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first: `gunzip FILE`"),
    (b"BZh", "a bzip2 archive", "unpack it first"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it first: `unxz FILE`"),
    (b"(\xb5/\xfd", "a Zstandard archive", "unpack it first: `unzstd FILE`"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office document", _OPEN_FIRST),
    (b"bplist00", "a Safari web archive", "save the page as HTML instead"),
    (b"SQLite format 3\x00", "a database", "give an article: HTML, Markdown, text or article JSON"),
    (b"{\\rtf", "a Rich Text document", _OPEN_FIRST),
    (b"%!PS", "a PostScript document", _OPEN_FIRST),
    (b"ID3", "a sound file", "give an article: HTML, Markdown, text or article JSON"),
    (b"OggS", "a sound file", "give an article: HTML, Markdown, text or article JSON"),
    (b"\x1aE\xdf\xa3", "a video", "give an article: HTML, Markdown, text or article JSON"),
)


def binary(data: bytes) -> tuple[str, str] | None:
    """(what it is, what to do) when the bytes are not a text; None when they may be one."""
    if data.startswith(b"PK\x03\x04"):
        return _zip(data)
    for magic, what, way_out in _BINARY:
        if data.startswith(magic) and not (len(magic) < 3 and b"\x00" not in data[:512]):
            return what, way_out
    if data[60:68] == b"BOOKMOBI":
        return "a Kindle book (MOBI)", _OPEN_FIRST
    media_type = picture_type(data[:512])
    if media_type and (b"\x00" in data[:512] or media_type == "image/svg+xml"):
        return "a picture", "give the article that shows it; pictures beside an article are found by their names"
    if data[4:8] == b"ftyp":
        return "a video or sound file", "give an article: HTML, Markdown, text or article JSON"
    if re.search(rb"\A(?:[A-Za-z-]+: [^\n]*\n(?:[ \t][^\n]*\n)*){2,30}", data[:4000]) and b"multipart/related" in data[:4000]:
        return "a web archive (MHTML)", "save the page as HTML instead (in a browser: `Web page, complete`)"
    return None


def _zip(data: bytes) -> tuple[str, str]:
    if data[30:58] == b"mimetypeapplication/epub+zip":
        return "an EPUB", _CHECKABLE
    if b"word/" in data or b"[Content_Types].xml" in data[:4000]:
        return "an Office document", _OPEN_FIRST
    return "a zip archive", "unpack it and give the article in it"


_PAGE = re.compile(r"\A(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(r"\A(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE | re.DOTALL)
_INNER_PAGE = re.compile(r"<html[\s>].{0,20000}<body[\s>]", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(
    r"<(?:p|div|h[1-6]|section|article|main|figure|ul|ol|dl|table|blockquote|pre|img|br|header|span|a)\b[^<>]*>", re.IGNORECASE
)
_MARKDOWN = re.compile(
    r"^#{1,6} +\S|^(?:```|~~~)|^\S.*\n(?:={3,}|-{3,})\s*$|\*\*\S[^*\n]{0,200}\S\*\*"
    r"|\[[^\[\]\n]{1,300}\]\([^()\s]{1,500}(?:\s[^()\n]{0,300})?\)|^\[\^?[^\[\]\n]{1,100}\]:\s",
    re.MULTILINE,
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_LOOKED_AT = 100_000


def kind_of(text: str, suffix: str = "") -> Kind:
    """What the text is. `suffix` is the file's ending in lower case (`.md`) or empty."""
    head = text[:_LOOKED_AT].lstrip("\ufeff \t\r\n")
    if _FEED.match(head):
        return "feed"
    if _PAGE.match(head):
        return "page"
    if head.startswith("{") and (suffix == ".json" or re.match(r"\{\s*(?:\"|\}|\Z)", head)):
        return "article"
    if suffix == ".json":
        return "article"
    if _FRONT_MATTER.match(head) or suffix in (".md", ".markdown", ".mdown", ".mkd"):
        return "markdown"
    if suffix in (".html", ".htm", ".xhtml") or head.startswith("<"):
        return _markup(head, suffix)
    return "text" if suffix == ".txt" else _prose(head)


def _markup(head: str, suffix: str) -> Kind:
    if _INNER_PAGE.search(head):
        return "page"
    return "fragment" if suffix in (".html", ".htm", ".xhtml") or _BLOCK.search(head) else "text"


def _prose(head: str) -> Kind:
    if len(_BLOCK.findall(head)) >= 3 and re.search(r"</(?:p|div|h[1-6]|li)>", head, re.IGNORECASE):
        return "fragment"
    return "markdown" if _MARKDOWN.search(head) else "text"
