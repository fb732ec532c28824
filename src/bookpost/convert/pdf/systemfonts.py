"""Fonts of the system for scripts that no font package has: Chinese, Japanese, Korean, and whatever Noto covers.

Only folders where systems keep their fonts are looked into, and only for families that are known to read well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
)
_CJK_TAGS = {"ja": "JP", "ko": "KR", "zh": "SC", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "TC"}


@dataclass(frozen=True, slots=True)
class SystemFont:
    """A font of the system: its family's name, its file, the characters it has, and families by language in the same file."""

    family: str
    file: Path
    characters: frozenset[str]
    by_language: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    file: str
    family: str
    languages: tuple[str, ...] = ("ja", "ko", "zh")
    collection: bool = False
    """Whether `family` ends in a country's letters and the file has one for each country."""


_KNOWN = (
    _Known("NotoSerifCJK-Regular.ttc", "Noto Serif CJK", collection=True),
    _Known("SourceHanSerif.ttc", "Source Han Serif", collection=True),
    _Known("NotoSansCJK-Regular.ttc", "Noto Sans CJK", collection=True),
    _Known("ヒラギノ明朝 ProN.ttc", "Hiragino Mincho ProN", ("ja",)),
    _Known("Songti.ttc", "Songti SC", ("zh",)),
    _Known("AppleMyungjo.ttf", "AppleMyungjo", ("ko",)),
    _Known("ipaexm.ttf", "IPAexMincho", ("ja",)),
    _Known("ipam.ttf", "IPAMincho", ("ja",)),
    _Known("uming.ttc", "AR PL UMing CN", ("zh",)),
    _Known("NanumMyeongjo.ttf", "NanumMyeongjo", ("ko",)),
    _Known("wqy-zenhei.ttc", "WenQuanYi Zen Hei"),
    _Known("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
    _Known("DroidSansFallbackFull.ttf", "Droid Sans Fallback"),
)


def find_font(characters: frozenset[str], language: str) -> SystemFont | None:
    """The font that has most of these characters; among equals the one made for the language, then the better known."""
    found = [font for font in _candidates(_base(language)) if characters & font.characters]
    return max(found, key=lambda font: len(characters & font.characters), default=None)


def _candidates(base: str) -> Iterator[SystemFont]:
    files = _files()
    known = [entry for entry in _KNOWN if entry.file in files]
    for entry in sorted(known, key=lambda entry: base not in entry.languages):
        yield _font(files[entry.file], *_names(entry, base))
    for name, file in files.items():
        if name.startswith(("NotoSerif", "NotoSans")) and name.endswith(("-Regular.ttf", "-Regular.otf")):
            yield _font(file, _spaced(name.split("-")[0]), ())


def _names(entry: _Known, base: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if not entry.collection:
        return entry.family, tuple((language, entry.family) for language in entry.languages)
    by_language = tuple((language, f"{entry.family} {country}") for language, country in _CJK_TAGS.items())
    return dict(by_language).get(base, f"{entry.family} JP"), by_language


@cache
def _files() -> dict[str, Path]:
    """Font files by name. The folders are read once in a process."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for file in sorted(folder.rglob("*.[ot]t[fc]")):
            found.setdefault(file.name, file)
    return found


@cache
def _font(file: Path, family: str, by_language: tuple[tuple[str, str], ...]) -> SystemFont:
    return SystemFont(family, file, _characters(file), by_language)


@cache
def _characters(file: Path) -> frozenset[str]:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with file.open("rb") as stream, TTFont(stream, lazy=True, fontNumber=0) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (TTLibError, OSError, AssertionError):
        return frozenset()  # a broken font of the system is a font that has nothing


def _spaced(name: str) -> str:
    """`NotoSansTamil` → `Noto Sans Tamil`."""
    return "".join(f" {c}" if c.isupper() and before.islower() else c for before, c in zip(" " + name, name, strict=False))


def _base(language: str) -> str:
    return language.lower().split("-")[0]
