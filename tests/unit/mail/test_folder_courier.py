"""The folder courier and the message: what an e-reader's mailbox accepts, whole or not at all."""

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
from bookpost.mail.message import message_pieces

NOW = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def parcel(
    folder: Path, *, name: str = "Tides.epub", address: str | None = "me_1@kindle.com", title: str = "Tides", data: bytes = b"book"
) -> Parcel:
    path = folder / "document"
    path.write_bytes(data)
    document = Document(path=path, media_type=EPUB, size=len(data), digest="0" * 64, content_key="k", title=title, file_name=name)
    return Parcel(
        document=document, destination="kindle", file_name=name, message_id="<k@example.org>", sender="me@example.org", address=address
    )


def test_the_document_and_its_message_lie_in_the_folder(tmp_path: Path) -> None:
    receipt = FolderCourier(tmp_path / "outbox", date=NOW).carry(parcel(tmp_path, data=bytes(range(256)) * 1000))
    assert [path.name for path in receipt.paths] == ["Tides.epub", "Tides.epub.eml"]
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == ["Tides.epub", "Tides.epub.eml"]
    message = message_from_bytes(receipt.paths[1].read_bytes(), policy=default)
    text, attachment = message.iter_parts()
    assert text.get_content().strip()
    assert attachment.get_content_type() == EPUB
    assert attachment.get_content() == receipt.paths[0].read_bytes() == bytes(range(256)) * 1000


def test_without_an_address_there_is_no_message(tmp_path: Path) -> None:
    assert len(FolderCourier(tmp_path / "outbox", date=NOW).carry(parcel(tmp_path, address=None)).paths) == 1


def test_a_folder_that_takes_nothing_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(DeliveryError, match="cannot write to"):
        FolderCourier(tmp_path / "outbox", date=NOW).carry(parcel(tmp_path))


@pytest.mark.parametrize("address", ["", "me", "me@", "a@b.c, d@e.f", "me@x.org\r\nBcc: d@e.f", "<me@x.org>", "mé@x.org"])
def test_what_is_not_one_address_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(DeliveryError, match="not a mail address"):
        list(message_pieces(parcel(tmp_path, address=address), date=NOW))


@given(name=st.text(min_size=1).filter(lambda name: not set(name) & set("\r\n\0/")), title=st.text())
def test_any_title_and_name_make_a_message_of_short_clean_headers(tmp_path_factory: pytest.TempPathFactory, name: str, title: str) -> None:
    """Whatever the article is called: ASCII headers, one line each, one recipient, and the name comes back whole."""
    folder = tmp_path_factory.mktemp("mail")
    clean_title = title.replace("\r", " ").replace("\n", " ").replace("\0", "")
    raw = b"".join(message_pieces(parcel(folder, name=name, title=clean_title), date=NOW))
    message = message_from_bytes(raw, policy=default)
    assert message["Subject"].strip()
    assert raw.isascii()
    assert message.get_all("To") == ["me_1@kindle.com"]
    assert not message.defects
