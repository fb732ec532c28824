"""Large type is broken into few, balanced lines, and every language breaks as it may."""

import pytest

from bookpost.convert.faces import face_for, shipped_faces
from bookpost.convert.lettering import Lettering, letter


def set_in(text: str, language: str = "en", *, width: int = 1360, height: int = 1000, most: int = 7) -> Lettering:
    lettering = letter(text, width, height, language, sizes=(90, 230), most=most)
    assert lettering
    assert lettering.height <= height
    assert lettering.width <= width * 1.02
    return lettering


def test_a_short_title_is_as_large_as_may_be() -> None:
    assert (set_in("Rain").size, set_in("Rain").lines) == (230, ("Rain",))


def test_lines_are_balanced() -> None:
    """No last line of one short word."""
    lines = set_in("The quiet return of the swift to the towers of the town").lines
    assert min(map(len, lines)) > 0.4 * max(map(len, lines))


def test_a_title_that_is_too_long_ends_with_an_ellipsis_after_a_word() -> None:
    lettering = set_in("postponed again and again " * 30)
    assert (lettering.size, len(lettering.lines)) == (90, 7)
    assert lettering.lines[-1].endswith(("postponed…", "again…", "and…"))


def test_a_long_german_word_is_hyphenated_where_german_allows() -> None:
    lines = set_in("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz", "de").lines
    assert "".join(line.removesuffix("-") for line in lines) == "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    assert lines[0] == "Rindfleischetiket-"


def test_thai_breaks_without_a_hyphen_and_keeps_its_marks() -> None:
    lines = set_in("สภาเลื่อนสะพานอีกครั้งหลังจากการประชุมที่ยาวนานถึงสามวันสามคืนในเมืองหลวง", "th").lines
    assert len(lines) > 1
    assert not any("-" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Café", "Literata"),
        ("Ἑλλάς", "Literata"),
        ("Привет", "Literata"),
        ("مرحبا", "Amiri"),
        ("שלום", "FrankRuhlLibre"),
        ("नमस्ते", "NotoSans"),
        ("สวัสดี", "NotoSansThai"),
    ],
)
def test_each_script_has_its_face(text: str, font: str) -> None:
    found = face_for(text, "und")
    assert found
    assert found[0].path.name.startswith(font)
    assert found[1] == text


def test_what_the_face_lacks_is_left_out() -> None:
    found = face_for("Party 🎉 time", "en")
    assert found
    assert found[1] == "Party time"


@pytest.mark.parametrize("text", ["🎉", "", "!?", "\U000f0000\U000f0001"])
def test_a_text_that_no_font_has_is_no_text(text: str) -> None:
    assert face_for(text, "en") is None


def test_the_fonts_are_there() -> None:
    assert all(face.path.is_file() for face in shipped_faces())


def test_a_short_word_stands_alone_only_where_nothing_fits_beside_it() -> None:
    """The narrowest block would be `The bridge / that / learned to / stand still`."""
    assert "that" not in set_in("The bridge that learned to stand still").lines


def test_no_line_begins_with_a_dash() -> None:
    lines = set_in("The Lamp at Skerry Point – how a light was kept & why it went out").lines
    assert not any(line.startswith("–") for line in lines)
