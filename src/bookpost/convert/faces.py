"""Which font draws a text on a cover or in a drawing: the shipped families, then the system's for Chinese, Japanese, Korean.

A text is drawn in one face: the first that has all its letters, else the one that has most. Nothing here draws boxes:
characters that the face lacks are left out of the text.
"""

import importlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

Drawn = tuple[bytes, tuple[float, float, float, float]]
"""Pixels and their bounds."""
_NOWHERE = "\U0010ffff"
_PROBE = 24
_ENOUGH = 0.8
"""The share of a text's letters that must be drawn, or it is not worth drawing."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font file. `bold` and `regular` are values of its variable axes, in the file's order; `index` is its place in a
    collection; `stretch` how much more leading the script needs than Latin, for its marks above and below.
    """

    path: Path
    bold: tuple[float, ...] = ()
    regular: tuple[float, ...] = ()
    index: int = 0
    stretch: float = 1.0

    def at(self, size: float, *, bold: bool) -> "FreeTypeFont":
        """The face at this size in pixels, laid out by HarfBuzz and FriBidi where Pillow has them (its wheels do)."""
        return _opened(self.path, self.index, size, self.bold if bold else self.regular)


@lru_cache(maxsize=32)
def _opened(path: Path, index: int, size: float, axes: tuple[float, ...]) -> "FreeTypeFont":
    """The font, kept: the first letter drawn with it takes 2 ms (FreeType's hinter looks at the whole font), any other 0.1."""
    from PIL import ImageFont, features

    layout = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(path), size, index=index, layout_engine=layout)
    if axes:
        font.set_variation_by_axes(list(axes))
    return font


@cache
def shipped_faces() -> tuple[Face, ...]:
    """The faces of the installed `fontpkg` families in order of preference; raises ModuleNotFoundError."""
    return (
        Face(_file("literata", "Literata[opsz,wght]"), (72, 700), (36, 500)),
        Face(_file("noto_serif", "NotoSerif[wdth,wght]"), (700, 100), (500, 100)),
        Face(_file("amiri", "Amiri-Bold"), stretch=1.3),
        Face(_file("frank_ruhl_libre", "FrankRuhlLibre[wght]"), (700,), (500,)),
        Face(_file("noto_sans", "NotoSans[wdth,wght]"), (700, 100), (500, 100)),
        Face(_file("noto_sans_devanagari", "NotoSansDevanagari[wdth,wght]"), (700, 100), (500, 100), stretch=1.2),
        Face(_file("noto_sans_thai", "NotoSansThai[wdth,wght]"), (700, 100), (500, 100), stretch=1.2),
        Face(_file("noto_sans_arabic", "NotoSansArabic[wdth,wght]"), (700, 100), (500, 100), stretch=1.3),
    )


def _file(package: str, name: str) -> Path:
    return Path(importlib.import_module(f"fontpkg_{package}").ROOT, "files", f"{name}.ttf")


_SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_SYSTEM_FILES = (
    "NotoSerifCJK-Bold.ttc",
    "NotoSansCJK-Bold.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSansCJK-Regular.ttc",
    "ヒラギノ明朝 ProN.ttc",
    "Songti.ttc",
    "AppleSDGothicNeo.ttc",
    "wqy-*.ttc",
    "ipa*.ttf",
)
_NOTO_INDEX = {"ja": 0, "ko": 1, "zh": 2, "zh-hant": 3, "zh-tw": 3, "zh-hk": 4}
"""The faces of a Noto CJK collection: one Unicode character has several national shapes."""


@cache
def system_faces(language: str) -> tuple[Face, ...]:
    """Faces for Chinese, Japanese and Korean that this machine happens to have, bold serif first."""
    found = [path for folder in _SYSTEM_FOLDERS for path in Path(folder).rglob("*.tt[cf]")]
    tag = language.lower()
    index = _NOTO_INDEX.get(tag, _NOTO_INDEX.get(tag.split("-")[0], 0))
    return tuple(
        Face(path, index=index if "CJK" in path.name else 0) for pattern in _SYSTEM_FILES for path in sorted(found) if path.match(pattern)
    )


def face_for(text: str, language: str) -> tuple[Face, str] | None:
    """The best face for a text, and the text without what that face lacks; None when too little of it could be drawn."""
    wanted = sorted({character for character in text if unicodedata.category(character)[0] in "LNPS"})
    letters = {character for character in wanted if unicodedata.category(character)[0] in "LN"}
    best: tuple[int, Face, set[str]] | None = None
    for face in _candidates(language) if letters else ():
        missing = _missing(face, wanted)
        has = len(letters - missing)
        if best is None or has > best[0]:
            best = has, face, missing
        if has == len(letters):
            break
    if best is None or best[0] < _ENOUGH * len(letters):
        return None
    has, face, missing = best
    kept = "".join(c for c in text if c not in missing and unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return face, " ".join(kept.split())


def _candidates(language: str) -> Iterator[Face]:
    yield from shipped_faces()
    yield from system_faces(language)


def _missing(face: Face, characters: Sequence[str]) -> set[str]:
    """The characters for which the face has but its box."""
    return {character for character in characters if _lacks(face, character)}


@lru_cache(maxsize=4096)
def _lacks(face: Face, character: str) -> bool:
    """Whether the face draws its box for this character. Pillow does not tell; what is drawn does."""
    return _drawn(face, character) == _box(face)


@cache
def _box(face: Face) -> Drawn:
    return _drawn(face, _NOWHERE)


def _drawn(face: Face, character: str) -> Drawn:
    font = _probe(face.path, face.index)
    return bytes(font.getmask(character)), font.getbbox(character)


@cache
def _probe(path: Path, index: int) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(str(path), _PROBE, index=index, layout_engine=ImageFont.Layout.BASIC)
