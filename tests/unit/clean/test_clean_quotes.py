"""Quotations, their sources, verse, and pull quotes."""

import pytest

from bookpost.clean import clean

LATE = '<blockquote><p>It is late.</p><p class="attribution">{}</p></blockquote>'
CASES = {
    "a footer": ("<blockquote><p>It is late.</p><footer>— Ann</footer></blockquote>", LATE.format("— Ann")),
    "a dash": ("<blockquote><p>It is late.</p><p>— Ann</p></blockquote>", LATE.format("— Ann")),
    "a cite": ("<blockquote><p>It is late. <cite>Ann</cite></p></blockquote>", LATE.format("<cite>Ann</cite>")),
    "a cite after a break": ("<blockquote><p>It is late.<br><cite>Ann</cite></p></blockquote>", LATE.format("<cite>Ann</cite>")),
    "a figure": ("<figure><blockquote><p>It is late.</p></blockquote><figcaption>Ann</figcaption></figure>", LATE.format("Ann")),
    "a class": ('<blockquote><p>It is late.</p><div class="quote-author">Ann</div></blockquote>', LATE.format("Ann")),
    "a dialogue": ("<blockquote><p>— It is late.</p></blockquote>", "<blockquote><p>— It is late.</p></blockquote>"),
    "verse": ('<div class="poem">One<br>two<br><br>three</div>', '<p class="verse">One<br/>two</p><p class="verse">three</p>'),
    "verse typed": ('<pre class="wp-block-verse">a\n  b</pre>', '<p class="verse">a<br/>\xa0\xa0b</p>'),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_quotations_say_whose_they_are(before: str, after: str) -> None:
    assert clean(before).content == after


def test_a_pull_quote_that_repeats_the_text_goes_and_that_is_said() -> None:
    cleaned = clean('<p>He said that it was very late.</p><aside class="pullquote"><p>“It was very late”</p></aside>')
    assert cleaned.content == "<p>He said that it was very late.</p>"
    assert cleaned.notes == ("a pull quote that repeats the text was left out",)


def test_a_pull_quote_that_says_something_else_is_a_quotation() -> None:
    content = clean('<p>He said nothing at all.</p><aside class="pullquote"><p>It was very late indeed</p></aside>').content
    assert content == "<p>He said nothing at all.</p><blockquote><p>It was very late indeed</p></blockquote>"
