"""The references of a book under repair: each leads somewhere inside the book, to the world outside, or is undone."""

import base64
import binascii
import hashlib
from urllib.parse import unquote_to_bytes

from lxml import etree

from bookpost.convert.check.package import XHTML_TYPE, is_remote
from bookpost.convert.check.pictures import GIF, JPEG, PNG, shape
from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.wellformed import NCX, OPF, SVG, XHTML, XLINK
from bookpost.dom import Element, remove, text_of, unwrap

_H, _N = f"{{{XHTML}}}", f"{{{NCX}}}"
_WEB = ("http:", "https:")
_SUFFIX = {JPEG: "jpg", PNG: "png", GIF: "gif"}


def mend_references(draft: Draft) -> None:
    """Mend the links and pictures of every document, the tables of contents and the guide."""
    ids = {member: _ids(root) for member, root in draft.trees.items()}
    for member, root in draft.trees.items():
        if root.tag == f"{_H}html":
            _mend_pictures(draft, member, root)
            _mend_links(draft, member, root, ids)
            _drop_dead_entries(root)
        else:
            _mend_ncx(draft, member, root, ids)
    for reference in list(draft.opf.iterfind(f"{{{OPF}}}guide/{{{OPF}}}reference")):
        address = _address(draft, draft.path, str(reference.get("href", "")), ids)
        _keep(reference, "href", address)
    _complete_guide(draft)


def _ids(root: Element) -> set[str]:
    """The ids that a link may lead to: not the body's, where e-readers lose their way."""
    return {str(id) for element in root.iter("*") if (id := element.get("id")) and element.tag not in (f"{_H}body", f"{_H}html")}


def _address(draft: Draft, base: str, href: str, ids: dict[str, set[str]]) -> str | None:
    """The good address for a reference inside the book; None when it leads nowhere."""
    target = _target(draft, base, href, ids)
    return draft.address(base, *target) if target else None


def _target(draft: Draft, base: str, href: str, ids: dict[str, set[str]]) -> tuple[str, str] | None:
    target = draft.target(base, href)
    if target is None or (target[0] != base and draft.item_of(target[0]) is None and target[0] != draft.path):
        return None
    member, fragment = target
    if member in ids and fragment not in ids[member]:
        fragment = ""
        if member == base and href.startswith("#"):
            return None
    return member, fragment


def _keep(element: Element, key: str, address: str | None) -> None:
    if address is None:
        remove(element)
    else:
        element.set(key, address)


def _mend_links(draft: Draft, base: str, root: Element, ids: dict[str, set[str]]) -> None:
    for link in list(root.iter(f"{_H}a")):
        href = link.get("href")
        if href is None:
            continue
        address = _mended(draft, base, str(href), ids)
        if address is not None:
            link.set("href", address)
        elif link.get("id"):
            del link.attrib["href"]
        else:
            unwrap(link)
    for element in list(root.iter(f"{_H}link")):
        _keep(element, "href", _address(draft, base, str(element.get("href", "")), ids))
    for element in root.iter(f"{_H}blockquote", f"{_H}q", f"{_H}del", f"{_H}ins"):
        if element.get("cite") is not None and not is_remote(str(element.get("cite"))):
            del element.attrib["cite"]


def _mended(draft: Draft, base: str, href: str, ids: dict[str, set[str]]) -> str | None:
    if is_remote(href):
        return href if href.partition(":")[0].strip().lower() in ("http", "https", "mailto", "tel") else None
    target = _target(draft, base, href, ids)
    if target is None:
        return None
    if target[0] != base:
        _into_spine(draft, target[0])
    return draft.address(base, *target)


def _into_spine(draft: Draft, member: str) -> None:
    """A document that a link leads to must be in the reading order (EPUB 3.3, 5.7.2); it may stand beside it."""
    item = draft.item_of(member)
    spine = draft.opf.find(f"{{{OPF}}}spine")
    if item is None or spine is None or item.get("media-type") != XHTML_TYPE:
        return
    if all(reference.get("idref") != item.get("id") for reference in spine):
        etree.SubElement(spine, f"{{{OPF}}}itemref", idref=str(item.get("id")), linear="no")


def _mend_pictures(draft: Draft, base: str, root: Element) -> None:
    for picture in list(root.iter(f"{_H}img", f"{{{SVG}}}image")):
        key = "src" if picture.tag == f"{_H}img" else f"{{{XLINK}}}href" if picture.get(f"{{{XLINK}}}href") else "href"
        value = str(picture.get(key, ""))
        target = _unpacked(draft, value) if value.startswith("data:") else draft.target(base, value)
        if target is not None and draft.item_of(target[0]) is not None:
            picture.set(key, draft.address(base, target[0]))
        elif key == "src" and (value.startswith(_WEB) or str(picture.get("alt") or "").strip()):
            _words_instead(picture, value)
        else:
            remove(picture)


def _words_instead(picture: Element, address: str) -> None:
    """A picture that is not in the book: what it shows in words, as a link when it is somewhere else."""
    words = str(picture.get("alt") or "").strip() or address
    linked = address.startswith(_WEB) and next(picture.iterancestors(f"{_H}a"), None) is None
    for key in list(picture.attrib):
        del picture.attrib[key]
    picture.tag = f"{_H}a" if linked else f"{_H}span"
    if linked:
        picture.set("href", address)
    picture.text = words


def _unpacked(draft: Draft, value: str) -> tuple[str, str] | None:
    """The picture in a `data:` address as a member of its own, if an e-reader can show it."""
    head, _, body = value.partition(",")
    try:
        data = base64.b64decode(unquote_to_bytes(body)) if head.endswith(";base64") else unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        return None
    look = shape(data)
    if look is None or look.media_type not in _SUFFIX or look.faults:
        return None
    name = f"{hashlib.sha256(data).hexdigest()[:16]}.{_SUFFIX[look.media_type]}"
    member = f"{draft.path.rpartition('/')[0]}/{name}".lstrip("/")
    if draft.item_of(member) is None:
        draft.list_item(member, f"picture-{name[:16]}", look.media_type)
    draft.changed[member] = data
    return member, ""


def _drop_dead_entries(root: Element) -> None:
    """Entries of the navigation document whose link is gone or says nothing, unless others hang below them."""
    for nav in root.iter(f"{_H}nav"):
        for item in reversed(list(nav.iter(f"{_H}li"))):
            link = next((child for child in item if child.tag == f"{_H}a"), None)
            if link is None and next(item.iter(f"{_H}ol"), None) is None:
                remove(item)
            elif link is not None and not text_of(link) and next(link.iter(f"{_H}img"), None) is None:
                link.text = str(link.get("href", "")).partition("#")[0].rpartition("/")[2].rpartition(".")[0] or "•"
        for empty in [found for found in nav.iter(f"{_H}ol") if len(found) == 0]:
            remove(empty)


def _mend_ncx(draft: Draft, base: str, root: Element, ids: dict[str, set[str]]) -> None:
    for point in reversed(list(root.iter(f"{_N}navPoint"))):
        content = point.find(f"{_N}content")
        address = _address(draft, base, str(content.get("src", "")), ids) if content is not None else None
        inner = point.find(f"{_N}navPoint/{_N}content")
        if address is None and inner is not None:
            address = str(inner.get("src"))
        if address is None or content is None:
            remove(point)
            continue
        content.set("src", address)
        label = point.find(f"{_N}navLabel/{_N}text")
        if label is not None and not text_of(label):
            label.text = address.partition("#")[0].rpartition("/")[2].rpartition(".")[0] or "•"


def _complete_guide(draft: Draft) -> None:
    """`toc` and `text` in the guide: without them newer Kindle firmware stays in the current chapter."""
    guide = draft.opf.find(f"{{{OPF}}}guide")
    if guide is None:
        guide = etree.SubElement(draft.opf, f"{{{OPF}}}guide")
    there = {str(reference.get("type", "")).lower() for reference in guide}
    nav = next((item for item in draft.items() if "nav" in str(item.get("properties", "")).split()), None)
    first = next((reference.get("idref") for reference in draft.opf.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref")), None)
    start = next((item for item in draft.items() if item.get("id") == first), None)
    for kind, title, item in (("toc", "Contents", nav), ("text", "Start", start)):
        member = draft.member(item) if item is not None else None
        if kind not in there and member is not None:
            etree.SubElement(guide, f"{{{OPF}}}reference", type=kind, title=title, href=draft.address(draft.path, member))
            _into_spine(draft, member)
    if len(guide) == 0:
        remove(guide)
