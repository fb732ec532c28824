"""An archive that an enemy packed is refused with one error, quickly and without unpacking it."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookpost.convert.check import check, fix
from bookpost.errors import InputError
from epubs import Members, book, good, pack
from faults import FAULTS


def only(path: Path) -> str:
    """The code of the only finding; the file is not repaired either."""
    (finding,) = check(path)
    assert finding.severity == "error"
    with pytest.raises(InputError):
        fix(path, path.with_suffix(".fixed"))
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    return finding.code


@pytest.mark.parametrize("name", ["../evil", "EPUB/../../evil", "/etc/passwd", "C:/evil", "EPUB\\evil", "..", "a/.."])
def test_names_that_leave_the_folder(tmp_path: Path, name: str) -> None:
    assert only(pack(tmp_path / "x.epub", good() | {name: b"x"})) == "E-ZIP-NAME"


def test_a_name_that_hides_another_behind_a_zero(tmp_path: Path) -> None:
    path = pack(tmp_path / "x.epub", good() | {"EPUB/aXb.xhtml": b"x"})
    path.write_bytes(path.read_bytes().replace(b"EPUB/aXb.xhtml", b"EPUB/a\0b.xhtml"))
    assert only(path) == "E-ZIP-NAME"


def test_a_deflate_bomb(tmp_path: Path) -> None:
    assert only(pack(tmp_path / "x.epub", good() | {"EPUB/one.xhtml": bytes(20_000_000)})) == "E-ZIP-BOMB"


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    """What is counted is what comes out, not what the headers say."""
    path = pack(tmp_path / "x.epub", good() | {"EPUB/one.xhtml": bytes(20_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 20_000_000), struct.pack("<I", 2_000)))
    assert only(path) == "E-ZIP-BOMB"


def test_a_hundred_thousand_entries(tmp_path: Path) -> None:
    path = tmp_path / "x.epub"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    assert only(path) == "E-ZIP-ENTRIES"


def test_a_symbolic_link(tmp_path: Path) -> None:
    path = book(tmp_path / "x.epub")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("EPUB/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert only(path) == "E-ZIP-SYMLINK"


def test_an_encrypted_archive(tmp_path: Path) -> None:
    path = book(tmp_path / "x.epub")
    data = bytearray(path.read_bytes())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 8] |= 1
    path.write_bytes(data)
    assert only(path) == "E-ZIP-ENCRYPTED"


def test_another_way_of_packing(tmp_path: Path) -> None:
    path = book(tmp_path / "x.epub")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("EPUB/lzma", b"x")
    assert only(path) == "E-ZIP-METHOD"


def test_members_that_share_their_bytes(tmp_path: Path) -> None:
    """Two entries of the directory that point at one and the same member."""
    path = book(tmp_path / "x.epub")
    data = path.read_bytes()
    directory = data.find(b"PK\x01\x02")
    with zipfile.ZipFile(path) as archive:
        first, second = archive.infolist()[-2:]
    pointer = struct.pack("<I", second.header_offset)
    at = data.rfind(pointer, directory)
    path.write_bytes(data[:at] + struct.pack("<I", first.header_offset) + data[at + 4 :])
    assert only(path) in ("E-ZIP-OVERLAP", "E-ZIP-BROKEN")


def test_a_member_with_two_names(tmp_path: Path) -> None:
    """The directory says one name, the header before the bytes another: readers would see different books."""
    path = book(tmp_path / "x.epub")
    data = path.read_bytes()
    at = data.find(b"EPUB/two.xhtml")
    path.write_bytes(data[:at] + b"EPUB/TWO.xhtml" + data[at + 14 :])
    assert only(path) == "E-ZIP-BROKEN"


def test_entities_are_not_expanded_and_files_not_read(tmp_path: Path) -> None:
    """The billion laughs, and a file of the machine as an entity: named as foreign, never opened."""
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    dtd = f'<!DOCTYPE html [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = good()["EPUB/two.xhtml"].decode().replace("<!DOCTYPE html>", dtd).replace("The end.", "&l9;&f;")
    path = pack(tmp_path / "x.epub", good() | {"EPUB/two.xhtml": text.encode()})
    assert {finding.code for finding in check(path)} == {"E-DOCTYPE", "E-ENTITY"}
    fix(path, tmp_path / "fixed.epub")
    with zipfile.ZipFile(tmp_path / "fixed.epub") as archive:
        assert b"root:" not in archive.read("EPUB/two.xhtml")


def test_ten_thousand_levels(tmp_path: Path) -> None:
    deep = good()["EPUB/two.xhtml"].replace(b"</body>", b"<div>" * 10_000 + b"</div>" * 10_000 + b"</body>")
    path = pack(tmp_path / "x.epub", good() | {"EPUB/two.xhtml": deep})
    assert "E-XML-DEPTH" in {finding.code for finding in check(path)}
    fix(path, tmp_path / "fixed.epub")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book(tmp_path_factory.mktemp("spool") / "whole.epub")


def _answers(path: Path) -> None:
    """Findings or an error of ours: both the check and the repair answer, whatever the file."""
    assert all(finding.code[:2] in ("E-", "W-") for finding in check(path))
    out = path.with_name("out.epub")
    try:
        fix(path, out)
    except InputError:
        return
    assert zipfile.is_zipfile(out)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 255)), min_size=1, max_size=6), cut=st.none() | st.integers(0, 8_000)
)
def test_no_damage_ends_in_a_traceback(whole: Path, flips: list[tuple[int, int]], cut: int | None) -> None:
    """Random bytes changed, the file cut anywhere."""
    data = bytearray(whole.read_bytes())
    for at, mask in flips:
        data[at % len(data)] ^= mask
    path = whole.with_name("damaged.epub")
    path.write_bytes(data[: len(data) - cut] if cut else data)
    _answers(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mangled_member_ends_in_a_traceback(whole: Path, data: st.DataObject) -> None:
    """A sound archive whose texts are cut, spliced and shuffled."""
    members = good()
    names = [name for name in members if not name.endswith((".jpg", ".png"))]
    for name in data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3)):
        text = members[name]
        start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        middle = data.draw(
            st.sampled_from((b"", b"\xff\xfe", b"<p", b"]]>", b"<!--", b"&#0;", b'"', text[start:end] * 2, b"<a href='//['/>"))
        )
        members[name] = text[:start] + middle + text[end:]
    order = data.draw(st.permutations(list(members)))
    _answers(pack(whole.with_name("mangled.epub"), {name: members[name] for name in order}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.lists(st.sampled_from([change for faults in FAULTS.values() for _, change in faults]), min_size=2, max_size=5))
def test_faults_together_end_in_no_traceback(whole: Path, picks: list[Callable[[Members], None]]) -> None:
    """Several faults in one book."""
    members = good()
    for change in picks:
        try:
            change(members)
        except (AssertionError, KeyError):
            continue  # the text it would change is no longer there
    _answers(pack(whole.with_name("faulty.epub"), members))
