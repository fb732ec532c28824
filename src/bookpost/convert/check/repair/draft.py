"""The Draft: a book under repair. Members are read when asked for and kept only when they change."""

import posixpath
import zipfile
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from lxml import etree

from bookpost.convert.check.archive import Archive, DamagedError
from bookpost.convert.check.package import Package, is_remote, resolve
from bookpost.convert.check.wellformed import OPF
from bookpost.dom import Element, remove

_STORED = (".jpg", ".jpeg", ".png", ".gif", ".woff", ".woff2")
_XHTML_1_1 = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">\n'
"""What EPUB 2 demands of its documents (OPS 2.0.1, 2.2)."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Draft:
    """What will be written: the archive's members but for `changed` and `dropped` ones, under new names where `renamed` says so."""

    def __init__(self, archive: Archive, package: Package) -> None:
        self._archive = archive
        self.path = package.path
        self._doctype = _XHTML_1_1 if package.version.startswith("2") else "<!DOCTYPE html>\n"
        self.opf = package.root
        self.trees: dict[str, Element] = {}
        """The parsed XHTML documents and the NCX; they are written from here."""
        self.changed: dict[str, bytes] = {}
        self.dropped: set[str] = set()
        self.renamed: dict[str, str] = {}
        self._index: dict[str, Element] | None = None
        self._folded: dict[str, list[str]] = {}
        for name in archive.names():
            self._folded.setdefault(name.casefold(), []).append(name)

    # -- members

    def names(self) -> list[str]:
        """The members that are left, under their old names."""
        return [name for name in self._archive.names() if name not in self.dropped]

    def __contains__(self, name: str) -> bool:
        return (name in self._archive or name in self.changed) and name not in self.dropped

    def read(self, name: str) -> bytes | None:
        """A member's bytes as they are now; None when they are damaged."""
        if name in self.changed:
            return self.changed[name]
        try:
            return self._archive.read(name)
        except DamagedError:
            return None

    # -- manifest

    def items(self) -> list[Element]:
        """The `item` elements of the manifest."""
        return list(self.opf.iterfind(f"{{{OPF}}}manifest/{{{OPF}}}item"))

    def member(self, item: Element) -> str | None:
        """The (old) name of the member that an item means."""
        href = str(item.get("href", ""))
        return resolve(self.path, href) if href and not is_remote(href) else None

    def item_of(self, member: str) -> Element | None:
        """The first item that means this member."""
        if self._index is None:
            self._index = {}
            for item in self.items():
                self._index.setdefault(self.member(item) or "", item)
        return self._index.get(member)

    def list_item(self, member: str, id: str, media_type: str) -> None:
        """Put a member on the manifest."""
        manifest = self.opf.find(f"{{{OPF}}}manifest")
        if manifest is not None:
            href = self.address(self.path, member)
            etree.SubElement(manifest, f"{{{OPF}}}item", {"id": id, "href": href, "media-type": media_type})
            self.forget()

    def forget(self) -> None:
        """The manifest has changed: `item_of` looks anew."""
        self._index = None

    def of_type(self, media_type: str) -> list[str]:
        """The members of this media type that are there, each once."""
        members = (self.member(item) for item in self.items() if item.get("media-type") == media_type)
        return [member for member in dict.fromkeys(members) if member is not None and member in self]

    def drop(self, member: str) -> None:
        """Leave a member out, with its items and its places in the spine."""
        self.dropped.add(member)
        self.drop_items([item for item in self.items() if self.member(item) == member])

    def drop_items(self, items: list[Element]) -> None:
        """Take items off the manifest, and off the spine unless another item has the same id."""
        for item in items:
            remove(item)
        gone = {item.get("id") for item in items} - {item.get("id") for item in self.items()}
        for reference in list(self.opf.iterfind(f"{{{OPF}}}spine/{{{OPF}}}itemref")):
            if reference.get("idref") in gone:
                remove(reference)
        self.forget()

    def address(self, base: str, member: str, fragment: str = "") -> str:
        """How `base` refers to a member, by their new names."""
        target, start = self.renamed.get(member, member), posixpath.dirname(self.renamed.get(base, base))
        href = "" if member == base and fragment else quote(posixpath.relpath(target, start or "."))
        return href + (f"#{quote(fragment, safe='!$&()*+,;=:@/?-._~')}" if fragment else "")

    def target(self, base: str, href: str) -> tuple[str, str] | None:
        """The member and fragment that a reference in `base` means, if it is inside the book; capitals do not matter."""
        if is_remote(href):
            return None
        member = resolve(base, href)
        if member is None:
            return None
        if member not in self:
            alike = [name for name in self._folded.get(member.casefold(), ()) if name not in self.dropped]
            if len(alike) != 1:
                return None
            member = alike[0]
        return member, unquote(urlsplit(href).fragment)

    # -- out

    def write_to(self, stream: BinaryIO) -> None:
        """The book as a zip: `mimetype` first and plain, then the rest by name, with fixed times."""
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(zipfile.ZipInfo("mimetype", _EPOCH), "application/epub+zip")
            for name in sorted(set(self.names()) | set(self.changed) - self.dropped, key=lambda name: (name[:9] != "META-INF/", name)):
                data = self._bytes(name)
                if data is None or name == "mimetype":
                    continue
                info = zipfile.ZipInfo(self.renamed.get(name, name), _EPOCH)
                info.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)

    def _bytes(self, name: str) -> bytes | None:
        if name == self.path:
            return serialised(self.opf, "")
        if (root := self.trees.get(name)) is not None:
            return serialised(root, self._doctype if str(root.tag).endswith("}html") else "")
        return self.read(name)


def serialised(root: Element, doctype: str) -> bytes:
    """The tree as UTF-8 with its declaration."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["epub", "dc", "opf", "dcterms", "xlink", "svg", "m"])
    return f'<?xml version="1.0" encoding="utf-8"?>\n{doctype}'.encode() + etree.tostring(root, encoding="utf-8") + b"\n"
