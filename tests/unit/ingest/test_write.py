"""An article written as JSON and read again is the same article: steps can be piped into each other."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bookpost.article import Article, Image
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.facts import Facts
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.payload import read_payload
from bookpost.ingest.write import write_payload

CONTENT = (
    '<p>The sea rises <em>twice</em> a day.</p><figure><img src="tide.png" alt="A harbour"/><figcaption>At ebb.</figcaption></figure>'
    '<figure><img src="https://example.org/far.jpg" alt="Far &amp; away"/></figure><p>And falls &lt;again&gt;.</p>'
)


def made(folder: Path, png: bytes, facts: Facts) -> Article:
    (folder / "tide.png").write_bytes(png)
    return assemble(CONTENT, facts, Origin(where=Whereabouts(folder, facts.url)))


def seen(article: Article) -> tuple[Article, list[tuple[str, str | None]]]:
    """The article with its pictures' bytes in place of where they lie."""
    return replace(article, images=()), [(image.alt + image.caption, image.digest()) for image in article.images]


def test_a_full_article_survives(tmp_path: Path, png: bytes) -> None:
    facts = Facts(
        title="Tides “twice”",
        subtitle="Sub",
        authors=("Ana Ruiz", "Bo Li"),
        site="Review",
        url="https://example.org/tides",
        published=datetime(2026, 11, 24, 8, 30, 1, 250, tzinfo=UTC),
        modified=date(2026, 11, 25),
        language="ar",
        excerpt="Why?",
        lead_picture="tide.png",
        tags=("sea", "moon"),
        notes=("something was assumed",),
    )
    article = made(tmp_path, png, facts)
    again = read_payload(write_payload(article), folder=None)
    assert seen(again) == seen(article)
    assert again.lead_image == "i1"
    assert again.direction == "rtl"


def test_pictures_go_beside_the_json_when_there_is_a_folder(tmp_path: Path, png: bytes) -> None:
    article = made(tmp_path, png, Facts(title="Tides"))
    out = tmp_path / "out"
    out.mkdir()
    data = write_payload(article, folder=out, stem="tides")
    assert [path.name for path in out.iterdir()] == ["tides-i1.png"]
    assert 'src=\\"tides-i1.png\\"' in data.decode()
    assert seen(read_payload(data, folder=out)) == seen(article)


def test_a_missing_picture_keeps_its_place_and_its_address(tmp_path: Path, png: bytes) -> None:
    article = made(tmp_path, png, Facts(title="Tides"))
    (tmp_path / "tide.png").unlink()
    article = assemble(CONTENT, Facts(title="Tides"), Origin(where=Whereabouts(tmp_path)))
    again = read_payload(write_payload(article), folder=tmp_path)
    assert [(image.source, image.url, image.alt) for image in again.images] == [
        (None, None, "A harbour"),
        (None, "https://example.org/far.jpg", "Far & away"),
    ]
    assert again.content == article.content


def test_a_lead_picture_outside_the_content_survives(png: bytes) -> None:
    lead = Image(id="lead", source=png)
    article = Article(title="T", content="<p>Text.</p>", language="en", images=(lead,), lead_image="lead", words=1)
    again = read_payload(write_payload(article), folder=None)
    assert again.lead_image == "lead"
    assert again.image("lead") == lead


def test_the_bytes_are_the_same_each_time_and_readable_by_people(tmp_path: Path, png: bytes) -> None:
    article = made(tmp_path, png, Facts(title="Gezeiten für alle"))
    assert write_payload(article) == write_payload(article)
    assert "Gezeiten für alle" in write_payload(article).decode()
    assert base64.b64encode(png).decode() in json.loads(write_payload(article))["content"]


TEXTS = st.text(max_size=40)


@given(title=TEXTS, authors=st.lists(TEXTS, max_size=3), site=TEXTS, day=st.dates() | st.datetimes(timezones=st.just(UTC)))
def test_any_facts_survive(title: str, authors: list[str], site: str, day: date | datetime) -> None:
    facts = Facts(title=title, authors=tuple(authors), site=site, excerpt=title, tags=tuple(authors), published=day)
    article = assemble("<p>Text to read.</p>", facts, Origin())
    assert read_payload(write_payload(article), folder=None) == article
