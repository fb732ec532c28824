"""The fonts of a PDF: which of ours a text needs, what they cannot show, and the style rules that name them.

Ours come with Python packages, so a book looks the same on every machine: the fontpkg families and two that ziamath
and ziafont bring for symbols. A script that none of them has may be found among the system's fonts.
"""

import struct
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bookpost.convert.pdf.subset import subset
from bookpost.convert.pdf.systemfonts import SystemFont, find_font

SCHEME = "bookpost"
"""The scheme of the only addresses that the renderer can fetch: `bookpost:font/…` and `bookpost:picture/…`."""

_VARIATIONS = ("avar", "cvar", "fvar", "gvar", "HVAR", "MVAR", "STAT", "VVAR")
"""The tables without which a variable font is a plain one at its defaults (OpenType, font variations)."""
_SPACES_AND_FORMATS = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
"""Categories for which HarfBuzz makes up a blank of the right width when a font lacks them."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file of a family, and the style for which it stands. `plain` is a variable font at its default weight only."""

    package: str
    file: str
    italic: bool = False
    bold: bool = False
    plain: bool = False

    @property
    def url(self) -> str:
        """Under which address the renderer fetches it."""
        return f"{SCHEME}:font/{self.package}/{Path(self.file).stem}{'/plain' if self.plain else ''}"

    @property
    def uses(self) -> "tuple[Face, ...]":
        """The faces to declare for this file.

        WeasyPrint makes an instance of a variable font for each weight (50 ms); the default weight needs none when the
        font has no variations. Fontconfig takes the first of two that fit, so the plain one goes first.
        """
        return (replace(self, plain=True), self) if "[" in self.file else (self,)


@dataclass(frozen=True, slots=True)
class Family:
    """A family of ours; `languages` are those whose text begins with it, because it draws them best."""

    name: str
    faces: tuple[Face, ...]
    languages: tuple[str, ...] = ()


def _variable(name: str, package: str, roman: str, italic: str | None = None, languages: tuple[str, ...] = ()) -> Family:
    faces = [Face(package, f"files/{roman}.ttf")]
    if italic:
        faces.append(Face(package, f"files/{italic}.ttf", italic=True))
    return Family(name, tuple(faces), languages)


TEXT = _variable("Literata", "fontpkg_literata", "Literata[opsz,wght]", "Literata-Italic[opsz,wght]")
CODE = _variable("JetBrains Mono", "fontpkg_jetbrains_mono", "JetBrainsMono[wght]", "JetBrainsMono-Italic[wght]")
FALLBACKS = (
    Family(
        "Amiri",
        (
            Face("fontpkg_amiri", "files/Amiri-Regular.ttf"),
            Face("fontpkg_amiri", "files/Amiri-Bold.ttf", bold=True),
            Face("fontpkg_amiri", "files/Amiri-Italic.ttf", italic=True),
            Face("fontpkg_amiri", "files/Amiri-BoldItalic.ttf", italic=True, bold=True),
        ),
        ("ar", "fa", "ur", "ps", "ckb", "ug", "sd"),
    ),
    _variable("Frank Ruhl Libre", "fontpkg_frank_ruhl_libre", "FrankRuhlLibre[wght]", languages=("he", "yi")),
    _variable("Noto Sans Devanagari", "fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght]"),
    _variable("Noto Sans Thai", "fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght]"),
    _variable("Noto Serif", "fontpkg_noto_serif", "NotoSerif[wdth,wght]", "NotoSerif-Italic[wdth,wght]"),
    _variable("Noto Sans Arabic", "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght]"),
    Family("STIX Two Math", (Face("ziamath", "fonts/STIXTwoMath-Regular.ttf"),)),
    _variable("Noto Sans", "fontpkg_noto_sans", "NotoSans[wdth,wght]", "NotoSans-Italic[wdth,wght]"),
    Family("DejaVu Sans", (Face("ziafont", "fonts/DejaVuSans.ttf"),)),
)

ALL = (TEXT, CODE, *FALLBACKS)


@dataclass(frozen=True, slots=True)
class Need:
    """What a text asks of the fonts: its characters, the language of the book, and whether it has italics and code."""

    characters: frozenset[str]
    language: str
    italic: bool
    code: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """The families for a text in order of preference, the system's fonts beside them, and what none of them has."""

    families: tuple[Family, ...]
    code: bool
    italic: bool
    system: tuple[SystemFont, ...]
    missing: frozenset[str]

    @property
    def faces(self) -> tuple[Face, ...]:
        """The font files to declare."""
        families = (*self.families, CODE) if self.code else self.families
        return tuple(use for family in families for face in family.faces if self.italic or not face.italic for use in face.uses)


def choose(need: Need) -> Choice:
    """The fewest of our families that show these characters; each costs the book start-up time and bytes."""
    wanted = {c for c in need.characters if unicodedata.category(c) not in _SPACES_AND_FORMATS and not _selector(c)}
    first = [family for family in FALLBACKS if _base(need.language) in family.languages]
    families: list[Family] = []
    for family in (*first, TEXT, *FALLBACKS):
        if family not in families and (family is TEXT or wanted & coverage(family.faces[0])):
            families.append(family)
            wanted -= coverage(family.faces[0])
        if not wanted and TEXT in families:
            break
    code = need.code or bool(wanted & coverage(CODE.faces[0]))
    if code:
        wanted -= coverage(CODE.faces[0])
    system = []
    while wanted and (found := find_font(frozenset(wanted), need.language)):
        system.append(found)
        wanted -= found.characters
    return Choice(tuple(families), code, need.italic, tuple(system), frozenset(wanted))


def style_rules(choice: Choice) -> str:
    """The `@font-face` rules and the font families of text, of code, and of each language that has a family of its own."""
    rules = [_font_face(name, face) for name, face in _named_faces(choice)]
    names = [family.name for family in choice.families] + ([CODE.name] if choice.code else [])
    names += [font.family for font in choice.system]
    rules.append(f"html {{ font-family: {_list(names)} }}")
    if choice.code:
        rules.append(f"code, kbd, pre, samp {{ font-family: {_list([CODE.name, *names])} }}")
    for language, family in _by_language(choice).items():
        rules.append(f'[lang|="{language}" i] {{ font-family: {_list([family, *names])} }}')
    return "\n".join(rules)


def location(face: Face) -> Path:
    """Where the font file is; raises FileNotFoundError when its package is not installed."""
    spec = find_spec(face.package)
    if not spec or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the font package {face.package} is not installed")
    return Path(spec.submodule_search_locations[0]) / face.file


def font_bytes(face: Face, characters: frozenset[str]) -> bytes:
    """The font for the renderer: cut down to these characters, and of its axes at most the weight can be varied.

    Pango makes another instance for each optical size, so a book would carry a dozen; pinned at its default, an axis has
    no effect (OpenType, `fvar`: minimum, default and maximum may be equal).
    """
    data = bytearray(location(face).read_bytes())
    tables = struct.unpack_from(">H", data, 4)[0]
    for record in range(12, 12 + 16 * tables, 16):
        if data[record : record + 4] == b"fvar":
            _pin_axes(data, struct.unpack_from(">I", data, record + 8)[0])
    return subset(bytes(data), characters & coverage(face), without=_VARIATIONS if face.plain else ())


def _pin_axes(data: bytearray, fvar: int) -> None:
    first, _, count, size = struct.unpack_from(">4H", data, fvar + 4)
    for axis in range(fvar + first, fvar + first + count * size, size):
        if data[axis : axis + 4] != b"wght":
            default = data[axis + 8 : axis + 12]
            data[axis + 4 : axis + 8] = data[axis + 12 : axis + 16] = default


@cache
def coverage(face: Face) -> frozenset[str]:
    """The characters that the font has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(location(face), lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _named_faces(choice: Choice) -> Iterable[tuple[str, Face]]:
    names = {use: family.name for family in ALL for face in family.faces for use in face.uses}
    return ((names[face], face) for face in choice.faces)


def _font_face(name: str, face: Face) -> str:
    style = " font-style: italic;" if face.italic else ""
    weight = " font-weight: bold;" if face.bold else ""
    return f"@font-face {{ font-family: '{name}';{style}{weight} src: url('{face.url}') }}"


def _by_language(choice: Choice) -> Mapping[str, str]:
    ours = {language: family.name for family in choice.families for language in family.languages}
    theirs = {language: name for font in reversed(choice.system) for language, name in font.by_language}
    return ours | theirs


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in dict.fromkeys(names))


def _base(language: str) -> str:
    return language.lower().split("-")[0]


def _selector(character: str) -> bool:
    """Variation selectors: they choose between glyphs and have none themselves."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
