"""Markdown with front matter becomes an article; broken front matter says where."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.errors import InputError
from bookpost.ingest.assemble import Origin
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.markdown import front_matter, read_markdown, to_html


def test_front_matter_in_its_many_words() -> None:
    article = read_markdown(
        "---\ntitle: 'Tides: twice'\nsubtitle: Sub\nauthor: Ana Ruiz and Bo Li\ndate: 2026-11-24\nupdated: 2026-11-25T10:00:00Z\n"
        "lang: en_gb\ntags: sea, moon\nsite: Review\nurl: https://example.org/tides\nsummary: Why?\n---\n\nThe sea rises.\n",
        Origin(),
    )
    assert (article.title, article.subtitle, article.authors) == ("Tides: twice", "Sub", ("Ana Ruiz", "Bo Li"))
    assert (article.published, article.modified) == (date(2026, 11, 24), datetime(2026, 11, 25, 10, tzinfo=UTC))
    assert (article.language, article.tags, article.site) == ("en-GB", ("sea", "moon"), "Review")
    assert (article.url, article.excerpt) == ("https://example.org/tides", "Why?")


def test_lists_and_mappings_of_authors() -> None:
    article = read_markdown(
        "---\nauthors:\n- Ana Ruiz\n- name: Bo Li\n  role: editor\ntags: [a, 2]\ndate: 2026-11-24 10:00:00\n---\nText.", Origin()
    )
    assert (article.authors, article.tags, article.published) == (("Ana Ruiz", "Bo Li"), ("a", "2"), date(2026, 11, 24))


def test_a_first_heading_is_the_title_and_is_not_repeated() -> None:
    article = read_markdown("# Tides & time\n\nThe sea rises.\n\n## Why\n\nText.", Origin(name="File"))
    assert article.title == "Tides & time"
    assert article.content == "<p>The sea rises.</p><h2>Why</h2><p>Text.</p>"
    assert read_markdown("The sea rises.", Origin(name="File")).title == "File"


def test_a_picture_that_stands_alone_is_a_figure_with_its_title_as_caption(tmp_path: Path, png: bytes) -> None:
    (tmp_path / "a.png").write_bytes(png)
    article = read_markdown('Text.\n\n![A <harbour>](a.png "At *ebb* & flood")\n', Origin(where=Whereabouts(tmp_path)))
    image = article.images[0]
    assert (image.alt, image.caption, image.source) == ("A <harbour>", "At *ebb* & flood", (tmp_path / "a.png").resolve())
    assert "<figure>" in article.content
    assert article.lead_image == image.id


def test_tables_notes_definitions_code_and_formulas() -> None:
    html = to_html(
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nSee[^1] $x^2$\n\nTerm\n: Meaning\n\n```python\nx = 1\n```\n\n$$\\frac{1}{2}$$\n\n[^1]: Note.\n"
    )
    for part in ("<table>", "footnote", "<dl>", 'class="language-python"', "<msup>", "<mfrac>"):
        assert part in html


def test_a_formula_that_cannot_be_read_stays_readable() -> None:
    assert "frac" in to_html("$\\frac{1$ and more")
    assert "\\begin{x" in to_html("$$\\begin{x$$").replace("&#92;", "\\")


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("title: a: b", "line 2"),
        ("- a\n- b", "name: value"),
        ("a: &a [x]\nb: [*a, *a]", "aliases"),
        ("a: !!python/object/apply:os.system ['id']", "not valid YAML"),
        ("date: 2026-99-99", "cannot be read"),
        ("a: " + "[" * 10_000, "full of brackets"),
        ("x" * 70_000, "larger than 16 kB"),
    ],
)
def test_broken_front_matter_is_explained(block: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_markdown(f"---\n{block}\n---\nText.", Origin())
    assert caught.value.hint


def test_a_rule_at_the_start_is_no_front_matter() -> None:
    assert front_matter("---\n\nOnly a rule.") == ({}, "---\n\nOnly a rule.")
    assert front_matter("---\n---\nText.") == ({}, "Text.")


def test_html_in_it_is_cleaned_like_any_other() -> None:
    assert "script" not in read_markdown("Text <script>x</script> <b onclick='x'>bold</b>.", Origin()).content


@given(st.text("#*_[]()`>-|$^:!<a \n\\1", max_size=80))
@settings(max_examples=60, deadline=None)
def test_no_markdown_crashes(text: str) -> None:
    assert read_markdown(f"Text.\n\n{text}\n\nText.", Origin()).content
