"""A worker at work: what it sends is in the delivery log, what fails is told, and no secret is anywhere."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Bookpost
from e2e.test_03_send import config
from mail_host import MailHost, mail_host

pytestmark = pytest.mark.xdist_group("mail-host")
__all__ = ["config"]
SECRET = "secret-hunter22"


@pytest.fixture(scope="module")
def host() -> Iterator[MailHost]:
    with mail_host() as running:
        yield running


@pytest.fixture
def watched(config: Path) -> Path:
    """The configuration with a log, and a command that is told."""
    folder = config.parent
    (folder / "tell").write_text(f"#!/bin/sh\ncat >> {folder}/told\n")
    (folder / "tell").chmod(0o700)
    lines = f'[log]\ndelivery = "{folder}/delivery.log"\n[notify]\ncommand = ["{folder}/tell"]\n'
    config.write_text(lines + config.read_text())
    return config


def wait_for(path: Path, text: str) -> str:
    deadline = time.monotonic() + 30
    while not (path.exists() and text in path.read_text()):
        assert time.monotonic() < deadline, f"`{text}` is not in {path}"
        time.sleep(0.1)
    return path.read_text()


def test_a_worker_sends_logs_tells_and_stops_in_peace(bookpost: Bookpost, watched: Path, examples: Path, host: MailHost) -> None:
    folder = watched.parent
    mailbox = f'[accounts.mine.mailbox]\nhost = "localhost"\npassword_file = "{folder}/none"\nauthserv_id = "mail.test"\n'
    watched.write_text(mailbox + watched.read_text())
    told = bookpost("send", examples / "tides.md", "--to", "reader,nobody", "--no-wait", "--config", watched)
    assert told.code == 0
    assert "no worker is running" in told.err
    env = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "bookpost", "worker", "--config", watched], cwd=folder, env=env, stderr=subprocess.PIPE, text=True
    )
    try:
        log = wait_for(folder / "delivery.log", "destination=nobody")
        said = wait_for(folder / "told", "nobody")
        seen = bookpost("doctor", "--config", watched).out
        assert "1 worker" in seen
        assert "fault    mailbox of `mine`: " in seen, "it is not read, and sending goes on"
    finally:
        worker.send_signal(signal.SIGTERM)
        _, debug = worker.communicate(timeout=20)
    assert worker.returncode == 0, debug
    assert "no worker" in bookpost("doctor", "--config", watched).out, "it said goodbye"
    assert [line.split("verdict=")[1].split(" ")[0] for line in sorted(log.splitlines())] == ["accepted", "bad-destination"]
    assert "verdict=" not in debug, "the delivery log is apart from the debug log"
    assert json.loads(said.split("}{")[0].removesuffix("}") + "}")["remedy"]
    assert len(host.arrived()) == 1


def test_no_secret_is_in_any_log_error_or_output(bookpost: Bookpost, watched: Path, examples: Path) -> None:
    folder = watched.parent
    (folder / "password").write_text(SECRET)
    outputs = [
        bookpost("send", examples / "tides.md", "--to", "reader", "--config", watched),
        bookpost("queue", "--config", watched, "--all", "--json"),
        bookpost("queue", "--config", watched, "show", "1"),
        bookpost("queue", "--config", watched, "shape"),
        bookpost("config", "show", "--config", watched, BOOKPOST_ACCOUNTS__MINE__PASSWORD=SECRET),
        bookpost("config", "show", "--json", "--config", watched, BOOKPOST_ACCOUNTS__MINE__PASSWORD=SECRET),
        bookpost("doctor", "--config", watched, BOOKPOST_ACCOUNTS__MINE__PASSWORD=SECRET),
        bookpost("convert", "nope.html", "--config", watched, BOOKPOST_ACCOUNTS__MINE__PASSWORD=SECRET, BOOKPOST_CONVERT__LANGUAGE="3"),
        bookpost(
            "send", "x", "--to", "y", "--config", watched, BOOKPOST_ACCOUNTS__MINE__PASSWORD=SECRET, BOOKPOST_ACCOUNTS__MINE__PORT="x"
        ),
    ]
    assert outputs[0].code == 75
    assert outputs[-1].code == 78
    written = [path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file() and path.name != "password"]
    for text in [told.out + told.err for told in outputs] + written:
        assert SECRET not in text
    assert "account `mine` is paused" in (folder / "told").read_text(), "a foreground send tells too"


def test_an_account_that_cannot_be_used_stops_no_other(bookpost: Bookpost, watched: Path, examples: Path, host: MailHost) -> None:
    broken = f'[accounts.broken]\nhost = "localhost"\nsender = "b@mail.test"\nusername = "b"\npassword_file = "{watched.parent}/none"\n'
    watched.write_text(broken + '[destinations.lost]\naccount = "broken"\naddress = "x@mail.test"\n' + watched.read_text())
    before = len(host.arrived(count=0, seconds=0.1))
    told = bookpost("send", examples / "poem.txt", "--to", "lost,reader", "--config", watched)
    assert told.code == 75
    assert "reader: accepted" in told.out
    assert "cannot read" in told.out
    assert len(host.arrived(count=before + 1)) == before + 1
