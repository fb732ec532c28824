"""The extractors: each gives the article or nothing, and the next one is asked."""

from dataclasses import dataclass

import pytest

from bookpost.errors import NoArticleError
from bookpost.ingest.extract import Extracted, GoReadability, LxmlReadability, extract
from bookpost.ingest.facts import Facts

PAGE = (
    "<html><head><title>The bridge</title></head><body><div class='menu'><a href='/'>Home</a></div><div class='text'>"
    + "<p>The bridge swayed slowly and widely, and nobody knew why it did, although many had seen it.</p>" * 10
    + "</div></body></html>"
)


@pytest.mark.parametrize("extractor", [GoReadability(), LxmlReadability()])
def test_each_finds_the_article(extractor: GoReadability | LxmlReadability) -> None:
    found = extractor.extract(PAGE, "https://example.org/a")
    assert found
    assert "swayed" in found.html
    assert "Home" not in found.html
    assert found.facts.title == "The bridge"


@pytest.mark.parametrize(
    "html", ["", " ", "<html></html>", "<html><body><div></div></body></html>", "\x00", "<html><body><script>x</script>"]
)
@pytest.mark.parametrize("extractor", [GoReadability(), LxmlReadability()])
def test_each_gives_nothing_for_nothing(extractor: GoReadability | LxmlReadability, html: str) -> None:
    assert extractor.extract(html, None) is None


def test_a_strange_address_does_no_harm() -> None:
    for url in (None, "", "::::", "https://[", "mailto:x"):
        assert GoReadability().extract(PAGE, url)


@dataclass(frozen=True)
class Silent:
    def extract(self, html: str, url: str | None) -> Extracted | None:
        return None


@dataclass(frozen=True)
class Sure:
    def extract(self, html: str, url: str | None) -> Extracted | None:
        return Extracted("<p>Twice a day the tide comes in.</p>", Facts())


def test_the_first_that_finds_something_counts() -> None:
    assert extract(PAGE, None, (Silent, Sure)).html == "<p>Twice a day the tide comes in.</p>"
    with pytest.raises(NoArticleError) as caught:
        extract(PAGE, None, (Silent, Silent))
    assert "scripts" in (caught.value.hint or "")
