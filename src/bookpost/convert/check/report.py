"""Where a check writes what it finds: a Report gathers Findings, bounded and in a fixed order."""

from collections import Counter

from bookpost.document import Finding

_PER_PLACE = 10
"""A fault that occurs a thousand times in one member is told ten times, then counted."""


class Refused(Exception):
    """The file is hostile or no EPUB at all; `finding` says why, and nothing else in it was looked at."""

    def __init__(self, code: str, message: str, place: str | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(code, message, place)


class Report:
    """The findings so far."""

    def __init__(self) -> None:
        self._findings: set[Finding] = set()
        self._counts: Counter[tuple[str, str | None]] = Counter()

    def add(self, code: str, message: str, member: str | None = None, line: int | None = None) -> None:
        """Note a fault in a member of the archive (at a line of it)."""
        self._counts[code, member] += 1
        if self._counts[code, member] <= _PER_PLACE:
            place = f"{member}:{line}" if member and line else member
            self._findings.add(Finding(code, message, place))

    def findings(self) -> tuple[Finding, ...]:
        """All of them, errors first, then by code, place and message."""
        more = [
            Finding(code, f"and {count - _PER_PLACE} more of these", place)
            for (code, place), count in self._counts.items()
            if count > _PER_PLACE
        ]
        return tuple(sorted((*self._findings, *more), key=lambda f: (f.code, *_place(f.place), f.message)))


def member_of(place: str | None) -> str | None:
    """The member in a place, without the line."""
    return _place(place)[0] or None


def _place(place: str | None) -> tuple[str, int]:
    member, colon, line = (place or "").rpartition(":")
    return (member, int(line)) if colon and line.isdecimal() else (place or "", 0)


def shown(text: str, length: int = 60) -> str:
    """Foreign text fit for a message: one line, printable, cut."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))
    return clean if len(clean) <= length else clean[: length - 1] + "…"
