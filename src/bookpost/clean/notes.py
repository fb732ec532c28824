"""Footnotes: of the kinds that pages have, one form, linked both ways, at the end.

`mark_notes` reads what the page's own markup says; `gather_notes` works on the new tree, where notes stand in few places.
"""

import re
from dataclasses import dataclass, field

from bookpost.clean.page import Page, classes, new, note_mark, reference_mark, select, take, wordless
from bookpost.clean.vocabulary import BLOCKS, LEVELS
from bookpost.dom import Element, elements, text_of

# How a link says that it leads to a note: Pandoc, Markdown, Kramdown, Sphinx, Substack, Word, Wikipedia, WordPress plug-ins.
_REFERENCE_CLASS = re.compile(
    r"footnote-?ref|footnote[_-](?:ref|reference|anchor|link|referrer)|footnote|noteref|fn-?ref|footref|easy-footnote|simple-footnote"
    r"|endnote-ref|sdfootnoteanc|reference|citation-ref"
)
_BACK_CLASS = re.compile(
    r"footnote-back(?:ref)?|reversefootnote|data-footnote-backref|mw-cite-backlink|fn-backref|backlink|footnote-return|footnote_plugin_link"
)
_NOTE_CLASS = re.compile(r"footnote(?:-item|-content|-definition)?|endnote(?:-item)?|fn")
_NOTE_ID = re.compile(
    r"(?:user-content-)?_?(?:fn|ftn|edn|footnote|endnote|cite[_-]note|sdfootnote|easy-footnote-bottom|note)[-_:.]?.*", re.IGNORECASE
)
_REFERENCE_ID = re.compile(
    r"(?:user-content-)?_?(?:fnref|ftnref|ednref|footnote-?ref|endnote-?ref|cite[_-]ref|sdfootnote\d+anc|footnote-anchor|noteref|fnr|ref)[-_:.]?.*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[\[(]?\s*(?:(?:note|nb|anm\.)\s+)?([0-9]{1,4}|[a-z]{1,2}|[ivx]{1,6}|[*†‡§¶]{1,3})\s*[\])]?", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(]?\s*([0-9]{1,3}|[*†‡§]{1,3})\s*[\])]?")
_ARROW = re.compile(r"[\s\[\](){}.,:^↑↩⏎⤴⬆↵⇑\ufe0e\ufe0f]+|(?:jump|back|return)\b.{0,30}", re.IGNORECASE)
_HEADLINE = re.compile(
    r"(?:foot|end)?notes?(?: and references)?|references?|citations?|sources?|fu(?:ß|ss)noten|anmerkungen|einzelnachweise|quellen"
    r"|notes de bas de page|références|notas(?: al pie)?|referencias|note|notas de rodapé|referências|voetnoten|przypisy|примечания|сноски"
    r"|脚注|注释|注釋|参考文献|각주",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*[\[(]?")
_CLOSING = re.compile(r"[\])]?[.:)]?\s+")
_NO_LABEL = re.compile(r"\s*(?:[\^↑]|\[?\]?[.:)])\s+")
_IDENTIFIED = select("descendant::*[@id]")
_LONGEST_LABEL = 8
_LONGEST = 6_000  # characters of a note


@dataclass(slots=True)
class _Note:
    holder: Element  # the item, paragraph or aside that is the note
    links: list[Element] = field(default_factory=list)


def mark_notes(page: Page) -> None:
    """What the page calls a reference, a way back or a note keeps that as its role.

    `<a class="footnote-ref" href="#fn1">`  →  `<a role="doc-noteref" href="#fn1">`
    `<div epub:type="footnote">`  →  `<aside role="doc-footnote">`
    """
    if not page.fragments:
        return
    for back in list(page.called(_BACK_CLASS, "span", "sup")):
        page.drop(back)
    leading: set[str] = set()
    for link in page.body.iter("a"):
        raw = page.target(link)
        if raw is None:
            continue
        said = f"{link.get('role', '')} {link.get('epub:type', '')}"
        if "backlink" in said or "referrer" in said or any(_BACK_CLASS.fullmatch(name) for name in classes(link)):
            link.set("role", "doc-backlink")
        elif "noteref" in said or (_called_reference(link) and _LABEL.fullmatch(text_of(link))):
            link.set("role", "doc-noteref")
            leading.add(raw)
        elif _NOTE_ID.fullmatch(raw):
            leading.add(raw)
    for note in _IDENTIFIED(page.body):
        if note.tag in ("div", "aside", "section") and note.get("id") in leading and _is_note(note):
            note.tag = "aside"
            note.set("role", "doc-footnote")


def gather_notes(page: Page) -> None:
    """Notes go to the end, each with its way back; the lists and headings they leave empty go.

    `<p>a<sup><a href="#fn1">1</a></sup></p><ol><li>Note. <a href="#fnref1">↩</a></li></ol>`  →
    `<p>a<a role="doc-noteref" …>1</a></p><aside role="doc-footnote" …><p><a role="doc-backlink" …>1</a> Note.</p></aside>`
    """
    if not page.fragments:
        return
    notes = _find(page)
    page.noted = len(notes)
    left: dict[Element, None] = {}
    raised: set[Element] = set()
    kept: set[Element] = set()  # blocks before notes that are no headlines
    for number, note in enumerate(notes, 1):
        labels = [_label(link, number) for link in note.links]
        for link, label in zip(note.links, labels, strict=True):
            _make_reference(page, link, label, number)
            around = link.getparent()
            if around is not None and around.tag == "sup" and around not in raised:
                raised.add(around)
                _lower(page, around)
        if (around := note.holder.getparent()) is not None and around is not page.body:
            left[around] = None
        if note.holder.find(".//a[@role='doc-backlink']") is None:
            _clear_heading(page, note.holder, kept)
        page.places[note.holder] = _make_note(page, note.holder, labels[0], number)
    for around in left:
        _clear_away(page, around)


def _called_reference(link: Element) -> bool:
    around = link.getparent()
    named = classes(link) if around is None else classes(link) | classes(around)
    return any(_REFERENCE_CLASS.fullmatch(name) for name in named)


def _is_note(element: Element) -> bool:
    said = f"{element.get('role', '')} {element.get('epub:type', '')}"
    named = "note" in said or element.tag == "aside" or any(_NOTE_CLASS.fullmatch(name) for name in classes(element))
    small = len(text_of(element)) <= _LONGEST and next(element.iter("h1", "h2", "h3", "aside", "ol"), None) is None
    return named and small


def _find(page: Page) -> list[_Note]:
    """The notes in the order in which the text refers to them."""
    found: dict[Element, _Note] = {}
    unfit: set[Element] = set()
    for link in page.body.iter("a"):
        raw = page.target(link)
        target = page.standing(raw) if raw is not None else None
        if raw is None or target is None or not _refers(link, raw):
            continue
        holder = _holder(target)
        if holder is None or holder in unfit or holder in link.iterancestors():
            continue
        if holder not in found:
            if not _fits(page, holder):
                unfit.add(holder)
                continue
            found[holder] = _Note(holder)
        found[holder].links.append(link)
    if not found:
        return []
    order = {element: position for position, element in enumerate(page.body.iter())}
    return [
        note
        for note in found.values()
        if order[note.links[0]] < order[note.holder] and not any(ancestor in found for ancestor in note.holder.iterancestors())
    ]


def _refers(link: Element, raw: str) -> bool:
    """Whether the link is a reference to a note, not back from it and not to a part of the text."""
    if link.get("role") == "doc-noteref":
        return True
    if _REFERENCE_ID.fullmatch(raw):
        return False
    text = text_of(link)
    if _NOTE_ID.fullmatch(raw):
        return bool(_LABEL.fullmatch(text))
    around = link.getparent()
    raised = (around is not None and around.tag == "sup") or link.find("sup") is not None
    return raised and bool(_NUMBER.fullmatch(text))


def _holder(target: Element) -> Element | None:
    """The block that is the note: the target itself, or the one that begins with it."""
    element = target
    while element.tag not in BLOCKS and element.tag not in ("li", "dd", "dt", "aside"):
        around = element.getparent()
        if around is None or around.tag == "body":
            return None
        element = around
    if element.tag in ("dt", "dd"):
        return _defined(element)
    around = element.getparent()
    if element.tag == "p" and around is not None and around.tag in ("li", "dd", "aside") and around[0] is element:
        element = around
    if element.tag == "dd":
        return _defined(element)
    return element if element.tag in ("li", "p", "aside") else None


def _defined(element: Element) -> Element | None:
    """In a list of notes the term is the number: one term, one note."""
    term = element if element.tag == "dt" else element.getprevious()
    note = term.getnext() if term is not None else None
    if term is None or note is None or term.tag != "dt" or note.tag != "dd":
        return None
    after, before = note.getnext(), term.getprevious()
    alone = (after is None or after.tag == "dt") and (before is None or before.tag == "dd")
    return note if alone else None


def _fits(page: Page, holder: Element) -> bool:
    """Whether it is one note: not a whole list of them, nor a long part of the text, nor one that leads to itself.

    Asked once of each block: many links may lead into a long one.
    """
    term = holder.getprevious() if holder.tag == "dd" else None
    if term is not None and len(text_of(term)) > _LONGEST_LABEL:
        return False
    words = text_of(holder)
    if wordless(words) or len(words) > _LONGEST or next(holder.iter(*LEVELS), None) is not None:
        return False
    for link in holder.iter("a"):
        raw = page.target(link)
        target = page.standing(raw) if raw is not None else None
        if target is not None and (target is holder or holder in target.iterancestors()):
            return False
    return True


def _label(link: Element, number: int) -> str:
    found = _LABEL.fullmatch(text_of(link))
    return found[1] if found else str(number)


def _make_reference(page: Page, link: Element, label: str, number: int) -> None:
    for child in list(link):
        link.remove(child)
    link.text = label
    for name in ("title", "role", "href"):
        link.attrib.pop(name, "")
    link.set("role", "doc-noteref")
    link.set("href", page.fragment(note_mark(number)))
    page.anchors.setdefault(reference_mark(number), link)
    page.fragment(reference_mark(number))


def _lower(page: Page, raised: Element) -> None:
    """`<sup>[<a>1</a>]</sup>` holds only the reference: it is superior by its role."""
    if any(child.tag != "a" for child in raised) or not all(_is_bracket(text) for text in (raised.text, *(child.tail for child in raised))):
        return
    raised.text = None
    for child in raised:
        child.tail = ", " if child.getnext() is not None and (child.tail or "").strip("[]() \xa0") else None
    page.leave(raised)


def _is_bracket(text: str | None) -> bool:
    return not (text or "").strip("[](), \xa0\u2009\u200a")


def _make_note(page: Page, holder: Element, label: str, number: int) -> Element:
    aside = new("aside", role="doc-footnote")
    ours = holder.find(".//a[@role='doc-backlink']") is not None
    _drop_way_back(page, holder)
    if holder.tag == "dd" and (term := holder.getprevious()) is not None:
        take(term)
    take(holder)
    if holder.tag == "p":
        aside.append(holder)
    elif any(child.tag in BLOCKS for child in holder):
        aside.extend(list(holder))
    else:
        aside.append(new("p", holder.text))
        aside[0].extend(list(holder))
    if aside.find("p") is not aside[0]:
        aside.insert(0, new("p"))
    first = aside[0]
    if not ours:
        _drop_label(first, label)
    back = new("a", label, role="doc-backlink", href=page.fragment(reference_mark(number)))
    words = (first.text or "").lstrip(" ")
    back.tail = f" {words}" if words or len(first) else None
    first.text = None
    first.insert(0, back)
    page.body.append(aside)
    page.anchors[note_mark(number)] = aside
    return aside


def _drop_way_back(page: Page, holder: Element) -> None:
    """Links from the note to the text, and what held nothing else."""
    for link in elements(holder, "a"):
        raw = page.target(link)
        if raw is None or not _leads_back(link, raw):
            continue
        around, ends = link.getparent(), link.getnext() is None and wordless(link.tail)
        take(link)
        while around is not None and _only_held_links(around, holder):
            empty, around = around, around.getparent()
            take(empty)
        if around is not None and ends:
            _trim(around)


def _only_held_links(element: Element, holder: Element) -> bool:
    """Nothing is left in it; but the note's first block stays, for the way back."""
    if element is holder or not wordless(text_of(element)) or next(element.iter("img"), None) is not None:
        return False
    return not (element.tag in BLOCKS and element.getparent() is holder and element.getprevious() is None)


def _leads_back(link: Element, raw: str) -> bool:
    text = text_of(link)
    if link.get("role") == "doc-backlink" or _ARROW.fullmatch(text) or _REFERENCE_ID.fullmatch(raw):
        return True
    block = link.getparent()
    leads = block is not None and link.getprevious() is None and wordless(block.text)
    return leads and bool(_LABEL.fullmatch(text))


def _trim(block: Element) -> None:
    """No space where the way back was, at the end."""
    if len(block):
        block[-1].tail = (block[-1].tail or "").rstrip(" \xa0") or None
    else:
        block.text = (block.text or "").rstrip(" \xa0") or None


def _drop_label(block: Element, label: str) -> None:
    """The number in front of the note: the way back says it. `[1]`, `1.`, `^`; not the year that a note begins with."""
    first = block[0] if len(block) and wordless(block.text) else None
    if first is not None and first.tag in ("sup", "strong", "span", "em") and text_of(first).strip("[]().: ") in (label, "^", "↑"):
        take(first)
        block.text = (block.text or "").lstrip(" .:)]\xa0") or None
        return
    text = block.text or ""
    opening = _OPENING.match(text)
    at = opening.end() if opening else 0
    mark = (_CLOSING.match(text, at + len(label)) if text.startswith(label, at) else None) or _NO_LABEL.match(text)
    if mark is not None:
        block.text = text[mark.end() :]


def _clear_heading(page: Page, holder: Element, kept: set[Element]) -> None:
    """A heading `Notes` right before the first of notes that stand in no list."""
    before = holder.getprevious()
    if holder.getparent() is page.body and before is not None and before not in kept:
        kept.add(before)
        _drop_headline(before)


def _clear_away(page: Page, emptied: Element) -> None:
    """The list that held the notes, and its heading, when nothing is left in it."""
    around: Element | None = emptied
    while around is not None and around is not page.body and not len(around) and wordless(around.text):
        before, outer = around.getprevious(), around.getparent()
        take(around)
        if before is not None:
            _drop_headline(before)
        around = outer


def _drop_headline(block: Element) -> None:
    if block.tag == "hr":
        before = block.getprevious()
        take(block)
        if before is None:
            return
        block = before
    if block.tag in LEVELS or block.tag == "p":
        text = text_of(block).strip(" :[]")
        if _HEADLINE.fullmatch(text):
            take(block)
