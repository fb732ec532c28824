"""The book's own words in the language of the article: labels, dates, counts, by-lines.

`words.toml` holds them; a language that is not there gets English. Nothing here asks the system for its locale.
"""

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any

from bookpost.article import Direction

_PLAIN_DIGITS = "0123456789"
_SOUNDS_LIKE_I = re.compile(r"(?i)[ií]|h[ií](?!e)")
_TRADITIONAL = {"hant", "tw", "hk", "mo"}
"""Subtags of Chinese that mean traditional characters (CLDR likely subtags)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Labels as they stand in the book, and the forms from which the methods make dates, counts and by-lines.

    `language` is the tag of the words themselves (`en` when the language asked for has none), `direction` theirs.
    """

    language: str
    next: str
    previous: str
    section: str
    front_page: str
    contents: str
    cover: str
    start: str
    original: str
    qr_code: str
    picture: str
    picture_not_available: str
    formula: str
    video: str
    note: str
    notes: str
    back: str
    missing: str
    continued: str
    page: str
    untitled: str
    direction: Direction = "ltr"
    digits: str = _PLAIN_DIGITS
    _by: Mapping[str, str] = field(repr=False)
    _comma: str = field(repr=False)
    _and: str = field(repr=False)
    _minutes: Mapping[str, str] = field(repr=False)
    _articles: Mapping[str, str] = field(repr=False)
    _updated: str = field(repr=False)
    _date: str = field(repr=False)
    _date_first: str | None = field(default=None, repr=False)
    _months: Sequence[str] = field(default=("",) * 12, repr=False)

    def by_line(self, authors: Sequence[str]) -> str:
        """“By A, B and C”; empty when there is no author."""
        return self._form(self._by, len(authors)).format(names=self.names(authors)) if authors else ""

    def names(self, names: Sequence[str]) -> str:
        """The names as a list in running text: “A, B and C”."""
        if len(names) < 2:
            return "".join(names)
        return self._comma.join(names[:-1]) + self._conjunction(names[-1]) + names[-1]

    def minutes(self, n: int) -> str:
        """A reading time of n minutes, short: “6 min” with a space that does not break."""
        return self._count(self._minutes, n).replace(" ", "\N{NO-BREAK SPACE}")

    def articles(self, n: int) -> str:
        """How many articles: “12 articles”."""
        return self._count(self._articles, n)

    def date(self, day: datetime.date) -> str:
        """The day of a date or a datetime (in its own zone) as in running text: “1 March 2026”."""
        pattern = self._date_first if day.day == 1 and self._date_first else self._date
        return self._own_digits(pattern.format(d=day.day, m=day.month, y=day.year, month=self._months[day.month - 1]))

    def updated(self, day: datetime.date) -> str:
        """“Updated 1 March 2026”."""
        return self._updated.format(date=self.date(day))

    def _count(self, forms: Mapping[str, str], n: int) -> str:
        return self._own_digits(self._form(forms, n).format(n=n))

    def _form(self, forms: Mapping[str, str], n: int) -> str:
        return forms.get(plural_category(self.language, n), forms["other"])

    def _own_digits(self, text: str) -> str:
        return text if self.digits == _PLAIN_DIGITS else text.translate(str.maketrans(_PLAIN_DIGITS, self.digits))

    def _conjunction(self, following: str) -> str:
        """The word before the last name; two languages bend it to what follows (CLDR list patterns)."""
        if self.language.startswith("es") and _SOUNDS_LIKE_I.match(following):
            return " e "
        if self.language == "he" and not "א" <= following[:1] <= "ת":
            return self._and + "-"
        return self._and


def words_for(language: str) -> Words:
    """The words of a BCP 47 tag: the region's own where they differ, else the language's, else English."""
    return _words(_table_names(language.lower().replace("_", "-")))


def plural_category(language: str, n: int) -> str:
    """The CLDR plural category of the whole number n (unicode.org/cldr: Language Plural Rules)."""
    match language.split("-")[0]:
        case "ja" | "zh" | "ko" | "fa":
            return "other"
        case "fr" | "pt":
            return "one" if n < 2 else "other"
        case "ru":
            return _slavic(n)
        case "ar":
            return _arabic(n)
        case "he":
            return {1: "one", 2: "two"}.get(n, "other")
        case _:
            return "one" if n == 1 else "other"


def _slavic(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "other"


def _arabic(n: int) -> str:
    if n < 3:
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


def _table_names(tag: str) -> tuple[str, ...]:
    """The tables that make up the words, the general one first."""
    base, *subtags = tag.split("-")
    if base == "zh":
        return ("zh-Hant",) if _TRADITIONAL.intersection(subtags) and "hans" not in subtags else ("zh-Hans",)
    tables = _tables()
    if base not in tables:
        return ("en",)
    regions = (f"{base}-{subtag.upper()}" for subtag in subtags)
    return (base, *(region for region in regions if region in tables))


@cache
def _words(names: tuple[str, ...]) -> Words:
    table: dict[str, Any] = {"language": names[-1]}
    for name in names:
        table |= _tables()[name]
    private = {f.name[1:] for f in fields(Words) if f.name.startswith("_")}
    return Words(**{f"_{key}" if key in private else key: value for key, value in table.items()})


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("bookpost.convert").joinpath("words.toml").read_text("utf-8"))
