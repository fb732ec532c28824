"""The Diagnosis, and how looks are run."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bookpost.errors import BookpostError

Level = Literal["ok", "note", "warning", "fault"]
Look = Callable[[], Iterable["Diagnosis"]]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at, what was seen, and what to do about it.

    `note`: it could not be known, or is missing and not needed. `warning`: it works and may go wrong.
    `fault`: something that is needed does not work.
    """

    subject: str
    level: Level
    seen: str
    remedy: str | None = None


def examine(looks: Iterable[tuple[str, Look]]) -> Iterator[Diagnosis]:
    """Every look's findings; a look that fails is a finding itself, under the name given."""
    for subject, look in looks:
        try:
            yield from look()
        except BookpostError as error:
            yield Diagnosis(subject, "fault", error.message, error.hint)
        except Exception as error:  # noqa: BLE001 - what a broken machine does to one look must not hide the others
            yield Diagnosis(subject, "fault", f"cannot be looked at: {type(error).__name__}: {error}")
