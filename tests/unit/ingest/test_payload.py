"""The normalized article as JSON: what may be written, and what is said about what may not."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.errors import BookpostError, InputError, NoArticleError, PayloadError
from bookpost.ingest.payload import json_schema, parse_payload, read_payload

MINIMAL = {"version": 1, "title": "Tides", "content": "<p>The sea rises.</p>"}


def read(**fields: Any) -> Any:
    return read_payload(json.dumps({**MINIMAL, **fields}).encode(), folder=None)


def problems(**fields: Any) -> dict[str, str]:
    with pytest.raises(PayloadError) as caught:
        read(**fields)
    return dict(caught.value.problems)


def test_three_fields_make_an_article() -> None:
    article = read()
    assert (article.title, article.content, article.words) == ("Tides", "<p>The sea rises.</p>", 3)
    assert article.published is article.url is article.lead_image is None
    assert article.authors == article.tags == ()


def test_every_field_arrives() -> None:
    article = read(
        subtitle="Two bulges",
        authors=["Ana Ruiz", "Bo Li"],
        site="The Review",
        url="https://example.org/tides",
        published="2026-11-24",
        modified="2026-11-25T10:00:00+02:00",
        language="en_gb",
        direction="ltr",
        excerpt="Why twice?",
        tags=["sea"],
        notes=["a picture was left out"],
    )
    assert article.authors == ("Ana Ruiz", "Bo Li")
    assert article.published == date(2026, 11, 24)
    assert article.modified == datetime(2026, 11, 25, 10, tzinfo=timezone(timedelta(hours=2)))
    assert (article.language, article.direction, article.site, article.subtitle) == ("en-GB", "ltr", "The Review", "Two bulges")
    assert (article.url, article.excerpt, article.tags, article.notes) == (
        "https://example.org/tides",
        "Why twice?",
        ("sea",),
        ("a picture was left out",),
    )


def test_all_faults_are_told_at_once_each_with_its_way_out() -> None:
    found = problems(
        title=7,
        authors="Ana Ruiz",
        url="example.org",
        published="yesterday",
        modified="2026-11-24T10:00:00",
        language="english",
        byline="x",
    )
    assert list(found) == ["title", "authors", "url", "published", "modified", "language", "byline"]
    assert "not a number" in found["title"]
    assert '`["Ana Ruiz", "Bo Li"]`' in found["authors"]
    assert "https://example.org/tides" in found["url"]
    assert "2026-11-24T08:30:00+01:00" in found["published"]
    assert "has no zone" in found["modified"]
    assert "`pt-BR`" in found["language"]


def test_a_fault_inside_a_list_names_its_place() -> None:
    assert problems(authors=["Ana Ruiz", None, ""]) == {
        "authors[1]": 'must be a text (in quotes), not null: for instance `"Ana Ruiz"`',
        "authors[2]": "is empty: write something, or leave the field out if it is not required",
    }


def test_a_misspelt_field_is_recognised() -> None:
    assert "`published`" in problems(publishd="2026-01-01")["publishd"]


def test_messages_are_for_people() -> None:
    """No word of the library that validates reaches the user."""
    found = problems(version=True, title=None, content=3, direction="up", tags=[1], lead_picture="", extra={})
    for message in found.values():
        assert not any(word in message.lower() for word in ("pydantic", "input", "valid string", "nonetype", "literal", "validation"))


def test_missing_fields_are_shown_as_they_are_written() -> None:
    with pytest.raises(PayloadError) as caught:
        parse_payload(b"{}")
    assert [path for path, _ in caught.value.problems] == ["version", "title", "content"]
    assert '`"title": "Why the tide comes twice"`' in caught.value.problems[1][1]


def test_an_article_from_the_future_says_which_version_is_read() -> None:
    with pytest.raises(PayloadError, match="version 2; this bookpost reads version 1") as caught:
        parse_payload(b'{"version": 2, "whatever": []}')
    assert "newer bookpost" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"version": 1,,}', "line 1, column 15"),
        (b"[1, 2]", "not an object"),
        (b'{"a": ' + b"[" * 100_000, "too deeply"),
        (b'{"version": ' + b"1" * 5000 + b"}", "number too long"),
    ],
)
def test_what_is_no_json_object_is_said_to_be_none(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_payload(data, folder=None)


def test_json_may_be_utf_16_or_have_a_byte_order_mark() -> None:
    text = json.dumps({**MINIMAL, "title": "Gezeiten für alle"}, ensure_ascii=False)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le"):
        assert read_payload(text.encode(encoding), folder=None).title == "Gezeiten für alle"


def test_half_of_a_surrogate_pair_does_no_harm() -> None:
    article = read(title="A\ud800 title", content="<p>te\ud800xt</p>", tags=["\udfff"], lead_picture="data:image/png,\ud800")
    assert (article.title, article.content, article.tags) == ("A title", "<p>text</p>", ())
    assert "url" in problems(url="https://example.org/\ud800")


def test_content_is_cleaned_whatever_it_claims_to_be() -> None:
    article = read(content='<p onclick="x()">Read <script>alert(1)</script>this<img src="file:///etc/passwd"></p>')
    assert "script" not in article.content
    assert "onclick" not in article.content
    assert "passwd" not in repr(article.images)


def test_content_without_anything_to_read_is_no_article() -> None:
    with pytest.raises(NoArticleError):
        read(content="<script>1</script>  ")
    assert "is empty" in problems(content=" \n")["content"]


def test_metadata_is_made_printable_and_bearable() -> None:
    article = read(title="A\x00 \u202etitle\n" + "word " * 1000, site="\u200f\x07Site", authors=["A" * 5000])
    assert article.title.startswith("A title word word")
    assert article.title.endswith("word…")
    assert max(len(article.title), len(article.authors[0])) <= 300
    assert "\x07" not in article.site


def test_the_lead_picture_may_stand_outside_the_content(tmp_path: Path, png: bytes) -> None:
    (tmp_path / "cover.png").write_bytes(png)
    data = json.dumps({**MINIMAL, "lead_picture": "cover.png"}).encode()
    article = read_payload(data, folder=tmp_path)
    assert article.lead_image
    lead = article.image(article.lead_image)
    assert lead
    assert lead.source == (tmp_path / "cover.png").resolve()


def test_the_schema_explains_every_field_and_accepts_its_own_examples() -> None:
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["version", "title", "content"]
    for field in schema["properties"].values():
        assert len(field["description"]) > 10
        assert field["examples"]
    payload = parse_payload(json.dumps({name: field["examples"][-1] for name, field in schema["properties"].items()}).encode())
    assert payload.published == datetime.fromisoformat("2026-11-24T08:30:00+01:00")
    assert payload.modified == datetime(2026, 11, 25, 10, tzinfo=UTC)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


@given(st.dictionaries(st.sampled_from([*json_schema()["properties"], "tag", "auhtor"]), JSON))
def test_no_json_object_ever_crashes(fields: dict[str, Any]) -> None:
    with suppress(BookpostError):
        assert read_payload(json.dumps({**MINIMAL, **fields}).encode(), folder=None).title
