"""A reader converts the shipped examples; every judge is content, and the same input gives the same bytes."""

import json
from pathlib import Path

import pytest

from e2e.conftest import Bookpost
from validators import ace, epubcheck, notdef, pdf_ua

SOURCES = ("bridge.html", "tides.md", "rich.json", "arabic.json", "japanese.json", "poem.txt")


@pytest.fixture
def books(bookpost: Bookpost, tmp_path: Path, examples: Path) -> list[Path]:
    paths = [examples / name for name in SOURCES]
    assert bookpost("convert", *paths, "--each", "-o", "books").code == 0
    assert bookpost("convert", *paths, "--title", "Six for the train", "-o", "books").code == 0
    return sorted((tmp_path / "books").glob("*.epub"))


def test_every_example_and_all_in_one_book_pass_epubcheck_ace_and_our_own_check(books: list[Path], bookpost: Bookpost) -> None:
    assert len(books) == 7
    assert epubcheck(*books) == []
    assert ace(*books) == []
    for book in books:
        assert bookpost("check", book, "--device", "kindle", "--strict").code == 0


@pytest.mark.parametrize("page", [(), ("--page", "a4")], ids=["screen", "paper"])
def test_every_example_is_an_accessible_pdf_without_boxes(
    bookpost: Bookpost, tmp_path: Path, examples: Path, page: tuple[str, ...]
) -> None:
    """Latin and Arabic with our own fonts only; what no font has is said, never shown as a box."""
    sources = [examples / name for name in SOURCES if name != "japanese.json"]
    told = bookpost("convert", *sources, "--each", "--format", "pdf", *page, "-o", "books")
    assert told.code == 0, told.err
    books = sorted((tmp_path / "books").glob("*.pdf"))
    assert len(books) == 5
    for book in books:
        assert pdf_ua(book) == []
        assert notdef(book) == []


def test_the_same_input_twice_gives_the_same_bytes(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    for folder in ("one", "two"):
        assert bookpost("convert", examples / "bridge.html", "--format", "epub,pdf", "-o", folder + "/").code == 0
    ones, twos = ([path.read_bytes() for path in sorted((tmp_path / folder).iterdir())] for folder in ("one", "two"))
    assert len(ones) == 2
    assert ones == twos


def test_the_steps_can_be_piped_into_each_other(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    article = bookpost("convert", examples / "bridge.html", "--format", "article")
    assert json.loads(article.out)["title"] == "The bridge that learned to stand still"
    assert bookpost("convert", "-", "-o", "piped.epub", stdin=article.raw).code == 0
    assert bookpost("convert", examples / "bridge.html", "-o", "direct.epub").code == 0
    assert (tmp_path / "piped.epub").read_bytes() == (tmp_path / "direct.epub").read_bytes()


def test_a_book_can_be_written_to_standard_output(bookpost: Bookpost, examples: Path) -> None:
    told = bookpost("convert", examples / "tides.md", "-o", "-")
    assert told.raw.startswith(b"PK")
    assert told.err == ""


def test_what_was_made_is_said_for_machines(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    told = bookpost("convert", examples / "tides.md", "--json")
    [facts] = json.loads(told.out)
    assert Path(tmp_path / facts["path"]).stat().st_size == facts["bytes"]
    assert facts["findings"] == []


def test_a_readers_own_device_and_style_are_used(bookpost: Bookpost, tmp_path: Path, examples: Path) -> None:
    import zipfile

    (tmp_path / "own" / "epub").mkdir(parents=True)
    (tmp_path / "own" / "epub" / "style.css").write_text("p { margin: 0 }")
    told = bookpost("convert", examples / "tides.md", "-o", "own.epub", "--templates", "own", "--device", "kobo")
    assert told.code == 0, told.err
    with zipfile.ZipFile(tmp_path / "own.epub") as book:
        [style] = [name for name in book.namelist() if name.endswith(".css")]
        assert book.read(style).decode().startswith("p { margin: 0 }")


def test_books_of_the_same_name_do_not_overwrite_each_other(bookpost: Bookpost, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"Tides\n\nTwice a day, says {name}.")
    assert bookpost("convert", "a.txt", "b.txt", "--each", "-o", "books/").code == 0
    assert len(list((tmp_path / "books").iterdir())) == 2
    assert bookpost("convert", "a.txt", "b.txt", "--each", "-o", "one.epub").code == 2
