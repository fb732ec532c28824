"""A first set-up: asked on a terminal or told by flags, nothing is overwritten, nobody else can read it, the next step is named."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from e2e.conftest import Bookpost

FLAGS = ("--provider", "fastmail", "--sender", "me@example.org", "--password-stdin", "--kindle", "me_1@kindle.com")


def test_flags_write_a_configuration_that_only_its_owner_can_read(bookpost: Bookpost, tmp_path: Path) -> None:
    told = bookpost("init", *FLAGS, stdin=b"hunter22\n")
    assert told.code == 0, told.err
    folder = tmp_path / "home" / ".config" / "bookpost"
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {"config.toml": 0o600, "mine.password": 0o600}
    assert "hunter22" not in (folder / "config.toml").read_text() + told.out + told.err
    lines = told.out.splitlines()
    assert "    me@example.org" in lines, "exactly the address to approve"
    assert "Approved Personal Document E-mail List" in told.out
    assert lines[-1].strip() == "bookpost doctor --send kindle"
    shown = bookpost("config", "show").out
    assert 'host = "smtp.fastmail.com"' in shown
    assert "# preset fastmail" in shown
    assert "hunter22" not in shown


def test_what_is_there_is_not_overwritten_unasked(bookpost: Bookpost, tmp_path: Path) -> None:
    assert bookpost("init", *FLAGS, stdin=b"first\n").code == 0
    folder = tmp_path / "home" / ".config" / "bookpost"
    before = (folder / "config.toml").read_bytes()
    told = bookpost("init", *FLAGS, "--name", "other", stdin=b"second\n")
    assert (told.code, "is there already" in told.err, "--force" in told.err) == (78, True, True)
    assert (folder / "config.toml").read_bytes() == before
    assert (folder / "mine.password").read_text() == "first\n"
    assert bookpost("init", *FLAGS, "--name", "other", "--force", stdin=b"second\n").code == 0
    assert (folder / "mine.password").read_text() == "second\n"
    assert (folder / "mine.password").stat().st_mode & 0o777 == 0o600
    assert "destinations.other" in (folder / "config.toml").read_text()


def test_a_kindle_elsewhere_than_at_amazon_is_warned_about(bookpost: Bookpost) -> None:
    told = bookpost("init", *FLAGS[:-1], "me_1@kindel.com", stdin=b"x\n")
    assert told.code == 0
    assert "kindel.com is not a domain of Send to Kindle" in told.err


@pytest.mark.parametrize(
    ("flags", "device", "says"),
    [
        (("--address", "me@pbsync.com"), "pocketbook", "PocketBook"),
        (("--address", "dad@example.org"), "original", "spam"),
        (("--kindle", "me@kindle.com", "--device", "kindle-scribe"), "kindle-scribe", "Amazon"),
    ],
)
def test_other_readers_are_set_up_too(bookpost: Bookpost, tmp_path: Path, flags: tuple[str, ...], device: str, says: str) -> None:
    told = bookpost("init", *FLAGS[:-2], *flags, "--config", "c.toml", stdin=b"x\n")
    assert told.code == 0, told.err
    assert says in told.out
    assert f'device = "{device}"' in (tmp_path / "c.toml").read_text()
    assert told.out.rstrip().endswith("--config c.toml")


def test_a_folder_needs_no_account(bookpost: Bookpost, examples: Path, tmp_path: Path) -> None:
    assert bookpost("init", "--folder", "shelf").code == 0
    assert bookpost("send", examples / "tides.md", "--to", "folder").code == 0
    assert [path.suffix for path in (tmp_path / "shelf").iterdir()] == [".epub"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init",), "--kindle"),
        (("init", "--kindle", "me@kindle.com"), "--sender"),
        (("init", "--kindle", "me@kindle.com\nBcc: a@b.org"), "not a mail address"),
        (("init", "--kindle", "me@kindle.com", "--sender", "me@example.org", "--provider", "gmial"), "gmail"),
        (("init", *FLAGS[:4], *FLAGS[5:]), "--password-stdin"),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(
    bookpost: Bookpost, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    told = bookpost(*arguments)
    assert told.code == 2
    assert said in told.err
    assert not (tmp_path / "home" / ".config").exists()


def test_a_terminal_is_asked_and_asked_again_when_the_answer_is_wrong(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bookpost", "init"], stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    )
    os.close(theirs)
    answers = (
        ("Kindle", "me_1@kindle"),
        ("not a mail address", "me_1@kindle.com"),
        ("Your own mail", "me@gmail.com"),
        ("[gmail]", ""),
        ("[me@gmail.com]", ""),
    )
    seen = ""
    for question, answer in (*answers, ("password there", "hunter22")):
        seen = _read_until(ours, question)
        time.sleep(0.1)  # a hidden prompt discards what was typed before it
        os.write(ours, answer.encode() + b"\n")
    seen += _read_until(ours, "doctor --send kindle")
    assert process.wait(10) == 0
    os.close(ours)
    assert "hunter22" not in seen
    assert (tmp_path / ".config" / "bookpost" / "mine.password").read_text() == "hunter22\n"
    assert 'preset = "gmail"' in (tmp_path / ".config" / "bookpost" / "config.toml").read_text()


def _read_until(terminal: int, text: str) -> str:
    seen, deadline = "", time.monotonic() + 20
    while text not in seen:
        assert time.monotonic() < deadline, f"`{text}` was not asked; seen: {seen}"
        seen += os.read(terminal, 4096).decode(errors="replace")
    return seen
