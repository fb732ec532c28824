"""The zip of an EPUB: what any unzipper reads, byte by byte the same each time, with pictures as they are."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.epub.store import Store
from bookpost.errors import ConversionError

NAMES = st.text("abcxyz0189._-", min_size=1, max_size=12)


def written(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    store = Store(stream)
    for name, data in members.items():
        store.writestr(name, data)
    store.close()
    return stream.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=8))
def test_what_went_in_comes_out(members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(written(members))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == members
        assert archive.namelist() == list(members)


def test_text_is_deflated_where_that_pays() -> None:
    with zipfile.ZipFile(io.BytesIO(written({"long": b"again " * 500, "short": b"x"}))) as archive:
        assert archive.getinfo("long").compress_type == zipfile.ZIP_DEFLATED
        assert archive.getinfo("long").compress_size < 200
        assert archive.getinfo("short").compress_type == zipfile.ZIP_STORED


@pytest.mark.parametrize("size", [0, 1, 256 * 1024 - 1, 256 * 1024, 700_001])
def test_a_file_goes_in_as_it_is_between_others(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "picture").write_bytes(data[:size])
    stream = io.BytesIO()
    store = Store(stream)
    store.writestr("first", b"1")
    store.write_file("picture.jpg", tmp_path / "picture")
    store.writestr("last", b"2")
    store.close()
    with zipfile.ZipFile(stream) as archive:
        assert archive.testzip() is None
        assert archive.read("picture.jpg") == data[:size]
        assert archive.getinfo("picture.jpg").compress_type == zipfile.ZIP_STORED
        assert archive.read("first") + archive.read("last") == b"12"


def test_times_and_rights_say_nothing_of_the_machine() -> None:
    with zipfile.ZipFile(io.BytesIO(written({"a": b"1"}))) as archive:
        info = archive.getinfo("a")
        assert (info.date_time, info.external_attr >> 16, info.extra) == ((1980, 1, 1, 0, 0, 0), 0o100644, b"")


@pytest.mark.parametrize("name", ["é.jpg", "日.xhtml"])
def test_a_name_that_is_not_ascii_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        written({name: b""})


def test_a_name_that_is_there_already_is_refused() -> None:
    store = Store(io.BytesIO())
    store.writestr("a", b"")
    assert "a" in store
    with pytest.raises(ValueError, match="already"):
        store.writestr("a", b"")


def test_more_members_than_a_plain_zip_can_hold_are_refused() -> None:
    store = Store(io.BytesIO())
    for number in range(0xFFFF):
        store.writestr(f"{number}", b"", deflate=False)
    with pytest.raises(ConversionError, match="larger"):
        store.writestr("one more", b"")
