"""Straight quotation marks and apostrophes → the language's own: nesting, apostrophes, decades, primes.

Works on the text of one block. What cannot be decided (a mark with a space on both sides) stays straight, and the
decision to leave it rests on its neighbours alone: setting a text twice changes nothing.
"""

import re
from collections.abc import Iterator
from functools import cache

from bookpost.convert.marks import Marks

Edit = tuple[int, int, str]
"""Replace the characters from start to end by a text."""

_APOSTROPHE = "’"
_BETWEEN_LETTERS = re.compile(r"'(?<=[^\W_]')(?=[^\W\d_])")
_FEET_INCHES = re.compile(r"(?<![\w.])\d{1,3}'(?:\s?\d{1,2}(?:[.,]\d+)?(?:\s?[½¼¾])?\")")
_DECADE = re.compile(r"'\d\d(?:s|er|ern|’s|'s)?(?!\w)")
_CLOSING_SINGLE = re.compile(r"(?<=\S)'(?!\w)")
_OPENERS = "([{<–—-/=¡¿“„«‘‚‹「『|\ufeff\u200b\u2066\u2067\u2068"
_HEBREW = re.compile("[א-ת]")
_DEPTH = 6
"""Quotations inside each other that are followed; a text without closing marks must not grow the list."""


def set_apostrophes(text: str, marks: Marks) -> str:
    """The text with the apostrophes between letters set: one sign for another, and nearly all there are."""
    return text if marks.hebrew or "'" not in text else _BETWEEN_LETTERS.sub(_APOSTROPHE, text)


def quote_edits(text: str, marks: Marks) -> list[Edit]:
    """The edits that set every straight mark of a block's text, in order."""
    return list(_Setter(text, marks).edits()) if "'" in text or '"' in text else []


class _Setter:
    """Goes through one block once; `open` holds the closing marks that are awaited, innermost last."""

    def __init__(self, text: str, marks: Marks) -> None:
        self.text = text
        self.marks = marks
        self.open: list[tuple[str, str]] = []
        self.doubles_left = text.count('"')
        single = "'" in text
        self.last_closing_single = max((m.start() for m in _CLOSING_SINGLE.finditer(text)), default=-1) if single else -1
        self.primes = {at for m in _FEET_INCHES.finditer(text) for at in _prime_places(m)} if single else frozenset()

    def edits(self) -> Iterator[Edit]:
        own = self.marks.outer[0][0] + self.marks.outer[1][-1]
        for found in re.finditer(f"[\"'{re.escape(own)}]", self.text):
            at = found.start()
            sign = self.text[at]
            if sign == '"':
                self.doubles_left -= 1
                new = self._double(at)
            elif sign == "'":
                new = self._single(at)
            else:
                self._written(sign)
                continue
            if new != sign:
                yield at, at + 1, new

    def _written(self, sign: str) -> None:
        """A mark that the author wrote: a straight one inside it is an inner one."""
        opening, closing = self.marks.outer[0][0], self.marks.outer[1][-1]
        if opening == closing:
            return
        if sign == opening:
            self._await("written", closing)
        elif self.open and self.open[-1][0] == "written":
            self.open.pop()

    def _double(self, at: int) -> str:
        before, after = self._around(at)
        if at in self.primes:
            return "″"
        if self.marks.hebrew and _HEBREW.match(before) and _HEBREW.match(after):
            return "״"
        if before.isspace() and after.isspace():
            return '"'
        rest = self.doubles_left
        if before.isdigit() and not after.isalnum() and ((rest % 2 == 1) if self._awaits('"') else rest % 2 == 0):
            return "″"
        if self._opens(before, after, '"'):
            nested = any(kind == "written" or (kind == '"' and rest > 1) for kind, _ in self.open)
            return self._start('"', after, inner=nested)
        return self._end('"')

    def _single(self, at: int) -> str:
        before, after = self._around(at)
        if at in self.primes:
            return "′"
        if before.isalnum() and after.isalnum():
            return "׳" if self.marks.hebrew and _HEBREW.match(before) else _APOSTROPHE
        if before.isspace() and after.isspace():
            return "'"
        if before.isdigit() and not self._awaits("'"):
            return "′"
        if self.marks.hebrew and _HEBREW.match(before) and not self._awaits("'"):
            return "׳"
        if self._elided(at, before):
            return _APOSTROPHE
        if self._opens(before, after, "'") and not before.isalnum():
            return self._start("'", after, inner=True) if self.last_closing_single > at else _APOSTROPHE
        return self._end("'") if self._awaits("'") else _APOSTROPHE

    def _elided(self, at: int, before: str) -> bool:
        """A decade ('90s), a word that starts with an apostrophe ('tis), or both sides of rock 'n' roll."""
        if not before.isalnum() and _DECADE.match(self.text, at) and not self.text.startswith("'", at + 3):
            return True
        if not self.marks.elisions:
            return False
        if self.text[max(0, at - 3) : at] in (" 'n", "\xa0'n"):
            return True
        return not before.isalnum() and _elision(self.marks.elisions).match(self.text, at) is not None

    def _opens(self, before: str, after: str, sign: str) -> bool:
        if after.isspace():
            return False
        if before.isspace() or before in _OPENERS:
            return True
        if before in "\"'":
            return after.isalnum() and not self._awaits(sign)
        return before.isalnum() and after.isalnum() and not self._awaits(sign)

    def _start(self, sign: str, after: str, *, inner: bool) -> str:
        outer_pair, inner_pair = self.marks.outer, self.marks.inner
        if self.marks.cjk_outer and self.marks.cjk_inner and is_cjk(after):
            outer_pair, inner_pair = self.marks.cjk_outer, self.marks.cjk_inner
        opening, closing = inner_pair if inner else outer_pair
        self._await(sign, closing)
        return opening

    def _end(self, sign: str) -> str:
        """The closing mark that is awaited for this sign; those that were opened inside it and left open are dropped."""
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == sign:
                closing = self.open[index][1]
                del self.open[index:]
                return closing
        return (self.marks.outer if sign == '"' else self.marks.inner)[1]

    def _await(self, kind: str, closing: str) -> None:
        self.open.append((kind, closing))
        del self.open[:-_DEPTH]

    def _awaits(self, sign: str) -> bool:
        return any(kind == sign for kind, _ in self.open)

    def _around(self, at: int) -> tuple[str, str]:
        before = self.text[at - 1] if at else " "
        after = self.text[at + 1] if at + 1 < len(self.text) else " "
        return before, after


@cache
def _elision(words: str) -> re.Pattern[str]:
    return re.compile(rf"'(?:{words})\b(?!')|'n'", re.IGNORECASE)


def is_cjk(character: str) -> bool:
    """Whether it is a Chinese or Japanese character or their punctuation."""
    return "\u2e80" <= character <= "\u9fff" or "\uff01" <= character <= "\uffee" or character >= "\U00020000"


def _prime_places(measure: re.Match[str]) -> tuple[int, int]:
    return measure.start() + measure[0].index("'"), measure.end() - 1
