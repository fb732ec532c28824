"""Lines of large type: a text broken into few, balanced lines at the largest size that fits, and drawn."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bookpost.convert.faces import Face, face_for

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

_REFERENCE = 100
_STEP = 4
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
    def height(self) -> int:
        """From the first line's top to the last line's descenders."""
        return self.leading * len(self.lines)

    def draw(self, canvas: "ImageDraw", left: int, right: int, top: int, *, fill: int = 0) -> int:
        """Draw from `top` down, at the left edge (at the right one in a right-to-left script); the bottom reached."""
        font = self.face.at(self.size, bold=self.bold)
        baseline = top + round(self.size * 0.82)
        for line in self.lines:
            x, anchor = (right, "rs") if self.rtl else (left, "ls")
            canvas.text((x, baseline), line, fill=fill, font=font, anchor=anchor, **_shaping(font, rtl=self.rtl))
            baseline += self.leading
        return top + self.height


def letter(
    text: str, width: int, height: int, *, sizes: tuple[int, int], most: int, bold: bool = True, spacing: float = 1.12
) -> Lettering | None:
    """The text as large as it goes into width × height on at most `most` lines; cut with an ellipsis when the smallest
    size is too large. None when no font has its characters.
    """
    found = face_for(text)
    if found is None:
        return None
    face, kept = found
    rtl = _is_rtl(kept)
    measure = _Measure(face, bold=bold)
    pieces = measure.pieces(kept, width / sizes[0])
    leading = spacing * face.stretch
    for size in range(sizes[1], sizes[0] - 1, -_STEP):
        room = min(most, int(height // (size * leading)))
        lines = measure.lines(pieces, width / size)
        if len(lines) <= room and max(piece.width for piece in pieces) <= width / size:
            lines = measure.balanced(pieces, width / size, len(lines))
            return Lettering(lines, face, size, round(size * leading), bold, rtl)
    size = sizes[0]
    room = max(1, min(most, int(height // (size * leading))))
    return Lettering(measure.cut(pieces, width / size, room), face, size, round(size * leading), bold, rtl)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken, with its width and that of the space before it, for a size of one pixel."""

    text: str
    width: float
    space: float


class _Measure:
    """Measures in a face at one size and scales: laying out a title at every size would cost more than drawing it."""

    def __init__(self, face: Face, *, bold: bool) -> None:
        self._font = face.at(_REFERENCE, bold=bold)
        self._space = self._of(" ")

    def _of(self, text: str) -> float:
        return self._font.getlength(text) / _REFERENCE

    def pieces(self, text: str, widest: float) -> list[_Piece]:
        """Words, or single characters of a script that has no spaces; a word that is too wide comes in parts."""
        found = []
        for word in text.split():
            for number, part in enumerate(_parts(word)):
                space = self._space if number == 0 else 0.0
                found.extend(self._halved(part, space, widest))
        return found

    def _halved(self, part: str, space: float, widest: float) -> list[_Piece]:
        width = self._of(part)
        if width <= widest or len(part) < 4:
            return [_Piece(part, width, space)]
        count = int(width // (0.9 * widest)) + 1
        step = -(-len(part) // count)
        starts = range(0, len(part), step)
        return [
            _Piece(piece, self._of(piece), 0.0 if start else space)
            for start in starts
            for piece in [part[start : start + step] + ("-" if start + step < len(part) else "")]
        ]

    def lines(self, pieces: Sequence[_Piece], width: float) -> tuple[str, ...]:
        """As many pieces to a line as it takes."""
        lines: list[str] = []
        filled = 0.0
        for piece in pieces:
            if lines and filled + piece.space + piece.width <= width and not lines[-1].endswith("-"):
                lines[-1] += (" " if piece.space else "") + piece.text
                filled += piece.space + piece.width
            else:
                lines.append(piece.text)
                filled = piece.width
        return tuple(lines)

    def balanced(self, pieces: Sequence[_Piece], width: float, count: int) -> tuple[str, ...]:
        """The narrowest block of no more lines."""
        low, high = max(piece.width for piece in pieces), width
        for _ in range(10):
            middle = (low + high) / 2
            if len(self.lines(pieces, middle)) <= count:
                high = middle
            else:
                low = middle
        return self.lines(pieces, high)

    def cut(self, pieces: Sequence[_Piece], width: float, count: int) -> tuple[str, ...]:
        """The first lines, the last of them with an ellipsis."""
        lines = self.lines(pieces, width)[:count]
        last = lines[-1].rstrip(" -,;:.")
        while len(last) > 1 and self._of(last + "…") > width:
            last = last[: last.rfind(" ")] if " " in last else last[:-1]
        return (*lines[:-1], last.rstrip(" -,;:.") + "…")


def _parts(word: str) -> list[str]:
    """The word, or its characters where lines may break between them (CJK, Thai), punctuation kept where it belongs."""
    parts: list[str] = []
    for character in word:
        glued = not parts or not (_breaks(character) or _breaks(parts[-1][-1]))
        if glued and parts or parts and (character in _NEVER_FIRST or parts[-1][-1] in _NEVER_LAST):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _breaks(character: str) -> bool:
    code = ord(character)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFFEF or 0x20000 <= code <= 0x3FFFF


def _is_rtl(text: str) -> bool:
    """By the first strong character (Unicode Bidirectional Algorithm, P2 and P3)."""
    strong = next((unicodedata.bidirectional(c) for c in text if unicodedata.bidirectional(c) in ("L", "R", "AL")), "L")
    return strong != "L"


def _shaping(font: "FreeTypeFont", *, rtl: bool) -> dict[str, Literal["rtl", "ltr"]]:
    from PIL import ImageFont

    return {"direction": "rtl" if rtl else "ltr"} if font.layout_engine == ImageFont.Layout.RAQM else {}


def fold(text: str) -> str:
    """White space folded, and no full stop at the end of a title."""
    text = re.sub(r"\s+", " ", text).strip()
    return text[:-1] if text.endswith(".") and not text.endswith("..") and text.count(".") == 1 else text
