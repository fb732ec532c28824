"""Blobs: whole or not there, stored once, and what is altered on disk is noticed."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.library.blobs import Blobs


@given(st.binary(max_size=3_000_000))
def test_what_is_stored_comes_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    digest = blobs.put(BytesIO(data))
    assert blobs.path(digest).read_bytes() == data
    assert blobs.put(BytesIO(data)) == digest
    assert blobs.whole(digest)


def test_a_file_that_was_altered_or_is_gone_is_not_whole(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    digest = blobs.put(BytesIO(b"book"))
    blobs.path(digest).write_bytes(b"bock")
    assert not blobs.whole(digest)
    blobs.path(digest).unlink()
    assert not blobs.whole(digest)


def test_the_sweeper_takes_only_what_no_row_names_and_is_old(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    named, unnamed = blobs.put(BytesIO(b"named")), blobs.put(BytesIO(b"unnamed"))
    later = blobs.path(unnamed).stat().st_mtime + 90_000
    assert blobs.sweep({named}, older_than=86_400, now=later - 80_000) == []
    assert blobs.sweep({named}, older_than=86_400, now=later) == [unnamed]
    assert blobs.whole(named)


def test_a_draft_is_never_left_behind(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    blobs = Blobs(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        blobs.put(Broken(b"book"))
    assert not list((tmp_path / "drafts").iterdir())
