"""Setting type into a new body: the state of the walk in `structure`, which keeps the content model at every moment."""

import re
from dataclasses import dataclass, field

from lxml import etree

from bookpost.clean.page import trim_end
from bookpost.clean.vocabulary import BLOCKS, EITHER, LEVELS, LISTS, NO_HEADING, SECTIONS, WORDLESS
from bookpost.dom import Element, text_of

MAX_DEPTH = 40  # later steps may recurse; no reader indents this far

_PARENTS: dict[str, frozenset[str]] = {
    **{"li": LISTS, "dt": frozenset({"dl"}), "dd": frozenset({"dl"}), "figcaption": frozenset({"figure"})},
    **{"tr": SECTIONS, "td": frozenset({"tr"}), "th": frozenset({"tr"})},
    **dict.fromkeys((*SECTIONS, "caption"), frozenset({"table"})),
}
_CHILD = {"ul": "li", "ol": "li", "dl": "dd", "table": "tbody", "thead": "tr", "tbody": "tr", "tfoot": "tr", "tr": "td"}
_SPACES = re.compile(r"[ \t\n]+")

Template = tuple[str, dict[str, str]]
Inline = tuple[str, dict[str, str], list[str]]  # tag, attributes, ids that links point to
PARAGRAPH: Template = ("p", {})


@dataclass(slots=True)
class _Block:
    """An open block. `run` is how it is filled so far: not at all, "inline", or with "blocks"; `ids` stand on its text."""

    out: Element
    tag: str
    implied: bool = False
    run: str = ""
    ids: list[str] = field(default_factory=list)


class Setting:
    """The page being set. `stack` holds the open blocks, `active` the open inlines; the paragraph is opened when text comes."""

    def __init__(self) -> None:
        self.body = etree.Element("body")
        self.anchors: dict[str, Element] = {}
        self.stack = [_Block(self.body, "body")]
        self.active: list[Inline] = []
        self.template = PARAGRAPH  # what the next text opens
        self.inherited: dict[str, str] = {}  # `lang` and `dir` of elements that are not kept
        self._paragraph: Element | None = None  # the open paragraph, heading, pre, or container that is filled inline
        self._points: list[Element] = []  # the open paragraph and the inlines in it; text goes into the last
        self._last: Element | None = None  # the last child of that, or None
        self._opened = 0  # how many of `active` stand in the open paragraph
        self._floor = 0  # how many of `active` began outside the `pre` and stay there
        self._text: list[str] = []  # what follows `_last`, not written yet
        self._spaced = True  # white space here would be a second one, or the first thing in the line
        self._breaks = 0  # line breaks that wait for something to stand after them
        self._waiting: list[str] = []  # ids that wait for an element to stand on
        self._tables = 0
        self._pre = 0

    # Text and inlines

    def write(self, text: str) -> None:
        """Set text; white space folds as HTML has it (CSS Text §4.1.1), but not in `pre`."""
        if self._pre:
            self._write_verbatim(text)
            return
        if "\n" in text or "  " in text or "\t" in text:
            text = _SPACES.sub(" ", text)
        if text.isspace() or not text.strip(WORDLESS):
            if self._paragraph is None or self._breaks:
                return
        else:
            self._begin()
            if self._opened < len(self.active):
                self._enter()
        if self._spaced and text[0] == " ":
            text = text[1:]
        if text:
            self._text.append(text)
            self._spaced = text[-1] == " "

    def _write_verbatim(self, text: str) -> None:
        if self._paragraph is None:
            text = text.lstrip("\n")
        if text:
            self._begin()
            if not text.isspace():
                self._enter()
            self._text.append(text)

    def atom(self, element: Element) -> None:
        """Set a picture, a formula, annotated text: something to read that is not plain text."""
        self._begin()
        self._enter()
        self._flush()
        self._points[-1].append(element)
        self._last = element
        self._stand_on(element)
        self._spaced = False

    def mark(self, tag: str) -> None:
        """A `br` or a `wbr`. A `br` counts when something follows it; two of them end a paragraph."""
        if self._pre:
            if tag == "br":
                self._write_verbatim("\n")
        elif self._paragraph is None:
            return
        elif tag == "br":
            self._breaks += 1
        elif not self._breaks:
            self._flush()
            self._last = etree.SubElement(self._points[-1], tag)

    def open_inline(self, tag: str, attributes: dict[str, str], ids: list[str]) -> None:
        """An inline begins; it stands in the page, and under its ids, when something stands in it."""
        self.active.append((tag, attributes, ids))

    def close_inlines(self, count: int) -> None:
        """The inlines end, down to `count` of them."""
        active = self.active
        while len(active) > count:
            if ids := active.pop()[2]:
                self._waiting.extend(ids)
            if len(active) < self._floor:
                self._opened = self._floor = len(active)
            elif self._opened > len(active):
                self._flush()
                self._opened -= 1
                self._last = self._points.pop()
        if self._waiting and self._paragraph is not None:
            self._stand_on(self._paragraph)

    def expect(self, ids: list[str]) -> None:
        """Links point here: the next element that is set, or the open paragraph, takes their ids."""
        self._waiting.extend(ids)

    # Paragraphs

    def paragraph(self, tag: str, attributes: dict[str, str]) -> None:
        """A paragraph or heading begins; text that follows is set in one."""
        self.line_break()
        if self._pre or (tag == "p" and self.template[0] in LEVELS):
            return
        self._end_paragraph()
        if tag in LEVELS and any(block.tag in NO_HEADING for block in self.stack):
            tag = "p"
            if all(inline[0] != "strong" for inline in self.active):
                self.open_inline("strong", {}, [])
        self.template = (tag, {**self.inherited, **attributes})

    def line_break(self) -> None:
        """A block begins or ends here; in a heading and in `pre` that is only a new line."""
        if self._pre:
            if self._paragraph is not None and not (self._text and self._text[-1].endswith("\n")):
                self._text.append("\n")
        elif self._paragraph is not None and self.template[0] in LEVELS:
            self._breaks += 1
        else:
            self._end_paragraph()

    def inherit(self, attributes: dict[str, str]) -> None:
        """What an element says about language and direction, for the blocks in it."""
        said = {name: value for name, value in attributes.items() if name in ("lang", "dir")}
        if said:
            self.inherited = {**self.inherited, **said}

    def _begin(self) -> None:
        """Make sure that a paragraph is open, and set the line breaks that waited."""
        if self._breaks and self._paragraph is not None:
            single = self._breaks == 1 or self._paragraph.tag in LEVELS
            self._breaks = 0
            if single:
                self._flush(trim=True)
                self._last = etree.SubElement(self._points[-1], "br")
                self._spaced = True
            else:
                self._end_paragraph()
        if self._paragraph is None:
            self._open_paragraph()

    def _open_paragraph(self) -> None:
        self._make_room()
        block = self.stack[-1]
        if block.tag == "pre":
            self._paragraph = block.out
        elif block.tag in EITHER and not block.run and self.template == PARAGRAPH and not self.inherited:
            block.run = "inline"
            self._paragraph = block.out
        else:
            self._fill_with_blocks(block)
            tag, attributes = self.template
            self._paragraph = etree.SubElement(block.out, tag, attributes or self.inherited)
        self._points = [self._paragraph]
        self._last = None
        self._spaced = True
        if self._waiting:
            self._stand_on(self._paragraph)

    def _enter(self) -> None:
        """Set the inlines that are open in the page and not yet in this paragraph."""
        while self._opened < len(self.active):
            tag, attributes, ids = self.active[self._opened]
            self._flush()
            inline = etree.SubElement(self._points[-1], tag, attributes)
            self._points.append(inline)
            self._last = None
            self._opened += 1
            for id in ids:
                self.anchors.setdefault(id, inline)
            ids.clear()

    def _end_paragraph(self) -> None:
        if self._paragraph is None:
            return
        self._flush(trim=not self._pre)
        if self._paragraph.tag in LEVELS and not text_of(self._paragraph):
            self._paragraph.tag = "p"  # a picture alone is no heading
        self._paragraph = None
        self._opened = self._floor
        self._breaks = 0

    def _flush(self, *, trim: bool = False) -> None:
        if not self._text:
            return
        text = self._text[0] if len(self._text) == 1 else "".join(self._text)
        self._text.clear()
        if trim:
            text = text.rstrip(" ")
        if self._last is None:
            self._points[-1].text = text
        else:
            self._last.tail = text

    def _stand_on(self, element: Element) -> None:
        for id in self._waiting:
            self.anchors.setdefault(id, element)
        if (block := self.stack[-1]).run == "inline" and block.out is element:
            block.ids.extend(self._waiting)
        self._waiting.clear()

    # Blocks

    def open_block(self, tag: str, attributes: dict[str, str]) -> bool:
        """A container or a part of one begins; False when it has no place here, and is read for its content."""
        self.line_break()
        if not self._takes(tag):
            return False
        self._end_paragraph()
        if tag in _PARENTS:
            if not self._make_parent(tag):
                return False
        else:
            self._make_room(nested_list=tag in LISTS)
        self._open(tag, {**self.inherited, **attributes})
        return True

    def _takes(self, tag: str) -> bool:
        """Whether this block may stand here, and would be found here when the content is read again."""
        if self._pre or len(self.stack) > MAX_DEPTH:
            return False
        if tag == "dl":  # an HTML parser ends a `dt` at the next
            return all(block.tag != "dt" for block in self.stack)
        return not (tag == "table" and self._tables) and not (tag == "aside" and len(self.stack) > 1)

    def rule(self) -> None:
        """A thematic break: between blocks only, and not twice."""
        self.line_break()
        block = self.stack[-1]
        if self._paragraph is None and block.tag in ("body", "blockquote", "aside") and len(block.out) and block.out[-1].tag != "hr":
            self._stand_on(etree.SubElement(block.out, "hr"))

    def close(self, depth: int) -> None:
        """The blocks end, down to `depth` of them."""
        while len(self.stack) > depth:
            self._end_paragraph()
            block = self.stack.pop()
            self._tables -= block.tag == "table"
            self._pre -= block.tag == "pre"
            if block.tag == "pre":
                self._floor = self._opened = 0
                trim_end(block.out)
            parent = block.out.getparent()
            if parent is not None and not len(block.out) and not block.out.text and block.tag not in ("td", "th"):
                parent.remove(block.out)

    def _open(self, tag: str, attributes: dict[str, str], *, implied: bool = False) -> None:
        parent = self.stack[-1]
        self._fill_with_blocks(parent)
        if tag == "caption":
            element = etree.Element(tag, attributes)
            parent.out.insert(0, element)
        else:
            element = etree.SubElement(parent.out, tag, attributes)
        self.stack.append(_Block(element, tag, implied))
        self._stand_on(element)
        self._tables += tag == "table"
        if tag == "pre":
            self._pre += 1
            self._floor = self._opened = len(self.active)
        self.template, self.inherited = PARAGRAPH, {}

    def _make_room(self, *, nested_list: bool = False) -> None:
        """Get to a block that takes text and blocks: out of a list that was only implied, or into a new part of this one."""
        while (part := _CHILD.get(self.stack[-1].tag)) is not None:
            block = self.stack[-1]
            if block.implied:
                self.close(len(self.stack) - 1)
            elif nested_list and part == "li" and len(block.out):
                self.stack.append(_Block(block.out[-1], "li", run="inline" if _filled_inline(block.out[-1]) else "blocks"))
            else:
                self._open(part, {})

    def _make_parent(self, tag: str) -> bool:
        """Get to where this part belongs; False when there is no such place."""
        parents = _PARENTS[tag]
        top = self.stack[-1]
        if tag in ("li", "dt", "dd"):
            if top.tag in ("li", "dt", "dd") and self.stack[-2].tag in parents:
                self.close(len(self.stack) - 1)
            elif top.tag not in parents:
                self._make_room()
                self._open("ul" if tag == "li" else "dl", {}, implied=True)
            return True
        while top.tag not in parents and top.tag in ("table", *SECTIONS) and tag in ("tr", "td", "th"):
            self._open(_CHILD[top.tag], {}, implied=True)
            top = self.stack[-1]
        return top.tag in parents and not (tag in ("caption", "figcaption") and top.out.find(tag) is not None)

    def _fill_with_blocks(self, block: _Block) -> None:
        """A block comes: what stands inline in its parent becomes the first paragraph there."""
        if block.run == "inline" and (len(block.out) or block.out.text):
            paragraph = etree.Element("p")
            paragraph.text, block.out.text = block.out.text, None
            paragraph.extend(list(block.out))
            block.out.append(paragraph)
            self.anchors.update({id: paragraph for id in block.ids if self.anchors[id] is block.out})
        block.run = "blocks"


def _filled_inline(item: Element) -> bool:
    return bool(item.text) or any(child.tag not in BLOCKS for child in item)
