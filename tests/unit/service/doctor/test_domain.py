"""Whether SPF or DKIM speaks for the sender's domain; without an answer from DNS nothing is claimed."""

from collections.abc import Sequence

import pytest

from bookpost.service.doctor.diagnosis import Diagnosis
from bookpost.service.doctor.domain import domain
from bookpost.service.providers import providers

FASTMAIL = providers()["fastmail"]


def looked_at(sender: str, records: dict[str, Sequence[str] | None], provider: str | None = "fastmail") -> Diagnosis:
    [found] = domain(sender, providers()[provider] if provider else None, lambda name: records.get(name, ()))
    return found


@pytest.mark.parametrize(
    ("records", "level", "said"),
    [
        ({"me.example": ["v=spf1 include:spf.messagingengine.com -all"]}, "ok", "DMARC: none"),
        ({"fm2._domainkey.me.example": ["v=DKIM1; k=rsa; p=MIIB"]}, "ok", "key at `fm2`"),
        ({"me.example": ["v=spf1 mx -all"]}, "warning", "SPF: v=spf1 mx"),
        (
            {"me.example": ["google-site-verification=1"], "_dmarc.me.example": ["v=DMARC1; p=reject"]},
            "warning",
            "DMARC: v=DMARC1; p=reject",
        ),
        ({"me.example": None}, "note", "not known"),
        ({"me.example": ["v=spf1 mx -all"], "_dmarc.me.example": None}, "warning", "DMARC: not known"),
    ],
)
def test_a_domain_of_ones_own(records: dict[str, Sequence[str] | None], level: str, said: str) -> None:
    found = looked_at("me@me.example", records)
    assert found.level == level
    assert said in found.seen
    assert level != "warning" or found.remedy


def test_a_server_of_ones_own_is_not_judged_by_its_spf_record() -> None:
    assert looked_at("me@me.example", {"me.example": ["v=spf1 mx -all"]}, provider=None).level == "note"


def test_a_providers_own_address_is_signed_by_it_and_not_by_another() -> None:
    assert looked_at("me@fastmail.com", {}).level == "ok"
    assert looked_at("me@gmail.com", {}).level == "warning"
