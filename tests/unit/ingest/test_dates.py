"""Dates as pages write them: a day, or a moment with its zone, never an invented one."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest.dates import date_by_look, parse_moment, plausible

DAY = date(2026, 11, 24)
CET = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-24", DAY),
        ("20261124", DAY),
        ("2026/11/24", DAY),
        ("2026年11月24日", DAY),
        ("2026-11-24T08:30:05+01:00", datetime(2026, 11, 24, 8, 30, 5, tzinfo=CET)),
        ("2026-11-24T08:30:05.123456Z", datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)),
        ("2026-11-24 08:30:05 +0100", datetime(2026, 11, 24, 8, 30, 5, tzinfo=CET)),
        ("2026-11-24T08:30+01", datetime(2026, 11, 24, 8, 30, tzinfo=CET)),
        ("2026-11-24 8:30:05 UTC", datetime(2026, 11, 24, 8, 30, 5, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 08:30:05 +0100", datetime(2026, 11, 24, 8, 30, 5, tzinfo=CET)),
        ("2026-11-24T08:30:05", DAY),
        ("2026-11-24T99:99:99Z", DAY),
        ("2026-13-40", None),
        ("24 hours ago", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(written: str | None, meant: date | None) -> None:
    assert parse_moment(written) == meant


@given(st.text("0123456789-/:.TZ+ ", max_size=40) | st.text(max_size=60))
def test_no_date_crashes_and_every_moment_has_its_zone(written: str) -> None:
    moment = parse_moment(written)
    assert not isinstance(moment, datetime) or moment.tzinfo


def test_a_clock_at_zero_is_no_date() -> None:
    assert plausible(date(1970, 1, 1)) is None
    assert plausible(date(9999, 1, 1)) is None
    assert plausible(None) is None
    assert plausible(DAY) == DAY


def test_a_date_is_seen_in_the_address_or_the_text() -> None:
    page = "<html><body><p class='date'>Published on November 24, 2026</p><p>Text.</p></body></html>"
    assert date_by_look(page, None) == DAY
    assert date_by_look("<html><body><p>Text</p></body></html>", "https://example.org/2026/11/24/tides") == DAY
    assert date_by_look("<html><body><p>Text</p></body></html>", None) is None
    assert date_by_look("", None) is None
