"""SVG → PNG in a child process (`python -m bookpost.convert.svg`), because there are drawings that kill resvg.

The child first takes from the drawing all that could reach a file, the network or a script, and draws with our fonts
only. What is drawn has a size, a time and a memory limit. Raises PictureRefused; the caller's process survives anything.
"""

import re
import struct
import time
import zlib
from collections.abc import Iterator
from math import isfinite
from types import TracebackType
from typing import Self

from lxml import etree

from bookpost.child import Child, serve
from bookpost.convert.faces import shipped_faces
from bookpost.convert.sniff import PictureRefused, bomb, broken
from bookpost.dom import Element
from bookpost.errors import BookpostError, ChildError

Size = tuple[int, int]

_MEMORY = 1 << 30
_SECONDS = 10.0
_SECONDS_PER_BOOK = 60.0
_BOX = struct.Struct(">II")

_MAX_BYTES = 10_000_000
_MAX_DEPTH = 100
"""resvg overflows its stack between 200 and 300 nested groups."""
_MAX_ELEMENTS = 50_000
_MAX_EFFECTS = 12
"""Filter primitives. Thirty blurs take resvg over a minute; a drawing with more than this is drawn without any."""
_PIXELS_PER_UNIT = 3
"""A CSS pixel is 1/96 inch, a pixel of an e-reader 1/300: an icon stays an icon."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ACTIVE = frozenset({"script", "foreignObject", "handler", "listener", "animate", "animateMotion", "animateTransform", "set", "metadata"})
_INSIDE = re.compile(r"\s*(#|data:image/(png|jpe?g|gif|webp);base64,)", re.IGNORECASE)
_OUTSIDE_URL = re.compile(r"@import[^;]*;?|url\(\s*['\"]?\s*(?!['\"\s#])[^)]*\)", re.IGNORECASE)
_FILTER = re.compile(r"filter\s*:[^;}]*;?", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|rem|ex)?\s*$", re.IGNORECASE)
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0, "rem": 16.0, "ex": 8.0}
_CUT_OUT_OF_A_PAGE = frozenset(
    {
        etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE,
        etree.ErrorTypes.ERR_UNDECLARED_ENTITY,
        etree.ErrorTypes.WAR_UNDECLARED_ENTITY,
    }
)
"""Faults of a drawing that stood in a web page: it is whole all the same."""


class Drawings:
    """Draws SVGs in one warm child, started by the first; a context manager."""

    def __init__(self) -> None:
        self._child = Child("bookpost.convert.svg", memory=_MEMORY, seconds=_SECONDS)
        self._left = _SECONDS_PER_BOOK

    def draw(self, svg: bytes, box: Size) -> bytes:
        """The drawing as PNG on white inside box (pixels); raises PictureRefused."""
        if len(svg) > _MAX_BYTES:
            raise bomb(f"is an SVG of {len(svg):,} bytes")
        if self._left <= 0:
            raise bomb("comes after drawings that took all the time there was")
        start = time.monotonic()
        try:
            return self._child.call(_BOX.pack(*box) + svg, seconds=min(_SECONDS, self._left))
        except ChildError as error:
            code, _, why = error.message.partition(": ")
            raise PictureRefused(code, why) if code.startswith("W-") else bomb("takes too much time or memory to draw") from error
        finally:
            self._left -= time.monotonic() - start

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._child.close()


def sanitise(svg: bytes) -> Element:
    """The drawing's tree without anything that reaches outside it or acts; raises PictureRefused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=True)
    root = etree.fromstring(_unpacked(svg), parser)
    faults = {fault.type for fault in parser.error_log}
    if etree.ErrorTypes.ERR_RESOURCE_LIMIT in faults:
        raise bomb("is nested too deeply or multiplies itself")
    if root is None or etree.QName(root).localname != "svg" or faults - _CUT_OUT_OF_A_PAGE:
        raise broken("is damaged or cut off")
    _refuse_monsters(root)
    for element in list(root.iter()):
        _clean(element)
    if sum(1 for _ in _effects(root)) > _MAX_EFFECTS:
        _drop_filters(root)
    return root


def _unpacked(svg: bytes) -> bytes:
    if svg[:2] != b"\x1f\x8b":
        return svg
    gzip = zlib.decompressobj(wbits=31)
    try:
        plain = gzip.decompress(svg, _MAX_BYTES)
    except zlib.error as error:
        raise broken("is damaged") from error
    if gzip.unconsumed_tail:
        raise bomb(f"unpacks to more than {_MAX_BYTES:,} bytes")
    return plain


def _refuse_monsters(root: Element) -> None:
    depth = count = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > _MAX_DEPTH:
            raise bomb(f"is nested deeper than {_MAX_DEPTH}")
        if count > _MAX_ELEMENTS:
            raise bomb(f"has more than {_MAX_ELEMENTS:,} elements")


def _effects(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if str(element.tag).startswith(_SVG + "fe"))


def _clean(element: Element) -> None:
    if not isinstance(element.tag, str) or ":" in _local(element.tag) or _local(element.tag) in _ACTIVE:
        _drop(element)
        return
    if etree.QName(element).namespace is None:
        element.tag = _SVG + element.tag
    if element.tag == _SVG + "style":
        element.text = _OUTSIDE_URL.sub("none", "".join(map(str, element.itertext())))
    for name, value in ((str(name), str(value)) for name, value in element.items()):
        del element.attrib[name]
        local = _local(name).rpartition(":")[2].lower()
        if local == "href" and _INSIDE.match(value):
            element.set(_HREF, value)
        elif local not in ("href", "base") and not local.startswith("on") and ":" not in _local(name):
            element.set(name, _OUTSIDE_URL.sub("none", value))


def _drop_filters(root: Element) -> None:
    """Also what refers to them: an element whose filter is missing is not drawn."""
    for element in root.iter():
        if "filter" in element.attrib:
            del element.attrib["filter"]
        if "style" in element.attrib:
            element.set("style", _FILTER.sub("", str(element.get("style"))))
        if element.tag == _SVG + "style":
            element.text = _FILTER.sub("", element.text or "")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _drop(element: Element) -> None:
    """Without its tail: text between the elements of a drawing is white space."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def drawn_size(root: Element, box: Size) -> tuple[int, int]:
    """Pixels to draw: the drawing's own size at 288 pixels to the inch, as far as the box allows. One without a size of its
    own fills the box, in the proportions of its viewBox (else 2 to 1: CSS 2.2, 10.3.2).
    """
    shape = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    ratio = shape[2] / shape[3] if len(shape) == 4 and shape[2] and shape[3] else 2.0
    width, height = _length(root.get("width")), _length(root.get("height"))
    scale = _PIXELS_PER_UNIT if width or height else float("inf")
    width, height = width or (height or 1.0) * ratio, height or (width or ratio) / ratio
    scale = min(scale, box[0] / width, box[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _length(text: str | None) -> float:
    match = _LENGTH.match(text or "")
    return _number(match[1]) * _UNITS[(match[2] or "").lower()] if match else 0.0


def _number(text: str) -> float:
    """A positive number of a sane size, else 0."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if isfinite(number) and 1e-3 <= number <= 1e6 else 0.0


def _draw(request: bytes) -> bytes:
    import resvg_py

    try:
        root = sanitise(request[_BOX.size :])
    except PictureRefused as refused:
        raise BookpostError(f"{refused.code}: {refused.why}") from refused
    width, height = drawn_size(root, _BOX.unpack_from(request))
    if not root.get("viewBox") and (wide := _length(root.get("width"))) and (high := _length(root.get("height"))):
        root.set("viewBox", f"0 0 {wide:g} {high:g}")
    root.set("width", str(width))
    root.set("height", str(height))
    texts = "".join(map(str, root.itertext(_SVG + "text", _SVG + "tspan", _SVG + "textPath")))
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=str(etree.tostring(root, encoding="unicode")),
            width=width,
            background="white",
            skip_system_fonts=True,
            font_files=[str(face.path) for face in shipped_faces()] if texts.strip() else None,
            font_family="Noto Sans",
            sans_serif_family="Noto Sans",
            serif_family="Literata",
            monospace_family="Noto Sans",
        )
    except ValueError as error:
        code = "W-PICTURE-BOMB" if "limit" in str(error) else "W-PICTURE-BROKEN"
        raise BookpostError(f"{code}: cannot be drawn ({error})") from error
    return bytes(png)


if __name__ == "__main__":
    serve(_draw)
