"""The contract's dates: a day, or a moment with its zone, in ISO 8601; anything else is an error with the way out."""

import re
from datetime import date, datetime
from typing import Any


def exact_moment(value: Any) -> date | datetime:
    """The value as a date or an aware datetime; raises ValueError saying what to write instead."""
    if isinstance(value, datetime):
        if value.tzinfo:
            return value
        raise ValueError(_zoneless(value.isoformat()))
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a text (in quotes), for instance `2026-11-24`")  # noqa: TRY004 - pydantic collects ValueErrors
    return _written(value.strip())


def _written(value: str) -> date | datetime:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"`{value[:40]}` is no date: write a day (`2026-11-24`) or a moment (`2026-11-24T08:30:00+01:00`)") from error
    if not moment.tzinfo:
        raise ValueError(_zoneless(value))
    return moment


def _zoneless(value: str) -> str:
    return f"`{value[:40]}` has no zone: write it with one (`2026-11-24T08:30:00+01:00`, or `Z` for UTC), or the day alone (`2026-11-24`)"
