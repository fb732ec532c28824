"""The article's typography, set in its language's own way: quotes, dashes, ellipses, signs, spaces that do not break.

Text is set block by block across inline elements, so that a quotation may open in the text and close in an emphasis.
Code, formulas and addresses stay as they are; an element in another language is set in its own way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice, pairwise

from lxml import etree

from bookpost.convert.marks import Marks, marks_for
from bookpost.convert.punctuation import Step, steps_after_quotes, steps_before_quotes
from bookpost.convert.quotes import Edit, quote_edits, set_apostrophes
from bookpost.dom import MATHML, Element

# fmt: off
_INLINE = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "cite", "del", "dfn", "em", "i", "ins", "mark", "q", "rb", "ruby", "s", "small", "span", "strong",
    "sub", "sup", "time", "u",
))
# fmt: on
_CLOSED = frozenset(("code", "pre", "kbd", "samp", "var", "rt", "rp", "img", "br", "wbr", f"{{{MATHML}}}math"))
_STAND_IN = "ᚠ"
"""A letter in the place of what is left alone, so that a quotation mark beside code knows that it is beside a word."""
_NOT_ADDRESS = "\\s\"'<>“”„‘’‚«»‹›「」『』′″…"
_ADDRESS = re.compile(
    rf"(?:(?<!\w)\w[\w+.-]{{0,20}}://|www\.|(?<![\w.-])[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}/)(?:[^{_NOT_ADDRESS}]|'(?=\w))*"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"
)

Place = tuple[Element, bool]
"""A text of the tree: the element's own first text, or (True) the text after it."""


def set_type(body: Element, language: str) -> None:
    """Set the text below `body` in place. A second time changes nothing more.

    `language` is a BCP 47 tag; `lang` attributes below take over. A language that is not known is left alone.
    """
    for block, tag in _blocks(body, language):
        recipe = _recipe(tag) if block.pieces else None
        if recipe:
            block.set(recipe)


def typeset(text: str, language: str) -> str:
    """A text without markup, such as a title, set like the body."""
    recipe = _recipe(language)
    return _set_pieces([text], [True], recipe)[0] if recipe else text


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What is done to the text of one language, in order: the steps before the quotes, the quotes, the steps after."""

    before: tuple[Step, ...]
    marks: Marks
    after: tuple[Step, ...]


@cache
def _recipe(language: str) -> _Recipe | None:
    marks = marks_for(language)
    return _Recipe(steps_before_quotes(marks), marks, steps_after_quotes(marks)) if marks else None


class _Block:
    """The text of one block in one language: its pieces in order; those without a place are closed to us."""

    __slots__ = ("pieces", "places")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.places: list[Place | None] = []

    def add(self, element: Element, text: str | None, after: bool) -> None:
        if text:
            self.pieces.append(text)
            self.places.append((element, after))

    def skip(self, stand_in: str) -> None:
        self.pieces.append(stand_in)
        self.places.append(None)

    def set(self, recipe: _Recipe) -> None:
        """Set the pieces and write those that changed back into the tree."""
        if len(self.pieces) == 1 and not _may_hold_address(self.pieces[0]):
            texts = [_set_text(self.pieces[0], recipe)]
        else:
            texts = _set_pieces(self.pieces, [place is not None for place in self.places], recipe)
        for old, new, place in zip(self.pieces, texts, self.places, strict=True):
            if place and new != old:
                element, after = place
                if after:
                    element.tail = new
                else:
                    element.text = new


def _blocks(body: Element, language: str) -> Iterator[tuple[_Block, str]]:
    """Every block's text with its language; what stands in another language inside a line is a block of its own."""
    walker = etree.iterwalk(body, events=("start", "end"))
    nested = [(_Block(), language)]
    for event, element in walker:
        tag, own = element.tag, element.get("lang")
        closed = tag in _CLOSED
        apart = not closed and (own is not None or tag not in _INLINE)
        if event == "end":
            if apart:
                yield nested.pop()
            if element is not body:
                nested[-1][0].add(element, element.tail, True)
        elif closed:
            nested[-1][0].skip("\n" if tag == "br" else _STAND_IN)
            walker.skip_subtree()
        else:
            if apart:
                outer, outer_language = nested[-1]
                if tag in _INLINE:
                    outer.skip(_STAND_IN)
                elif outer.pieces:
                    yield outer, outer_language
                    nested[-1] = _Block(), outer_language
                nested.append((_Block(), outer_language if own is None else own))
            nested[-1][0].add(element, element.text, False)


def _may_hold_address(text: str) -> bool:
    return "/" in text or "@" in text or "www." in text


def _set_text(text: str, recipe: _Recipe) -> str:
    """One text without cuts and addresses: the common and fast way."""
    for step in recipe.before:
        text = step.set(text)
    text = set_apostrophes(text, recipe.marks)
    if edits := quote_edits(text, recipe.marks):
        text, _ = _apply(text, edits, [])
    for step in recipe.after:
        text = step.set(text)
    return text


def _set_pieces(pieces: Sequence[str], open_: Sequence[bool], recipe: _Recipe) -> list[str]:
    """The pieces of one block, set as one text: what stands in one may decide what another becomes."""
    if not any(map(_may_hold_address, pieces)) and (text := _set_in_place("".join(pieces), recipe)):
        cuts = accumulate(map(len, pieces), initial=0)
        return [text[start:end] if is_open else piece for piece, is_open, (start, end) in zip(pieces, open_, pairwise(cuts), strict=True)]
    return _set_with_cuts(pieces, open_, recipe)


def _set_in_place(text: str, recipe: _Recipe) -> str | None:
    """The text, where every sign has the length of what it replaces; else None.

    Most texts are so, and it takes half the time: no step makes one sign longer and another shorter, so a text that
    keeps its length keeps its cuts where they are.
    """
    length = len(text)
    for step in recipe.before:
        text = step.set(text)
        if len(text) != length:
            return None
    text = set_apostrophes(text, recipe.marks)
    text, _ = _apply(text, quote_edits(text, recipe.marks), [])
    if len(text) != length:
        return None
    for step in recipe.after:
        text = step.set(text)
        if len(text) != length:
            return None
    return text


def _set_with_cuts(pieces: Sequence[str], open_: Sequence[bool], recipe: _Recipe) -> list[str]:
    """The pieces, following every cut through every step."""
    parts = [list(_around_addresses(piece)) if is_open else [(piece, False)] for piece, is_open in zip(pieces, open_, strict=True)]
    flat = [part for piece in parts for part in piece]
    shown = [part if is_open or len(part) == 1 else _STAND_IN for part, is_open in flat]
    text, cuts = "".join(shown), list(accumulate(map(len, shown)))
    for step in recipe.before:
        text, cuts = _apply(text, step.edits(text), cuts)
    text = set_apostrophes(text, recipe.marks)
    text, cuts = _apply(text, quote_edits(text, recipe.marks), cuts)
    for step in recipe.after:
        text, cuts = _apply(text, step.edits(text), cuts)
    new = (text[start:end] if is_open else part for (part, is_open), (start, end) in zip(flat, pairwise([0, *cuts]), strict=True))
    return ["".join(islice(new, len(piece))) for piece in parts]


def _around_addresses(text: str) -> Iterator[tuple[str, bool]]:
    """The text in parts; those with False are addresses."""
    if not _may_hold_address(text):
        yield text, True
        return
    last = 0
    for found in _ADDRESS.finditer(text):
        yield text[last : found.start()], True
        yield found[0], False
        last = found.end()
    yield text[last:], True


def _apply(text: str, edits: Sequence[Edit], cuts: list[int]) -> tuple[str, list[int]]:
    """The text after the edits, and where its cuts are now; an edit that would reach over a cut is left out."""
    if not edits:
        return text, cuts
    parts: list[str] = []
    moved: list[int] = []
    last = shift = cut = 0
    for start, end, new in edits:
        while cut < len(cuts) and cuts[cut] <= start:
            moved.append(cuts[cut] + shift)
            cut += 1
        if cut < len(cuts) and cuts[cut] < end:
            continue
        parts += (text[last:start], new)
        last = end
        shift += len(new) - (end - start)
    moved += (at + shift for at in cuts[cut:])
    return "".join((*parts, text[last:])), moved
