"""The package of an EPUB: container.xml → the OPF → a Package value. Metadata are looked at in `metadata`."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from bookpost.convert.check.archive import Archive, read
from bookpost.convert.check.report import Report, shown
from bookpost.convert.check.wellformed import OPF, line_of, parse
from bookpost.dom import Element

CONTAINER = "META-INF/container.xml"
XHTML_TYPE = "application/xhtml+xml"
CSS_TYPE = "text/css"
NCX_TYPE = "application/x-dtbncx+xml"
_CONTAINER_NS = "urn:oasis:names:tc:opendocument:xmlns:container"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the manifest; `member` is the archive's name for it, None when it lies elsewhere."""

    id: str
    href: str
    member: str | None
    media_type: str
    properties: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class Package:
    """The OPF in the archive: `items` in its order, `spine` the ids in reading order."""

    path: str
    root: Element
    version: str
    items: tuple[Item, ...]
    by_id: Mapping[str, Item]
    by_member: Mapping[str, Item]
    spine: tuple[str, ...]

    def order(self) -> dict[str, int]:
        """The place of each member in the reading order."""
        members = (self.by_id[id].member for id in self.spine if id in self.by_id)
        return {member: place for place, member in reversed(list(enumerate(members))) if member}

    def documents(self) -> tuple[Item, ...]:
        """The XHTML documents, each once."""
        return tuple(item for item in self.by_member.values() if item.media_type == XHTML_TYPE)

    def with_property(self, name: str) -> Item | None:
        """The first item with this property (`nav`, `cover-image`)."""
        return next((item for item in self.items if name in item.properties), None)


def resolve(base: str, href: str) -> str | None:
    """The member that a relative reference in member `base` means, without its fragment; None when it leads out."""
    return _resolve(base, href.partition("#")[0])


@lru_cache(maxsize=1024)
def _resolve(base: str, href: str) -> str | None:
    """Kept: a table of contents points a thousand times into the same document."""
    path = unquote(urlsplit(href).path)
    if path.startswith("/") or "\\" in path or "\0" in path:
        return None
    if not path:
        return base
    member = posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
    return None if member.startswith("..") or member.startswith("/") else member


def find_package(archive: Archive, report: Report) -> Package | None:
    """The package that container.xml names, or None with findings that say why there is none."""
    path = _rootfile(archive, report)
    if path is None:
        return None
    data = read(archive, path, report)
    root = parse(data, path, report) if data is not None else None
    if root is None or root.tag != f"{{{OPF}}}package":
        report.add("E-OPF", "is not an EPUB package: its root must be <package> in the OPF namespace", path)
        return None
    for part in ("metadata", "manifest", "spine"):
        if len(root.findall(f"{{{OPF}}}{part}")) != 1:
            report.add("E-OPF", f"must have exactly one <{part}>", path)
    return _package(path, root)


def _rootfile(archive: Archive, report: Report) -> str | None:
    if CONTAINER not in archive:
        report.add("E-CONTAINER", "is missing: no e-reader finds the book", CONTAINER)
        return None
    data = read(archive, CONTAINER, report)
    root = parse(data, CONTAINER, Report()) if data is not None else None
    files = [] if root is None else [str(e.get("full-path", "")) for e in root.iter(f"{{{_CONTAINER_NS}}}rootfile")]
    if not files:
        report.add("E-CONTAINER", "names no package (<rootfile full-path>)", CONTAINER)
        return None
    if len(files) > 1:
        report.add("E-CONTAINER", "names more than one package; e-readers take the first", CONTAINER)
    if files[0] not in archive:
        report.add("E-CONTAINER", f"names `{shown(files[0])}`, which is not in the archive", CONTAINER)
        return None
    return files[0]


def _package(path: str, root: Element) -> Package:
    items = tuple(_item(path, element) for element in root.iterfind(f"{{{OPF}}}manifest/{{{OPF}}}item"))
    by_member: dict[str, Item] = {}
    for item in items:
        if item.member is not None:
            by_member.setdefault(item.member, item)
    spine = tuple(str(element.get("idref", "")) for element in root.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref"))
    return Package(
        path=path,
        root=root,
        version=str(root.get("version", "")),
        items=items,
        by_id={item.id: item for item in reversed(items)},
        by_member=by_member,
        spine=spine,
    )


def _item(base: str, element: Element) -> Item:
    href = str(element.get("href", ""))
    return Item(
        id=str(element.get("id", "")),
        href=href,
        member=resolve(base, href) if href and not is_remote(href) else None,
        media_type=str(element.get("media-type", "")),
        properties=frozenset(str(element.get("properties", "")).split()),
        line=line_of(element),
    )


def is_remote(href: str) -> bool:
    """Whether a reference has a scheme or a host (`http:`, `data:`, `//host`); a malformed one counts as remote."""
    return _is_remote(href.partition("#")[0])


@lru_cache(maxsize=1024)
def _is_remote(href: str) -> bool:
    try:
        parts = urlsplit(href)
    except ValueError:
        return True
    return bool(parts.scheme or parts.netloc)
