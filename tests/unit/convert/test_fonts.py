"""Which fonts a text gets, and what is said of characters that have none."""

import unicodedata
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.pdf import systemfonts
from bookpost.convert.pdf.fonts import CODE, FALLBACKS, TEXT, Choice, Face, Need, choose, coverage, font_bytes, location, style_rules
from bookpost.convert.pdf.glyphs import replace_missing, script

PROMISED = {
    "Latin": "The quick brown fox – “jumps” over žluťoučký kůň…",
    "Cyrillic": "Съешь же ещё этих мягких французских булок, да выпей чаю",
    "Greek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία · ἐν ἀρχῇ ἦν ὁ λόγος",
    "Arabic": "نص حكيم له سر قاطع وذو شأن عظيم",
    "Persian": "پژوهشگر گفت: «چه کسی؟»",
    "Hebrew": "דג סקרן שט בים מאוכזב ולפתע מצא חברה",
    "Devanagari": "ऋषियों को सताने वाले दुष्ट राक्षसों के राजा",
    "Thai": "เป็นมนุษย์สุดประเสริฐเลิศคุณค่า ๑๒๓",
}


@pytest.fixture(autouse=True)
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemfonts, "_files", dict)


def chosen(text: str, language: str = "en", *, italic: bool = False, code: bool = False) -> Choice:
    return choose(Need(frozenset(text), language, italic=italic, code=code))


def body(text: str) -> ElementTree.Element:
    element = ElementTree.Element("body")
    paragraph = ElementTree.SubElement(element, "p")
    paragraph.text = text
    return element


def test_a_text_in_plain_english_asks_for_one_font_only() -> None:
    assert chosen("Hello, world – “quoted”…").faces == TEXT.faces[0].uses


def test_italics_and_code_add_their_fonts() -> None:
    choice = chosen("x", italic=True, code=True)
    assert {replace(face, plain=False) for face in choice.faces} == {*TEXT.faces, *CODE.faces}


@pytest.mark.parametrize("name", PROMISED)
def test_every_promised_script_is_shown_without_a_font_of_the_system(name: str) -> None:
    assert not chosen(PROMISED[name]).missing


def test_arabic_text_begins_with_the_arabic_font_so_that_its_lines_end_evenly() -> None:
    rules = style_rules(chosen(PROMISED["Arabic"], "ar"))
    assert "html { font-family: 'Amiri', 'Literata'" in rules
    assert "[lang|=\"ar\" i] { font-family: 'Amiri'" in rules


def test_a_quotation_in_another_script_keeps_the_font_of_the_book_first() -> None:
    assert "html { font-family: 'Literata', 'Amiri'" in style_rules(chosen("He said سلام.", "en"))


def test_symbols_arrows_and_mathematics_are_shown() -> None:
    assert not chosen("→ ✓ ★ ☞ ∞ ∑ 𝐀 ⟨ │ ½ ⅓ № € ₿ ♥").missing


def test_spaces_joiners_and_variation_selectors_ask_for_no_font() -> None:
    assert chosen("a\u202fb\u2009c\u200b\u200d\u2060\ufe0f\u00ad").faces == TEXT.faces[0].uses


def test_all_font_files_are_there_and_have_the_same_characters_in_roman_and_italic() -> None:
    for family in (TEXT, CODE, *FALLBACKS):
        assert all(location(face).is_file() for face in family.faces)
    assert coverage(TEXT.faces[0]) == coverage(TEXT.faces[1])


def test_a_font_has_what_the_text_needs_and_varies_in_weight_only(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    file = tmp_path / "font.ttf"
    file.write_bytes(font_bytes(TEXT.faces[0], frozenset("abc fi")))
    with TTFont(file) as font:
        ranges = {axis.axisTag: (axis.minValue, axis.maxValue) for axis in font["fvar"].axes}
        characters, glyphs = set(map(chr, font.getBestCmap())), font.getGlyphOrder()
    assert ranges == {"opsz": (12.0, 12.0), "wght": (200.0, 900.0)}
    assert characters == set("abc fi")
    assert 6 < len(glyphs) < 60, "the letters, their ligature and other forms"


def test_without_harfbuzz_a_font_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bookpost.convert.pdf.subset._library", lambda: None)
    assert len(font_bytes(TEXT.faces[0], frozenset("a"))) == location(TEXT.faces[0]).stat().st_size


def test_a_missing_font_package_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="fontpkg_nowhere"):
        location(Face("fontpkg_nowhere", "files/Nowhere.ttf"))


def test_a_script_without_a_font_becomes_its_name_and_a_finding() -> None:
    text = body("The word தமிழ் மொழி means Tamil, and the sentence around it stays as it was.")
    missing = chosen("தமிழ் மொழி").missing
    (finding,) = replace_missing(text, missing, frozenset("a"))
    assert text[0].text == "The word [Tamil] means Tamil, and the sentence around it stays as it was."
    assert finding.code == "W-FONT-MISSING"
    assert "Tamil" in finding.message
    assert "8 characters" in finding.message or "9 characters" in finding.message


def test_a_book_that_cannot_be_read_is_an_error() -> None:
    text = body("தமிழ் மொழி")
    (finding,) = replace_missing(text, chosen("தமிழ் மொழி").missing, frozenset())
    assert finding.severity == "error"


def test_emoji_are_left_out_and_told() -> None:
    text = body("Great 🎉🎉 news")
    (finding,) = replace_missing(text, frozenset("🎉"), frozenset("x"))
    assert text[0].text == "Great news"
    assert finding.code == "W-SYMBOL-MISSING"
    assert "2 symbols" in finding.message


def test_a_text_of_emoji_only_is_named_instead_of_blank() -> None:
    text = body("🎉")
    replace_missing(text, frozenset("🎉"), frozenset("x"))
    assert text[0].text == "[party popper]"


def test_a_compatibility_form_that_has_a_font_is_used() -> None:
    text = body("ＡＢＣ")
    assert replace_missing(text, frozenset("ＡＢＣ"), frozenset("ABC")) == ()
    assert text[0].text == "ABC"


@pytest.mark.parametrize(
    ("character", "name"), [("த", "Tamil"), ("漢", "Chinese"), ("か", "Japanese"), ("한", "Korean"), ("ሀ", "Ethiopic")]
)
def test_a_script_has_the_name_that_people_know(character: str, name: str) -> None:
    assert script(character) == name


def test_chinese_characters_beside_kana_are_japanese() -> None:
    text = body("買ったまま、読まずに々ー")
    finding, *_ = replace_missing(text, chosen(text[0].text or "").missing, frozenset())
    assert text[0].text == "[Japanese]"
    assert "Japanese" in finding.message


def test_a_font_of_the_system_is_found_for_what_no_package_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemfonts, "_files", lambda: {"ipam.ttf": Path("ipam.ttf"), "uming.ttc": Path("uming.ttc")})
    monkeypatch.setattr(systemfonts, "_characters", lambda _: frozenset("漢字"))
    japanese, chinese = chosen("漢字", "ja"), chosen("漢字", "zh-Hans")
    assert [font.family for font in japanese.system] == ["IPAMincho"]
    assert [font.family for font in chinese.system] == ["AR PL UMing CN"]
    assert not japanese.missing


def test_a_collection_has_a_family_for_each_country(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systemfonts, "_files", lambda: {"NotoSerifCJK-Regular.ttc": Path("NotoSerifCJK-Regular.ttc")})
    monkeypatch.setattr(systemfonts, "_characters", lambda _: frozenset("漢字"))
    rules = style_rules(chosen("漢字", "ko"))
    assert "[lang|=\"ja\" i] { font-family: 'Noto Serif CJK JP'" in rules
    assert "[lang|=\"zh-hant\" i] { font-family: 'Noto Serif CJK TC'" in rules
    assert "'Noto Serif CJK KR' }" in rules


def test_a_broken_font_of_the_system_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "NotoSansTamil-Regular.ttf"
    file.write_bytes(b"not a font")
    monkeypatch.setattr(systemfonts, "_files", lambda: {file.name: file})
    assert chosen("த").missing == {"த"}


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_whatever_the_text_nothing_is_left_that_no_font_has(text: str) -> None:
    choice = chosen(text)
    element = body(text)
    replace_missing(element, choice.missing, frozenset(text) - choice.missing)
    shown = "".join(element.itertext())
    assert choice.missing.isdisjoint(shown)
    assert all(unicodedata.category(c) for c in shown)
