"""SVG → PNG in a child process (`python -m bookpost.convert.svg`), because resvg can be killed by what it draws.

Before it is drawn a drawing loses all that could reach a file, the network or a script. Raises PictureRefused.
"""

import re
import struct
import zlib
from types import TracebackType
from typing import Self

from lxml import etree

from bookpost.child import Child, serve
from bookpost.convert.faces import shipped
from bookpost.convert.sniff import bomb, broken
from bookpost.dom import Element
from bookpost.errors import BookpostError, ChildError

_MEMORY = 1 << 30
_SECONDS = 10.0
_HEAD = struct.Struct(">II")

_MAX_BYTES = 10_000_000
_MAX_DEPTH = 100
_MAX_ELEMENTS = 50_000
_MAX_FILTERS = 8
_MAX_USES = 500
_SVG = "{http://www.w3.org/2000/svg}"
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
_FORBIDDEN = frozenset({"script", "foreignObject", "animate", "animateMotion", "animateTransform", "set", "handler", "listener", "a:video"})
_RASTER = re.compile(r"\s*data:image/(png|jpeg|jpg|gif|webp);base64,", re.IGNORECASE)
_FOREIGN_URL = re.compile(r"@import[^;]*;?|url\(\s*['\"]?(?!\s*#)[^)]*\)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?\s*$", re.IGNORECASE)
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0, "ex": 8.0}


class Drawings:
    """Draws SVGs in one warm child; a context manager."""

    def __init__(self) -> None:
        self._child = Child("bookpost.convert.svg", memory=_MEMORY, seconds=_SECONDS)

    def draw(self, svg: bytes, box: tuple[int, int]) -> bytes:
        """The drawing as PNG on white, as large as the box allows in its own proportions; raises PictureRefused."""
        if len(svg) > _MAX_BYTES:
            raise bomb(f"is an SVG of {len(svg):,} bytes")
        try:
            return self._child.call(_HEAD.pack(*box) + svg)
        except ChildError as error:
            if "took longer" in error.message or "memory" in error.message or "died" in error.message:
                raise bomb("is an SVG that takes too long or too much memory to draw") from error
            raise broken(error.message) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._child.close()


def sanitise(svg: bytes) -> Element:
    """The drawing's tree without anything that reaches outside it; raises BookpostError."""
    if svg[:2] == b"\x1f\x8b":
        svg = _unpacked(svg)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(svg, parser)
    except etree.XMLSyntaxError:
        recovering = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, recover=True
        )
        root = etree.fromstring(svg, recovering)
    if root is None or etree.QName(root).localname != "svg":
        raise BookpostError("is not an SVG")
    _check_size(root)
    for element in list(root.iter()):
        _clean(element)
    return root


def _unpacked(svg: bytes) -> bytes:
    try:
        plain = zlib.decompressobj(31)
        data = plain.decompress(svg, _MAX_BYTES)
    except zlib.error as error:
        raise BookpostError("is damaged (gzip)") from error
    if plain.unconsumed_tail:
        raise BookpostError("unpacks to more than a picture may have")
    return data


def _check_size(root: Element) -> None:
    elements = filters = uses = 0
    for event, element in etree.iterwalk(root, events=("start",)):
        del event
        name = _name(element)
        elements += 1
        filters += name.startswith("fe") or name == "filter"
        uses += name == "use"
    if elements > _MAX_ELEMENTS or filters > _MAX_FILTERS * 4 or uses > _MAX_USES:
        raise BookpostError("is an SVG too complex to draw")
    if _depth(root) > _MAX_DEPTH:
        raise BookpostError(f"is an SVG nested deeper than {_MAX_DEPTH}")


def _depth(root: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _name(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _clean(element: Element) -> None:
    if not isinstance(element.tag, str) or _name(element) in _FORBIDDEN:
        parent = element.getparent()
        if parent is not None:
            element.tail = None
            parent.remove(element)
        return
    if _name(element) == "style":
        element.text = _FOREIGN_URL.sub("", "".join(map(str, element.itertext())))
    for name, value in list(element.attrib.items()):
        local = etree.QName(name).localname.lower()
        outside = name in _HREFS and not (str(value).strip().startswith("#") or _RASTER.match(str(value)))
        if local.startswith("on") or outside or local == "base":
            del element.attrib[name]
        elif "url(" in str(value).lower() or "@import" in str(value).lower():
            element.attrib[name] = _FOREIGN_URL.sub("none", str(value))


def drawing_size(root: Element) -> tuple[float, float]:
    """Width and height in CSS pixels by the attributes, else the viewBox, else 300 × 150 (CSS 2.2 §10.3.2)."""
    box = [float(part) for part in re.findall(r"-?[0-9.]+(?:e[+-]?\d+)?", root.get("viewBox", ""))]
    width, height = _length(root.get("width")), _length(root.get("height"))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        elif not width:
            width, height = box[2], box[3]
    return width or 300.0, height or 150.0


def _length(text: str | None) -> float | None:
    match = _LENGTH.match(text or "")
    try:
        return float(match[1]) * _UNITS[(match[2] or "").lower()] or None if match else None
    except ValueError:
        return None


def _fonts() -> list[str]:
    return [str(shipped("noto_sans", "NotoSans[wdth,wght].ttf")), str(shipped("literata", "Literata[opsz,wght].ttf"))]


def _draw(request: bytes) -> bytes:
    import resvg_py

    wide, high = _HEAD.unpack_from(request)
    root = sanitise(request[_HEAD.size :])
    width, height = drawing_size(root)
    scale = min(wide / width, high / height)
    root.set("viewBox", root.get("viewBox") or f"0 0 {width:g} {height:g}")
    root.set("width", str(max(1, round(width * scale))))
    root.set("height", str(max(1, round(height * scale))))
    has_text = next(root.iter(_SVG + "text"), None) is not None
    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=str(etree.tostring(root, encoding="unicode")),
                width=max(1, round(width * scale)),
                background="white",
                skip_system_fonts=True,
                font_files=_fonts() if has_text else None,
                font_family="Noto Sans",
                sans_serif_family="Noto Sans",
                serif_family="Literata",
                monospace_family="Noto Sans",
            )
        )
    except ValueError as error:
        raise BookpostError(f"cannot be drawn ({error})") from error


if __name__ == "__main__":
    serve(_draw)
