"""A typographic pattern that belongs to one article: tiles of letters, discs and rules, chosen by its identity."""

import hashlib
from typing import TYPE_CHECKING

from bookpost.convert.faces import Face

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_BLACK, _WHITE, _GREY = 0, 255, 187
_SIGNS = "&§¶?!“”;@*†"
Box = tuple[int, int, int, int]


def draw_pattern(canvas: "ImageDraw", area: Box, identity: str, letters: str, face: Face) -> None:
    """Fill the area (left, top, right, bottom) with square tiles; the same identity draws the same, another one another."""
    left, top, right, bottom = area
    seed = hashlib.sha256(identity.encode()).digest()
    columns = min((4, 5, 6), key=lambda count: ((bottom - top) % ((right - left) // count) // 60, seed[count]))
    side = (right - left) // columns
    rows = max(1, (bottom - top) // side)
    shift = bottom - rows * side
    signs = letters + _SIGNS
    for number in range(columns * rows):
        byte, more = _bytes(seed, number)
        row, column = divmod(number, columns)
        tile = (left + column * side, shift + row * side, left + (column + 1) * side, shift + (row + 1) * side)
        _tile(canvas, tile, byte, more, signs, face)


def _bytes(seed: bytes, number: int) -> tuple[int, int]:
    drawn = hashlib.sha256(seed + number.to_bytes(2, "big")).digest()
    return drawn[0], drawn[1]


def _tile(canvas: "ImageDraw", tile: Box, kind: int, more: int, signs: str, face: Face) -> None:
    left, top, right, bottom = tile
    side = right - left
    ground, ink = ((_WHITE, _BLACK), (_BLACK, _WHITE), (_GREY, _BLACK))[kind // 8 % 3]
    canvas.rectangle((left, top, right - 1, bottom - 1), fill=ground)
    match kind % 8:
        case 0 | 1 | 2:
            sign = signs[more % len(signs)]
            canvas.text((left + side / 2, top + side * 0.78), sign, fill=ink, font=face.at(round(side * 0.86), bold=True), anchor="ms")
        case 3 | 4:
            centre = ((left, top), (right, top), (left, bottom), (right, bottom))[more % 4]
            _quarter(canvas, tile, centre, ink)
        case 5:
            canvas.ellipse((left + side * 0.14, top + side * 0.14, right - side * 0.14, bottom - side * 0.14), fill=ink)
        case 6:
            for line in range(5):
                at = round(side * (line * 2 + 0.5) / 10)
                bar = (
                    (left, top + at, right - 1, top + at + side // 10) if more % 2 else (left + at, top, left + at + side // 10, bottom - 1)
                )
                canvas.rectangle(bar, fill=ink)
        case _:
            corners = ((left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1))
            canvas.polygon([corners[(more + turn) % 4] for turn in range(3)], fill=ink)


def _quarter(canvas: "ImageDraw", tile: Box, centre: tuple[int, int], ink: int) -> None:
    left, top, right, bottom = tile
    side = right - left
    x, y = centre
    start = {(left, top): 0, (right, top): 90, (right, bottom): 180, (left, bottom): 270}[centre]
    canvas.pieslice((x - side, y - side, x + side - 1, y + side - 1), start, start + 90, fill=ink)
