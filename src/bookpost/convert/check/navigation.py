"""The tables of contents: the nav document and the NCX, held against the book and against each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from bookpost.convert.check.chapters import Reference, kinds
from bookpost.convert.check.links import Links, Target
from bookpost.convert.check.package import NCX_TYPE, Package
from bookpost.convert.check.report import Report, shown
from bookpost.convert.check.wellformed import DC, NCX, OPF, XHTML, line_of
from bookpost.dom import Element, text_of

_H, _N = f"{{{XHTML}}}", f"{{{NCX}}}"
_DEPTH = 2
"""Kindle Publishing Guidelines: two levels at most."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a table of contents."""

    label: str
    href: str
    depth: int
    line: int


def check_navigation(links: Links, ncx: tuple[str, Element] | None, report: Report) -> None:
    """Note the faults of nav, NCX, landmarks and guide; `ncx` is the NCX's member and root."""
    package = links.package
    nav = package.with_property("nav")
    targets = []
    if nav is not None and nav.member is not None and nav.member in links.chapters:
        navs = kinds(links.chapters[nav.member].root)
        if "toc" in navs:
            targets.append(_check_entries(nav.member, tuple(nav_entries(navs["toc"])), links, report))
        else:
            report.add("E-NAV", 'has no <nav epub:type="toc">', nav.member)
        if "landmarks" not in navs:
            report.add("W-LANDMARKS", "has no landmarks: “go to beginning” does not work", nav.member)
    elif package.version.startswith("3"):
        report.add("E-NAV", 'has no navigation document (`properties="nav"`)', package.path)
    if ncx is not None:
        _check_ncx(package, ncx, report)
        targets.append(_check_entries(ncx[0], tuple(_ncx_entries(ncx[1])), links, report))
    else:
        code = "W-NCX" if package.version.startswith("3") else "E-NAV"
        report.add(code, "has no NCX table of contents: older e-readers show none", package.path)
    if len(targets) == 2 and targets[0] != targets[1] and ncx is not None:
        report.add("W-TOC-MISMATCH", "lists other places than the navigation document", ncx[0])
    _check_guide(package, links, report)


def find_ncx(package: Package) -> str | None:
    """The member that is the NCX."""
    spine = next(package.root.iter(f"{{{OPF}}}spine"), None)
    named = package.by_id.get(str(spine.get("toc"))) if spine is not None else None
    item = named or next((item for item in package.items if item.media_type == NCX_TYPE), None)
    return item.member if item else None


def _check_entries(member: str, entries: tuple[Entry, ...], links: Links, report: Report) -> list[Target | None]:
    if not entries:
        report.add("E-TOC-EMPTY", "the table of contents is empty", member)
    targets = []
    last = (-1, -1)
    for entry in entries:
        if not entry.label:
            report.add("E-TOC-LABEL", f"an entry without a label: `{shown(entry.href)}`", member, entry.line)
        if entry.depth > _DEPTH:
            report.add("W-TOC-DEPTH", f"`{shown(entry.label)}` is on level {entry.depth}; e-readers show {_DEPTH}", member, entry.line)
        target = links.check(member, Reference("link", entry.href, "a", entry.line)) if entry.href else None
        targets.append(target)
        place = _place(target, links)
        if place is None:
            continue
        if place < last:
            report.add("E-TOC-ORDER", f"`{shown(entry.label)}` comes before the entry above it in the book", member, entry.line)
        last = max(last, place)
    return targets


def _place(target: Target | None, links: Links) -> tuple[int, int] | None:
    """Where the target stands in the reading order."""
    if target is None or target.member not in links.order:
        return None
    chapter = links.chapters.get(target.member)
    return links.order[target.member], chapter.ids.get(target.fragment, 0) if chapter and target.fragment else 0


def nav_entries(nav: Element) -> Iterator[Entry]:
    """The entries of a `nav` element in their order; one without a link or label comes as it is."""
    for item in nav.iter(f"{_H}li"):
        depth = sum(1 for _ in item.iterancestors(f"{_H}ol"))
        label = next((child for child in item if child.tag in (f"{_H}a", f"{_H}span")), None)
        if label is None:
            yield Entry("", "", depth, line_of(item))
            continue
        pictures = " ".join(str(img.get("alt", "")) for img in label.iter(f"{_H}img"))
        yield Entry(text_of(label) or pictures.strip(), str(label.get("href", "")), depth, line_of(label))


def _ncx_entries(root: Element) -> Iterator[Entry]:
    for point in root.iter(f"{_N}navPoint"):
        depth = 1 + sum(1 for _ in point.iterancestors(f"{_N}navPoint"))
        label, content = point.find(f"{_N}navLabel"), point.find(f"{_N}content")
        href = str(content.get("src", "")) if content is not None else ""
        yield Entry(text_of(label) if label is not None else "", href, depth, line_of(point))


def _check_ncx(package: Package, ncx: tuple[str, Element], report: Report) -> None:
    member, root = ncx
    uid = next((str(meta.get("content", "")) for meta in root.iter(f"{_N}meta") if meta.get("name") == "dtb:uid"), "")
    own = next((text_of(e) for e in package.root.iter(f"{{{DC}}}identifier") if e.get("id") == package.root.get("unique-identifier")), "")
    if uid.strip() != own:
        report.add("E-NCX", f"its `dtb:uid` is `{shown(uid)}`, the book's identifier `{shown(own)}`", member)
    ids = [str(point.get("id")) for point in root.iter("*") if point.get("id") is not None]
    if len(ids) != len(set(ids)):
        report.add("E-ID", "an id stands more than once", member)


def _check_guide(package: Package, links: Links, report: Report) -> None:
    references = list(package.root.iterfind(f"{{{OPF}}}guide/{{{OPF}}}reference"))
    for reference in references:
        links.check(package.path, Reference("guide", str(reference.get("href", "")), "reference", line_of(reference)))
    if not {"toc", "text"} <= {str(reference.get("type", "")).lower() for reference in references}:
        report.add("W-GUIDE", "has no <guide> with `toc` and `text`: newer Kindle firmware stays in the current chapter", package.path)
