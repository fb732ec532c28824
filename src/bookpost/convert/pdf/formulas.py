"""Formulas of a PDF: MathML drawn as SVG by ziamath, standing on the line, with words or TeX for those who listen.

WeasyPrint flattens MathML into nonsense. A formula that cannot be drawn is shown by its words.
"""

import warnings

from lxml import etree

from bookpost.dom import Element, text_of

_SIZE = 24
"""The type size at which ziamath draws; the SVG is then measured in ems."""
_SVG = "http://www.w3.org/2000/svg"
_MOST_ELEMENTS = 2000
_DEEPEST = 40


class Formulary:
    """Draws formulas, each different one once. `label` is the word for a formula that has no words of its own."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._drawn: dict[bytes, Element | None] = {}

    def __call__(self, math: Element) -> Element:
        """What stands in the place of a `math` element: a `span` with an SVG, or with the words."""
        block = math.get("display") == "block"
        span = math.makeelement("span", {"class": "formula block" if block else "formula"})
        words = _words(math)
        drawing = self._draw(math)
        if drawing is None:
            span.text = words
            return span
        title = drawing.makeelement(f"{{{_SVG}}}title")
        title.text = f"{self._label}: {words}" if words else self._label
        drawing.insert(0, title)
        span.append(drawing)
        return span

    def _draw(self, math: Element) -> Element | None:
        source = _source(math)
        if source not in self._drawn:
            self._drawn[source] = _drawing(source) if _is_reasonable(math) else None
        drawn = self._drawn[source]
        return None if drawn is None else etree.fromstring(etree.tostring(drawn))


def _words(math: Element) -> str:
    """The page's own words or TeX for the formula, else its letters and signs one after another."""
    return " ".join((math.get("alttext") or "").split()) or text_of(math)


def _source(math: Element) -> bytes:
    tail, math.tail = math.tail, None
    try:
        return etree.tostring(math)
    finally:
        math.tail = tail


def _is_reasonable(math: Element) -> bool:
    """Whether a drawing may be tried: ziamath recurses, and its time grows with every element."""
    depth = max((sum(1 for _ in element.iterancestors()) for element in math.iter()), default=0) - sum(1 for _ in math.iterancestors())
    return depth <= _DEEPEST and sum(1 for _ in math.iter()) <= _MOST_ELEMENTS


def _drawing(source: bytes) -> Element | None:
    with warnings.catch_warnings():
        # ziamath 0.13 finds its font by a function that Python 3.11 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ziafont.config import config
        from ziamath.zmath import Math

    config.svg2 = False  # glyphs as paths: WeasyPrint does not draw its `symbol`s
    try:
        svg = etree.fromstring(Math(_plain(source), size=_SIZE).svg().encode())
    except Exception:  # noqa: BLE001 - ziamath has no error of its own; the words stand in for what it cannot draw
        return None
    return _sized(svg)


def _plain(source: bytes) -> str:
    """The MathML without a prefix, as ziamath reads it."""
    root = etree.fromstring(source)
    for element in root.iter():
        element.tag = etree.QName(element).localname
    etree.cleanup_namespaces(root)
    return str(etree.tostring(root, encoding="unicode"))


def _sized(svg: Element) -> Element | None:
    """The drawing with its size in ems and its baseline, which ziamath draws at y = 0, on the line's."""
    box = [float(number) for number in (svg.get("viewBox") or "").split()]
    if len(box) != 4 or min(box[2:]) <= 0:
        return None
    width, height, drop = box[2] / _SIZE, box[3] / _SIZE, -(box[1] + box[3]) / _SIZE
    svg.set("style", f"width: {width:.3f}em; height: {height:.3f}em; vertical-align: {drop:.3f}em")
    etree.strip_attributes(svg, "width", "height")
    return svg
