"""The DOM of clean content, without policy: parse, serialise, walk. Everything here works on lxml elements.

The tree of clean content has no namespaces except MathML's (`{http://www.w3.org/1998/Math/MathML}`).
"""

from collections.abc import Iterator

from lxml import etree

MATHML = "http://www.w3.org/1998/Math/MathML"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)

Element = etree._Element


def parse_content(content: str) -> Element:
    """The content as the children of a `body` element; raises lxml.etree.XMLSyntaxError if it is not well-formed."""
    return etree.fromstring(f"<body>{content}</body>".encode(), _PARSER)


def serialise_content(body: Element) -> str:
    """The children of `body` as an XHTML fragment."""
    parts = [_escape(body.text or "")]
    parts.extend(str(etree.tostring(child, encoding="unicode")) for child in body)
    return "".join(parts)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def text_of(element: Element) -> str:
    """The element's text with white space folded."""
    return " ".join("".join(map(str, element.itertext())).split())


def unwrap(element: Element) -> None:
    """Replace the element by its children and text."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be unwrapped")
    _append_text_before(element, element.text)
    for child in list(element):
        element.addprevious(child)
    _append_text_before(element, element.tail)
    parent.remove(element)


def remove(element: Element) -> None:
    """Remove the element and what is in it; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be removed")
    _append_text_before(element, element.tail)
    element.tail = None
    parent.remove(element)


def replace(element: Element, new: Element) -> None:
    """Put `new` where the element stood; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root cannot be replaced")
    new.tail, element.tail = element.tail, None
    parent.replace(element, new)


def elements(root: Element, *tags: str) -> Iterator[Element]:
    """The elements with these tags below root in document order, safe against changes while walking."""
    yield from list(root.iter(*tags))


def _append_text_before(element: Element, text: str | None) -> None:
    if not text:
        return
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text
