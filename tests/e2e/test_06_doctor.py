"""The doctor looks at a real mail server, sends a trial through the queue, names what is wrong with its remedy, and tells no secret."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Bookpost, Told
from e2e.test_03_send import config
from mail_host import MailHost, mail_host

pytestmark = pytest.mark.xdist_group("mail-host")
__all__ = ["config"]


@pytest.fixture(scope="module")
def host() -> Iterator[MailHost]:
    with mail_host() as running:
        yield running


def found(told: Told) -> dict[str, dict[str, str]]:
    """The findings by subject; the worst when a subject has several."""
    order = ("ok", "note", "warning", "fault")
    return {each["subject"]: each for each in sorted(json.loads(told.out), key=lambda each: order.index(each["level"]))}


def test_all_is_well_and_a_trial_arrives(bookpost: Bookpost, host: MailHost, config: Path) -> None:
    told = bookpost("doctor", "--config", config, "--send", "reader", "--json")
    assert told.code == 0, told.out
    seen = found(told)
    assert "logged in as me" in told.out
    assert "its certificate" in told.out
    assert "up to 1.0 MB a message" in told.out
    assert seen["trial to `reader`"]["seen"].startswith("accepted: 250 ")
    assert "accepted is not delivered" in seen["trial to `reader`"]["remedy"]
    [raw] = host.arrived()
    assert b"A trial of bookpost" in raw
    assert "secret" not in told.out.replace("client_secret", "")


def test_a_wrong_password_is_one_finding_among_others(bookpost: Bookpost, config: Path) -> None:
    (config.parent / "password").write_text("wr0ng-pass")
    told = bookpost("doctor", "--config", config, "--json")
    assert told.code == 69
    seen = found(told)
    assert seen["account `mine`"]["level"] == "fault"
    assert "password" in seen["account `mine`"]["remedy"]
    assert seen["queue"]["level"] == "ok"
    assert "wr0ng-pass" not in told.out


def test_a_secret_that_others_can_read_a_wrong_authority_and_a_dead_port_are_named(bookpost: Bookpost, config: Path) -> None:
    (config.parent / "password").chmod(0o644)
    told = bookpost("doctor", "--config", config)
    assert told.code == 69
    assert "can be read by others" in told.out
    assert "chmod 600" in told.out
    (config.parent / "password").chmod(0o600)
    text = config.read_text()
    config.write_text("\n".join(line for line in text.splitlines() if "ca_file" not in line))
    assert "name its authority in `ca_file`" in bookpost("doctor", "--config", config).out
    config.write_text(text.replace('host = "localhost"', 'host = "localhost"\ntls = "implicit"'))
    assert bookpost("doctor", "--config", config).code == 69


def test_what_waits_and_what_failed_is_said_with_what_to_do(bookpost: Bookpost, config: Path, examples: Path) -> None:
    bookpost("send", examples / "tides.md", "--to", "grey,nobody", "--config", config)
    told = bookpost("doctor", "--config", config)
    assert told.code == 0
    assert "no worker: nobody sends what waits" in told.out
    assert "a mailing to `nobody` failed" in told.out
    assert "destination `nobody` is paused" in told.out
    assert "bookpost resume nobody" in told.out


def test_a_broken_configuration_leaves_the_machine_to_be_looked_at(bookpost: Bookpost, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("[convert]\ndevcie = 1")
    told = bookpost("doctor", "--config", "c.toml", "--json")
    assert told.code == 69
    seen = found(told)
    assert "did you mean `device`" in seen["configuration"]["seen"]
    assert "python" in seen


def test_a_destination_that_is_not_there_cannot_be_tried(bookpost: Bookpost) -> None:
    told = bookpost("doctor", "--send", "kindel")
    assert told.code == 69
    assert "no destination `kindel`" in told.out
