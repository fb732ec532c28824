"""schema.org facts in a page's JSON-LD (`<script type="application/ld+json">`). Pure; broken data is read over, never raised."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from bookpost.ingest.bylines import split_byline
from bookpost.ingest.dates import parse_moment, plausible
from bookpost.ingest.facts import Facts

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Posting|Report|Review|Recipe|Essay|CreativeWork|ScholarlyWork)$")
_MAX_SCRIPT = 500_000
_MAX_NODES = 2000


def facts_of(scripts: Iterable[str]) -> Facts:
    """What the page's JSON-LD says about its article; the first node that is an article counts."""
    nodes = [node for script in scripts for node in _nodes(_load(script))]
    article = next((node for node in nodes if _is_article(node)), None)
    if article is None:
        return Facts()
    language = article.get("inLanguage")
    return Facts(
        title=_text(article.get("headline")) or _text(article.get("name")) or "",
        authors=tuple(name for person in _list(article.get("author")) for name in _person(person, nodes)),
        site=_text(_named(article.get("publisher"), nodes)),
        published=plausible(parse_moment(_text(article.get("datePublished")))),
        modified=plausible(parse_moment(_text(article.get("dateModified")))),
        language=_text(language.get("alternateName") if isinstance(language, dict) else language),
        excerpt=_text(article.get("description")),
        lead_picture=_picture(article.get("image"), nodes),
        tags=_tags(article.get("keywords")),
    )


def _load(script: str) -> Any:
    """The data; line breaks inside strings, CDATA and comment marks around it are common and meant well."""
    bare = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*$",
        "",
        script[:_MAX_SCRIPT],
    )
    try:
        return json.loads(bare.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(data: Any) -> Iterator[Mapping[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < _MAX_NODES:
        node, seen = waiting.pop(0), seen + 1
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _is_article(node: Mapping[str, Any]) -> bool:
    return any(isinstance(kind, str) and _ARTICLE.search(kind) for kind in _list(node.get("@type")))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str | None:
    value = next((item for item in _list(value) if isinstance(item, str) and item.strip()), None)
    return unescape(value).strip() if value else None


def _named(value: Any, nodes: list[Mapping[str, Any]]) -> Any:
    """The name of a thing that is given as a text, as an object, or as a reference to another node."""
    value = next(iter(_list(value)), None)
    if isinstance(value, dict):
        if "name" not in value and "@id" in value:
            value = next((node for node in nodes if node.get("@id") == value["@id"] and "name" in node), value)
        return value.get("name")
    return value


def _person(value: Any, nodes: list[Mapping[str, Any]]) -> tuple[str, ...]:
    return split_byline(_text(_named(value, nodes)))


def _picture(value: Any, nodes: list[Mapping[str, Any]]) -> str | None:
    value = next(iter(_list(value)), None)
    if isinstance(value, dict):
        if "url" not in value and "@id" in value:
            value = next((node for node in nodes if node.get("@id") == value["@id"] and "url" in node), value)
        return _text(value.get("url")) or _text(value.get("contentUrl"))
    return _text(value)


def _tags(value: Any) -> tuple[str, ...]:
    words = [word for item in _list(value) if isinstance(item, str) for word in unescape(item).split(",")]
    return tuple(dict.fromkeys(word.strip() for word in words if word.strip() and ":" not in word))
