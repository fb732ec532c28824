"""A whole HTML page → Article: its facts are read, its pictures made plain, then the article is found in it.

Raises NoArticleError when nothing in the page reads like an article, TooLargeError when there is too much of it.
"""

from dataclasses import replace

from lxml import etree

from bookpost.article import Article
from bookpost.clean.page import Page
from bookpost.clean.parse import legal, shallow
from bookpost.clean.pictures import best_address, choose_sources, unveil_noscript
from bookpost.clean.vocabulary import DROP
from bookpost.dom import Element, elements, remove, text_of, unwrap
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.bylines import split_byline
from bookpost.ingest.dates import date_by_look
from bookpost.ingest.extract import Extracted, extract
from bookpost.ingest.facts import Facts
from bookpost.ingest.head import address_of, base_of, marked, read_head
from bookpost.ingest.inline import Aside, set_aside
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.titles import same_words

_OWNERS_CONTENT = ("pf-content", "print-only", "print-content")
"""How a site's owner marks the article for print services (Print Friendly's documented classes and ids)."""
_CLASS = "data-bookpost-class"
_ENOUGH = 200
"""Characters of text in an owner's mark that make it an article."""


def read_page(html: str, origin: Origin, *, full_page: bool = False) -> Article:
    """The page's article; with `full_page`, all of its body."""
    aside = set_aside(html)
    html = aside.html
    root = parse_page(html)
    address = address_of(root, html, origin.where.base_url)
    base = base_of(root, address)
    said = read_head(root, address)
    plain_pictures(root, base)
    found = _whole(root) if full_page else _marked_by_owner(root) or _extracted(root, base)
    facts = _joined(said, found.facts, html, address)
    where = Whereabouts(origin.where.folder, base)
    return assemble(Aside(found.html, aside.uris), facts, replace(origin, where=where))


def parse_page(html: str) -> Element:
    """The page's `html` element, whatever the page is."""
    data = legal(html)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True)
    root = etree.fromstring(data, parser)
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        root = etree.fromstring(shallow(data.decode()).encode(), parser)
    return root if root is not None else etree.Element("html")


def plain_pictures(root: Element, base_url: str | None) -> None:
    """Every picture becomes an `img` with its best address in `src`, in place, so that an extractor knows it for a picture."""
    body = root.find("body")
    page = Page(root if body is None else body, base_url=base_url)
    unveil_noscript(page)
    choose_sources(page)
    for dropped in elements(root, DROP):
        if dropped.getparent() is not None:
            remove(dropped)
    for wrapper in elements(root, "x-noscript", "x-source", "picture"):
        unwrap(wrapper)
    for image in elements(page.body, "img", "amp-img", "amp-anim"):
        address = best_address(image, base_url)
        kept = {name: value for name in ("alt", "title", "width", "height", "class", "id", "style") if (value := image.get(name))}
        image.tag = "img"
        image.attrib.clear()
        for name, value in (*kept.items(), *([("src", address)] if address else [])):
            image.set(name, value)


def _extracted(root: Element, base_url: str | None) -> Extracted:
    """What the extractor finds. It drops classes, and `clean` knows credits, verse and programming languages by them: they travel apart."""
    for element in root.iter("*"):
        if name := element.get("class"):
            element.set(_CLASS, name)
    found = extract(_html(root), base_url)
    return replace(found, html=found.html.replace(f' {_CLASS}="', ' class="'))


def _whole(root: Element) -> Extracted:
    body = root.find("body")
    return Extracted(_html(root if body is None else body), Facts())


def _marked_by_owner(root: Element) -> Extracted | None:
    found = [element for element in marked(root, *_OWNERS_CONTENT) if element.tag != "body"]
    outermost = [element for element in found if not any(other in found for other in element.iterancestors())]
    if sum(len(text_of(element)) for element in outermost) < _ENOUGH:
        return None
    return Extracted("".join(map(_html, outermost)), Facts())


def _html(element: Element) -> str:
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def _joined(said: Facts, found: Facts, html: str, address: str | None) -> Facts:
    """What the page's head says, and where it is silent, what the extractor saw in the text."""
    site = said.site or found.site
    authors = said.authors or tuple(name for byline in found.authors for name in split_byline(byline) if not same_words(name, site or ""))
    return replace(
        said,
        title=said.title or found.title,
        authors=authors,
        site=site,
        published=said.published or date_by_look(html, address),
        excerpt=said.excerpt or found.excerpt,
        language=said.language or found.language,
        lead_picture=said.lead_picture or found.lead_picture,
    )
