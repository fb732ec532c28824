"""Which font draws a text on a cover or in a drawing: the shipped families, then fonts of the system for Chinese, Japanese, Korean.

A text is drawn in one face: the first that has all its characters, else the one that has most. Nothing here draws boxes:
characters that the face lacks are left out of the text.
"""

import importlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_NOWHERE = "\U0010ffff"
_PROBE = 24


@dataclass(frozen=True, slots=True)
class Face:
    """A font file; `axes` are the values of its variable axes in their order, heaviest use first (bold, regular)."""

    path: Path
    bold: tuple[float, ...] | None = None
    regular: tuple[float, ...] | None = None
    index: int = 0
    stretch: float = 1.0
    """How much more leading the script needs than Latin: marks above and below."""

    def at(self, size: float, *, bold: bool) -> "FreeTypeFont":
        """The face at this size in pixels, laid out by HarfBuzz where Pillow has it."""
        from PIL import ImageFont, features

        layout = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
        font = ImageFont.truetype(str(self.path), size, index=self.index, layout_engine=layout)
        axes = self.bold if bold else self.regular
        if axes:
            font.set_variation_by_axes(list(axes))
        return font


def shipped(package: str, file: str) -> Path:
    """The path of a font file in one of the installed `fontpkg_…` packages; raises ModuleNotFoundError."""
    return Path(importlib.import_module(f"fontpkg_{package}").ROOT) / "files" / file


def faces() -> Iterator[Face]:
    """Every face in order of preference, serif first."""
    yield Face(shipped("literata", "Literata[opsz,wght].ttf"), (72, 700), (36, 500))
    yield Face(shipped("noto_serif", "NotoSerif[wdth,wght].ttf"), (700, 100), (500, 100))
    yield Face(shipped("amiri", "Amiri-Bold.ttf"), stretch=1.3)
    yield Face(shipped("frank_ruhl_libre", "FrankRuhlLibre[wght].ttf"), (700,), (500,))
    for script in ("", "Devanagari", "Thai", "Arabic"):
        package = f"noto_sans_{script.lower()}".rstrip("_")
        yield Face(shipped(package, f"NotoSans{script}[wdth,wght].ttf"), (700, 100), (500, 100))
    yield from _system_faces()


_SYSTEM_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
_SYSTEM_FILES = (
    "NotoSerifCJK-Bold.ttc",
    "NotoSerifCJK*-Bold.otf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK*-Bold.otf",
    "NotoSerifCJK-Regular.ttc",
    "NotoSansCJK-Regular.ttc",
    "ヒラギノ明朝 ProN.ttc",
    "Songti.ttc",
    "AppleSDGothicNeo.ttc",
    "wqy-*.ttc",
    "ipaexm.ttf",
    "ipag*.ttf",
    "DroidSansFallback*.ttf",
)


def _system_faces() -> Iterator[Face]:
    for pattern in _SYSTEM_FILES:
        for folder in _SYSTEM_FOLDERS:
            for path in sorted(Path(folder).rglob(pattern)):
                yield Face(path)


def face_for(text: str) -> tuple[Face, str] | None:
    """The best face for a text, and the text without what that face lacks; None when hardly anything could be drawn."""
    wanted = sorted({character for character in text if unicodedata.category(character)[0] in "LNPS"})
    letters = [character for character in wanted if unicodedata.category(character)[0] in "LN"]
    best: tuple[int, Face, set[str]] | None = None
    for face in faces() if letters else ():
        missing = _missing(face, wanted)
        if not missing.intersection(letters):
            best = (len(letters), face, missing)
            break
        has = len(letters) - len(missing.intersection(letters))
        if best is None or has > best[0]:
            best = (has, face, missing)
    if best is None or best[0] < 0.8 * len(letters):
        return None
    _, face, missing = best
    kept = "".join(c for c in text if c not in missing and unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return face, " ".join(kept.split())


def _missing(face: Face, characters: Sequence[str]) -> set[str]:
    """The characters that the face draws as its box for what it has not."""
    from PIL import ImageFont

    font = ImageFont.truetype(str(face.path), _PROBE, index=face.index, layout_engine=ImageFont.Layout.BASIC)
    box = bytes(font.getmask(_NOWHERE)), font.getbbox(_NOWHERE)
    return {c for c in characters if (bytes(font.getmask(c)), font.getbbox(c)) == box}
