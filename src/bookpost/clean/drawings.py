"""Drawings that stand in the page itself (inline SVG): charts become pictures, icons go."""

import base64

from lxml import etree

from bookpost.clean.page import Page, keep_only
from bookpost.clean.pictures import length
from bookpost.clean.vocabulary import attributes_of, names
from bookpost.dom import Element, elements, text_of

SVG = "http://www.w3.org/2000/svg"
_SMALLEST = 100  # CSS pixels; what is smaller is an icon
_MOST = 20_000  # elements of one drawing
_DEEPEST = 60
_NOT_DRAWN = names("script style foreignobject animate animatemotion animatetransform set a image iframe audio video metadata")
# An HTML parser lowers all names; SVG's have capitals (HTML §13.2.6.5 and §13.2.6.1, the tables of adjustments).
_CAPITALS = {
    name.lower(): name
    for name in names(
        "clipPath linearGradient radialGradient textPath feBlend feColorMatrix feComposite feFlood feGaussianBlur "
        "feMerge feMergeNode feOffset "
        "viewBox preserveAspectRatio gradientTransform gradientUnits patternUnits patternContentUnits patternTransform clipPathUnits "
        "markerWidth markerHeight markerUnits refX refY textLength lengthAdjust startOffset spreadMethod stdDeviation maskUnits "
        "maskContentUnits pathLength filterUnits primitiveUnits"
    )
}


def keep_drawings(page: Page) -> None:
    """A drawing in a figure, or of a stated size, becomes a picture that carries its own bytes.

    `<svg width="300" height="200"><title>Rain</title>…</svg>`  →  `<img src="image:p0" alt="Rain">`
    """
    for drawing in elements(page.body, "svg"):
        if next(drawing.iterancestors("svg", "x-drop", "button"), None) is not None or not _is_content(drawing):
            continue
        title = drawing.find("title")
        alt = drawing.get("aria-label") or (text_of(title) if title is not None else "")
        data = base64.b64encode(etree.tostring(_copy(drawing))).decode()
        for child in list(drawing):
            drawing.remove(child)
        drawing.text = None
        drawing.tag = "img"
        keep_only(drawing, src=page.picture(f"data:image/svg+xml;base64,{data}"), alt=" ".join(alt.split()))


def _is_content(drawing: Element) -> bool:
    if drawing.get("aria-hidden") == "true" or sum(1 for _ in drawing.iter()) > _MOST:
        return False
    size = [side for name in ("width", "height") if (side := length(drawing, name)) is not None]
    if size and min(size) < _SMALLEST:
        return False
    drawn = next(drawing.iter("path", "rect", "circle", "line", "polyline", "polygon", "ellipse", "text"), None) is not None
    return drawn and (len(size) == 2 or next(drawing.iterancestors("figure"), None) is not None)


def _copy(drawing: Element) -> Element:
    """The drawing with its names in SVG's spelling and namespace, without links, scripts and handlers."""
    root = etree.Element(f"{{{SVG}}}svg", _attributes(drawing), nsmap={"svg": SVG})
    pending = [(drawing, root, 0)]
    while pending:
        source, out, depth = pending.pop()
        out.text = source.text
        for child in source:
            tag = str(child.tag)
            if tag in _NOT_DRAWN or ":" in tag or depth >= _DEEPEST:
                continue
            copy = etree.SubElement(out, f"{{{SVG}}}{_CAPITALS.get(tag, tag)}", _attributes(child))
            copy.tail = child.tail
            pending.append((child, copy, depth + 1))
    return root


def _attributes(element: Element) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in attributes_of(element):
        name = "href" if name == "xlink:href" else name
        if ":" in name or name.startswith(("on", "xmlns")) or (name == "href" and not value.startswith("#")):
            continue
        kept[_CAPITALS.get(name, name)] = value
    return kept
