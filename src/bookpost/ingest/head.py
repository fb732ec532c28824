"""What a whole page says about its article beside the text: meta elements, JSON-LD, microdata, the owner's own marks.

Pure. The order in each fact is by who should know best: the owner's print marks, schema.org, Open Graph, the page's look.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from bookpost.article import Direction
from bookpost.dom import Element, text_of
from bookpost.ingest.bylines import split_byline
from bookpost.ingest.dates import parse_moment, plausible
from bookpost.ingest.facts import Facts, web_address
from bookpost.ingest.jsonld import facts_of
from bookpost.ingest.titles import choose_title, same_words

_PUBLISHED = (
    *(
        "article:published_time",
        "og:published_time",
        "datepublished",
        "date",
        "dc.date.issued",
        "dcterms.created",
        "dcterms.issued",
        "dc.date",
    ),
    *("dcterms.date", "citation_publication_date", "citation_date", "parsely-pub-date", "sailthru.date", "publish-date", "publish_date"),
    *("pubdate", "publication_date", "article.published", "cxenseparse:recs:publishtime", "originalpublicationdate", "dc.date.created"),
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "last-modified", "article.updated", "lastmod")
_AUTHOR = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "creator",
)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->|<!--\s*Page saved with SingleFile\s+url:\s*(\S+)", re.IGNORECASE)


def address_of(root: Element, html: str, base_url: str | None) -> str | None:
    """The page's canonical address: its own word when it is plausible, else where it was fetched or saved from."""
    saved = _SAVED_FROM.search(html[:4000])
    origin = base_url or (web_address(saved[1] or saved[2]) if saved else None)
    for told in (*(link.get("href") for link in _links(root, "canonical")), _metas(root).get("og:url")):
        canonical = web_address(_joined(origin, told))
        if canonical and not _is_front_page(canonical, origin):
            return canonical
    return origin


def base_of(root: Element, address: str | None) -> str | None:
    """What relative links start from: the `base` element, else the page's address."""
    for base in root.iter("base"):
        if href := base.get("href"):
            return web_address(_joined(address, href)) or address
    return address


def read_head(root: Element, address: str | None) -> Facts:
    """Everything but the language and direction of the text, each None or empty when the page does not say."""
    metas = _metas(root)
    data = facts_of(str(script.text or "") for script in root.iter("script") if "ld+json" in (script.get("type") or "").lower())
    site = _site(metas.get("og:site_name") or data.site or metas.get("application-name")) or _host(address)
    published = data.published or _moment(metas, _PUBLISHED) or _marked_moment(root, "datePublished")
    modified = data.modified or _moment(metas, _MODIFIED) or _marked_moment(root, "dateModified")
    return Facts(
        title=choose_title(root, (data.title, metas.get("og:title"), metas.get("twitter:title")), site),
        authors=_authors(root, metas, data, site),
        site=site,
        url=address,
        published=published,
        modified=modified if modified and published and modified.isoformat() > published.isoformat() else None,
        language=_language(root, metas, data),
        direction=_direction(root),
        excerpt=metas.get("og:description") or data.excerpt or metas.get("description") or metas.get("twitter:description"),
        lead_picture=_joined(
            address, metas.get("og:image") or metas.get("og:image:url") or metas.get("twitter:image") or data.lead_picture
        ),
        tags=_tags(root, metas, data),
    )


def marked(root: Element, *names: str) -> Iterator[Element]:
    """The elements with one of these classes or ids (the owner's marks for print services), in document order."""
    for element in root.iter("*"):
        if not {*(element.get("class") or "").split(), element.get("id")}.isdisjoint(names):
            yield element


def _links(root: Element, relation: str) -> Iterator[Element]:
    return (link for link in root.iter("link") if relation in (link.get("rel") or "").lower().split())


def _metas(root: Element) -> dict[str, str]:
    """The meta elements by name in lower case; the first that says something counts."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv") or "").strip().lower()
        if name and (content := (meta.get("content") or "").strip()):
            metas.setdefault(name, content)
    return metas


def _is_front_page(address: str, origin: str | None) -> bool:
    """Whether a canonical address is the site's front page while the page came from below it: a template's mistake."""
    return bool(origin) and urlsplit(address).path in ("", "/") and urlsplit(origin or "").path not in ("", "/")


def _joined(base: str | None, href: str | None) -> str | None:
    """The address made absolute, if it can be."""
    try:
        return urljoin(base or "", href.strip()) if href else None
    except ValueError:
        return None


def _site(told: str | None) -> str | None:
    """The site's name; an address in its place stands for its host."""
    return _host(told) if web_address(told) else told


def _host(address: str | None) -> str | None:
    host = (urlsplit(address).hostname or "") if address else ""
    return host.removeprefix("www.") if "." in host else None


def _moment(metas: Mapping[str, str], names: tuple[str, ...]) -> date | datetime | None:
    return next((moment for name in names if (moment := plausible(parse_moment(metas.get(name))))), None)


def _marked_moment(root: Element, prop: str) -> date | datetime | None:
    """Microdata (`itemprop`), the owner's print mark, `<time pubdate>`, hAtom's `published` class."""
    marks = {"datePublished": {"pf-date", "published", "dt-published", "entry-date"}, "dateModified": {"updated", "dt-updated"}}[prop]
    for element in root.iter("time", "meta", "abbr", "span", "p", "div"):
        named = element.get("itemprop") == prop or (prop == "datePublished" and element.get("pubdate") is not None)
        if named or not marks.isdisjoint((element.get("class") or "").split()):
            told = element.get("datetime") or element.get("content") or (element.get("title") if element.tag == "abbr" else None)
            if moment := plausible(parse_moment(told or text_of(element)[:60])):
                return moment
    return None


def _authors(root: Element, metas: Mapping[str, str], data: Facts, site: str | None) -> tuple[str, ...]:
    marks = tuple(name for element in marked(root, "pf-author") for name in split_byline(text_of(element)))
    told = (name for key in _AUTHOR if not web_address(text := metas.get(key)) for name in split_byline(text))
    return _people(marks, site) or _people(data.authors, site) or _people(tuple(told), site) or _people(_shown_authors(root), site)


def _shown_authors(root: Element) -> tuple[str, ...]:
    """The names that microdata or `rel="author"` mark, unless there are so many that they are other articles' authors."""
    found: dict[str, None] = {}
    for element in root.iter("a", "span", "meta", "div", "p"):
        if "author" in (element.get("itemprop") or "").split() or "author" in (element.get("rel") or "").lower().split():
            inner = next((inner for inner in element.iter() if inner.get("itemprop") == "name"), element)
            found.update(dict.fromkeys(split_byline(inner.get("content") or text_of(inner))))
    return tuple(found) if len(found) <= 4 else ()


def _people(names: tuple[str, ...], site: str | None) -> tuple[str, ...]:
    """The names without the site's own: `BBC News` writes nothing on BBC News."""
    return tuple(dict.fromkeys(name for name in names if not (site and same_words(name, site))))


def _language(root: Element, metas: Mapping[str, str], data: Facts) -> str | None:
    body = root.find("body")
    told = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        body.get("lang") if body is not None else None,
    )
    return next(
        (word for word in (*told, metas.get("content-language"), metas.get("language"), data.language, metas.get("og:locale")) if word),
        None,
    )


def _direction(root: Element) -> Direction | None:
    """The word of `html` or `body`, else of the outermost elements that hold most of the text."""
    body = root.find("body")
    for element in (root, body):
        if element is not None and (word := (element.get("dir") or "").lower()) in ("ltr", "rtl"):
            return "rtl" if word == "rtl" else "ltr"
    if body is None:
        return None
    turned = [element for element in body.iter("*") if (element.get("dir") or "").lower() == "rtl"]
    outermost = (
        [element for element in turned if not any(other in turned for other in element.iterancestors())] if len(turned) < 500 else []
    )
    return "rtl" if sum(len(text_of(element)) for element in outermost) * 2 > len(text_of(body)) else None


def _tags(root: Element, metas: Mapping[str, str], data: Facts) -> tuple[str, ...]:
    told = [meta.get("content") or "" for meta in root.iter("meta") if (meta.get("property") or "").lower() == "article:tag"]
    words = told or list(data.tags) or (metas.get("news_keywords") or metas.get("keywords") or "").split(",")
    # More than a dozen is text for search engines, not subjects.
    kept = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))
    return kept if len(kept) <= 12 else ()
