"""File names: what an e-reader shows as the title, and what no system refuses."""

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.filenames import MAX_BYTES, ascii_name, file_name
from bookpost.convert.transliteration import to_ascii
from bookpost.device import shipped_devices

DAY = date(2026, 3, 1)
DEVICES = shipped_devices()


def name(title: str, site: str | None = None, *, device: str = "kindle", extension: str = "epub") -> str:
    return file_name(title, site, DAY, extension, device=DEVICES[device])


@pytest.mark.parametrize(
    ("title", "site", "wanted"),
    [
        ("Council delays the bridge", "The Daily", "Council delays the bridge - The Daily (2026-03-01).epub"),
        ("Rivers: a history", None, "Rivers - a history (2026-03-01).epub"),
        ("a/b\\c? <d>|*", "x/y", "a-b-c d - x-y (2026-03-01).epub"),
        ("The Daily", "The Daily", "The Daily (2026-03-01).epub"),
        ("News - The Daily", "The Daily", "News - The Daily (2026-03-01).epub"),
        ("..hidden. ", None, "hidden (2026-03-01).epub"),
        ("🎉🎉", None, "Article (2026-03-01).epub"),
        ("", "The Daily", "The Daily (2026-03-01).epub"),
        ("CON. x", None, "_CON. x (2026-03-01).epub"),
        ("ev\u202eil\x00 na\nme", None, "evil na me (2026-03-01).epub"),
        ("人工智能", "示例网", "人工智能 - 示例网 (2026-03-01).epub"),
    ],
)
def test_a_name_reads_like_a_title(title: str, site: str | None, wanted: str) -> None:
    assert name(title, site) == wanted


def test_a_long_title_is_cut_at_a_word_and_keeps_site_and_date() -> None:
    cut = name("word " * 1000, "The Daily")
    assert re.fullmatch(r"(word ){15,}- The Daily \(2026-03-01\)\.epub", cut)
    assert len(cut) <= 120


def test_a_letter_keeps_its_marks() -> None:
    title = "क्षि" * 100
    cut = name(title)
    kept = cut.removesuffix(" (2026-03-01).epub")
    assert title.startswith(kept)
    assert unicodedata.category(title[len(kept)])[0] != "M"
    assert len(cut.encode()) <= MAX_BYTES


@pytest.mark.parametrize(
    ("title", "site", "wanted"),
    [
        ("Council delays the bridge again", "The Daily", "Council-delays-the-2026-03-01.epub"),
        ("Größe", "Süddeutsche", "Groesse-Sueddeutsche-2026-03-01.epub"),
        ("Привет, мир", "Газета", "Privet-mir-Gazeta-2026-03-01.epub"),
        ("Άλφα", None, "Alfa-2026-03-01.epub"),
        ("It’s Ærø", None, "Its-Aeroe-2026-03-01.epub"),
    ],
)
def test_pocketbook_gets_plain_letters(title: str, site: str | None, wanted: str) -> None:
    assert name(title, site, device="pocketbook") == wanted


def test_a_script_without_plain_letters_gets_site_date_and_a_mark_of_its_own() -> None:
    one, other = (name(title, "The Daily", device="pocketbook") for title in ("人工智能", "量子计算"))
    assert re.fullmatch(r"The-Daily-[0-9a-f]{8}-2026-03-01\.epub", one)
    assert one != other


@pytest.mark.parametrize(
    ("given_name", "wanted"),
    [
        ("Council - The Daily (2026-03-01).epub", "Council - The Daily (2026-03-01).epub"),
        ("Größe – Süd (2026-03-01).epub", "Groesse - Sued (2026-03-01).epub"),
        ('a"b;c.pdf', "ab;c.pdf"),
    ],
)
def test_mail_gets_an_ascii_name_beside_the_real_one(given_name: str, wanted: str) -> None:
    assert ascii_name(given_name) == wanted


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.none() | st.text(max_size=60), st.sampled_from(sorted(DEVICES)), st.sampled_from(["epub", "pdf"]))
def test_every_name_is_safe_everywhere(title: str, site: str | None, device: str, extension: str) -> None:
    got = name(title, site, device=device, extension=extension)
    profile = DEVICES[device]
    assert "2026-03-01" in got
    assert got.endswith(f".{extension}")
    assert len(got) <= profile.name_length
    assert len(got.encode()) <= MAX_BYTES
    assert not re.search(r'[/\\:*?"<>|]', got)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Co") or c in "\u202a\u202e\u2066\u2069\u200e\u200f" for c in got)
    assert got[0] not in ". -~"
    assert not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)\s*\.", got)
    assert got == name(title, site, device=device, extension=extension)
    if profile.ascii_names:
        assert re.fullmatch(r"[A-Za-z0-9._-]+", got)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_ascii_names_are_printable_and_never_empty(text: str) -> None:
    got = ascii_name(text + ".epub")
    assert got.endswith(".epub")
    assert len(got) > 5
    assert all(" " <= c <= "~" for c in got)
    assert not re.search(r'[/\\"<>|*?]', got)
    assert ascii_name(got) == got


def test_transliteration_says_when_it_lost_the_text() -> None:
    assert to_ascii("Ångström") == ("Aangstroem", False)
    assert to_ascii("漢字 and kanji") == (" and kanji", False)
    assert to_ascii("漢字漢字 a") == (" a", True)


def test_a_name_that_is_taken_gets_a_number() -> None:
    from bookpost.convert.filenames import numbered

    assert numbered("Tides.epub", ()) == "Tides.epub"
    assert numbered("The tides.epub", {"The tides.epub", "The tides 2.epub"}) == "The tides 3.epub"
    assert numbered("Tides-2026-11-24.epub", {"Tides-2026-11-24.epub"}) == "Tides-2026-11-24-2.epub"
    long = "T" * 35 + ".epub"
    assert numbered(long, {long}) == "T" * 33 + "-2.epub"
