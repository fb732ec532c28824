"""The manifest and the spine against the archive: both list the same files, each is what it says it is."""

import re
from collections import Counter
from collections.abc import Mapping

from bookpost.convert.check.archive import Archive
from bookpost.convert.check.chapters import Chapter
from bookpost.convert.check.package import NCX_TYPE, XHTML_TYPE, Item, Package, is_remote, resolve
from bookpost.convert.check.pictures import SHOWN, Shape, shape, sniff
from bookpost.convert.check.report import Report, shown
from bookpost.convert.check.wellformed import OPF, raw_text

MAX_PICTURE = 5_000_000
"""Kindle Publishing Guidelines: 5 MB for each picture."""
_COVER_SHORT, _COVER_BYTES = 500, 200_000
"""Kindle Publishing Guidelines: shortest side in pixels; Send to Kindle shows larger ones late or not."""
_NO_BOOK = re.compile(r"META-INF/|mimetype\Z")
# One format has several names; the first of each line is the one in use.
_ALIKE = (
    frozenset(("font/ttf", "font/otf", "font/sfnt", "application/vnd.ms-opentype", "application/font-sfnt")),
    frozenset(("font/ttf", "font/otf", "application/x-font-ttf", "application/x-font-otf", "application/x-font-truetype")),
    frozenset(("font/woff", "application/font-woff", "application/x-font-woff")),
    frozenset(("application/xhtml+xml", "application/x-dtbook+xml")),
)  # fmt: skip


def check_manifest(package: Package, archive: Archive, report: Report) -> None:
    """Note what is listed but not there, there but not listed, listed twice or elsewhere; and the spine's faults."""
    for member, count in Counter(item.member for item in package.items if item.member).items():
        if count > 1:
            report.add("E-MANIFEST", f"lists `{shown(member)}` {count} times", package.path)
    folded = {name.casefold(): name for name in archive.members}
    for item in package.items:
        _check_item(item, package, archive, folded, report)
    listed = set(package.by_member) | {package.path}
    for name in archive.names():
        if name not in listed and not _NO_BOOK.match(name):
            report.add("E-UNLISTED", "is in the archive, but not in the manifest", shown(name))
    _check_encryption(archive, report)
    _check_spine(package, report)


def _check_item(item: Item, package: Package, archive: Archive, folded: Mapping[str, str], report: Report) -> None:
    place, line = package.path, item.line
    if not item.id or not item.media_type:
        report.add("E-MANIFEST", f"an <item> without id or media-type: `{shown(item.href)}`", place, line)
    if is_remote(item.href):
        report.add("E-REMOTE", f"the manifest lists `{shown(item.href)}`, which is outside the book", place, line)
    elif item.member is None or not item.href:
        report.add("E-LINK-OUTSIDE", f"the manifest lists `{shown(item.href)}`", place, line)
    elif item.member not in archive:
        other = folded.get(item.member.casefold())
        why = f"; the archive has `{shown(other)}`" if other else ""
        report.add("E-LINK-CASE" if other else "E-MANIFEST", f"lists `{shown(item.member)}`, which is not in the archive{why}", place, line)
    if not is_remote(item.href) and any(c in item.href for c in " ?#\\"):
        report.add("E-LINK-NAME", f"`{shown(item.href)}` has a space, a backslash, a query or a fragment", place, line)


def _check_encryption(archive: Archive, report: Report) -> None:
    for name in ("META-INF/encryption.xml", "META-INF/rights.xml"):
        if name in archive:
            report.add("E-ENCRYPTION", "makes the book look copy-protected (also when only fonts are obfuscated)", name)


def _check_spine(package: Package, report: Report) -> None:
    path = package.path
    if not package.spine:
        report.add("E-SPINE", "the spine is empty: there is nothing to read", path)
    elif all(reference.get("linear") == "no" for reference in package.root.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref")):
        report.add("E-SPINE", "nothing in the spine is linear: there is nothing to read", path)
    for id, count in Counter(package.spine).items():
        item = package.by_id.get(id)
        if count > 1:
            report.add("E-SPINE", f"`{shown(id)}` stands in the spine {count} times", path)
        if item is None:
            report.add("E-SPINE", f"the spine names `{shown(id)}`, which the manifest does not have", path)
        elif item.media_type != XHTML_TYPE:
            report.add("E-SPINE", f"`{shown(item.href)}` in the spine is {shown(item.media_type)}, not XHTML", path)
    toc = next((spine.get("toc") for spine in package.root.iter(f"{{{OPF}}}spine")), None)
    if toc is not None and (toc not in package.by_id or package.by_id[toc].media_type != NCX_TYPE):
        report.add("E-SPINE", f'the spine\'s toc="{shown(toc)}" names no NCX', path)


def alike(one: str, other: str) -> bool:
    """Whether two media types are names of the same thing."""
    return one == other or any({one, other} <= names for names in _ALIKE)


def check_bytes(item: Item, data: bytes, report: Report) -> Shape | None:
    """Hold a member's bytes against its declared media type; the Shape of a picture."""
    name, declared = item.member, item.media_type
    found = sniff(data[:4096])
    if found is None and (declared.startswith(("image/", "font/")) or declared == "application/vnd.ms-opentype"):
        report.add("E-MEDIA-TYPE", f"is declared as {shown(declared)}, but its bytes are not", name)
    elif found is not None and found != declared and not alike(found, declared):
        report.add("E-MEDIA-TYPE", f"is declared as {shown(declared)}, but is {found}", name)
    if found is None or not found.startswith("image/"):
        return None
    if len(data) > MAX_PICTURE:
        report.add("E-PICTURE-SIZE", f"has {len(data):,} bytes; at most {MAX_PICTURE:,} are taken", name)
        return Shape(found) if found in SHOWN else shape(data)
    seen = shape(data)
    for code, message in seen.faults if seen else ():
        report.add(code, message, name)
    return seen


def check_cover(package: Package, chapters: Mapping[str, Chapter], shapes: Mapping[str, tuple[Shape, int]], report: Report) -> None:
    """The cover: declared in both ways, a good size, and not once more as a page."""
    metas = [str(meta.get("content", "")) for meta in package.root.iter(f"{{{OPF}}}meta") if meta.get("name") == "cover"]
    named = package.by_id.get(metas[0]) if metas else None
    cover = package.with_property("cover-image") or named
    if cover is None or cover.member is None or cover.member not in shapes:
        report.add("W-COVER", "has no cover picture: the library shows a blank", package.path)
        return
    if package.version.startswith("3") and (named is None or "cover-image" not in named.properties):
        report.add("W-COVER", 'the cover must be named by properties="cover-image" and by <meta name="cover">, both', package.path)
    look, size = shapes[cover.member]
    if look.width and min(look.width, look.height) < _COVER_SHORT:
        report.add(
            "W-COVER", f"the cover has {look.width} × {look.height} pixels; the shorter side should have {_COVER_SHORT}", cover.member
        )
    if size > _COVER_BYTES:
        report.add("W-COVER", f"the cover has {size:,} bytes; up to {_COVER_BYTES:,} show well", cover.member)
    for member in cover_pages(package, chapters, cover.member):
        report.add("E-COVER-PAGE", "a page in the reading order that shows the cover once more", member)


def cover_pages(package: Package, chapters: Mapping[str, Chapter], cover: str) -> list[str]:
    """The documents in the spine that hold nothing but the cover picture."""
    pages = []
    for member in package.order():
        chapter = chapters.get(member)
        if chapter is None:
            continue
        shown_here = {resolve(member, r.value) for r in chapter.references if r.element in ("img", "image") and not is_remote(r.value)}
        body = next((e for e in chapter.root if str(e.tag).endswith("}body")), None)
        if shown_here == {cover} and body is not None and len("".join(raw_text(body).split())) < 40:
            pages.append(member)
    return pages


def check_properties(item: Item, chapter: Chapter, report: Report) -> None:
    """The manifest's properties of a document must say what is in it (EPUB 3.3, "Manifest properties vocabulary")."""
    wanted = chapter.properties
    declared = item.properties & {"mathml", "svg", "scripted"}
    if wanted != declared:
        report.add("E-PROPERTIES", f"holds {_and(wanted)}, but the manifest's properties say {_and(declared)}", item.member)


def _and(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing special"
