"""One look that fails is a finding; the others are made all the same."""

from collections.abc import Iterator

from bookpost.errors import ConfigError
from bookpost.service.doctor.diagnosis import Diagnosis, examine


def good() -> Iterator[Diagnosis]:
    yield Diagnosis("good", "ok", "well")


def known() -> Iterator[Diagnosis]:
    yield Diagnosis("known", "ok", "first")
    raise ConfigError("a secret is missing", hint="write it")


def broken() -> Iterator[Diagnosis]:
    raise ZeroDivisionError


def test_every_look_is_made_whatever_the_others_do() -> None:
    found = list(examine([("broken", broken), ("known", known), ("good", good)]))
    assert [(each.subject, each.level) for each in found] == [("broken", "fault"), ("known", "ok"), ("known", "fault"), ("good", "ok")]
    assert found[2].remedy == "write it"
