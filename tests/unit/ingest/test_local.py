"""Pictures of a local source: read beside it and below, from nowhere else; what is missing says why."""

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest import local
from bookpost.ingest.local import Whereabouts, image_from, picture_type


@pytest.fixture
def folder(tmp_path: Path, png: bytes) -> Path:
    home = tmp_path / "page"
    (home / "Page_files").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(png)
    (home / "a.png").write_bytes(png)
    (home / "Page_files" / "ein bild.png").write_bytes(png)
    (home / "notes.txt").write_text("private")
    return home


@pytest.mark.parametrize("src", ["a.png", "./a.png", "a.png?w=300#x", "Page_files/../a.png", " a.png "])
def test_a_picture_beside_the_source_is_found(folder: Path, src: str) -> None:
    assert image_from("i1", src, Whereabouts(folder)).source == (folder / "a.png").resolve()


@pytest.mark.parametrize("src", ["Page_files/ein bild.png", "./Page_files/ein%20bild.png"])
def test_a_page_saved_by_a_browser_has_its_pictures_below(folder: Path, src: str) -> None:
    assert image_from("i1", src, Whereabouts(folder)).source == (folder / "Page_files" / "ein bild.png").resolve()


def test_they_are_found_too_when_addresses_were_made_absolute(folder: Path) -> None:
    where = Whereabouts(folder, "https://example.org/2026/page.html?x=1")
    image = image_from("i1", "https://example.org/2026/Page_files/ein%20bild.png", where)
    assert image.source
    assert image.url == "https://example.org/2026/Page_files/ein%20bild.png"
    assert image_from("i1", "https://example.org/other/a.png", where).missing == "not downloaded"


@pytest.mark.parametrize(
    "src",
    [
        *("../secret.png", "Page_files/../../secret.png", "%2e%2e/secret.png", "..%2fsecret.png", "/etc/passwd", "//etc/passwd"),
        *("file:///etc/passwd", "FILE:a.png", "\\\\host\\a.png", "a.png\x00", "x" * 5000, "~/a.png", "", ".", "Page_files", "c:a.png"),
    ],
)
def test_nothing_outside_the_folder_is_read(folder: Path, src: str) -> None:
    image = image_from("i1", src, Whereabouts(folder))
    assert image.source is None
    assert image.missing


def test_symbolic_links_are_followed_before_it_is_decided(folder: Path) -> None:
    (folder / "out.png").symlink_to(folder.parent / "secret.png")
    (folder / "in.png").symlink_to(folder / "a.png")
    (folder / "up").symlink_to(folder.parent)
    (folder / "loop.png").symlink_to(folder / "loop.png")
    where = Whereabouts(folder)
    assert image_from("i1", "out.png", where).source is None
    assert image_from("i1", "up/secret.png", where).source is None
    assert image_from("i1", "loop.png", where).source is None
    assert image_from("i1", "in.png", where).source == (folder / "a.png").resolve()


def test_only_pictures_are_taken(folder: Path) -> None:
    """A page that is mailed on must not carry a file that lay beside it by chance."""
    image = image_from("i1", "notes.txt", Whereabouts(folder))
    assert (image.source, image.missing) == (None, "it is not a picture: notes.txt")


def test_a_pipe_does_not_hang(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    assert image_from("i1", "pipe.png", Whereabouts(folder)).source is None


def test_a_huge_picture_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "MAX_PICTURE", 10)
    assert "more than" in (image_from("i1", "a.png", Whereabouts(folder)).missing or "")
    assert "larger than" in (image_from("i1", "data:image/png;base64," + "A" * 99, Whereabouts()).missing or "")


def test_without_a_folder_no_file_is_read() -> None:
    assert image_from("i1", "a.png", Whereabouts()).missing == "there is no folder to find it in"


def test_an_address_stays_for_the_reader() -> None:
    image = image_from("i1", "https://example.org/a.jpg", Whereabouts(), alt="A", caption="C", credit="D")
    assert (image.source, image.url, image.missing) == (None, "https://example.org/a.jpg", "not downloaded")
    assert (image.alt, image.caption, image.credit) == ("A", "C", "D")


def test_data_uris_hold_their_picture(png: bytes) -> None:
    packed = base64.b64encode(png).decode()
    spread = "\n ".join(packed[i : i + 40] for i in range(0, len(packed), 40))
    percent = "".join(f"%{byte:02x}" for byte in png)
    url_safe = base64.urlsafe_b64encode(png).decode().rstrip("=")
    for src in (f"data:image/png;base64,{packed}", f"DATA:;x=1; base64,{spread}", f"data:image/jpeg,{percent}", f"data:;base64,{url_safe}"):
        assert image_from("i1", src, Whereabouts()).source == png


@pytest.mark.parametrize(
    ("src", "said"),
    [
        ("data:", "empty"),
        ("data:image/png;base64,", "empty"),
        ("data:image/png;base64,%%%", "broken"),
        ("data:image/png;base64,AAAAA", "broken"),
        ("data:image/png,hello", "not a picture"),
        ("data:text/html,<script>", "not a picture"),
    ],
)
def test_broken_data_is_a_missing_picture(src: str, said: str) -> None:
    image = image_from("i1", src, Whereabouts())
    assert image.source is None
    assert said in (image.missing or "")


def test_a_drawing_is_a_picture_and_a_page_is_none() -> None:
    assert picture_type(b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg">') == "image/svg+xml"
    assert picture_type(b"<svg>") == "image/svg+xml"
    assert picture_type(b"<!DOCTYPE html><html><svg>") is None
    assert picture_type(b"") is None
    assert picture_type(b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1") == "image/avif"
    assert picture_type(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"


@given(st.text(max_size=60))
def test_no_address_crashes_or_leaves_the_folder(src: str) -> None:
    for where in (Whereabouts(Path("/nowhere/at/all")), Whereabouts(Path("/nowhere"), "https://example.org/a/"), Whereabouts(None, src)):
        image = image_from("i1", src, where)
        assert not isinstance(image.source, Path)
        assert image.source is not None or image.missing
