"""Markdown with YAML front matter → Article. CommonMark with tables, strikethrough, notes, definition lists and TeX between dollars.

Raises InputError when the front matter is not YAML, or holds what an article cannot have.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bookpost.article import Article
from bookpost.errors import InputError
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.bylines import split_byline
from bookpost.ingest.dates import parse_moment
from bookpost.ingest.facts import Facts, web_address
from bookpost.ingest.fragment import opening_title

_FRONT_MATTER = re.compile(r"\A\ufeff?\s*---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
MAX_FRONT_MATTER = 16 * 1024
"""Characters of front matter. PyYAML's time grows with the square of its brackets."""


def read_markdown(text: str, origin: Origin, *, url: str | None = None) -> Article:
    """The article of a Markdown text. Its title is the front matter's, else its first heading, else the file's name."""
    fields, body = front_matter(text)
    html = to_html(body)
    facts = _facts(fields, opening_title(html), url)
    return assemble(html, facts, origin)


def front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    """(the fields, the text after them); raises InputError when the block is not a YAML mapping, or larger than 16 kB."""
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    if len(found[1]) > MAX_FRONT_MATTER:
        raise InputError("its front matter is larger than 16 kB", hint="keep title, author and date there and the text below it")
    return _load(found[1]), text[found.end() :]


def to_html(markdown: str) -> str:
    """The Markdown as HTML; what is HTML in it stays."""
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin, renderer=_tex, allow_space=False, allow_digits=False)
    tokens = parser.parse(markdown)
    for before, inline, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        _stand_alone(before, inline, after)
    return str(parser.renderer.render(tokens, parser.options, {}))


def _stand_alone(before: Token, inline: Token, after: Token) -> None:
    """A picture that is a paragraph becomes a figure, and its title its caption: `![Alt](tide.jpg "Caption")`."""
    children = inline.children or []
    if before.type != "paragraph_open" or len(children) != 1 or children[0].type != "image":
        return
    before.tag = after.tag = "figure"
    if caption := children[0].attrs.pop("title", None):
        children.append(Token("html_inline", "", 0, content=f"<figcaption>{escape(str(caption))}</figcaption>"))


def _tex(source: str, options: Mapping[str, Any]) -> str:
    from latex2mathml.converter import convert

    display = "block" if options.get("display_mode") else "inline"
    try:
        return str(convert(source, display=display))
    except Exception:  # noqa: BLE001 - a parser of TeX raises anything; the formula's source is readable
        return f"<code>{escape(source)}</code>"


def _load(block: str) -> Mapping[str, Any]:
    import yaml

    try:
        if block.count("[") + block.count("{") > 500:
            raise InputError("its front matter is full of brackets", hint="keep title, author and date there")
        # Aliases let 1 kB grow into gigabytes; nobody writes front matter with them.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(block, yaml.SafeLoader)):
            raise InputError("its front matter has YAML aliases (`*name`)", hint="write the values out")
        fields = yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 2}" if mark else ""
        raise InputError(
            f"its front matter is not valid YAML{place}", hint='put a value with a colon into quotes: `title: "One: two"`'
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"its front matter cannot be read: {error}", hint="mend the value, or leave it out") from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise InputError(
            "its front matter is not a list of `name: value` lines", hint="write for instance `title: Why the tide comes twice`"
        )
    return {str(name).strip().lower(): value for name, value in fields.items()}


def _facts(fields: Mapping[str, Any], heading: str, url: str | None) -> Facts:
    direction = _text(fields, "direction", "dir")
    return Facts(
        title=_text(fields, "title") or heading,
        subtitle=_text(fields, "subtitle"),
        authors=tuple(name for raw in _texts(fields, "authors", "author", "by") for name in split_byline(raw)),
        site=_text(fields, "site", "publication", "publisher"),
        url=web_address(_text(fields, "url", "canonical", "link") or url),
        published=_moment(fields, "date", "published"),
        modified=_moment(fields, "modified", "updated", "lastmod"),
        language=_text(fields, "language", "lang"),
        direction="rtl" if direction == "rtl" else "ltr" if direction == "ltr" else None,
        excerpt=_text(fields, "excerpt", "description", "summary"),
        lead_picture=_text(fields, "lead_picture", "image", "cover"),
        tags=_texts(fields, "tags", "keywords", split=True),
    )


def _text(fields: Mapping[str, Any], *names: str) -> str | None:
    return next((str(value) for name in names if isinstance(value := fields.get(name), str | int | float) and str(value).strip()), None)


def _texts(fields: Mapping[str, Any], *names: str, split: bool = False) -> tuple[str, ...]:
    """A list, or a text (with commas between when `split`). An author may be a mapping with a `name`."""
    value = next((fields[name] for name in names if fields.get(name)), ())
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",")) if split else (value,)
    values = value if isinstance(value, list) else [value]
    named = (item.get("name") if isinstance(item, dict) else item for item in values)
    return tuple(str(item) for item in named if isinstance(item, str | int | float))


def _moment(fields: Mapping[str, Any], *names: str) -> date | datetime | None:
    value = next((fields[name] for name in names if fields.get(name)), None)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.date()
    return value if isinstance(value, date) else parse_moment(str(value)) if isinstance(value, str | int) else None
