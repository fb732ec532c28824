"""Footnotes: of the kinds that pages have, one form, linked both ways, at the end."""

import re
from dataclasses import dataclass, field

from bookpost.clean.page import Page, classes, empty_out, new, note_mark, reference_mark, take, wordless
from bookpost.clean.vocabulary import BLOCK
from bookpost.dom import Element, elements, text_of

# How a link says that it leads to a note: role and epub:type (EPUB SSV §5), Pandoc, Markdown, GitHub, Kramdown, Wikipedia, WordPress plug-ins, Substack, Word.
_NOTEREF_CLASS = frozenset(
    {
        "footnote-ref",
        "footnoteref",
        "footnote_ref",
        "noteref",
        "fn-ref",
        "footnote-anchor",
        "footnote",
        "footnote-link",
        "footnote_referrer",
        "easy-footnote",
        "sdfootnoteanc",
        "fnref",
        "endnote-ref",
        "footnote-reference",
        "simple-footnote",
        "citation-ref",
        "footref",
    }
)
_NOTE_ID = re.compile(
    r"(?:user-content-)?_?(?:fn|ftn|edn|footnote|endnote|cite_note|sdfootnote|easy-footnote-bottom|footnote_plugin_tooltip|note|fn-|fn:|zp-ID)[-_:.]?.*",
    re.IGNORECASE,
)
_REFERENCE_ID = re.compile(
    r"(?:user-content-)?_?(?:fnref|ftnref|ednref|footnote-?ref|endnote-?ref|cite_ref|sdfootnote\d+anc|footnote-anchor|noteref|fnr|ref)[-_:.]?.*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[\[(]?\s*(?:(?:note|nb|lower-alpha|Anm\.)\s*)?([0-9]{1,4}|[a-z]{1,2}|[ivx]{1,6}|[*†‡§¶]{1,3})\s*[\])]?", re.IGNORECASE
)
_NUMBER = re.compile(r"[\[(]?\s*([0-9]{1,3}|[*†‡§]{1,3})\s*[\])]?")
_BACK = re.compile(
    r"[\s\[\](){}.,:^↑↩⏎⤴⬆︎\ufe0e\ufe0f↵⇑0-9a-z]{0,12}|(?:jump|back|return) (?:up|back|to (?:the )?(?:text|content|article))?.{0,20}",
    re.IGNORECASE,
)
_BACK_CLASS = frozenset(
    {
        "footnote-backref",
        "reversefootnote",
        "footnote-back",
        "data-footnote-backref",
        "mw-cite-backlink",
        "footnote-number",
        "backlink",
        "footnote-return",
        "footnote_plugin_link",
    }
)
_HOLDERS = ("li", "dd", "p", "div", "tr", "aside", "dt", BLOCK)
_SECTION_CLASS = re.compile(r"footnotes?|endnotes?|reflist|references|mw-references-wrap|footnotes-list|easy-footnotes-wrapper|notes")
_HEADLINE = re.compile(
    r"(?:foot|end)?\s*notes?(?: and references)?|references?|citations?|sources?|fu(?:ß|ss)noten|anmerkungen|einzelnachweise|quellen|notes de bas de page|références|notas(?: al pie)?|referencias|note|notas de rodapé|referências|voetnoten|przypisy|примечания|сноски|脚注|注释|注釋|参考文献|참고|각주",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Note:
    element: Element
    links: list[Element] = field(default_factory=list)


def gather_notes(page: Page) -> None:
    """Notes go to the end, each with its way back; the lists and headings they leave empty go.

    `<p>a<sup><a href="#fn1" id="fnref1">1</a></sup></p><ol><li id="fn1">Note. <a href="#fnref1">↩</a></li></ol>`  →
    `<p>a<a role="doc-noteref" …>1</a></p><aside role="doc-footnote" …><p><a role="doc-backlink" …>1</a> Note.</p></aside>`
    """
    if not page.fragments:
        return
    notes = _find(page)
    page.noted = len(notes)
    emptied: list[Element | None] = []
    for number, note in enumerate(notes, 1):
        labels = [_label(link, number) for link in note.links]
        for link, label in zip(note.links, labels, strict=True):
            _make_reference(page, link, label, number)
        emptied.append(note.element.getparent())
        _make_note(page, note, labels[0], number)
    for holder in dict.fromkeys(emptied):
        _clear_away(page, holder)


def _find(page: Page) -> list[_Note]:
    """The notes in the order in which the text refers to them."""
    places = _places(page)
    found: dict[Element, _Note] = {}
    unfit: set[Element] = set()
    for link in page.body.iter("a"):
        raw = page.target(link)
        target = places.get(raw) if raw is not None else None
        if raw is None or target is None or not _refers(link, raw):
            continue
        holder = _holder(target)
        if holder is None or holder in unfit or _contains(holder, link) or _contains(link, holder):
            continue
        if holder not in found:
            if not _fits(page, holder, places):
                unfit.add(holder)
                continue
            found[holder] = _Note(holder)
        found[holder].links.append(link)
    order = {id(element): position for position, element in enumerate(page.body.iter())} if found else {}
    within = set(found)
    return [
        note
        for note in found.values()
        if order[id(note.links[0])] < order[id(note.element)] and not any(ancestor in within for ancestor in note.element.iterancestors())
    ]


def _places(page: Page) -> dict[str, Element]:
    wanted = set(page.fragments)
    places: dict[str, Element] = {}
    for element in page.body.xpath(".//*[@id or @name]"):
        for name in (element.get("id"), element.get("name")):
            if name in wanted:
                places.setdefault(name, element)
    return places


def _refers(link: Element, raw: str) -> bool:
    """Whether the link is a reference to a note, not back from it and not to a part of the text."""
    role = f"{link.get('role', '')} {link.get('epub:type', '')}"
    if "noteref" in role:
        return True
    if "backlink" in role or "referrer" in role or classes(link) & _BACK_CLASS:
        return False
    text = text_of(link)
    if _REFERENCE_ID.fullmatch(raw) and not _NOTE_ID.fullmatch(raw):
        return False
    parent = link.getparent()
    raised = (parent is not None and parent.tag == "sup") or link.find("sup") is not None
    named = bool(classes(link) & _NOTEREF_CLASS) or (parent is not None and bool(classes(parent) & (_NOTEREF_CLASS | {"reference"})))
    if named or _NOTE_ID.fullmatch(raw):
        return bool(_LABEL.fullmatch(text)) or (named and len(text) < 20)
    return raised and bool(_NUMBER.fullmatch(text))


def _holder(target: Element) -> Element | None:
    """The block that is the note: the target itself, or what it is the anchor of."""
    element: Element | None = target
    while element is not None and element.tag not in _HOLDERS:
        if element.tag in ("body", "td", "table", "blockquote", "h1", "h2", "h3", "h4", "ul", "ol", "x-drop"):
            return None
        element = element.getparent()
    if element is not None and element.tag == "dt":
        following = element.getnext()
        return following if following is not None and following.tag == "dd" else None
    if element is not None and wordless(text_of(element)):
        return None
    return element


def _fits(page: Page, holder: Element, places: dict[str, Element]) -> bool:
    """Whether it is one note: not a whole list of them, nor a long part of the text."""
    if len(text_of(holder)) > 6_000 or next(holder.iter("h1", "h2", "h3"), None) is not None:
        return False
    inner = {id for element in holder.iter() for id in (element.get("id"), element.get("name")) if id in places}
    if any(page.target(link) in inner for link in holder.iter("a")):
        return False
    return sum(1 for id in inner if _NOTE_ID.fullmatch(id)) <= 2


def _contains(outer: Element, inner: Element) -> bool:
    return any(ancestor is outer for ancestor in inner.iterancestors())


def _label(link: Element, number: int) -> str:
    found = _LABEL.fullmatch(text_of(link))
    return found[1] if found else str(number)


def _make_reference(page: Page, link: Element, label: str, number: int) -> None:
    reference_id = reference_mark(number)
    for name in list(link.attrib):
        if name not in ("id", "name", "lang"):
            del link.attrib[name]
    empty_out(link)
    link.text = label
    link.set("role", "doc-noteref")
    link.set("href", page.fragment(note_mark(number)))
    raised = link.getparent()
    if raised is not None and raised.tag == "sup":
        _lower(raised)
    if reference_id not in page.fragments:
        page.fragment(reference_id)
        link.set("name", link.get("id", "")) if link.get("id") else None
        link.set("id", reference_id)


def _lower(raised: Element) -> None:
    """`<sup>[<a>1</a>]</sup>` holds only the reference: it is superior by its role."""
    around = (raised.text or "") + "".join(child.tail or "" for child in raised)
    if all(child.tag == "a" for child in raised) and not around.strip("[]() ,\u2009\u200a\xa0"):
        raised.text = None
        for child in raised:
            child.tail = None if not (child.tail or "").strip("[]() \xa0") else ", "
        if len(raised):
            raised[-1].tail = None
        raised.tag = "x-words"


def _make_note(page: Page, note: _Note, label: str, number: int) -> None:
    holder = note.element
    ours = holder.find(".//a[@role='doc-backlink']") is not None
    _drop_way_back(page, holder)
    if not ours:
        _drop_label(holder, label)
    aside = new("aside", role="doc-footnote", id=note_mark(number))
    content = new(BLOCK, holder.text, **({"id": own} if (own := holder.get("id")) else {}))
    content.extend(list(holder))
    holder.text = None
    take(holder)
    aside.append(content)
    back = new("a", label, role="doc-backlink", href=page.fragment(reference_mark(number)))
    _set_first(content, back)
    page.body.append(aside)


def _drop_way_back(page: Page, holder: Element) -> None:
    for part in elements(holder, "a", "span", "sup"):
        if part is holder or part.getparent() is None:
            continue
        role = f"{part.get('role', '')} {part.get('epub:type', '')}"
        raw = page.target(part) if part.tag == "a" else None
        returns = (
            "backlink" in role
            or classes(part) & _BACK_CLASS
            or (
                raw is not None
                and _BACK.fullmatch(text_of(part))
                and (_REFERENCE_ID.fullmatch(raw) or not _LABEL.fullmatch(text_of(part)) or part.getprevious() is None)
            )
        )
        if returns:
            around = part.getparent()
            take(part)
            while (
                around is not None
                and around is not holder
                and wordless(text_of(around))
                and around.tag in ("sup", "p", "span", "b", "strong", "x-words")
            ):
                empty, around = around, around.getparent()
                take(empty)


def _drop_label(holder: Element, label: str) -> None:
    """The number in front of the note: the way back says it. `[1]`, `1.`, `^`; not the year that a note begins with."""
    at: Element | None = holder
    while at is not None:
        if at.text and at.text.strip():
            at.text = re.sub(rf"^\s*(?:[\[(]?{re.escape(label)}[\])]?[.:)]?|[\^↑])\s+", "", at.text)
            return
        first = next(iter(at), None)
        if first is None:
            return
        if (
            first.tag in ("sup", "b", "strong", "span", "a")
            and text_of(first).strip("[]().: ") == label
            and not first.get("href", "").startswith("http")
        ):
            take(first)
            at.text = (at.text or "").lstrip(" .:)]\xa0") or None
            return
        at = first if first.tag in ("p", "span", "div", BLOCK, "cite") else None


def _set_first(content: Element, back: Element) -> None:
    """Put the way back in front of the note's first words."""
    at = content
    while not (at.text or "").strip() and len(at) and at[0].tag in ("p", "div", BLOCK):
        at = at[0]
    back.tail = " " + (at.text or "").lstrip()
    at.text = None
    at.insert(0, back)


def _clear_away(page: Page, emptied: Element | None) -> None:
    """The list that held the notes, its section and its heading, when nothing is left in them."""
    while emptied is not None and emptied is not page.body and wordless(text_of(emptied)) and next(emptied.iter("img"), None) is None:
        before, around = emptied.getprevious(), emptied.getparent()
        take(emptied)
        while before is not None and before.tag == "hr":
            rule, before = before, before.getprevious()
            take(rule)
        if (
            before is not None
            and before.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "p")
            and _HEADLINE.fullmatch(text_of(before).strip(" :[]"))
        ):
            take(before)
        emptied = around
    if emptied is not None and emptied is not page.body and len(emptied) == 1 and _SECTION_CLASS.search(emptied.get("class", "")):
        heading = emptied[0]
        if (
            heading.tag in ("h1", "h2", "h3", "h4", "h5", "h6")
            and wordless(heading.tail)
            and _HEADLINE.fullmatch(text_of(heading).strip(" :[]"))
        ):
            take(emptied)
