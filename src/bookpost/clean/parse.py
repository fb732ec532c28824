"""HTML text → a tree, with HTML's forgiveness: whatever comes in, a `body` element comes out.

libxml2 reads the page once and recovers from anything. Three of its habits are met here, before it reads: it closes `<b>`
and its like at a `<p>` inside them, it stops reading at 2,048 levels, and it lets control characters through.
"""

import re
from collections import Counter
from itertools import islice

from lxml import etree

from bookpost.clean.vocabulary import names
from bookpost.dom import Element

# What XML 1.0 §2.2 does not allow (and C1 controls): single bytes of UTF-8, longer ones, and references.
_CONTROLS = bytes([*range(9), 11, *range(14, 32), 127])
_FORM_FEED = bytes.maketrans(b"\x0c", b" ")
_WIDE = re.compile(rb"\xc2[\x80-\x9f]|\xef\xbf[\xbe\xbf]|\xef\xb7[\x90-\xaf]")
_REFERENCE = re.compile(rb"&#(x0*[0-9a-f]{1,6}|0*[0-9]{1,7});?", re.IGNORECASE)
# A tag of at least a hundred pieces, a piece being a quoted value or up to 200 characters: libxml2 takes quadratic time for attributes.
_LONG_TAG = re.compile(rb"""<[a-zA-Z](?:[^"'<>]{1,200}+|"[^"]*+"|'[^']*+'){100,}+""")
_ATTRIBUTE = re.compile(rb"""\s[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s<>"']+))?""")
_OLD = {
    **{b"b": b"strong", b"i": b"em", b"tt": b"code", b"strike": b"x-s", b"s": b"x-s"},
    **{b"small": b"x-small", b"u": b"x-u", b"big": b"x-big"},
}
_OLD_TAG = re.compile(rb"<(/?)(b|i|tt|s|strike|small|u|big)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,200}+)[^<>]*+>")  # a name has an end: time grows with the length of the text
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_INLINE = names("a abbr b bdi cite code em font i kbd mark q s small span strong sub sup tt u")
_DEPTH = 256


def parse_html(html: str) -> Element:
    """The page's body, or a body around the fragment."""
    data = _OLD_TAG.sub(lambda tag: b"<" + tag[1] + _OLD[tag[2].lower()], legal(html))
    data = _LONG_TAG.sub(_shorten, data)
    root, whole = _read(data)
    if not whole:
        root, _ = _read(shallow(data.decode()).encode())
    return _body(root)


def legal(html: str) -> bytes:
    """The text in UTF-8, with line feeds as line ends, without the characters that XML forbids, raw or as references."""
    data = html.encode("utf-8", "ignore")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    data = data.translate(_FORM_FEED, _CONTROLS)
    if b"&#" in data:
        data = _REFERENCE.sub(_judged, data)
    return _WIDE.sub(b"", data) if b"\xc2" in data or b"\xef" in data else data


def _judged(reference: re.Match[bytes]) -> bytes:
    digits = reference[1].lower()
    code = int(digits[1:], 16) if digits[:1] == b"x" else int(digits)
    forbidden = code < 9 or code in (11, 12, 127, 0xFFFE, 0xFFFF) or 13 < code < 32 or 0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF
    return b"" if forbidden or code > 0x10FFFF else reference[0]


def _shorten(tag: re.Match[bytes]) -> bytes:
    """The tag with its first hundred attributes."""
    name = re.match(rb"<[^\s/>\"'<]+", tag[0])
    attributes = islice(_ATTRIBUTE.finditer(tag[0]), 100)
    return (name[0] if name else b"<x") + b"".join(attribute[0] for attribute in attributes) + b" "


def shallow(html: str) -> str:
    """The same HTML, where tags nested deeper than 256 levels are replaced by line breaks (blocks) or nothing (inlines).

    `<div>` * 300 + `x`  →  `<div>` * 256 + `<br><br>` * 44 + `x`
    """
    open_tags: list[str] = []
    counts: Counter[str] = Counter()

    def lowered(tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _VOID:
            return tag[0]
        deep = len(open_tags) >= _DEPTH
        if not tag[1]:
            open_tags.append(name)
            counts[name] += 1
        elif counts[name]:
            deep = len(open_tags) > _DEPTH
            while (closed := open_tags.pop()) != name:
                counts[closed] -= 1
            counts[name] -= 1
        if not deep:
            return tag[0]
        return "" if name in _INLINE else "<br><br>"

    return _TAG.sub(lowered, html)


def _read(data: bytes) -> tuple[Element | None, bool]:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    root = etree.fromstring(data, parser) if data.strip() else None
    return root, not any("Excessive depth" in entry.message for entry in parser.error_log)


def _body(root: Element | None) -> Element:
    """The `body`; what stands in `head` (libxml2 puts a leading script there) goes to its start."""
    if root is None:
        return etree.Element("body")
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    head = root.find("head")
    if head is not None and len(head):
        body.insert(0, head)
    return body
