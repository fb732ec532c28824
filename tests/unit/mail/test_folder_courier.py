"""The folder courier and the message: what an e-reader's mailbox accepts, whole or not at all."""

import asyncio
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.document import EPUB, Document
from bookpost.errors import DeliveryError
from bookpost.mail.courier import Parcel
from bookpost.mail.folder import FolderCourier
from bookpost.mail.message import message_pieces, message_size
from bookpost.mail.replies import Reply, Verdict, classify


def a_parcel(
    folder: Path, *, name: str = "Tides.epub", address: str | None = "me_1@kindle.com", title: str = "Tides", data: bytes = b"book"
) -> Parcel:
    path = folder / "document"
    path.write_bytes(data)
    return Parcel(
        document=Document(path=path, media_type=EPUB, size=len(data), digest="0" * 64, content_key="k", title=title, file_name=name),
        destination="kindle",
        file_name=name,
        message_id="<k@example.org>",
        date=datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        sender="me@example.org",
        address=address,
    )


def carry(outbox: Path, parcel: Parcel) -> Reply:
    async def nothing() -> None: ...

    return asyncio.run(FolderCourier(outbox).carry(parcel, reached_data=nothing))


def test_the_document_and_its_message_lie_in_the_folder(tmp_path: Path) -> None:
    outbox, data = tmp_path / "outbox", bytes(range(256)) * 1000
    assert classify(carry(outbox, a_parcel(tmp_path, data=data))) is Verdict.ACCEPTED
    assert sorted(path.name for path in outbox.iterdir()) == ["Tides.epub", "Tides.epub.eml"]
    message = message_from_bytes((outbox / "Tides.epub.eml").read_bytes(), policy=default)
    text, attachment = message.iter_parts()
    assert text.get_content().strip()
    assert attachment.get_content_type() == EPUB
    assert attachment.get_content() == (outbox / "Tides.epub").read_bytes() == data


def test_without_an_address_there_is_no_message(tmp_path: Path) -> None:
    carry(tmp_path / "outbox", a_parcel(tmp_path, address=None))
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["Tides.epub"]


def test_a_folder_that_takes_nothing_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    reply = carry(tmp_path / "outbox", a_parcel(tmp_path))
    assert classify(reply) is Verdict.TRANSIENT
    assert "cannot write to" in reply.text


@pytest.mark.parametrize("address", ["", "me", "me@", "a@b.c, d@e.f", "me@x.org\r\nBcc: d@e.f", "<me@x.org>", "mé@x.org"])
def test_what_is_not_one_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(DeliveryError, match="not a mail address"):
        list(message_pieces(a_parcel(tmp_path, address=address)))


@given(name=st.text(min_size=1).filter(lambda name: not set(name) & set("\r\n\0/")), title=st.text())
def test_any_title_and_name_make_a_message_of_short_clean_headers(tmp_path_factory: pytest.TempPathFactory, name: str, title: str) -> None:
    """Whatever the article is called: ASCII headers, one line each, one recipient, and the size that was announced."""
    one_line = title.replace("\r", " ").replace("\n", " ").replace("\0", "")
    parcel = a_parcel(tmp_path_factory.mktemp("mail"), name=name, title=one_line)
    raw = b"".join(message_pieces(parcel))
    message = message_from_bytes(raw, policy=default)
    assert len(raw) == message_size(parcel)
    assert raw.isascii()
    assert message["Subject"].strip()
    assert message.get_all("To") == ["me_1@kindle.com"]
    assert not message.defects
