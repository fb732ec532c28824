"""Dates as pages and front matter write them → a date, or a datetime with its zone. Pure; nothing here raises or knows today.

A time without a zone is no moment: its day is kept. Days that no article has (before 1971: a clock at zero; after 2099) are dropped
by `plausible`.
"""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_EARLIEST, _LATEST = 1971, 2099
# `2026-11-24`, then perhaps a time as ISO 8601, RFC 3339 and their sloppy relatives write it.
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]+(\d\d?:?\d\d(?::?\d\d)?)(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[/.年]\s*(\d{1,2})\s*[/.月]\s*(\d{1,2})日?")


def parse_moment(text: str | None) -> date | datetime | None:
    """The date in the text, with its time where a zone is given; None when there is none."""
    written = " ".join((text or "")[:100].split())
    if found := _ISO.match(written):
        return _from_iso(found)
    if found := _YEAR_FIRST.match(written):
        return _day(*map(int, found.groups()))
    return _from_mail(written)


def plausible(moment: date | datetime | None) -> date | datetime | None:
    """The moment if an article can have it: from 1971 to 2099, or None."""
    return moment if moment and _EARLIEST <= moment.year <= _LATEST else None


def date_by_look(html: str, url: str | None) -> date | None:
    """The day that the page seems to have appeared, by its address and its text (`htmldate`); None when nothing looks like it.

    The latest day is fixed: with today's date the same page would give another result tomorrow.
    """
    from htmldate import find_date

    try:
        found = find_date(
            html, url=url, original_date=True, extensive_search=False, max_date=f"{_LATEST}-12-31", min_date=f"{_EARLIEST}-01-01"
        )
    except Exception:  # noqa: BLE001 - whatever its parsers stumble over, the page only has no date then
        return None
    day = parse_moment(found)
    return day if isinstance(day, date) and not isinstance(day, datetime) else None


def _from_iso(found: re.Match[str]) -> date | datetime | None:
    day = _day(int(found[1]), int(found[2]), int(found[3]))
    if not day or not found[4] or not found[5]:
        return day
    digits = found[4].replace(":", "").zfill(4 if len(found[4].replace(":", "")) < 5 else 6)
    zone = "+00:00" if found[5].upper() in ("Z", "UTC", "GMT") else _zone(found[5])
    try:
        return datetime.fromisoformat(f"{day.isoformat()}T{digits[:2]}:{digits[2:4]}:{digits[4:6] or '00'}{zone}")
    except ValueError:
        return day


def _zone(offset: str) -> str:
    digits = offset[1:].replace(":", "").ljust(4, "0")
    return f"{offset[0]}{digits[:2]}:{digits[2:]}"


def _from_mail(written: str) -> date | datetime | None:
    """RFC 5322, as feeds and some meta elements have it: `Tue, 24 Nov 2026 17:00:00 +0100`."""
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.date()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
