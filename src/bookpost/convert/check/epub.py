"""The check of an EPUB, step by step: archive → package → style sheets → documents → pictures → links → navigation."""

from pathlib import Path

from bookpost.convert.check.archive import Archive, check_members, opened, read
from bookpost.convert.check.chapters import Chapter, Reference, read_chapter
from bookpost.convert.check.links import Links
from bookpost.convert.check.manifest import check_bytes, check_cover, check_manifest, check_properties
from bookpost.convert.check.metadata import check_metadata
from bookpost.convert.check.navigation import check_navigation, find_ncx
from bookpost.convert.check.package import CSS_TYPE, XHTML_TYPE, Item, Package, find_package
from bookpost.convert.check.pictures import SVG, Shape
from bookpost.convert.check.report import Refused, Report
from bookpost.convert.check.style import Hidden, check_sheet
from bookpost.convert.check.wellformed import SVG as SVG_NS
from bookpost.convert.check.wellformed import XLINK, attributes, line_of, parse
from bookpost.document import Finding
from bookpost.dom import Element

MAX_HIDDEN = 10_000
"""Characters of hidden text; above this Amazon refuses a book."""


def check_epub(path: Path) -> tuple[Finding, ...]:
    """What is wrong with the EPUB at `path`; raises OSError when it cannot be read."""
    report = Report()
    try:
        with opened(path) as archive:
            check_members(archive, report)
            package = find_package(archive, report)
            if package is not None:
                _Inspection(archive, package, report).run()
    except Refused as refused:
        return (refused.finding,)
    return report.findings()


class _Inspection:
    """One book under inspection: each member is read once, in the order of the steps."""

    def __init__(self, archive: Archive, package: Package, report: Report) -> None:
        self.archive = archive
        self.package = package
        self.report = report
        self.chapters: dict[str, Chapter] = {}
        self.references: list[tuple[str, Reference]] = []
        self.hidden: tuple[Hidden, ...] = ()
        self.shapes: dict[str, tuple[Shape, int]] = {}

    def run(self) -> None:
        """Every step; what they find is in the report."""
        check_metadata(self.package, self.report)
        check_manifest(self.package, self.archive, self.report)
        ncx = find_ncx(self.package)
        present = {member: item for member, item in self.package.by_member.items() if member in self.archive and member != ncx}
        for member, item in present.items():
            if item.media_type == CSS_TYPE:
                self._sheet(member)
        for member, item in present.items():
            if item.media_type != CSS_TYPE and (data := read(self.archive, member, self.report)) is not None:
                self._member(item, member, data)
        self._unlisted()
        self._together(ncx)

    def _member(self, item: Item, member: str, data: bytes) -> None:
        look = check_bytes(item, data, self.report)
        if item.media_type == XHTML_TYPE:
            self._chapter(member, data)
        elif look is not None:
            self.shapes[member] = look, len(data)
            if look.media_type == SVG:
                self._drawing(member, data)

    def _sheet(self, member: str) -> None:
        data = read(self.archive, member, self.report)
        if data is None:
            return
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.report.add("E-ENCODING", "is not encoded in UTF-8", member)
            text = data.decode("latin-1")
        styles = check_sheet(text, member, self.report)
        self.hidden += styles.hidden
        self.references.extend((member, Reference("resource", address, "style sheet", line)) for address, line in styles.references)

    def _chapter(self, member: str, data: bytes) -> None:
        chapter = read_chapter(data, member, self.hidden, self.report)
        if chapter is not None:
            self.chapters[member] = chapter
            self.references.extend((member, reference) for reference in chapter.references)
            if self.package.version.startswith("3"):
                check_properties(self.package.by_member[member], chapter, self.report)

    def _drawing(self, member: str, data: bytes) -> None:
        root = parse(data, member, Report())
        for element in root.iter("*") if root is not None else ():
            if element.tag in (f"{{{SVG_NS}}}text", f"{{{SVG_NS}}}script", f"{{{SVG_NS}}}foreignObject"):
                self.report.add("E-SVG", "an SVG with text or a script", member, line_of(element))
            for key, value in attributes(element):
                if key.startswith("on"):
                    self.report.add("E-SCRIPT", f"an event handler `{key}`", member, line_of(element))
                elif key in ("href", f"{{{XLINK}}}href") and not value.startswith("#"):
                    self.references.append((member, Reference("resource", value, "svg", line_of(element))))

    def _unlisted(self) -> None:
        """The bytes of what the manifest does not list are verified, too."""
        for name in self.archive.names():
            if name not in self.package.by_member and name != self.package.path:
                read(self.archive, name, self.report)

    def _together(self, ncx: str | None) -> None:
        """What can be said only when all documents were read."""
        folded = {name.casefold(): name for name in self.archive.members}
        links = Links(self.archive, self.package, self.chapters, self.package.order(), folded, self.report)
        for member, reference in self.references:
            links.check(member, reference)
        check_navigation(links, self._ncx(ncx), self.report)
        check_cover(self.package, self.chapters, self.shapes, self.report)
        hidden = sum(chapter.hidden_characters for chapter in self.chapters.values())
        if hidden > MAX_HIDDEN:
            self.report.add("E-HIDDEN-TEXT", f"{hidden:,} characters of hidden text; more than {MAX_HIDDEN:,} are refused")

    def _ncx(self, member: str | None) -> tuple[str, Element] | None:
        data = read(self.archive, member, self.report) if member and member in self.archive else None
        root = parse(data, member, self.report) if member and data is not None else None
        return (member, root) if member and root is not None else None
