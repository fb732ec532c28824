"""Formulas of a PDF stand on the line as drawings, with words for those who listen."""

import re

import pytest
from lxml import etree

from bookpost.convert.pdf.formulas import Formulary
from bookpost.dom import Element

MATH = "http://www.w3.org/1998/Math/MathML"
SVG = "{http://www.w3.org/2000/svg}"


def draw(inside: str, attributes: str = "") -> Element:
    return Formulary("Formula")(etree.fromstring(f'<math xmlns="{MATH}" {attributes}>{inside}</math>'))


def drop(span: Element) -> float:
    found = re.search(r"vertical-align: (-?[\d.]+)em", span[0].get("style") or "")
    assert found
    return float(found[1])


FRACTION = "<mfrac><mi>a</mi><mn>2</mn></mfrac>"


def test_a_formula_is_a_drawing_measured_in_ems() -> None:
    span = draw(FRACTION)
    assert span.get("class") == "formula"
    assert span[0].tag == f"{SVG}svg"
    assert re.match(r"width: [\d.]+em; height: [\d.]+em; vertical-align: -?[\d.]+em$", span[0].get("style") or "")
    assert span[0].get("width") is None


def test_a_fraction_hangs_below_the_line_and_a_letter_stands_on_it() -> None:
    assert drop(draw(FRACTION)) < -0.4
    assert -0.15 < drop(draw("<mi>x</mi>")) <= 0


def test_a_formula_that_stands_alone_says_so() -> None:
    assert draw(FRACTION, 'display="block"').get("class") == "formula block"


def test_listeners_hear_the_pages_own_words() -> None:
    assert draw(FRACTION, 'alttext="a half"')[0].findtext(f"{SVG}title") == "Formula: a half"


def test_without_words_the_letters_and_signs_are_read() -> None:
    assert draw(FRACTION)[0].findtext(f"{SVG}title") == "Formula: a2"


def test_glyphs_are_drawn_as_paths_that_need_no_font() -> None:
    drawing = draw("<mi>x</mi><mo>=</mo><mn>1</mn>")[0]
    assert len(drawing.findall(f".//{SVG}path")) >= 3
    assert not drawing.findall(f".//{SVG}use")


@pytest.mark.parametrize("broken", ["<mfrac><mi>a</mi></mfrac>", "<mrow>" * 60 + "<mi>a</mi>" + "</mrow>" * 60, "<mi>a</mi>" * 3000])
def test_a_formula_that_cannot_be_drawn_is_shown_by_its_words(broken: str) -> None:
    span = draw(broken, 'alttext="a over nothing"')
    assert span.text == "a over nothing"
    assert len(span) == 0


def test_the_same_formula_twice_is_two_drawings() -> None:
    formulary = Formulary("Formula")
    one, two = (formulary(etree.fromstring(f'<math xmlns="{MATH}" alttext="{n}">{FRACTION}</math>')) for n in "12")
    assert one[0] is not two[0]


def test_the_text_after_a_formula_is_not_touched() -> None:
    paragraph = etree.fromstring(f'<p>If <math xmlns="{MATH}"><mi>x</mi></math> then</p>')
    Formulary("Formula")(paragraph[0])
    assert paragraph[0].tail == " then"
