"""The book's own words: right in every language that has them, and English for the others."""

import tomllib
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from bookpost.convert.words import plural_category, words_for

DAY = date(2026, 3, 1)
TABLES = tomllib.loads(files("bookpost.convert").joinpath("words.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1 March 2026"),
        ("en-GB", "1 March 2026"),
        ("en-US", "March 1, 2026"),
        ("de", "1. März 2026"),
        ("fr", "1er mars 2026"),
        ("es", "1 de marzo de 2026"),
        ("it", "1º marzo 2026"),
        ("pt-BR", "1 de março de 2026"),
        ("nl", "1 maart 2026"),
        ("ru", "1 марта 2026"),
        ("ar", "1 مارس 2026"),
        ("he", "1 במרץ 2026"),
        ("fa", "۱ مارس ۲۰۲۶"),
        ("ja", "2026年3月1日"),
        ("zh", "2026年3月1日"),
        ("ko", "2026년 3월 1일"),
    ],
)
def test_dates_read_as_in_running_text(language: str, written: str) -> None:
    assert words_for(language).date(DAY) == written


def test_a_datetime_is_its_own_zones_day() -> None:
    assert words_for("fr").date(datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == "2 mars 2026"
    assert words_for("de-AT").updated(date(2026, 1, 2)) == "Aktualisiert am 2. Jänner 2026"


@pytest.mark.parametrize(
    ("language", "count", "written"),
    [
        ("en", 1, "1 article"),
        ("en", 12, "12 articles"),
        ("fr", 0, "0 article"),
        ("ru", 1, "1 статья"),
        ("ru", 3, "3 статьи"),
        ("ru", 11, "11 статей"),
        ("ru", 21, "21 статья"),
        ("ar", 2, "مقالان"),
        ("ar", 5, "5 مقالات"),
        ("ar", 11, "11 مقالًا"),
        ("ar", 100, "100 مقال"),
        ("he", 2, "שתי כתבות"),
        ("ja", 2, "2本の記事"),
        ("fa", 12, "۱۲ مقاله"),
    ],
)
def test_counts_take_the_right_plural(language: str, count: int, written: str) -> None:
    assert words_for(language).articles(count) == written


def test_minutes_do_not_break() -> None:
    assert words_for("en").minutes(6) == "6\N{NO-BREAK SPACE}min"
    assert words_for("ar").minutes(3) == "3\N{NO-BREAK SPACE}دقائق"


@pytest.mark.parametrize(
    ("language", "authors", "line"),
    [
        ("en", [], ""),
        ("en", ["Ana"], "By Ana"),
        ("en", ["Ana", "Bo", "Cy"], "By Ana, Bo and Cy"),
        ("es", ["Ana", "Isabel"], "Por Ana e Isabel"),
        ("es", ["Ana", "Hiedra"], "Por Ana y Hiedra"),
        ("ru", ["Анна"], "Автор: Анна"),
        ("ru", ["Анна", "Борис"], "Авторы: Анна и Борис"),
        ("ar", ["سارة", "علي"], "بقلم سارة وعلي"),
        ("he", ["שרה", "Bo"], "מאת שרה ו-Bo"),
        ("ja", ["山田", "鈴木"], "文：山田、鈴木"),
    ],
)
def test_by_lines_join_names_as_the_language_does(language: str, authors: list[str], line: str) -> None:
    assert words_for(language).by_line(authors) == line


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de-CH", "de"), ("EN_us", "en-US"), ("zh", "zh-Hans"), ("zh-TW", "zh-Hant"), ("zh-Hant-HK", "zh-Hant"), ("zh-Hans-HK", "zh-Hans"),
        ("sv", "en"), ("", "en"), ("pt-BR", "pt-BR"),
    ],
)  # fmt: skip
def test_a_tag_gets_the_nearest_words(asked: str, given: str) -> None:
    assert words_for(asked).language == given


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_language_has_every_word(language: str) -> None:
    """A language that is added without a label fails here and not in somebody's book."""
    words = words_for(language)
    assert all(words.date(date(2026, month, 2)) for month in range(1, 13))
    for count in (0, 1, 2, 3, 5, 11, 21, 100, 101):
        texts = (words.minutes(count), words.articles(count), words.by_line(["A"] * count) or "-", words.updated(DAY))
        assert all(text and "{" not in text for text in texts)
    assert words.direction == ("rtl" if language in ("ar", "he", "fa") else "ltr")


def test_plural_categories_are_those_of_cldr() -> None:
    assert [plural_category("ru", n) for n in (1, 2, 5, 12, 22, 111)] == ["one", "few", "other", "other", "few", "other"]
    assert [plural_category("ar", n) for n in (0, 1, 2, 3, 11, 102)] == ["zero", "one", "two", "few", "many", "other"]
