"""The metadata of a book under repair: one title, one language, an identifier, no dead `refines`, nothing of Amazon's."""

import re
import uuid
from collections import Counter

from lxml import etree

from bookpost.convert.check.language import is_language, normalised, runs_right_to_left
from bookpost.convert.check.metadata import MODIFIED, amazon_elements
from bookpost.convert.check.package import XHTML_TYPE
from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.report import Report
from bookpost.convert.check.wellformed import DC, OPF, XHTML, XML, parse
from bookpost.dom import Element, text_of

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://bookpost.example/repair")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


def mend_metadata(draft: Draft) -> None:
    """Mend what can be mended without guessing at what the book says."""
    metadata = draft.opf.find(f"{{{OPF}}}metadata")
    if metadata is None:
        return
    for element in amazon_elements(draft.opf):
        _remove(element)
    _mend_title(draft, metadata)
    _mend_language(draft, metadata)
    _mend_identifier(draft, metadata)
    _mend_ids(draft.opf)
    _mend_refines(draft.opf)
    if str(draft.opf.get("version", "")).startswith("3"):
        _mend_modified(metadata)


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _keep_first(metadata: Element, name: str) -> Element | None:
    """The first element of this name that says something; the others are removed."""
    found = list(metadata.iter(f"{{{DC}}}{name}"))
    first = next((element for element in found if text_of(element)), None)
    for element in found:
        if element is not first:
            _remove(element)
    return first


def _mend_title(draft: Draft, metadata: Element) -> None:
    if _keep_first(metadata, "title") is None and (title := _first_heading(draft)):
        etree.SubElement(metadata, f"{{{DC}}}title").text = title


def _first_heading(draft: Draft) -> str:
    for root in _documents(draft):
        for tag in ("h1", "h2", "title"):
            heading = next(root.iter(f"{{{XHTML}}}{tag}"), None)
            if heading is not None and text_of(heading):
                return text_of(heading)[:200]
    return ""


def _documents(draft: Draft) -> list[Element]:
    members = draft.of_type(XHTML_TYPE)[:20]
    parsed = (parse(data, member, Report()) for member in members if (data := draft.read(member)) is not None)
    return [root for root in parsed if root is not None]


def _mend_language(draft: Draft, metadata: Element) -> None:
    """The first valid or nearly valid tag; else the one that most of the book's documents carry."""
    found = list(metadata.iter(f"{{{DC}}}language"))
    tags = [tag for element in found if (said := text_of(element)) and (tag := said if is_language(said) else normalised(said))]
    tag = tags[0] if tags else _language_of_documents(draft)
    if tag is None:
        return
    kept = found[0] if found else etree.SubElement(metadata, f"{{{DC}}}language")
    kept.text = tag
    for element in found[1:]:
        _remove(element)
    spine = draft.opf.find(f"{{{OPF}}}spine")
    if spine is not None and runs_right_to_left(tag):
        spine.set("page-progression-direction", "rtl")


def _language_of_documents(draft: Draft) -> str | None:
    said = (str(root.get(f"{{{XML}}}lang") or root.get("lang") or "") for root in _documents(draft))
    counted = Counter(tag for word in said if (tag := normalised(word)))
    return min(counted, key=lambda tag: (-counted[tag], tag), default=None)


def _mend_identifier(draft: Draft, metadata: Element) -> None:
    """Name the identifier that is there, or derive one from the title and the members' names."""
    found = [element for element in metadata.iter(f"{{{DC}}}identifier") if text_of(element)]
    named = next((element for element in found if element.get("id") == draft.opf.get("unique-identifier")), None)
    kept = named if named is not None else found[0] if found else None
    if kept is None:
        kept = etree.SubElement(metadata, f"{{{DC}}}identifier")
        kept.text = f"urn:uuid:{uuid.uuid5(_NAMESPACE, repr((_first_heading(draft), sorted(draft.names()))))}"
    for element in list(metadata.iter(f"{{{DC}}}identifier")):
        if not text_of(element):
            _remove(element)
    if not kept.get("id"):
        kept.set("id", "bookpost-uid")
    draft.opf.set("unique-identifier", str(kept.get("id")))


def _mend_ids(opf: Element) -> None:
    """A second element with the same id loses or changes it; references mean the first."""
    seen: set[str] = set()
    for element in opf.iter("*"):
        id = element.get("id")
        if id is not None and id in seen:
            if element.tag == f"{{{OPF}}}item":
                element.set("id", next(new for n in range(2, len(seen) + 3) if (new := f"{id}-{n}") not in seen))
            else:
                del element.attrib["id"]
        seen.add(str(element.get("id")))


def _mend_refines(opf: Element) -> None:
    ids = {element.get("id") for element in opf.iter("*")}
    for element in list(opf.iter("*")):
        refines = element.get("refines")
        if refines is not None and refines.removeprefix("#") in ids:
            element.set("refines", f"#{refines.removeprefix('#')}")
        elif refines is not None:
            _remove(element)


def _mend_modified(metadata: Element) -> None:
    """The date of the last change that EPUB 3 demands: the one that is there, else the book's date, else a fixed one."""
    found = [meta for meta in metadata.iter(f"{{{OPF}}}meta") if meta.get("property") == "dcterms:modified" and not meta.get("refines")]
    good = next((meta for meta in found if MODIFIED.fullmatch(text_of(meta))), None)
    for meta in found:
        if meta is not good:
            _remove(meta)
    if good is None:
        said = next((day[0] for e in metadata.iter(f"{{{DC}}}date") if (day := _DAY.match(text_of(e)))), "2000-01-01")
        etree.SubElement(metadata, f"{{{OPF}}}meta", property="dcterms:modified").text = f"{said}T00:00:00Z"
