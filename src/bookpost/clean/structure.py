"""The content model: any tree → a new tree in the vocabulary, in one walk.

The walk reads the page as a typesetter would: text and inlines run into the paragraph that is open, a block ends it, and
an element that the vocabulary does not know is read for its content. So no block can stand in an inline, no text beside a
block, no `li` outside a list, whatever came in. Inlines are opened when something stands in them: none is ever empty.
"""

from copy import deepcopy
from typing import NamedTuple

from lxml import etree

from bookpost.clean.attributes import kept_attributes, usable
from bookpost.clean.ruby import ruby
from bookpost.clean.setting import BLOCK, DROP, Setting, Template
from bookpost.clean.vocabulary import HEADINGS, INLINE, MATH
from bookpost.dom import Element

__all__ = ["BLOCK", "DROP", "build"]

_RENAMED = {
    **{"b": "strong", "i": "em", "tt": "code", "strike": "s", "x-s": "s", "x-small": "small", "acronym": "abbr"},
    **{"dir": "ul", "menu": "ul", "listing": "pre", "xmp": "pre", "plaintext": "pre", "summary": "p", "h1": "h2"},
}
_DROPPED = (
    "script style template head title link meta base object embed applet iframe frame frameset noframes video audio canvas svg map area "
    "input button select textarea datalist option optgroup progress meter dialog col colgroup param track portal"
).split()
# HTML §15.3: what browsers show as blocks, beyond the vocabulary's own. They end a paragraph and start another.
_BREAKING = (
    "address article aside center details div fieldset footer form header hgroup html legend main nav noscript search section"
).split()
_CONTAINERS = ("blockquote", "figure", "ul", "ol", "dl", "table", "pre")
_PARTS = ("li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "figcaption")
_KINDS = {
    **dict.fromkeys(_BREAKING, "break"),
    **dict.fromkeys(_CONTAINERS, "block"),
    **dict.fromkeys(_PARTS, "block"),
    **dict.fromkeys(INLINE - {"rb", "rt", "rp"}, "inline"),
    **dict.fromkeys((DROP, *_DROPPED), "drop"),
    **{"p": "paragraph", **dict.fromkeys(HEADINGS, "paragraph")},
    **{"br": "mark", "wbr": "mark", "hr": "rule", "img": "picture", "ruby": "ruby", MATH: "formula", "aside": "block", BLOCK: "break"},
}
_ENDING = frozenset({"break", "paragraph", "block"})
_ONCE = frozenset({"a", "em", "strong", "code", "small", "mark", "del", "ins", "s", "abbr", "dfn", "kbd", "samp", "var", "cite", "time"})
_MAX_INLINES = 12


class _Frame(NamedTuple):
    """What has to be undone when an element of the page ends."""

    depth: int
    inlines: int
    template: Template
    inherited: dict[str, str]
    ends: bool


def build(source: Element, wanted: frozenset[str]) -> tuple[Element, dict[str, Element]]:
    """The new body, and for each wanted id of the page the element that stands where it stood.

    `<div>a<p>b<i></i></p><li>c</div>`  →  `<p>a</p><p>b</p><ul><li>c</li></ul>`
    """
    setting = Setting()
    frames: list[_Frame] = []
    walk = etree.iterwalk(source, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            _end(setting, frames.pop())
            if element.tail and element is not source:
                setting.write(element.tail)
            continue
        tag = str(element.tag)
        tag = _RENAMED.get(tag, tag)
        kind = _KINDS.get(tag)
        frame = len(setting.stack), len(setting.active), setting.template, setting.inherited
        attributes: dict[str, str] = {}
        if element.attrib and kind != "drop":
            attributes = kept_attributes(element, tag)
            if wanted:
                setting.expect([id for name in ("id", "name") if (id := element.get(name, "")) in wanted])
        done, opened = _start(setting, element, tag, kind, attributes)
        frames.append(_Frame(len(setting.stack) - 1 if opened else frame[0], *frame[1:], kind in _ENDING))
        if done:
            walk.skip_subtree()
        elif element.text:
            setting.write(element.text)
    setting.close(0)
    return setting.body, setting.anchors


def _start(setting: Setting, element: Element, tag: str, kind: str | None, attributes: dict[str, str]) -> tuple[bool, bool]:
    """Begin one element. True first when its content has been dealt with, true second when a block was opened."""
    match kind:
        case "inline":
            taken = tag in _ONCE and any(inline.tag == tag for inline in setting.active)
            if usable(tag, attributes) and not taken and len(setting.active) < _MAX_INLINES:
                setting.open_inline(tag, attributes)
        case "paragraph":
            setting.paragraph(tag, attributes)
        case "break":
            setting.line_break()
            setting.inherit(attributes)
        case "block":
            return False, _block(setting, tag, attributes)
        case "mark":
            setting.mark(tag)
        case "rule":
            setting.rule()
        case "picture":
            if usable(tag, attributes):
                setting.atom(etree.Element("img", {"src": attributes["src"], "alt": attributes.get("alt", "")}))
        case "formula":
            setting.atom(_copy(element))
            return True, False
        case "ruby":
            if (annotated := ruby(element)) is not None:
                setting.atom(annotated)
                return True, False
        case _:
            return kind == "drop", False
    return False, False


def _block(setting: Setting, tag: str, attributes: dict[str, str]) -> bool:
    if usable(tag, attributes) and setting.open_block(tag, attributes):
        return True
    setting.line_break()
    setting.inherit(attributes)
    return False


def _end(setting: Setting, frame: _Frame) -> None:
    setting.close_inlines(frame.inlines)
    setting.close(frame.depth)
    setting.template, setting.inherited = frame.template, frame.inherited
    if frame.ends:
        setting.line_break()


def _copy(formula: Element) -> Element:
    copy = deepcopy(formula)
    copy.tail = None
    return copy
