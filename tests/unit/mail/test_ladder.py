"""The ladders end, never try a form twice, and say in words what was given up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.convert.make import FORMATS
from bookpost.mail.ladder import Cause, Facts, cause_of, megabytes, next_rung, words
from bookpost.produce.request import Form

EPUB, PDF = Form(format="epub"), Form(format="pdf")
ALBUM = Facts(articles=1, pictures=9, colour=True, formats=("epub", "pdf"))


def climb(form: Form, cause: Cause, facts: Facts) -> list[Form]:
    history = [form]
    while rung := next_rung(history, cause, facts):
        history.append(rung.form)
    return history[1:]


def test_pictures_get_coarser_then_grey_then_smaller() -> None:
    assert [(form.quality, form.grey, form.scale) for form in climb(EPUB, "shrink", ALBUM)] == [
        (45, False, 1.0),
        (45, True, 1.0),
        (40, True, 0.6),
        (35, True, 0.35),
    ]


def test_what_is_grey_anyway_is_not_made_grey() -> None:
    grey = Facts(articles=1, pictures=9, colour=False, formats=("epub",))
    assert len(climb(EPUB, "shrink", grey)) == 3


def test_a_book_of_text_gets_a_smaller_cover_and_is_split_into_as_many_parts_as_should_fit() -> None:
    text = Facts(articles=12, pictures=0, colour=False, formats=("epub",), excess=3.5)
    assert [(form.scale, form.parts) for form in climb(EPUB, "shrink", text)] == [(0.35, 1), (0.35, 4), (0.35, 6), (0.35, 9), (0.35, 12)]


def test_one_article_without_pictures_has_only_its_cover_to_give() -> None:
    assert climb(EPUB, "shrink", Facts(articles=1, pictures=0, colour=True, formats=("epub",))) == [Form(format="epub", scale=0.35)]
    assert climb(PDF, "shrink", Facts(articles=1, pictures=0, colour=True, formats=("pdf",))) == []


def test_what_was_refused_is_made_plainer_then_as_pdf() -> None:
    assert climb(EPUB, "repair", ALBUM) == [Form(format="epub", plain=True), PDF]
    assert climb(PDF, "repair", ALBUM) == [Form(format="epub", plain=True)]


def test_a_format_that_is_not_taken_is_followed_by_another_one_that_the_reader_knows() -> None:
    assert climb(EPUB, "format", ALBUM) == [PDF]
    assert climb(EPUB, "format", Facts(articles=1, pictures=0, colour=False, formats=("epub",))) == []


def test_a_smaller_book_that_is_refused_stays_small() -> None:
    small = Form(format="epub", quality=45, parts=3)
    rung = next_rung([EPUB, small], "repair", ALBUM)
    assert rung is not None
    assert (rung.form.quality, rung.form.parts, rung.form.plain) == (45, 3, True)


_FACTS = st.builds(
    Facts,
    articles=st.integers(1, 60),
    pictures=st.integers(0, 3),
    colour=st.booleans(),
    formats=st.lists(st.sampled_from(FORMATS), min_size=1, unique=True),
    excess=st.floats(1.0, 1e4),
)
_CAUSES: st.SearchStrategy[Cause] = st.sampled_from(["shrink", "repair", "format"])


@given(
    first=st.sampled_from([EPUB, PDF]), causes=st.lists(_CAUSES, min_size=1, max_size=200), facts=st.lists(_FACTS, min_size=1, max_size=5)
)
def test_whatever_goes_wrong_in_whatever_order_every_ladder_ends_and_repeats_nothing(
    first: Form, causes: list[Cause], facts: list[Facts]
) -> None:
    history = [first]
    for number, cause in enumerate(causes):
        rung = next_rung(history, cause, facts[number % len(facts)])
        if rung is None:
            continue
        assert rung.form not in history
        assert rung.form.parts <= max(fact.articles for fact in facts)
        history.append(rung.form)
    assert len(history) <= 1 + 4 + 2 + 60


def test_what_was_given_up_is_said() -> None:
    form = Form(format="epub", quality=40, grey=True, scale=0.6, parts=3)
    assert words(form, EPUB, 19_000_000) == (
        "made smaller to fit 19 MB: pictures at a lower quality, in grey, at 60% of their size, split into 3 parts"
    )
    assert words(Form(format="pdf"), EPUB, 19_000_000) == "made as PDF after it was refused as EPUB"
    assert "text and simple pictures only" in words(Form(format="epub", plain=True), EPUB, None)
    assert words(Form(format="epub", scale=0.35), EPUB, None) == "made smaller to fit: with a smaller cover"
    assert words(EPUB, EPUB, 19_000_000) == ""


@pytest.mark.parametrize(
    ("code", "cause"), [("E001", "format"), ("E013", "repair"), ("E999", "repair"), ("E014", None), ("5.3.4", "shrink"), (None, None)]
)
def test_a_rejection_asks_for_the_ladder_that_answers_it(code: str | None, cause: str | None) -> None:
    assert cause_of(code) == cause


def test_sizes_are_said_as_people_do() -> None:
    assert [megabytes(size) for size in (20_000_000, 1_436_000, 107_001)] == ["20 MB", "1.44 MB", "107 KB"]
