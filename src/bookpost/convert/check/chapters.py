"""An XHTML document, looked at in one walk: ids, references, what no e-reader takes, what it mangles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bookpost.convert.check.language import is_tag
from bookpost.convert.check.report import Report, shown
from bookpost.convert.check.style import Hidden, HiddenRules, check_sheet, hides, inline_faults
from bookpost.convert.check.vocabulary import BLOCKS, ELEMENTS, EMBEDDED, FORMS, NO_BLOCKS, SAFE_ELEMENTS
from bookpost.convert.check.wellformed import MATHML, OPS, SVG, XHTML, XLINK, XML, attributes, line_of, parse, raw_text
from bookpost.dom import Element

_H = f"{{{XHTML}}}"
_BLOCKS = tuple(f"{_H}{tag}" for tag in sorted(BLOCKS))
_NO_BLOCKS = frozenset(f"{_H}{tag}" for tag in NO_BLOCKS)
_REFERENCES = {
    "href": "link", "src": "resource", f"{{{XLINK}}}href": "resource", "poster": "resource", "data": "resource", "background": "resource",
    "cite": "cite", "longdesc": "cite",
}  # fmt: skip
_LANGUAGES = frozenset(("lang", f"{{{XML}}}lang"))
_MARKS = frozenset(("class", "hidden", "style"))
_ROWS, _COLUMNS = 100, 10
"""Kindle Publishing Guidelines: tables under 100 rows and 10 columns, not nested."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference: what kind (`link` a reader follows, `resource` that is shown, `cite`, `guide`), from which element and line."""

    kind: str
    value: str
    element: str
    line: int


@dataclass(slots=True)
class Chapter:
    """What other parts must know of a document: ids with their place in it, the body's id, references, special content."""

    root: Element
    ids: dict[str, int] = field(default_factory=dict)
    body_id: str | None = None
    references: list[Reference] = field(default_factory=list)
    hidden_characters: int = 0
    properties: frozenset[str] = frozenset()
    """Which of the manifest's `mathml`, `svg`, `scripted` its content calls for."""


def read_chapter(data: bytes, name: str, hidden: tuple[Hidden, ...], report: Report) -> Chapter | None:
    """The document `name`; None when it cannot be read at all. `hidden` is what the book's style sheets hide."""
    root = parse(data, name, report)
    if root is None:
        return None
    chapter = Chapter(root)
    if root.tag != f"{_H}html":
        report.add("E-XHTML", f"its root is `{shown(str(root.tag))}`, not <html> in the XHTML namespace", name)
    marked: list[Element] = []
    tags = _walk(chapter, marked, name, report)
    _check_frame(chapter, name, report)
    _check_elements(root, tags, name, report)
    if f"{_H}table" in tags:
        _check_tables(root, name, report)
    if f"{_H}style" in tags:
        hidden += _check_embedded_styles(root, name, report)
    chapter.hidden_characters = _hidden_characters(root, marked, HiddenRules(hidden))
    chapter.properties = frozenset(
        name
        for name, there in (
            ("mathml", f"{{{MATHML}}}math" in tags),
            ("svg", f"{{{SVG}}}svg" in tags),
            ("scripted", f"{_H}script" in tags or bool(tags & {f"{_H}{form}" for form in FORMS})),
        )
        if there
    )
    return chapter


def _walk(chapter: Chapter, marked: list[Element], name: str, report: Report) -> set[str]:
    """Gather ids, references and the elements that styles may hide; returns the names of the elements that occur."""
    tags: set[str] = set()
    languages: set[str] = set()
    for place, element in enumerate(chapter.root.iter("*")):
        tags.add(element.tag)
        for key, value in attributes(element):
            if key == "id":
                _note_id(chapter, value, place, element, name, report)
            elif (kind := _REFERENCES.get(key)) is not None:
                local = _local(element)
                kind = "resource" if key == "href" and local in ("link", "image") else kind
                chapter.references.append(Reference(kind, value, local, line_of(element)))
            elif key in _LANGUAGES:
                languages.add(value)
            elif key in _MARKS:
                marked.append(element)
                _check_inline(value if key == "style" else "", name, element, report)
            elif key[:2] == "on":
                report.add("E-SCRIPT", f"an event handler `{shown(key)}`", name, line_of(element))
            elif key == "srcset":
                report.add("E-PICTURE-ELEMENT", "a `srcset`: no e-reader chooses among pictures", name, line_of(element))
    for language in sorted(languages):
        if not is_tag(language):
            report.add("W-CHAPTER-LANGUAGE", f"`{shown(language)}` is no language tag", name)
    return tags


def _check_inline(style: str, name: str, element: Element, report: Report) -> None:
    for code, message, _ in inline_faults(style) if style else ():
        report.add(code, message, name, line_of(element))


def _note_id(chapter: Chapter, id: str, place: int, element: Element, name: str, report: Report) -> None:
    if id in chapter.ids:
        report.add("E-ID", f"the id `{shown(id)}` stands more than once", name, line_of(element))
    elif not id or any(c.isspace() for c in id):
        report.add("E-ID", f"`{shown(id)}` is no valid id", name, line_of(element))
    chapter.ids.setdefault(id, place)


def _check_frame(chapter: Chapter, name: str, report: Report) -> None:
    """The parts that every document has: a title, a body, a language."""
    root = chapter.root
    bodies = root.findall(f"{_H}body")
    if len(bodies) != 1:
        report.add("E-XHTML", "must have exactly one <body>", name)
    else:
        chapter.body_id = bodies[0].get("id")
    title = root.find(f"{_H}head/{_H}title")
    if title is None or not (title.text or "").strip():
        report.add("W-CHAPTER-TITLE", "has no <title> or an empty one", name)
    if not (root.get(f"{{{XML}}}lang") or root.get("lang")):
        report.add("W-CHAPTER-LANGUAGE", "its <html> has no `xml:lang`: no dictionary, no hyphenation", name)
    for base in root.iter(f"{_H}base"):
        report.add("E-LINK", "a <base> turns every link elsewhere", name, line_of(base))


def _check_elements(root: Element, tags: set[str], name: str, report: Report) -> None:
    """What stands in the document by element names: what no e-reader runs, shows or knows."""
    html = {tag.removeprefix(_H) for tag in tags if tag.startswith(_H)}
    for wanted, code, what in (
        ({"script"}, "E-SCRIPT", "a script"),
        (FORMS, "E-FORM", "part of a form"),
        (EMBEDDED, "E-EMBEDDED", "embedded content"),
        ({"picture"}, "E-PICTURE-ELEMENT", "a <picture>: the converter does not know it"),
        (html - ELEMENTS, "E-ELEMENT", "an element that XHTML does not have"),
    ):
        for element in root.iter(*(f"{_H}{tag}" for tag in html & wanted)) if html & wanted else ():
            report.add(code, f"{what}: <{shown(_local(element))}>", name, line_of(element))
    if unsafe := html & ELEMENTS - SAFE_ELEMENTS - FORMS - EMBEDDED - {"script", "picture"}:
        report.add("W-MARKUP", f"markup outside the allow-list: {', '.join(f'<{tag}>' for tag in sorted(unsafe))}", name)
    if "img" in html:
        _check_pictures(root, name, report)
    _check_nesting(root, name, report)
    for element in root.iter(f"{{{SVG}}}text", f"{{{SVG}}}script", f"{{{SVG}}}foreignObject") if any(SVG in tag for tag in tags) else ():
        report.add("E-SVG", f"an SVG with <{_local(element)}>", name, line_of(element))


def _check_nesting(root: Element, name: str, report: Report) -> None:
    """No block inside what holds text only."""
    parent: Element | None = None
    outer: Element | None = None
    for block in root.iter(*_BLOCKS):
        if block.getparent() is not parent:  # most blocks are siblings: they share the answer
            parent = outer = block.getparent()
            while outer is not None and outer.tag not in _NO_BLOCKS:
                outer = outer.getparent()
        if outer is not None:
            report.add("E-NESTED-BLOCK", f"<{_local(block)}> inside <{_local(outer)}>", name, line_of(block))


def _check_pictures(root: Element, name: str, report: Report) -> None:
    for img in root.iter(f"{_H}img"):
        if not str(img.get("src", "")).strip():
            report.add("E-IMG-SRC", "an <img> without a `src`", name, line_of(img))
        if img.get("alt") is None:
            report.add("W-ALT", "an <img> without an `alt`", name, line_of(img))


def _check_tables(root: Element, name: str, report: Report) -> None:
    for table in root.iter(f"{_H}table"):
        if next(table.iterancestors(f"{_H}table"), None) is not None:
            report.add("W-TABLE", "a table inside a table", name, line_of(table))
            continue
        rows = list(table.iter(f"{_H}tr"))
        columns = max((len(row) for row in rows), default=0)
        if len(rows) > _ROWS or columns > _COLUMNS:
            report.add(
                "W-TABLE",
                f"a table of {len(rows)} rows and {columns} columns; at most {_ROWS} and {_COLUMNS} are shown well",
                name,
                line_of(table),
            )


def _check_embedded_styles(root: Element, name: str, report: Report) -> tuple[Hidden, ...]:
    hidden: tuple[Hidden, ...] = ()
    for style in root.iter(f"{_H}style"):
        hidden += check_sheet(raw_text(style), name, report, first_line=line_of(style)).hidden
    return hidden


def _hidden_characters(root: Element, marked: list[Element], hidden: HiddenRules) -> int:
    """Characters of text that the reader never sees; a hidden element inside a hidden one counts once."""
    named = [f"{_H}{tag}" for tag in hidden.tags()]
    inside = {element for element in (*marked, *(root.iter(*named) if named else ())) if _is_hidden(element, hidden)}
    return sum(
        len(raw_text(element))
        for element in inside
        if _local(element) not in ("head", "script", "style", "title") and inside.isdisjoint(element.iterancestors())
    )


def _is_hidden(element: Element, hidden: HiddenRules) -> bool:
    return is_hidden_by_itself(element) or (bool(hidden) and hidden.match(element, _local(element)))


def is_hidden_by_itself(element: Element) -> bool:
    """Whether its own attributes hide the element."""
    return element.get("hidden") is not None or hides(str(element.get("style", "")))


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def kinds(root: Element) -> Mapping[str, Element]:
    """The `nav` elements of a navigation document by their `epub:type`."""
    found: dict[str, Element] = {}
    for nav in root.iter(f"{_H}nav"):
        for kind in str(nav.get(f"{{{OPS}}}type", "")).split():
            found.setdefault(kind, nav)
    return found
