"""Manifest and spine of a book under repair: they list what is there, as what it is."""

import posixpath
import re

from lxml import etree

from bookpost.convert.check.chapters import read_chapter
from bookpost.convert.check.manifest import alike
from bookpost.convert.check.package import NCX_TYPE, XHTML_TYPE
from bookpost.convert.check.pictures import GIF, JPEG, PNG, sniff
from bookpost.convert.check.repair.draft import Draft, serialised
from bookpost.convert.check.report import Report
from bookpost.convert.check.wellformed import DC, NCX, OPF, XHTML, raw_text
from bookpost.dom import Element, text_of

_BY_SUFFIX = {".xhtml": XHTML_TYPE, ".css": "text/css", ".ncx": NCX_TYPE, ".htm": XHTML_TYPE, ".html": XHTML_TYPE}
_SUFFIXES = {JPEG: (".jpg", ".jpeg"), PNG: (".png",), GIF: (".gif",)}
_FILE_NAME = re.compile(rb"[^\s\"'/=()<>]++")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._/-]+")


def mend_manifest(draft: Draft) -> None:
    """List each member once, drop what is not there, correct media types, choose names that every e-reader takes."""
    seen: set[str] = set()
    dropped = []
    for item in draft.items():
        target = draft.target(draft.path, str(item.get("href", "")))
        if target is None or target[0] in seen or _is_lost(draft, item, target[0]):
            _replace_in_spine(draft, item, draft.item_of(target[0]) if target and target[0] in seen else None)
            dropped.append(item)
            continue
        seen.add(target[0])
        item.set("href", draft.address(draft.path, target[0]))
        _mend_type(draft, item, target[0])
    draft.drop_items(dropped)
    _list_or_drop(draft, [name for name in draft.names() if name not in seen])
    _rename(draft)


def _list_or_drop(draft: Draft, forgotten: list[str]) -> None:
    """What the manifest forgot: a picture that a document names is listed, anything else is left out."""
    documents = (draft.read(member) or b"" for member in draft.of_type(XHTML_TYPE)) if forgotten else ()
    used = {word for data in documents for word in _FILE_NAME.findall(data)}
    for name in forgotten:
        if name.startswith("META-INF/") or name in ("mimetype", draft.path):
            continue
        data = draft.read(name) if posixpath.basename(name).encode() in used else None
        found = sniff(data[:4096]) if data else None
        if found is not None and found.startswith("image/"):
            draft.list_item(name, "item-" + _NOT_PLAIN.sub("-", name).replace("/", "-"), found)
        else:
            draft.dropped.add(name)


def _is_lost(draft: Draft, item: Element, member: str) -> bool:
    """Whether something declared as a picture or font is neither: an error page saved under its name."""
    data = draft.read(member)
    found = sniff(data[:4096]) if data is not None else None
    kinds = ("image/", "font/")
    return str(item.get("media-type", "")).startswith(kinds) and (found is None or not found.startswith(kinds))


def _replace_in_spine(draft: Draft, item: Element, other: Element | None) -> None:
    """The same document under another id: the spine keeps its place by the id that stays."""
    if other is not None and other is not item:
        for reference in draft.opf.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref"):
            if reference.get("idref") == item.get("id"):
                reference.set("idref", str(other.get("id")))


def _mend_type(draft: Draft, item: Element, member: str) -> None:
    data = draft.read(member)
    found = sniff(data[:4096]) if data is not None else None
    declared = str(item.get("media-type", ""))
    if found is None:
        found = _BY_SUFFIX.get(posixpath.splitext(member)[1].lower()) if not declared else None
    if found is not None and found != declared and not alike(found, declared):
        item.set("media-type", found)
    if not item.get("id"):
        item.set("id", "item-" + _NOT_PLAIN.sub("-", member).replace("/", "-"))


def _rename(draft: Draft) -> None:
    taken = {name.casefold() for name in draft.names()}
    seen: set[str] = set()
    for name in draft.names():
        stem, suffix = posixpath.splitext(_NOT_PLAIN.sub("-", name))
        item = draft.item_of(name)
        wanted = _SUFFIXES.get(str(item.get("media-type")), (suffix,)) if item is not None else (suffix,)
        odd = _NOT_PLAIN.search(name) or name.casefold() in seen or suffix not in wanted
        seen.add(name.casefold())
        if odd and not name.startswith("META-INF/") and name != draft.path:
            suffix = suffix if suffix in wanted else wanted[0]
            new = next(new for n in range(1, len(taken) + 2) if (new := f"{stem}{'' if n == 1 else n}{suffix}").casefold() not in taken)
            taken.add(new.casefold())
            draft.renamed[name] = new


def mend_spine(draft: Draft) -> None:
    """Last of all: each place in the spine once, the cover only as a picture, properties, guide and NCX in step."""
    spine = draft.opf.find(f"{{{OPF}}}spine")
    if spine is None:
        return
    items = {item.get("id"): item for item in draft.items()}
    seen: set[str | None] = set()
    for reference in list(spine):
        id = reference.get("idref")
        if id in seen or id not in items or items[id].get("media-type") != XHTML_TYPE:
            spine.remove(reference)
        seen.add(id)
    if all(reference.get("linear") == "no" for reference in spine):
        _refill(draft, spine)
    _mend_toc(draft, spine)
    _mend_cover(draft)
    for item in draft.items():
        _mend_properties(draft, item)
        if (member := draft.member(item)) is not None:
            item.set("href", draft.address(draft.path, member))


def _refill(draft: Draft, spine: Element) -> None:
    """A book without a reading order is read as the manifest lists it."""
    spine[:] = []
    for item in draft.items():
        if item.get("media-type") == XHTML_TYPE:
            reference = etree.SubElement(spine, f"{{{OPF}}}itemref", idref=str(item.get("id")))
            if "nav" in str(item.get("properties", "")).split():
                reference.set("linear", "no")


def _mend_toc(draft: Draft, spine: Element) -> None:
    """The spine names the NCX, and the NCX the book's identifier."""
    ncx = next((item for item in draft.items() if item.get("media-type") == NCX_TYPE), None)
    if ncx is None:
        spine.attrib.pop("toc", "")
        return
    spine.set("toc", str(ncx.get("id")))
    root = draft.trees.get(draft.member(ncx) or "")
    uid = draft.opf.get("unique-identifier")
    own = next((text_of(e) for e in draft.opf.iter(f"{{{DC}}}identifier") if e.get("id") == uid), None)
    for meta in root.iter(f"{{{NCX}}}meta") if root is not None and own else ():
        if meta.get("name") == "dtb:uid":
            meta.set("content", str(own))


def _mend_cover(draft: Draft) -> None:
    """Both declarations of the cover picture (EPUB 3 readers take one, Kindle the other)."""
    metadata = draft.opf.find(f"{{{OPF}}}metadata")
    metas = [meta for meta in draft.opf.iter(f"{{{OPF}}}meta") if meta.get("name") == "cover"]
    items = {item.get("id"): item for item in draft.items()}
    declared = next((item for item in items.values() if "cover-image" in str(item.get("properties", "")).split()), None)
    cover = declared if declared is not None else next((items[m.get("content")] for m in metas if m.get("content") in items), None)
    if cover is None or metadata is None or not str(cover.get("media-type", "")).startswith("image/"):
        return
    if not metas:
        metas = [etree.SubElement(metadata, f"{{{OPF}}}meta", name="cover")]
    metas[0].set("content", str(cover.get("id")))
    if declared is None and str(draft.opf.get("version", "")).startswith("3"):
        cover.set("properties", f"{cover.get('properties', '')} cover-image".strip())


def _mend_properties(draft: Draft, item: Element) -> None:
    root = draft.trees.get(draft.member(item) or "")
    if root is None or item.get("media-type") != XHTML_TYPE or not str(draft.opf.get("version", "")).startswith("3"):
        return
    chapter = read_chapter(serialised(root, ""), "", (), Report())
    kept = [word for word in str(item.get("properties", "")).split() if word not in ("mathml", "svg", "scripted")]
    words = kept + sorted(chapter.properties if chapter else ())
    if words:
        item.set("properties", " ".join(words))
    else:
        item.attrib.pop("properties", "")


def holds_only(root: Element, pictures: set[str | None], draft: Draft, base: str) -> bool:
    """Whether a document shows one of these pictures and nothing else."""
    body = root.find(f"{{{XHTML}}}body")
    if body is None or len("".join(raw_text(body).split())) >= 40:
        return False
    addresses = [str(img.get("src", "")) for img in body.iter(f"{{{XHTML}}}img")]
    addresses += [str(value) for image in body.iter("{http://www.w3.org/2000/svg}image") for value in image.attrib.values()]
    targets = {target[0] for address in addresses if (target := draft.target(base, address))}
    return bool(targets) and targets <= pictures
