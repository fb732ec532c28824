"""A book that is too big is sent smaller, or in parts, and says so; a wish that was stored outlives who asked for it."""

import base64
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest

from bookpost.device import find_device
from bookpost.ingest.source import read_source
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.lease import Leases
from bookpost.produce.productions import Productions
from bookpost.produce.request import Request
from bookpost.produce.sources import store_articles
from e2e.conftest import Bookpost
from pictures import jpeg
from smtp_server import SmtpServer

LIMIT = 300_000


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer(extensions=(f"SIZE {LIMIT}",)) as server:
        yield server


@pytest.fixture
def config(server: SmtpServer, tmp_path: Path) -> Path:
    config = tmp_path / "config.toml"
    config.write_text(
        f"""
        [library]
        folder = "{tmp_path}/data"

        [accounts.mine]
        host = "127.0.0.1"
        port = {server.port}
        tls = "none"
        sender = "me@example.org"
        per_minute = 100

        [destinations.reader]
        account = "mine"
        address = "reader@example.org"
        device = "kindle-colorsoft"
        """
    )
    return config


def article(folder: Path, number: int, *, words: int = 50, pictures: int = 0) -> Path:
    chance = random.Random(number)
    text = " ".join(f"{chance.randrange(36**6):x}" for _ in range(words))
    shown = "".join(
        f'<figure><img alt="" src="data:image/jpeg;base64,{base64.b64encode(jpeg((1400, 1000), seed=seed)).decode()}"/></figure>'
        for seed in range(pictures)
    )
    fields = {"version": 1, "title": f"Story {number}", "language": "en", "url": f"https://example.org/{number}"}
    path = folder / f"{number}.json"
    path.write_text(json.dumps({**fields, "content": f"<p>{text}</p>{shown}"}))
    return path


def attached(message: bytes) -> tuple[str, zipfile.ZipFile]:
    """The attachment's name, and the book."""
    _, part = message_from_bytes(message, policy=default).iter_parts()
    return part.get_filename() or "", zipfile.ZipFile(BytesIO(part.get_content()))


def last_page(book: zipfile.ZipFile) -> str:
    return book.read(max(name for name in book.namelist() if name.startswith("EPUB/a0"))).decode()


def test_big_pictures_are_made_smaller_until_the_book_fits_and_it_says_so(
    bookpost: Bookpost, server: SmtpServer, config: Path, tmp_path: Path
) -> None:
    source = article(tmp_path, 1, pictures=5)
    told = bookpost("send", source, "--to", "reader", "--config", config)
    assert told.code == 0, told.err
    said, sent = told.out.splitlines()
    assert said.startswith("reader: made smaller to fit 216 KB: pictures at a lower quality")
    assert sent.startswith("reader: accepted")
    [message] = server.taken
    assert len(message) <= LIMIT
    name, book = attached(message)
    assert name.startswith("Story 1 (")
    assert said.removeprefix("reader: ") in last_page(book)
    assert bookpost("queue", "--config", config).out == "nothing waits\n"
    history = bookpost("queue", "--all", "--json", "--config", config)
    assert [(each["state"], each["rung"]) for each in json.loads(history.out)] == [("rejected", 0), ("accepted", 1)]
    shown = bookpost("queue", "--config", config, "show", "2")
    assert "made smaller to fit" in shown.out


def test_the_next_book_is_made_to_fit_before_it_is_tried(bookpost: Bookpost, server: SmtpServer, config: Path, tmp_path: Path) -> None:
    """What the server takes is known from the first time on."""
    for number in (1, 2):
        assert bookpost("send", article(tmp_path, number, pictures=5), "--to", "reader", "--config", config).code == 0
    history = json.loads(bookpost("queue", "--all", "--json", "--config", config).out)
    assert [(each["state"], each["rung"]) for each in history] == [("rejected", 0), ("accepted", 1), ("accepted", 0)]
    assert history[2]["reason"].startswith("made smaller")


def test_a_long_book_comes_in_parts_that_stand_alone(bookpost: Bookpost, server: SmtpServer, config: Path, tmp_path: Path) -> None:
    sources = [article(tmp_path, number, words=12_000) for number in range(1, 7)]
    told = bookpost("send", *sources, "--title", "The week", "--to", "reader", "--config", config)
    assert told.code == 0, told.err
    count = len(server.taken)
    assert count >= 2
    assert f"split into {count} parts" in told.out
    assert f"reader: part {count} of {count}: accepted" in told.out
    stories = []
    for number, message in enumerate(server.taken, 1):
        assert len(message) <= LIMIT
        name, book = attached(message)
        assert name.startswith(f"The week {number}-{count} (")
        assert f"The week {number}/{count}" in book.read("EPUB/content.opf").decode()
        contents = book.read("EPUB/nav.xhtml").decode()
        stories += [story for story in range(1, 7) if f"Story {story}<" in contents]
    assert stories == [1, 2, 3, 4, 5, 6], "each once, in order"
    assert "already sent" in bookpost("send", *sources, "--title", "The week", "--to", "reader", "--config", config).out


def test_what_cannot_fit_fails_with_the_numbers(bookpost: Bookpost, server: SmtpServer, config: Path, tmp_path: Path) -> None:
    told = bookpost("send", article(tmp_path, 1, words=60_000), "--to", "reader", "--config", config)
    assert told.code == 69
    assert "cannot be made small enough" in told.out
    assert "216 KB fit" in told.out
    assert server.taken == []


def ask(config: Path, source: Path) -> int:
    """What `send` does before it makes anything, in a process that is gone afterwards."""
    database = Database(config.parent / "data" / "bookpost.db")
    request = Request(
        destination="reader",
        format="epub",
        device=find_device("kindle"),
        today=date(2026, 11, 24),
        articles=store_articles([read_source(str(source))], Blobs(config.parent / "data" / "blobs")),
    )
    try:
        with database.write() as connection:
            return Productions(database, Leases("gone"), now=time.time).add(connection, request)
    finally:
        database.close()


def worker(config: Path) -> "subprocess.Popen[bytes]":
    env = {"PATH": os.environ["PATH"], "HOME": str(config.parent / "home"), "LC_ALL": "C.UTF-8"}
    return subprocess.Popen(
        [sys.executable, "-m", "bookpost", "worker", "--config", str(config)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def wait(seconds: float, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def state(config: Path) -> str:
    with closing(sqlite3.connect(config.parent / "data" / "bookpost.db")) as database:
        return str(database.execute("SELECT state FROM productions").fetchone()[0])


def test_a_wish_whose_sender_was_killed_is_made_and_sent_once_by_any_worker(
    server: SmtpServer, config: Path, tmp_path: Path, examples: Path
) -> None:
    ask(config, examples / "tides.md")
    workers = [worker(config), worker(config)]
    try:
        wait(30, lambda: bool(server.taken))
    finally:
        for each in workers:
            each.send_signal(signal.SIGTERM)
        assert [each.wait(30) for each in workers] == [0, 0]
    assert len(server.taken) == 1


def test_a_worker_that_is_killed_while_it_makes_a_book_is_followed_by_another(server: SmtpServer, config: Path, tmp_path: Path) -> None:
    ask(config, article(tmp_path, 1, words=60, pictures=3))
    first = worker(config)
    wait(30, lambda: state(config) == "working")
    first.kill()
    first.wait()
    assert server.taken == []
    second = worker(config)
    try:
        wait(30, lambda: bool(server.taken))
    finally:
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    assert len(server.taken) == 1


def test_what_only_was_asked_for_is_listed_and_sent_later(bookpost: Bookpost, server: SmtpServer, config: Path, examples: Path) -> None:
    told = bookpost("send", examples / "tides.md", "--to", "reader", "--no-wait", "--config", config)
    assert (told.code, told.out) == (0, "reader: waits to be made, `bookpost worker` makes and sends it\n")
    assert "p1  to be made" in bookpost("queue", "--config", config).out
    assert "cancelled" in bookpost("queue", "--config", config, "cancel", "p1").out
    assert bookpost("queue", "--config", config).out == "nothing waits\n"
    assert server.taken == []


def test_what_could_not_be_made_is_kept_with_the_reason_and_can_be_retried(
    bookpost: Bookpost, server: SmtpServer, config: Path, tmp_path: Path, examples: Path
) -> None:
    page = tmp_path / "own" / "epub" / "article.xhtml"
    page.parent.mkdir(parents=True)
    page.write_text("{{ nothing.at.all }}")
    send = ("send", examples / "tides.md", "--to", "reader", "--templates", tmp_path / "own", "--config", config)
    told = bookpost(*send)
    assert told.code == 78
    assert "article.xhtml" in told.err
    assert "p1  not made" in bookpost("queue", "--config", config).out
    assert "[bad-config]" in bookpost("queue", "--config", config, "show", "p1").out
    page.unlink()
    assert "p1: queued" in bookpost("queue", "--config", config, "retry", "p1").out
    running = worker(config)
    try:
        wait(30, lambda: bool(server.taken))
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
