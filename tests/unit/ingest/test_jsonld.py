"""schema.org data in a page, however it is written."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.ingest.facts import Facts
from bookpost.ingest.jsonld import facts_of

ARTICLE = {
    "@type": ["NewsArticle"],
    "headline": "Tides &amp; time",
    "author": [{"@type": "Person", "name": "Ana Ruiz"}, "By Bo Li"],
    "publisher": {"@type": "Organization", "name": "The Review"},
    "datePublished": "2026-11-24T08:30:00Z",
    "dateModified": "2026-11-25",
    "image": {"url": "https://example.org/a.jpg"},
    "keywords": "sea, moon",
    "inLanguage": "en-GB",
    "description": "Why twice?",
}
FACTS = Facts(
    title="Tides & time",
    authors=("Ana Ruiz", "Bo Li"),
    site="The Review",
    published=datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    modified=date(2026, 11, 25),
    language="en-GB",
    excerpt="Why twice?",
    lead_picture="https://example.org/a.jpg",
    tags=("sea", "moon"),
)


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(ARTICLE),
        json.dumps([{"@type": "WebSite", "name": "x"}, ARTICLE]),
        json.dumps({"@graph": [{"@type": "BreadcrumbList"}, ARTICLE]}),
        json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}),
        f"<!--\n{json.dumps(ARTICLE)}\n-->",
        f"//<![CDATA[\n{json.dumps(ARTICLE)};\n//]]>",
        json.dumps(ARTICLE).replace("Why twice?", "Why\ntwice?").replace("\\n", "\n"),
    ],
)
def test_an_article_is_found_wherever_it_stands(script: str) -> None:
    found = facts_of(["{broken", script])
    assert found.title == FACTS.title
    assert found.authors == FACTS.authors
    assert (found.published, found.modified, found.site, found.tags) == (FACTS.published, FACTS.modified, FACTS.site, FACTS.tags)
    assert (found.language, found.lead_picture) == (FACTS.language, FACTS.lead_picture)


def test_references_between_nodes_are_followed() -> None:
    graph = [
        {"@type": "Article", "headline": "T", "author": {"@id": "#a"}, "image": {"@id": "#i"}, "publisher": {"@id": "#missing"}},
        {"@id": "#a", "@type": "Person", "name": "Ana Ruiz"},
        {"@id": "#i", "@type": "ImageObject", "url": "/a.jpg"},
    ]
    found = facts_of([json.dumps({"@graph": graph})])
    assert (found.authors, found.lead_picture, found.site) == (("Ana Ruiz",), "/a.jpg", None)


def test_a_page_without_an_article_says_nothing() -> None:
    assert facts_of(['{"@type": "Organization", "name": "x"}', "", "[[[", "[" * 100_000]) == Facts()


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["@id", "@type", "name", "url"]), x),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(ARTICLE)), JSON))
def test_no_data_crashes(fields: dict[str, object]) -> None:
    assert isinstance(facts_of([json.dumps({**fields, "@type": "Article"})]), Facts)
