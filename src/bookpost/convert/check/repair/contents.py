"""The tables of contents of a book under repair: the navigation document in reading order, and the NCX made from it."""

from lxml import etree

from bookpost.convert.check.chapters import kinds
from bookpost.convert.check.navigation import Entry, nav_entries
from bookpost.convert.check.package import NCX_TYPE, resolve
from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.wellformed import DC, NCX, OPF, XHTML
from bookpost.dom import Element, text_of

_H, _N = f"{{{XHTML}}}", f"{{{NCX}}}"


def mend_contents(draft: Draft) -> None:
    """Put the entries of the navigation document into the order of the book, and write the NCX anew from them."""
    nav = next((item for item in draft.items() if "nav" in str(item.get("properties", "")).split()), None)
    member = draft.member(nav) if nav is not None else None
    toc = kinds(draft.trees[member]).get("toc") if member in draft.trees else None
    if member is None or toc is None:
        return
    places = _Places(draft, member)
    for entries in toc.iter(f"{_H}ol"):
        entries[:] = sorted(entries, key=places.of)
    _write_ncx(draft, member, tuple(nav_entries(toc)))


class _Places:
    """Where the entries' targets stand in the book; an entry that leads nowhere stays behind the one before it."""

    def __init__(self, draft: Draft, member: str) -> None:
        self._draft = draft
        self._member = member
        order = [item.get("idref") for item in draft.opf.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref")]
        self._spine = {draft.member(item): order.index(item.get("id")) for item in draft.items() if item.get("id") in order}
        self._ids: dict[str, dict[str, int]] = {}
        self._last = (0, 0)

    def of(self, entry: Element) -> tuple[int, int]:
        """(place of the document in the spine, place of the id in it)."""
        link = next(entry.iter(f"{_H}a"), None)
        names = {self._draft.renamed.get(name, name): name for name in self._draft.trees}
        target = resolve(self._draft.renamed.get(self._member, self._member), str(link.get("href", ""))) if link is not None else None
        member = names.get(target or "")
        if member in self._spine and link is not None:
            fragment = str(link.get("href")).partition("#")[2]
            self._last = self._spine[member], self._ids_of(str(member)).get(fragment, 0)
        return self._last

    def _ids_of(self, member: str) -> dict[str, int]:
        if member not in self._ids:
            elements = enumerate(self._draft.trees[member].iter("*"))
            self._ids[member] = {str(element.get("id")): place for place, element in elements if element.get("id")}
        return self._ids[member]


def _write_ncx(draft: Draft, nav: str, entries: tuple[Entry, ...]) -> None:
    """The same entries in the form that older readers know; a new file beside the navigation document when there was none."""
    linked = [entry for entry in entries if entry.href]
    if not linked:
        return
    item = next((item for item in draft.items() if item.get("media-type") == NCX_TYPE), None)
    member = draft.member(item) if item is not None else None
    if member is None:
        folder = draft.path.rpartition("/")[0]
        names = (f"{folder}/toc{n if n > 1 else ''}.ncx".lstrip("/") for n in range(1, 1_000))
        member = next(name for name in names if name not in draft)
        draft.list_item(member, "bookpost-ncx", NCX_TYPE)
    draft.changed.setdefault(member, b"")
    draft.trees[member] = _ncx(draft, member, nav, linked)


def _ncx(draft: Draft, member: str, nav: str, entries: list[Entry]) -> Element:
    root = etree.fromstring(f'<ncx xmlns="{NCX}" version="2005-1"/>')
    etree.SubElement(etree.SubElement(root, f"{_N}head"), f"{_N}meta", {"name": "dtb:uid", "content": ""})
    title = next((text_of(e) for e in draft.opf.iter(f"{{{DC}}}title")), "")
    etree.SubElement(etree.SubElement(root, f"{_N}docTitle"), f"{_N}text").text = title
    parents = {0: etree.SubElement(root, f"{_N}navMap")}
    orders: dict[str, str] = {}
    for number, entry in enumerate(entries, 1):
        level = max(1, entry.depth)  # an entry outside of any list has depth 0
        above = parents[max(depth for depth in parents if depth < level)]
        point = etree.SubElement(above, f"{_N}navPoint", {"id": f"p{number}"})
        # Points with the same target share their place (NCX 2005-1, playOrder).
        point.set("playOrder", orders.setdefault(entry.href, str(len(orders) + 1)))
        etree.SubElement(etree.SubElement(point, f"{_N}navLabel"), f"{_N}text").text = entry.label
        etree.SubElement(point, f"{_N}content", {"src": _from(draft, member, nav, entry.href)})
        parents = {depth: element for depth, element in parents.items() if depth < level} | {level: point}
    return root


def _from(draft: Draft, member: str, nav: str, href: str) -> str:
    """An address in the navigation document as the NCX must write it."""
    there = draft.renamed.get(nav, nav)
    target = resolve(there, href)
    return draft.address(member, target or there, href.partition("#")[2])
