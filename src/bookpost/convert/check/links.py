"""References: does each one lead to a member, to an id in it, by a name that every e-reader understands?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from bookpost.convert.check.archive import Archive
from bookpost.convert.check.chapters import Chapter, Reference
from bookpost.convert.check.package import CONTAINER, XHTML_TYPE, Package, is_remote, resolve
from bookpost.convert.check.report import Report, shown

_OUTSIDE = frozenset(("http", "https", "mailto", "tel"))
"""What a link that a reader follows may lead to."""

_ODD = re.compile(r"[^\x21-\x7e]|\\")


@dataclass(frozen=True, slots=True)
class Target:
    """A member and the id in it ("" for the whole)."""

    member: str
    fragment: str


@dataclass(slots=True)
class Links:
    """Resolves references in one book; `folded` finds members whose names differ in capitals."""

    archive: Archive
    package: Package
    chapters: Mapping[str, Chapter]
    order: Mapping[str, int]
    folded: Mapping[str, str]
    report: Report

    def check(self, base: str, reference: Reference) -> Target | None:
        """The reference's target when it is a good one inside the book; otherwise None, with a finding if it is a fault."""
        value, add = reference.value.strip(), self.report.add
        if (own := self._own(base, value)) is not None:
            return own
        if is_remote(value):
            self._outside(base, reference, value)
            return None
        address, _, fragment = value.partition("#")
        if not value or value == "#":
            if reference.element != "img":
                add("E-LINK", f"<{shown(reference.element)}> with an empty address", base, reference.line)
            return None
        if address.partition("?")[2]:
            add("E-LINK-QUERY", f"`{shown(value)}` has a query", base, reference.line)
        if _ODD.search(value):
            add("E-LINK-NAME", f"`{shown(value)}` has a space, a backslash or a non-ASCII character", base, reference.line)
        member = resolve(base, value)
        if member is None or member not in self.archive:
            self._missing(base, reference, value, member)
            return None
        if member not in self.package.by_member and member not in (self.package.path, CONTAINER):
            add("E-UNLISTED", f"refers to `{shown(member)}`, which the manifest does not list", base, reference.line)
        return self._fragment(base, reference, Target(member, unquote(fragment)))

    def _own(self, base: str, value: str) -> Target | None:
        """The usual case, a good link inside a document, without more ado."""
        chapter = self.chapters.get(base) if value[:1] == "#" else None
        if chapter is None or value[1:] not in chapter.ids or value[1:] == chapter.body_id or _ODD.search(value):
            return None
        return Target(base, value[1:])

    def _outside(self, base: str, reference: Reference, value: str) -> None:
        scheme = value.partition(":")[0].lower() if ":" in value else ""
        add = self.report.add
        if scheme == "data":
            add("E-DATA-URI", f"a `data:` address in <{shown(reference.element)}>", base, reference.line)
        elif scheme in ("javascript", "vbscript"):
            add("E-SCRIPT", f"a `{scheme}:` link", base, reference.line)
        elif reference.kind == "resource":
            add("E-REMOTE", f"<{shown(reference.element)}> needs `{shown(value)}` from outside the book", base, reference.line)
        elif scheme not in _OUTSIDE:
            add("E-LINK-SCHEME", f"a link `{shown(value)}`", base, reference.line)

    def _missing(self, base: str, reference: Reference, value: str, member: str | None) -> None:
        add = self.report.add
        if member is None:
            add("E-LINK-OUTSIDE", f"`{shown(value)}` leads out of the book", base, reference.line)
        elif reference.kind == "cite":
            return
        elif (other := self.folded.get(member.casefold())) is not None:
            add("E-LINK-CASE", f"`{shown(value)}` differs in capitals from `{shown(other)}`", base, reference.line)
        else:
            add("E-LINK-TARGET", f"`{shown(value)}` is not in the book", base, reference.line)

    def _fragment(self, base: str, reference: Reference, target: Target) -> Target | None:
        add, chapter = self.report.add, self.chapters.get(target.member)
        item = self.package.by_member.get(target.member)
        if reference.kind == "link" and item and item.media_type == XHTML_TYPE and target.member not in self.order:
            add("E-LINK-SPINE", f"leads to `{shown(target.member)}`, which is not in the reading order", base, reference.line)
        if chapter is None or not target.fragment:
            return target
        if target.fragment not in chapter.ids:
            add("E-LINK-FRAGMENT", f"`{shown(reference.value)}`: there is no such id", base, reference.line)
            return None
        if target.fragment == chapter.body_id:
            add("E-LINK-BODY", f"`{shown(reference.value)}` is the id of a <body>: link to the file instead", base, reference.line)
        return target
