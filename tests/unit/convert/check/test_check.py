"""The check finds each reason for which an e-reader refuses or mangles a book, and nothing in a good one."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bookpost.convert.check import check
from bookpost.device import shipped_devices
from bookpost.document import Finding
from bookpost.errors import MissingInputError
from epubs import Members, book, good, pack
from faults import FAULTS
from validators import epubcheck

CASES = [(cause, code, change) for cause, faults in FAULTS.items() for code, change in faults]


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.code for finding in findings}


def test_a_good_book_has_no_findings_and_epubcheck_agrees(tmp_path: Path) -> None:
    path = book(tmp_path / "good.epub")
    assert check(path, device=shipped_devices()["kindle"]) == ()
    assert epubcheck(path) == []


@pytest.mark.parametrize(("cause", "code", "change"), CASES, ids=[f"{cause}-{code}" for cause, code, _ in CASES])
def test_each_cause_is_found(tmp_path: Path, cause: str, code: str, change: Callable[[Members], None]) -> None:
    """Whatever else the fault entails, the finding that names its cause is there, with its place in the book."""
    findings = check(book(tmp_path / "bad.epub", change))
    found = [finding for finding in findings if finding.code == code]
    assert found, findings
    assert all(finding.place for finding in found) or code == "E-HIDDEN-TEXT"
    assert findings == tuple(sorted(findings, key=lambda finding: finding.code))


def test_mimetype_must_be_first_stored_and_without_an_extra_field(tmp_path: Path) -> None:
    """Cause 15."""
    members = good()
    shuffled = pack(tmp_path / "last.epub", [*list(members.items())[1:], ("mimetype", members["mimetype"])])
    deflated = pack(tmp_path / "deflated.epub", members, first_method=zipfile.ZIP_DEFLATED)
    wrong = book(tmp_path / "wrong.epub", lambda m: m.update(mimetype=b"application/epub+zip\n"))
    extra = tmp_path / "extra.epub"
    with zipfile.ZipFile(extra, "w") as archive:
        info = zipfile.ZipInfo("mimetype")
        info.extra = b"\x55\x54\x05\x00\x01\0\0\0\0"
        archive.writestr(info, members.pop("mimetype"))
        for name, data in members.items():
            archive.writestr(name, data)
    for path in (shuffled, deflated, wrong, extra):
        assert codes(check(path)) == {"E-MIMETYPE"}, path.name


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(tmp_path: Path) -> None:
    """Cause 15."""
    members = list(good().items())
    assert codes(check(pack(tmp_path / "twice.epub", [*members, members[-1]]))) == {"E-ZIP-DUPLICATE"}


def test_a_file_above_the_limit_of_its_device(tmp_path: Path) -> None:
    """Cause 18; and a format that the device does not read."""
    small = replace(shipped_devices()["kindle"], max_bytes=1_000, formats=("pdf",))
    assert codes(check(book(tmp_path / "good.epub"), device=small)) == {"E-FILE-SIZE", "E-DEVICE-FORMAT"}


def test_damaged_bytes_are_found_also_in_a_stored_picture(tmp_path: Path) -> None:
    path = book(tmp_path / "good.epub")
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("EPUB/cover.jpg").header_offset
    data = bytearray(path.read_bytes())
    data[start + 3_000] ^= 1
    path.write_bytes(data)
    assert "E-ZIP-DAMAGED" in codes(check(path))


def test_a_fault_that_occurs_often_is_told_ten_times_and_counted(tmp_path: Path) -> None:
    many = book(
        tmp_path / "many.epub",
        lambda m: m.update({"EPUB/two.xhtml": m["EPUB/two.xhtml"].replace(b"</body>", b"<hr onclick='x'/>\n" * 500 + b"</body>")}),
    )
    findings = [finding for finding in check(many) if finding.code == "E-SCRIPT"]
    assert len(findings) == 11
    assert "and 490 more of these" in [finding.message for finding in findings]


def test_two_checks_of_one_file_say_the_same(tmp_path: Path) -> None:
    def everything(members: Members) -> None:
        for _, code, change in CASES:
            if code in ("E-SCRIPT", "E-LINK-TARGET", "E-CSS-POSITION", "E-ID"):
                change(members)

    path = book(tmp_path / "bad.epub", everything)
    assert check(path) == check(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError):
        check(tmp_path / "none.epub")
    with pytest.raises(MissingInputError):
        check(tmp_path)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "E-NOT-EPUB"),
        (b"Dear reader", "E-NOT-EPUB"),
        (b"PK\x03\x04 and no end", "E-ZIP-BROKEN"),
        (b"%PDF-1.7\nand no end", "E-PDF"),
    ],
)
def test_a_file_that_is_neither_epub_nor_pdf(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    assert codes(check(path)) == {code}


def test_a_pdf_is_whole_and_open(tmp_path: Path) -> None:
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    xref = b"xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 2 /Root 1 0 R %s>>\nstartxref\n" + str(len(body)).encode() + b"\n%%%%EOF\n"
    path = tmp_path / "book.pdf"
    path.write_bytes(body + xref % b"")
    assert check(path, device=shipped_devices()["kindle"]) == ()
    path.write_bytes(body + xref % b"/Encrypt 9 0 R ")
    assert codes(check(path)) == {"E-PDF-ENCRYPTED"}
    path.write_bytes((body + xref % b"")[:-20])
    assert codes(check(path)) == {"E-PDF"}
