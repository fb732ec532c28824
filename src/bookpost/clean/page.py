"""The page while it is being cleaned: what the steps read and change."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from bookpost.clean.vocabulary import DROP, MATH, WORDLESS
from bookpost.dom import Element, unwrap


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that the content refers to as `image:ID`.

    `url` is absolute; or as in the page when there is no base URL (a relative path, a `data:` URI); or `image:ID` when
    the content was clean already.
    """

    id: str
    url: str = field(repr=False)
    alt: str = ""
    caption: str = ""
    credit: str = ""


def select(path: str) -> Callable[[Element], list[Element]]:
    """A search for elements by XPath, compiled; libxml2 walks the tree."""
    return cast("Callable[[Element], list[Element]]", etree.XPath(path))


_CLASSED = select("descendant::*[@class]")


@dataclass(slots=True)
class Page:
    """One page on its way through the steps. `body` is first the page's own tree, later the new one."""

    body: Element
    source: str = field(default="", repr=False)  # the page's text
    base_url: str | None = None
    title: str | None = None
    pictures: list[str] = field(default_factory=list)  # addresses; the content says `image:p0`, `image:p1`, …
    fragments: dict[str, int] = field(default_factory=dict)  # ids that links point to; the content says `#x0`, `#x1`, …
    targets: dict[str, str] = field(default_factory=dict)  # the other way round
    anchors: dict[str, Element] = field(default_factory=dict)
    places: dict[Element, Element] = field(default_factory=dict)  # what stands in the place of an element that is gone
    noted: int = 0  # how many notes stand at the end
    named: dict[str, list[Element]] = field(default_factory=dict)  # by `class`, as it was in the page
    references: tuple[Reference, ...] = ()
    notes: dict[str, None] = field(default_factory=dict)

    def standing(self, id: str) -> Element | None:
        """The element of the new tree that stands where the page had this id."""
        element = self.anchors.get(id)
        while element is not None and element in self.places:
            element = self.places[element]
        return element

    def leave(self, block: Element) -> None:
        """Unwrap a block; links to it lead to what it begins with."""
        around = block.getparent()
        assert around is not None
        self.places[block] = block[0] if len(block) else around
        unwrap(block)

    def called(self, pattern: re.Pattern[str], *tags: str) -> Iterator[Element]:
        """The page's elements with a class name that the pattern matches, and one of these tags; not what was dropped."""
        if not self.named:
            self.named[""] = []
            for element in _CLASSED(self.body):
                self.named.setdefault(element.get("class", "").lower(), []).append(element)
        for names, elements in list(self.named.items()):
            if any(pattern.fullmatch(name) for name in names.split()):
                yield from (element for element in elements if (element.tag in tags if tags else element.tag != DROP))

    def note(self, words: str) -> None:
        """Say once what a rule left out."""
        self.notes[words] = None

    def drop(self, element: Element, words: str | None = None) -> None:
        """The element goes, with all that is in it."""
        element.tag = DROP
        if words:
            self.note(words)

    def fragment(self, raw: str) -> str:
        """The provisional `href` of a link to the element with this id."""
        href = f"#x{self.fragments.setdefault(raw, len(self.fragments))}"
        self.targets[href] = raw
        return href

    def target(self, link: Element) -> str | None:
        """The id that a link with a provisional `href` points to."""
        return self.targets.get(link.get("href", ""))

    def picture(self, url: str) -> str:
        """The provisional `src` of the picture at this address."""
        self.pictures.append(url)
        return f"image:p{len(self.pictures) - 1}"


def note_mark(number: int) -> str:
    """The id of a note until links are landed."""
    return f"note {number}"


def reference_mark(number: int) -> str:
    """The id of the first reference to it."""
    return f"reference {number}"


def classes(element: Element) -> frozenset[str]:
    """The element's class names, in lower case."""
    return frozenset(element.get("class", "").lower().split())


def keep_only(element: Element, **attributes: str) -> None:
    """Give the element these attributes; of its own it keeps those that say where and in which language it is."""
    own = {name: value for name in ("id", "name", "lang", "dir") if (value := element.get(name)) is not None}
    element.attrib.clear()
    for name, value in {**own, **attributes}.items():
        element.set(name, value)


def wordless(text: str | None) -> bool:
    """Nothing to read in it."""
    return not text or not text.strip(WORDLESS)


def empty_out(element: Element) -> None:
    """Remove the element's text and children; the element and what follows it stay."""
    for child in list(element):
        element.remove(child)
    element.text = None


def take(element: Element) -> Element:
    """Take the element out of its tree; what follows it stays there."""
    parent = element.getparent()
    if parent is None:
        return element
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)
    return element


def new(tag: str, text: str | None = None, **attributes: str) -> Element:
    """An element with text."""
    element = etree.Element(tag, attributes)
    element.text = text
    return element


def dissolve(element: Element) -> None:
    """Unwrap an inline; where it ended the line, no space stays at the end."""
    line, following = element.getparent(), element.getnext()
    ends = not element.tail and (following is None or following.tag == "br")
    unwrap(element)
    if line is None or not ends:
        return
    last = line[-1] if following is None and len(line) else following.getprevious() if following is not None else None
    if last is not None:
        last.tail = (last.tail or "").rstrip(" ") or None
    else:
        line.text = (line.text or "").rstrip(" ") or None


def trim_end(pre: Element) -> None:
    """Take the white space off the end of the code, and the inlines that held nothing else."""
    at = pre
    while True:
        if not len(at):
            at.text = (at.text or "").rstrip(" \t\n") or None
            parent = at.getparent()
            if at.text or at is pre or at.tag == "img" or parent is None:
                return
            parent.remove(at)
            at = parent
            continue
        last = at[-1]
        last.tail = (last.tail or "").rstrip(" \t\n") or None
        if last.tail or last.tag in ("img", MATH, "ruby"):
            return
        at = last
