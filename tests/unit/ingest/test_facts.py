"""What a title page shows is printable, on one line, and no longer than anybody reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest.facts import TITLE_LENGTH, Facts, one_line, tidy, web_address


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  A\n\t title\u00a0here ", "A title here"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("\u202eevil\u202c \ufeffmark", "evil mark"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("می‌خواهم", "می‌خواهم"),
        ("\ud800", ""),
        (None, ""),
    ],
)
def test_one_line(written: str | None, shown: str) -> None:
    assert one_line(written) == shown


def test_a_long_title_is_cut_at_a_word() -> None:
    assert one_line("word, " * 1000, 20) == "word, word, word…"
    assert one_line("漢" * 1000) == "漢" * (TITLE_LENGTH - 1) + "…"


@given(st.text(max_size=700))
def test_tidying_is_done_once(text: str) -> None:
    facts = tidy(Facts(title=text, subtitle=text, authors=(text, text), site=text, url=text, excerpt=text, tags=(text,), notes=(text,)))
    assert tidy(facts) == facts
    assert len(facts.title) <= TITLE_LENGTH
    assert len(facts.authors) <= 1


@pytest.mark.parametrize("address", ["https://example.org", "HTTP://example.org:8080/a?b#c", " https://пример.рф/x ", "http://[::1]/"])
def test_web_addresses(address: str) -> None:
    assert web_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        *(None, "", "example.org", "//example.org", "ftp://x.org", "javascript:alert(1)", "https://", "http://[::1", "http://x.org:99999/"),
        *("https://a b.org/", "https://x.org/<script>", "https://x.org/\nHost: y", "https://x.org/\ud800", "https://x.org/" + "x" * 5000),
    ],
)
def test_what_is_no_web_address(address: str | None) -> None:
    assert web_address(address) is None
