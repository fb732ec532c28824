"""HTML text → a tree, with HTML's forgiveness: whatever comes in, a `body` element comes out.

libxml2 reads the page once and recovers from anything. Three of its habits are met here, before it reads: it closes `<b>`
and its like at a `<p>` inside them, it stops reading at 2,048 levels, and it lets control characters through.
"""

import re
from collections import Counter

from lxml import etree

from bookpost.dom import Element

# What XML 1.0 §2.2 does not allow, and the surrogates that UTF-8 cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_ILLEGAL_REFERENCE = re.compile(
    r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|7f|fff[ef]|fdd[0-9a-f]|fde[0-9a-f]|d[89a-f][0-9a-f]{2})|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|127|6553[45]));?",
    re.IGNORECASE,
)
_OLD = {"b": "strong", "i": "em", "tt": "code", "s": "x-s", "strike": "x-s", "small": "x-small", "u": "x-u", "big": "x-big"}
_OLD_TAG = re.compile(r"<(/?)(b|i|tt|s|strike|small|u|big)(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^<>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_INLINE = frozenset("a abbr b bdi cite code em font i kbd mark q s small span strong sub sup tt u".split())
_DEPTH = 256


def parse_html(html: str) -> Element:
    """The page's body, or a body around the fragment."""
    text = legal(html.replace("\r\n", "\n").replace("\r", "\n"))
    text = _OLD_TAG.sub(lambda tag: f"<{tag[1]}{_OLD[tag[2].lower()]}", text)
    root, whole = _read(text)
    if not whole:
        root, _ = _read(shallow(text))
    return _body(root)


def legal(text: str) -> str:
    """The text without the characters that XML forbids, raw or as references."""
    if "&#" in text:
        text = _ILLEGAL_REFERENCE.sub("", text)
    return _ILLEGAL.sub("", text.replace("\x0c", " "))


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


def _read(text: str) -> tuple[Element | None, bool]:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    root = etree.fromstring(text.encode(), parser) if text.strip() else None
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
