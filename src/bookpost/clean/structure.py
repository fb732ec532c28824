"""The content model: any tree → a new tree in the vocabulary, in one walk.

The walk reads the page as a typesetter would: text and inlines run into the paragraph that is open, a block ends it, and
an element that the vocabulary does not know is read for its content. So no block can stand in an inline, no text beside a
block, no `li` outside a list, whatever came in. Inlines are opened when something stands in them: none is ever empty.
"""

from copy import deepcopy

from lxml import etree

from bookpost.clean.attributes import kept_attributes, usable
from bookpost.clean.ruby import ruby
from bookpost.clean.setting import Inline, Setting, Template
from bookpost.clean.vocabulary import BLOCK, DROP, INLINE, LEVELS, MATH, names
from bookpost.dom import Element

_RENAMED = {
    **{"b": "strong", "i": "em", "tt": "code", "strike": "s", "x-s": "s", "x-small": "small", "acronym": "abbr"},
    **{"dir": "ul", "menu": "ul", "listing": "pre", "xmp": "pre", "plaintext": "pre", "summary": "p"},
}
_DROPPED = names(
    "script style template head title link meta base object embed applet iframe frame frameset noframes video audio canvas svg map area "
    "input button select textarea datalist option optgroup progress meter dialog col colgroup param track portal"
)
# HTML §15.3: what browsers show as blocks, beyond the vocabulary's own. They end a paragraph and start another.
_BREAKING = names(
    "address article aside center details div fieldset footer form header hgroup html legend main nav noscript search section"
)
_CONTAINERS = names("blockquote figure ul ol dl table pre aside li dt dd tr td th thead tbody tfoot caption figcaption")
_KINDS = {
    **dict.fromkeys(_BREAKING, "break"),
    **dict.fromkeys(_CONTAINERS, "block"),
    **dict.fromkeys(INLINE - {"rb", "rt", "rp"}, "inline"),
    **dict.fromkeys((DROP, *_DROPPED), "drop"),
    **{"p": "paragraph", **dict.fromkeys(LEVELS, "paragraph")},
    **{"br": "atom", "wbr": "atom", "hr": "atom", "img": "atom", "ruby": "atom", MATH: "atom", BLOCK: "break"},
}
_ONCE = names("a em strong code small mark del ins s abbr dfn kbd samp var cite time")
_MAX_INLINES = 12
_NOTHING: dict[str, str] = {}
_NO_IDS: list[str] = []

# What has to be undone when a block of the page ends: how many blocks and inlines are open then, what text opens, and what
# it inherits. Of an inline it is only how many inlines are open then.
_Frame = tuple[int, int, Template, dict[str, str]]


def build(source: Element, wanted: frozenset[str]) -> tuple[Element, dict[str, Element]]:
    """The new body, and for each wanted id of the page the element that stands where it stood.

    `<div>a<p>b<i></i></p><li>c</div>`  →  `<p>a</p><p>b</p><ul><li>c</li></ul>`
    """
    setting = Setting()
    frames: list[int | _Frame] = []
    walk = etree.iterwalk(source, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            frame, done = _start(setting, element, wanted)
            frames.append(frame)
            if done:
                walk.skip_subtree()
            elif text := element.text:
                setting.write(text)
        else:
            _end(setting, frames.pop())
            if (tail := element.tail) and element is not source:
                setting.write(tail)
    setting.close(0)
    return setting.body, setting.anchors


def _start(setting: Setting, element: Element, wanted: frozenset[str]) -> tuple[int | _Frame, bool]:
    """Begin one element: what to undo when it ends, and whether its content has been dealt with."""
    tag = str(element.tag)
    tag = _RENAMED.get(tag, tag)
    kind = _KINDS.get(tag)
    active = setting.active
    if kind == "drop":
        return len(active), True
    attributes, ids = _NOTHING, _NO_IDS
    if element.attrib:
        attributes = kept_attributes(element, tag)
        if wanted:
            ids = [id for name in ("id", "name") if (id := element.get(name, "")) in wanted]
    if kind == "inline" and len(active) < _MAX_INLINES and usable(tag, attributes) and not (tag in _ONCE and _stands(active, tag)):
        setting.open_inline(tag, attributes, ids)
        return len(active) - 1, False
    if ids:
        setting.expect(ids)
    if kind == "atom":
        return len(active), _atom(setting, element, tag, attributes)
    if kind is None or kind == "inline":
        return len(active), False
    return _begin(setting, kind, tag, attributes), False


def _begin(setting: Setting, kind: str, tag: str, attributes: dict[str, str]) -> _Frame:
    """Begin a block."""
    depth, inlines, template, inherited = len(setting.stack), len(setting.active), setting.template, setting.inherited
    if kind == "paragraph":
        setting.paragraph(tag, attributes)
    elif kind == "block" and usable(tag, attributes) and setting.open_block(tag, attributes):
        depth = len(setting.stack) - 1
    else:
        setting.line_break()
        setting.inherit(attributes)
    return depth, inlines, template, inherited


def _end(setting: Setting, frame: int | _Frame) -> None:
    if isinstance(frame, int):
        setting.close_inlines(frame)
        return
    depth, inlines, setting.template, setting.inherited = frame
    setting.close_inlines(inlines)
    setting.close(depth)
    setting.line_break()


def _atom(setting: Setting, element: Element, tag: str, attributes: dict[str, str]) -> bool:
    """Set what is not made of text; true when its content has been dealt with."""
    if tag == "hr":
        setting.rule()
    elif tag in ("br", "wbr"):
        setting.mark(tag)
    elif tag == "img":
        if usable(tag, attributes):
            setting.atom(etree.Element("img", {"src": attributes["src"], "alt": attributes.get("alt", "")}))
    elif (copy := _copy(element) if tag == MATH else ruby(element)) is not None:
        setting.atom(copy)
        return True
    return False


def _stands(active: list[Inline], tag: str) -> bool:
    return any(inline[0] == tag for inline in active)


def _copy(formula: Element) -> Element:
    copy = deepcopy(formula)
    copy.tail = None
    return copy
