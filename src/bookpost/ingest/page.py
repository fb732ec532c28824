"""A whole HTML page → Article: the pictures are made plain, the article is found, and the page's facts are read."""

from bookpost.article import Article
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.extract import Extracted, extract
from bookpost.ingest.facts import Facts


def read_page(html: str, origin: Origin, *, full_page: bool = False) -> Article:
    """The page's article; with `full_page`, all of its body. Raises NoArticleError."""
    found = Extracted(html, Facts()) if full_page else extract(html, origin.where.base_url)
    return assemble(found.html, found.facts, origin, lead_from_content=True)
