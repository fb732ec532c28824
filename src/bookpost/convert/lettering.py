"""Lines of large type: a text broken into few, balanced lines at the largest size that fits, and drawn."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal

from bookpost.convert.faces import Face, face_for

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_REFERENCE = 100
_STEP = 4
_HYPHENATED = 1.5
"""A word that would keep all lines below this many times the smallest size is hyphenated instead."""
_SMALLER = 0.85
"""Type may be smaller by this factor for the sake of lines of like length."""
_DASHES = frozenset("-–—")
_WEAK = " -,;:."
_LEADING = 1.12
_NEVER_FIRST = frozenset("、。，．・：；？！」』）］｝〉》】〕”’…‥ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}!?,.;:%")
"""Characters that do not begin a line (JIS X 4051, "line-start prohibition")."""
_NEVER_LAST = frozenset("「『（［｛〈《【〔“‘([{")


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lines of one text in one face, ready to draw; `size` and `leading` in pixels."""

    lines: tuple[str, ...]
    face: Face
    size: int
    leading: int
    bold: bool
    rtl: bool

    @property
    def width(self) -> int:
        """The width of the widest line."""
        font = self.face.at(self.size, bold=self.bold)
        return max(round(font.getlength(line)) for line in self.lines)

    @property
    def height(self) -> int:
        """From the first line's top to the last line's descenders."""
        return self.leading * len(self.lines)

    def draw(self, canvas: "ImageDraw", left: int, right: int, top: int, *, fill: int = 0) -> int:
        """Draw from `top` down, at the left edge (at the right one in a right-to-left script); the bottom reached."""
        font = self.face.at(self.size, bold=self.bold)
        baseline = top + round(self.size * 0.82)
        for line in self.lines:
            x, anchor = (right, "rs") if self.rtl else (left, "ls")
            canvas.text((x, baseline), line, fill=fill, font=font, anchor=anchor, direction=_direction(font, rtl=self.rtl))
            baseline += self.leading
        return top + self.height


def letter(
    text: str, width: int, height: int, language: str, *, sizes: tuple[int, int], most: int = 1, bold: bool = True
) -> Lettering | None:
    """The text as large as it goes into width × height on at most `most` lines; cut with an ellipsis when the smallest
    size is too large. None when no font has its characters.
    """
    found = face_for(text, language)
    if found is None:
        return None
    face, kept = found
    rtl = _is_rtl(kept)
    measure = _Measure(face, language, bold=bold)
    pieces = measure.pieces(kept, width / (min(_HYPHENATED * sizes[0], sizes[1]) if most > 1 else sizes[0]))
    leading = _LEADING * face.stretch
    room = {size: min(most, int(height // (size * leading))) for size in range(sizes[1], sizes[0] - 1, -_STEP)}
    size, lines = _largest(measure, pieces, width, room) or (sizes[0], ())
    if not lines:
        lines = measure.cut(pieces, width / size, max(1, min(most, int(height // (size * leading)))))
    return Lettering(lines, face, size, round(size * leading), bold, rtl)


def _largest(measure: "_Measure", pieces: "Sequence[_Piece]", width: int, room: Mapping[int, int]) -> tuple[int, tuple[str, ...]] | None:
    """The largest size (`room` gives the lines that each has room for), or a little less where lines come out more even."""
    largest: tuple[int, tuple[str, ...]] | None = None
    widest = max(piece.width for piece in pieces)
    for size, most in room.items():
        if largest and size < _SMALLER * largest[0]:
            break
        count = len(measure.lines(pieces, width / size))
        if count <= most and widest <= width / size:
            lines = measure.balanced(pieces, width / size, count)
            if not measure.is_ragged(lines):
                return size, lines
            largest = largest or (size, lines)
    return largest


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken, its width and that of the space before it at one pixel, and whether its line must end with it."""

    text: str
    width: float
    space: float
    last: bool = False


class _Measure:
    """Measures in a face at one size and scales: laying out a title at every size would cost more than drawing it."""

    def __init__(self, face: Face, language: str, *, bold: bool) -> None:
        self._font = face.at(_REFERENCE, bold=bold)
        self._language = language
        self._space = self._of(" ")

    def _of(self, text: str) -> float:
        return self._font.getlength(text) / _REFERENCE

    def pieces(self, text: str, widest: float) -> list[_Piece]:
        """Words, or single characters of a script that has no spaces; a word wider than `widest` in hyphenated parts."""
        found: list[_Piece] = []
        for word in _words(text):
            for number, part in enumerate(_parts(word)):
                space = 0.0 if number else self._space
                width = self._of(part)
                found.extend([_Piece(part, width, space)] if width <= widest else self._hyphenated(part, space, widest))
        return found

    def _hyphenated(self, word: str, space: float, widest: float) -> Iterator[_Piece]:
        start, points = 0, hyphenation_points(word, self._language)
        while self._of(word[start:]) > widest:
            fitting = [end for end in points if end > start and self._of(word[start:end] + "-") <= widest]
            end = (
                fitting[-1]
                if fitting
                else _between_letters(word, start + int((len(word) - start) * 0.9 * widest / self._of(word[start:])), start)
            )
            part = word[start:end] + ("" if _has_no_hyphen(word[start]) else "-")
            yield _Piece(part, self._of(part), 0.0 if start else space, last=True)
            start = end
        yield _Piece(word[start:], self._of(word[start:]), 0.0)

    def lines(self, pieces: Sequence[_Piece], width: float) -> tuple[str, ...]:
        """As many pieces to a line as it takes."""
        lines: list[str] = []
        filled = 0.0
        ended = True
        for piece in pieces:
            if not ended and filled + piece.space + piece.width <= width:
                lines[-1] += (" " if piece.space else "") + piece.text
                filled += piece.space + piece.width
            else:
                lines.append(piece.text)
                filled = piece.width
            ended = piece.last
        return tuple(lines)

    def balanced(self, pieces: Sequence[_Piece], width: float, count: int) -> tuple[str, ...]:
        """That many lines whose lengths differ least: what they leave white is, squared and summed, the smallest."""
        end = len(pieces)
        best = [{0: (0.0, end)} if start == end else {} for start in range(end + 1)]
        for start in range(end - 1, -1, -1):
            for stop, white in _fitting(pieces, start, width):
                for left, (cost, _) in best[stop].items():
                    if left < count:
                        best[start][left + 1] = min(best[start].get(left + 1, (inf, end)), (cost + white**2, stop))
        lines, start = [], 0
        for left in range(count, 0, -1):
            stop = best[start][left][1]
            lines.append(_joined(pieces[start:stop]))
            start = stop
        return tuple(lines)

    def is_ragged(self, lines: Sequence[str]) -> bool:
        """Whether a line is less than half as long as the longest."""
        widths = [self._of(line) for line in lines]
        return 2 * min(widths) < max(widths)

    def cut(self, pieces: Sequence[_Piece], width: float, count: int) -> tuple[str, ...]:
        """The first lines, the last of them with an ellipsis."""
        lines = self.lines(pieces, width)[:count]
        last = lines[-1].rstrip(_WEAK)
        while len(last) > 1 and self._of(last + "…") > width:
            last = (last[: last.rindex(" ")] if " " in last else last[:-1]).rstrip(_WEAK)
        return (*lines[:-1], last + "…")


def _fitting(pieces: Sequence[_Piece], start: int, width: float) -> Iterator[tuple[int, float]]:
    """Where a line that begins at `start` may end, and how much of the width it leaves."""
    left = width
    for stop, piece in enumerate(pieces[start:], start + 1):
        left -= piece.width + (piece.space if stop > start + 1 else 0)
        if left < 0 and stop > start + 1:
            return
        yield stop, left
        if piece.last:
            return


def _joined(pieces: Sequence[_Piece]) -> str:
    return "".join((" " if number and piece.space else "") + piece.text for number, piece in enumerate(pieces))


def hyphenation_points(word: str, language: str) -> list[int]:
    """Where the word may be hyphenated in this language, by Pyphen's patterns; empty when it has none."""
    import pyphen

    name = pyphen.language_fallback(language.replace("-", "_"))
    return [int(point) for point in pyphen.Pyphen(lang=name).positions(word)] if name else []


def _between_letters(word: str, near: int, start: int) -> int:
    """The last place up to `near`, but after `start`, that does not part a letter from its marks."""
    end = max(start + 1, near)
    while end > start + 1 and unicodedata.category(word[end])[0] == "M":
        end -= 1
    return end


def _has_no_hyphen(character: str) -> bool:
    """Whether it is of a script that has neither spaces between words nor hyphens: Thai, Lao, Burmese, Khmer."""
    return "\u0e00" <= character <= "\u0eff" or "\u1000" <= character <= "\u109f" or "\u1780" <= character <= "\u17ff"


def _words(text: str) -> Iterator[str]:
    """The words; a dash between two goes with the first: no line begins with it."""
    held = ""
    for word in text.split():
        if held and word in _DASHES:
            held += f"\N{NO-BREAK SPACE}{word}"
            continue
        if held:
            yield held
        held = word
    if held:
        yield held


def _parts(word: str) -> list[str]:
    """The word, or its characters where lines may break between them (Chinese, Japanese), with their punctuation."""
    parts: list[str] = []
    for character in word:
        held = parts and (character in _NEVER_FIRST or parts[-1][-1] in _NEVER_LAST)
        if parts and (held or not (_breaks(character) or _breaks(parts[-1][-1]))):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _breaks(character: str) -> bool:
    """Whether it is of a block of CJK signs (Unicode blocks: CJK radicals to unified ideographs, compatibility, extensions)."""
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF or 0x20000 <= code <= 0x3FFFF


def _is_rtl(text: str) -> bool:
    """By the first strong character (Unicode Bidirectional Algorithm, P2 and P3)."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _direction(font: "FreeTypeFont", *, rtl: bool) -> Literal["rtl", "ltr"] | None:
    from PIL import ImageFont

    return ("rtl" if rtl else "ltr") if font.layout_engine == ImageFont.Layout.RAQM else None
