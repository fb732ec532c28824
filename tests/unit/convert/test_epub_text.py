"""Labels and metadata: nothing that XML forbids, valid language tags, whole sentences, times in UTC."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bookpost.convert.epub.text import UNDATED, language_tag, moment, plain, sentences, shortened


@given(st.text(st.characters()))
def test_any_text_becomes_what_xml_can_hold(text: str) -> None:
    element = etree.Element("title")
    element.text = plain(text)
    assert etree.fromstring(etree.tostring(element)).text == (plain(text) or None)


def test_no_break_spaces_stay() -> None:
    assert plain("6\u00a0min\x00\x07 \n now\x85") == "6\u00a0min now"


@pytest.mark.parametrize(
    ("given_tag", "tag"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE-1996"),
        ("sr-Latn", "sr-Latn"),
        ("en-", "en"),
        ("fr-x-private", "fr"),
        ("pt-BR-u-ca-buddhist", "pt"),
        ("english", "en"),
        ("", "en"),
        (None, "en"),
        ("<b>", "en"),
    ],
)
def test_a_language_tag_is_one_that_e_readers_know(given_tag: str | None, tag: str) -> None:
    assert language_tag(given_tag) == tag


@pytest.mark.parametrize(
    ("text", "count", "said"),
    [
        ("First. Second. Third.", 1, "First."),
        ("One! Two? Three.", 2, "One! Two?"),
        ("“Is it?” he said. It is.", 1, "“Is it?”"),
        ("Mr. Vale met Dr. A. Moss in the U.S. capital. Then he left.", 1, "Mr. Vale met Dr. A. Moss in the U.S. capital."),
        ("It costs 4.2 million. That is a lot.", 1, "It costs 4.2 million."),
        ("買った。読まない。", 1, "買った。"),
        ("no end at all", 1, "no end at all"),
        ("Only one.", 2, "Only one."),
        ("", 1, ""),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, count: int, said: str) -> None:
    assert sentences(text, count, 200) == said


@given(st.text(), st.integers(1, 3), st.integers(20, 200))
def test_a_summary_is_the_beginning_and_never_longer_than_asked(text: str, count: int, limit: int) -> None:
    said = sentences(text, count, limit)
    assert len(said) <= limit + 40
    assert text.strip().startswith(said.removesuffix("…").strip())


def test_a_long_text_is_cut_between_words() -> None:
    assert shortened("the council delays the bridge", 20) == "the council delays…"
    assert len(shortened("字" * 100, 30)) == 30


@pytest.mark.parametrize(
    ("day", "time"),
    [
        (None, UNDATED),
        (date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, 12), datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 2, 28, 23, tzinfo=UTC)),
        (date(1, 1, 1), UNDATED),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=5))), UNDATED),
    ],
)
def test_a_time_of_change_is_in_utc_and_never_now(day: date | None, time: datetime) -> None:
    assert moment(day) == time
