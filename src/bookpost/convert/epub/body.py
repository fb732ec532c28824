"""The body of an article as an EPUB needs it: links between articles, notes that pop up, headings that can be reached,
pictures that fit their page. And what the body holds, so that the package says only what is true.

Every step takes the `body` element that `render_content` made and changes it in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from bookpost.convert.epub.pages import Figure
from bookpost.convert.epub.text import plain, shortened
from bookpost.device import Device
from bookpost.dom import MATHML, Element

EPUB = "http://www.idpf.org/2007/ops"
_NOTE_TYPES = {"doc-noteref": "noteref", "doc-footnote": "footnote", "doc-backlink": "backlink"}
"""EPUB 3 Structural Semantics Vocabulary: readers of before the roles open notes by these."""
_DASHES = tuple("—–―-~−")
_SILENT = frozenset(("rt", "rp"))
_MATH = f"{{{MATHML}}}math"
_SHARE = 0.85
"""Of a page's height that a picture takes at most: its caption stays with it."""
_HEAD_MM = 72
"""What title, by-line, bar and a caption of two or three lines take of the first page, in type as an e-reader sets it at first."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 2 or 3 and the id by which it is reached."""

    level: int
    id: str
    label: str


@dataclass(slots=True)
class Inventory:
    """What the pages of a book hold, counted while they are written."""

    pictures: int = 0
    undescribed: int = 0
    formulas: int = 0
    unspoken: int = 0
    tables: int = 0
    properties: set[str] = field(default_factory=set)

    def add(self, other: "Inventory") -> None:
        """Take in what another page holds."""
        self.pictures += other.pictures
        self.undescribed += other.undescribed
        self.formulas += other.formulas
        self.unspoken += other.unspoken
        self.tables += other.tables


def resolve_links(body: Element, places: Mapping[str, str]) -> None:
    """Point links to articles of the same book to their pages; `places` gives the page for `address_key` of each."""
    if not places:
        return
    for link in body.iter("a"):
        href = link.get("href", "")
        if not href.startswith("#") and (place := places.get(address_key(href))):
            link.set("href", place)


def address_key(address: str) -> str:
    """What two addresses of the same article share: scheme, fragment and trailing slash do not count."""
    bare = address.split("#", 1)[0].removeprefix("https://").removeprefix("http://")
    return bare.rstrip("/")


def mark_notes(body: Element) -> Element:
    """The body with EPUB's types beside the roles of notes, and a class on the first note; declared once for all."""
    marked = [element for element in body.iter("a", "aside") if element.get("role") in _NOTE_TYPES]
    if not marked:
        return body
    # Moved below an element that declares the prefix first: else every note would declare its own.
    whole = etree.Element("body", nsmap={"epub": EPUB})
    whole.text = body.text
    whole.extend(list(body))
    for element in marked:
        kind = _NOTE_TYPES[element.get("role", "")]
        element.set(f"{{{EPUB}}}type", kind)
        element.set("class", f"{kind} again" if kind == "noteref" and _follows_another(element) else kind)
    if (first := next((element for element in marked if element.tag == "aside"), None)) is not None:
        first.set("class", "footnote first")
    return whole


def _follows_another(reference: Element) -> bool:
    """Whether nothing stands between it and the one before: 8 and 9 must not read as 89."""
    before = reference.getprevious()
    return before is not None and before.get("role") == "doc-noteref" and not before.tail


def anchor_headings(body: Element) -> tuple[Heading, ...]:
    """Give the headings of the two upper levels an id where they have none; ids of content have no underscore, ours do."""
    found = []
    for number, heading in enumerate(body.iter("h2", "h3"), 1):
        label = shortened(plain(_label(heading)), 200)
        if not label:
            continue
        if not heading.get("id"):
            heading.set("id", f"h_{number}")
        found.append(Heading(2 if heading.tag == "h2" else 3, heading.get("id", ""), label))
    return tuple(found)


def dash_attributions(body: Element) -> None:
    """A dash before who said it, where the page has none."""
    for source in body.iter("p"):
        if source.get("class") == "attribution" and "".join(map(str, source.itertext())).strip()[:1] not in _DASHES:
            source.text = f"— {source.text or ''}"


def set_code_direction(body: Element) -> None:
    """Code runs from left to right in an article that does not; EPUB forbids CSS to say it (CSS-001 of EPUBCheck)."""
    for code in body.iter("pre"):
        if not code.get("dir"):
            code.set("dir", "ltr")


def fit_pictures(body: Element, device: Device) -> None:
    """A class on each picture in a figure that would be taller than its page; see `size_class`."""
    first = body[0] if len(body) else None
    for figure in body.iter("figure"):
        for image in figure.iter("img"):
            fit = lead_class if figure is first else size_class
            if size := fit(int(image.get("width") or 0), int(image.get("height") or 0), device):
                image.set("class", f"{image.get('class', '')} {size}".strip())


def lead_class(width: int, height: int, device: Device) -> str:
    """`size_class` for a picture below the title: one that is wider than tall fits beneath it, lest the title stand alone."""
    page = device.page_mm[1]
    return size_class(width, height, device, (page - _HEAD_MM) / page if width > height and page > 1.5 * _HEAD_MM else _SHARE)


def size_class(width: int, height: int, device: Device, share: float = _SHARE) -> str:
    """`w90` … `w20`: the width in percent at which a picture takes at most this share of the page's height; empty when it fits.

    In percent of the width because old engines know neither `vh` nor a height in percent, and drop the sheet that uses one.
    """
    if not width or not height:
        return ""
    # Margins and a line of status take about as much of the height as of the width.
    fits = min(share, _SHARE) * device.height / device.width * width / height
    return "" if fits >= 1 else f"w{max(2, int(fits * 10))}0"


def opens_with_figure(body: Element) -> bool:
    """Whether the text starts with a picture of its own, so that a lead picture above it would be one too many."""
    first = body[0] if len(body) else None
    return first is not None and first.tag == "figure" and next(first.iter("img"), None) is not None


def shows(body: Element, src: str) -> bool:
    """Whether the text holds this picture."""
    return any(image.get("src") == src for image in body.iter("img"))


def opening(body: Element, limit: int = 600) -> str:
    """The beginning of the first paragraph that says something, for a summary where the page gave none."""
    for paragraph in body.iterchildren("p"):
        text = plain(_label(paragraph))
        if len(text) > 40:
            return text[:limit]
    return ""


def take_inventory(body: Element, lead: Figure | None = None) -> Inventory:
    """Count what the package must declare, in the text and in the lead picture above it."""
    held = Inventory(pictures=int(lead is not None), undescribed=int(lead is not None and not lead.alt))
    for image in body.iter("img"):
        held.pictures += 1
        held.undescribed += not (image.get("alt") or "").strip()
    for formula in body.iter(_MATH):
        held.formulas += 1
        held.unspoken += not formula.get("alttext")
        held.properties.add("mathml")
    held.tables = sum(1 for _ in body.iter("table"))
    if next(body.iter("{http://www.w3.org/2000/svg}svg"), None) is not None:
        held.properties.add("svg")
    return held


def serialise(body: Element) -> str:
    """The children of the body as XHTML."""
    whole = str(etree.tostring(body, encoding="unicode", with_tail=False))
    return whole[whole.index(">") + 1 : whole.rindex("</")] if whole.endswith("</body>") else ""


def _label(element: Element) -> str:
    """The text without readings of ruby and numbers of notes, and with what a picture or formula says."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == "img":
            parts.append(child.get("alt") or "")
        elif child.tag == _MATH:
            parts.append(child.get("alttext") or "")
        elif child.tag == "br":
            parts.append(" ")
        elif child.tag not in _SILENT and child.get("role") != "doc-noteref":
            parts.append(_label(child))
        parts.append(child.tail or "")
    return "".join(parts)
