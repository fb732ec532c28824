"""The XHTML documents of a book under repair: well-formed again where no text is at stake, without what no e-reader takes.

Each mend is a function of one root; MENDS is their order. A document that cannot be parsed without loss stays as it is.
"""

import html
import re
from collections.abc import Callable

from bookpost.convert.check.chapters import Chapter, is_hidden_by_itself, read_chapter
from bookpost.convert.check.epub import MAX_HIDDEN
from bookpost.convert.check.language import is_tag, normalised
from bookpost.convert.check.package import NCX_TYPE, XHTML_TYPE
from bookpost.convert.check.repair.draft import Draft, serialised
from bookpost.convert.check.repair.packaging import holds_only
from bookpost.convert.check.repair.sheets import mended_inline
from bookpost.convert.check.report import Report
from bookpost.convert.check.style import Hidden, HiddenRules, styles_of
from bookpost.convert.check.vocabulary import BLOCKS, ELEMENTS, NO_BLOCKS
from bookpost.convert.check.wellformed import (
    DC,
    ENTITY,
    OPF,
    SVG,
    XHTML,
    XML,
    attributes,
    comments,
    doctype_of,
    parse,
    raw_text,
    without_controls,
    without_spans,
)
from bookpost.dom import Element, remove, text_of, unwrap

_H = f"{{{XHTML}}}"
_REMOVED = tuple(
    f"{_H}{tag}"
    for tag in (
        *("script", "input", "select", "textarea", "datalist", "keygen", "meter", "progress", "source", "track", "param"),
        *("template", "frame", "embed", "iframe", "map", "noframes", "base"),
    )
)
_UNWRAPPED = tuple(
    f"{_H}{tag}"
    for tag in (
        *("form", "fieldset", "label", "legend", "button", "output", "picture", "noscript", "object", "applet", "audio", "video"),
        *("canvas", "dialog", "slot", "portal", "marquee", "font", "big", "tt", "nobr", "blink", "strike", "acronym", "optgroup", "option"),
    )
)
_TAG = re.compile(rb"(?:![^>]*|\?[^>]*|/?[A-Za-z](?:[^>\"']|\"[^\"]*\"|'[^']*')*+)>", re.S)


def mend_documents(draft: Draft) -> None:
    """Parse and mend every document; also the NCX, whose text has the same ills."""
    for member in (*draft.of_type(XHTML_TYPE), *draft.of_type(NCX_TYPE)):
        data = draft.read(member)
        root = _parsed(data, member) if data is not None else None
        if root is None:
            continue
        draft.trees[member] = root
        if root.tag == f"{_H}html":
            for mend in MENDS:
                mend(root)
            _mend_frame(root, draft)
    _drop_hidden(draft)
    _drop_cover_pages(draft)


def _parsed(data: bytes, member: str) -> Element | None:
    text = ENTITY.sub(_character, data)
    report = Report()
    root = parse(text, member, report)
    if root is None or not any(finding.code in ("E-XML", "E-XML-DEPTH") for finding in report.findings()):
        return root
    # The parser made something of it: taken only when every letter outside of the markup is still there.
    return root if _letters(raw_text(root)) == _letters(_text_outside_markup(text)) else None


def _text_outside_markup(data: bytes) -> str:
    text = without_controls(data)
    if (doctype := doctype_of(text)) is not None:
        text = without_spans(text, [doctype.span()])
    text = without_spans(text, [comment.span() for comment in comments(text)])
    first, *pieces = text.split(b"<")
    outside = [piece[tag.end() :] if (tag := _TAG.match(piece)) else b"<" + piece for piece in pieces]
    return html.unescape(b"".join((first, *outside)).decode("utf-8", "replace"))


def _letters(text: str) -> str:
    return "".join(text.split())


def _character(entity: re.Match[bytes]) -> bytes:
    name = entity[0].decode("ascii")
    text = html.unescape(name)
    return entity[0].replace(b"&", b"&amp;") if text == name else text.encode()


def _remove_active(root: Element) -> None:
    for element in list(root.iter(*_REMOVED, f"{{{SVG}}}script")):
        if element.getparent() is not None:
            remove(element)
    for element in list(root.iter(*_UNWRAPPED)):
        unwrap(element)


def _rename_unknown(root: Element) -> None:
    """An element that XHTML does not have becomes the neutral one of its place."""
    for element in list(root.iter("*")):
        if not str(element.tag).startswith("{"):  # a prefix that was never declared, as Word writes them
            if element.getparent() is not None:
                unwrap(element)
        elif str(element.tag).startswith(_H) and str(element.tag).removeprefix(_H) not in ELEMENTS:
            block = any(str(child.tag).removeprefix(_H) in ("p", "div", "ul", "ol", "table", "h1", "h2", "h3") for child in element)
            parent = element.getparent()
            inside_text = parent is not None and parent.tag in (f"{_H}p", f"{_H}span", f"{_H}a", f"{_H}em", f"{_H}strong")
            element.tag = f"{_H}span" if inside_text and not block else f"{_H}div"


def _mend_attributes(root: Element) -> None:
    ids: set[str] = set()
    for element in root.iter("*"):
        for key, value in attributes(element):
            bad_id = key == "id" and (value in ids or not value or any(c.isspace() for c in value))
            undeclared = ":" in key and not key.startswith("{")
            if bad_id or undeclared or key.startswith("on") or key in ("srcset", "sizes", "background"):
                del element.attrib[key]
            elif key in ("lang", f"{{{XML}}}lang") and not is_tag(value):
                _set(element, key, normalised(value) or "")
            elif key == "id":
                ids.add(value)
            elif key == "style":
                _set(element, key, mended_inline(value))


def _set(element: Element, key: str, value: str) -> None:
    if value:
        element.set(key, value)
    else:
        del element.attrib[key]


def _remove_empty_pictures(root: Element) -> None:
    for img in list(root.iter(f"{_H}img")):
        if not str(img.get("src", "")).strip():
            remove(img)


def _mend_nesting(root: Element) -> None:
    """A paragraph or heading around a block becomes a division; inline markup around a block is undone."""
    for block in list(root.iter(*(f"{_H}{tag}" for tag in sorted(BLOCKS)))):
        for outer in list(block.iterancestors(*(f"{_H}{tag}" for tag in sorted(NO_BLOCKS)))):
            if outer.tag in _PARAGRAPHS:
                outer.tag = f"{_H}div"
            else:
                unwrap(outer)


_PARAGRAPHS = frozenset(f"{_H}{tag}" for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6"))


def _remove_conditional_comments(root: Element) -> None:
    for comment in list(root.iter()):
        if callable(comment.tag) and (comment.text or "").lstrip().startswith(("[if", "<![")) and comment.getparent() is not None:
            remove(comment)


MENDS: tuple[Callable[[Element], None], ...] = (
    _remove_active,
    _rename_unknown,
    _mend_attributes,
    _remove_empty_pictures,
    _mend_nesting,
    _remove_conditional_comments,
)


def _mend_frame(root: Element, draft: Draft) -> None:
    """A title and a language of its own, from the document's heading and the book's language."""
    if not (root.get(f"{{{XML}}}lang") or root.get("lang")):
        language = next((text_of(e) for e in draft.opf.iter(f"{{{DC}}}language")), "")
        if language:
            root.set(f"{{{XML}}}lang", language)
            root.set("lang", language)
    head = root.find(f"{_H}head")
    if head is None:
        head = root.makeelement(f"{_H}head")
        root.insert(0, head)
    title = head.find(f"{_H}title")
    if title is None:
        title = root.makeelement(f"{_H}title")
        head.insert(0, title)
    if not text_of(title):
        heading = next((h for tag in ("h1", "h2", "h3") for h in root.iter(f"{_H}{tag}") if text_of(h)), None)
        book = next((text_of(e) for e in draft.opf.iter(f"{{{DC}}}title")), "")
        title.text = text_of(heading) if heading is not None else book or "—"


def _drop_hidden(draft: Draft) -> None:
    """Hidden text goes when there is more of it than is taken; hidden navigation stays, it is meant for machines."""
    hidden: tuple[Hidden, ...] = ()
    for member in draft.of_type("text/css"):
        hidden += styles_of((draft.read(member) or b"").decode("utf-8", "replace")).hidden
    documents = {member: root for member, root in draft.trees.items() if root.tag == f"{_H}html"}
    if sum(_hidden_in(root, hidden) for root in documents.values()) <= MAX_HIDDEN:
        return
    rules = HiddenRules(hidden)
    for root in documents.values():
        for element in list(root.iter(f"{_H}*")):
            local = str(element.tag).removeprefix(_H)
            unseen = is_hidden_by_itself(element) or rules.match(element, local)
            if unseen and local not in ("html", "head", "body", "nav", "title") and element.getparent() is not None:
                remove(element)


def _hidden_in(root: Element, hidden: tuple[Hidden, ...]) -> int:
    chapter: Chapter | None = read_chapter(serialised(root, ""), "", hidden, Report())
    return chapter.hidden_characters if chapter else 0


def _drop_cover_pages(draft: Draft) -> None:
    """A page that only shows the cover once more; the e-reader shows the cover by itself."""
    metas = {meta.get("content") for meta in draft.opf.iter(f"{{{OPF}}}meta") if meta.get("name") == "cover"}
    covers = {
        draft.member(item) for item in draft.items() if item.get("id") in metas or "cover-image" in str(item.get("properties", "")).split()
    }
    pages = [member for member, root in draft.trees.items() if root.tag == f"{_H}html" and holds_only(root, covers, draft, member)]
    if len(pages) < sum(1 for root in draft.trees.values() if root.tag == f"{_H}html"):
        for page in pages:
            draft.drop(page)
            del draft.trees[page]
