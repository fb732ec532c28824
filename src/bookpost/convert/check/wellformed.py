"""XML as e-readers want it: declared, UTF-8, without entities, foreign DTDs and odd comments. Text in, tree out.

The faults that stop a strict parser are noted and taken out first, so that one of them does not hide the others.
"""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from bookpost.convert.check.report import Report, shown
from bookpost.dom import Element

XHTML = "http://www.w3.org/1999/xhtml"
OPF = "http://www.idpf.org/2007/opf"
DC = "http://purl.org/dc/elements/1.1/"
NCX = "http://www.daisy.org/z3986/2005/ncx/"
OPS = "http://www.idpf.org/2007/ops"
XML = "http://www.w3.org/XML/1998/namespace"
XLINK = "http://www.w3.org/1999/xlink"
SVG = "http://www.w3.org/2000/svg"
MATHML = "http://www.w3.org/1998/Math/MathML"

BOM = b"\xef\xbb\xbf"
DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*[\"']1\.\d[\"']\s+encoding\s*=\s*[\"']([\w.-]+)[\"'][^>]*\?>", re.A)
DOCTYPE = re.compile(rb"<!DOCTYPE\s*[^\[>]*(?:\[.*?\]\s*)?>", re.S | re.I)
COMMENT = re.compile(rb"<!--(.*?)-->", re.S)
# C0 controls are not XML (XML 1.0, 2.2); C1 controls are what Windows-1252 text becomes when it is called Latin-1.
C0 = bytes(code for code in (*range(32), 127) if code not in b"\t\n\r")
C1 = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
NON_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);|#)([A-Za-z][A-Za-z0-9]*);")

_OWN_DOCTYPE = re.compile(
    rb"""<!DOCTYPE\s+(?:html(?:\s+SYSTEM\s+["']about:legacy-compat["'])?|html\s+PUBLIC\s+["']-//W3C//DTD\ XHTML\ 1\.[01][^\[>]*|"""
    rb"""ncx\s+PUBLIC\s+["']-//NISO//DTD\ ncx\ 2005-1//EN["'][^\[>]*)\s*>\Z""",
    re.I,
)
_XML_HEAD = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>")


def parse(data: bytes, name: str, report: Report) -> Element | None:
    """The root of the member `name`, or None when nothing can be made of it."""
    text = _decoded(data, name, report)
    _check_declaration(text, name, report)
    text = _without_controls(text, name, report)
    text = _check_comments(text, name, report)
    if (doctype := doctype_of(text)) is not None:
        if not _OWN_DOCTYPE.match(doctype[0]):
            what = shown(doctype[0][:500].decode("utf-8", "replace"))
            report.add("E-DOCTYPE", f"a foreign or extended DTD: {what}", name, _line(text, doctype.start()))
        text = without_spans(text, [doctype.span()])
    text = _without(ENTITY, text, "E-ENTITY", "an entity that only a DTD defines", name, report)
    try:
        return etree.fromstring(text, _parser(recover=False))
    except etree.XMLSyntaxError as error:
        deep = "Excessive depth" in str(error.msg)
        report.add("E-XML-DEPTH" if deep else "E-XML", f"not well-formed: {shown(str(error.msg), 120)}", name, error.lineno or None)
    try:
        return etree.fromstring(text, _parser(recover=True))
    except etree.XMLSyntaxError:
        return None


def _parser(*, recover: bool) -> etree.XMLParser:
    # Without `huge_tree` libxml2 stops at 256 levels, at texts of 10 MB and where entities multiply.
    return etree.XMLParser(resolve_entities=False, no_network=True, recover=recover)


def raw_text(element: Element) -> str:
    """All the text in the element, as it stands."""
    return "".join(cast("Iterator[str]", element.itertext(with_tail=False)))


def line_of(element: Element) -> int:
    """The line where the element begins; 0 when it is not known."""
    return cast("int | None", element.sourceline) or 0


def attributes(element: Element) -> list[tuple[str, str]]:
    """The element's attributes; a name in a namespace is `{namespace}name`."""
    return cast("list[tuple[str, str]]", element.items())


def _decoded(data: bytes, name: str, report: Report) -> bytes:
    """The text in UTF-8 with its own declaration, whatever it was."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        data.decode(encoding)
        if encoding == "utf-8":
            return data
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace") if encoding == "utf-8" else data.decode(encoding, "replace")
    report.add("E-ENCODING", "is not encoded in UTF-8", name)
    return b'<?xml version="1.0" encoding="utf-8"?>' + _XML_HEAD.sub(b"", text.encode())


def _check_declaration(text: bytes, name: str, report: Report) -> None:
    declared = DECLARATION.match(text)
    if declared is None:
        report.add("E-XML-DECLARATION", 'does not begin with <?xml version="1.0" encoding="utf-8"?>: special letters will break', name)
    elif declared[1].lower() != b"utf-8":
        report.add("E-XML-DECLARATION", f"says its encoding is `{shown(declared[1].decode())}`, not `utf-8`", name)


def comments(text: bytes) -> Iterator[re.Match[bytes]]:
    """The comments; one that does not end is not looked for, or each `<!--` would be followed to the end of the text."""
    return COMMENT.finditer(text, 0, text.rfind(b"-->") + 3) if b"<!--" in text else iter(())


def _check_comments(text: bytes, name: str, report: Report) -> bytes:
    bad = []
    for number, comment in enumerate(comments(text)):
        inner = comment[1]
        odd = b"--" in inner or inner.endswith(b"-")
        if odd or inner.lstrip().startswith((b"[if", b"<![")):
            what = "a comment that holds `--`" if odd else "a conditional comment"
            report.add("E-COMMENT", what, name, _line(text, comment.start()) if number < 100 else None)
        if odd:
            bad.append(comment.span())
    return without_spans(text, bad)


def without_spans(text: bytes, spans: list[tuple[int, int]]) -> bytes:
    """The text without these spans, with its lines where they were."""
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], b"\n" * text.count(b"\n", start, end)]
        at = end
    return b"".join((*parts, text[at:]))


def doctype_of(text: bytes) -> re.Match[bytes] | None:
    """The document type declaration; it stands before the root or not at all."""
    at = text[:65_536].upper().find(b"<!DOCTYPE")
    return DOCTYPE.match(text, at) if at >= 0 else None


def without_controls(text: bytes) -> bytes:
    """UTF-8 text without control characters and non-characters."""
    return NON_CHARACTER.sub(b"", C1.sub(b"", text.translate(None, C0)))


def _without_controls(text: bytes, name: str, report: Report) -> bytes:
    clean = without_controls(text)
    if len(clean) != len(text):
        report.add("E-CONTROL", f"holds {len(text) - len(clean)} bytes of control characters", name)
    return clean


def _without(pattern: re.Pattern[bytes], text: bytes, code: str, message: str, name: str, report: Report) -> bytes:
    if (first := pattern.search(text)) is None:
        return text
    report.add(code, f"{message}: {shown(repr(first[0].decode('utf-8', 'replace')))}", name, _line(text, first.start()))
    return pattern.sub(b"", text)


def _line(text: bytes, at: int) -> int:
    return text.count(b"\n", 0, at) + 1
