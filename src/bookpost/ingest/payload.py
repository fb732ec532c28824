"""The normalized article as JSON: bookpost's published contract, as strict models, and its reader.

Every fault of a bad article is told at once, in words for people (PayloadError.problems). The content always passes `clean`.
"""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, Strict, ValidationError, WithJsonSchema

from bookpost.article import Article
from bookpost.errors import InputError, PayloadError
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.facts import Facts, web_address
from bookpost.ingest.local import Whereabouts
from bookpost.ingest.moments import exact_moment
from bookpost.ingest.problems import problems_of
from bookpost.ingest.write import write_payload

__all__ = ["ArticlePayload", "json_schema", "parse_payload", "read_payload", "write_payload"]

VERSION = 1


def _address(value: str) -> str:
    if not web_address(value):
        raise ValueError("is not an address: write it whole, for instance `https://example.org/tides`, or leave the field out")
    return value.strip()


def _language(value: str) -> str:
    from bookpost.clean.language import normalise_language

    if not (tag := normalise_language(value)):
        raise ValueError(f"`{value[:40]}` is not a language: write its BCP 47 tag, for instance `en`, `pt-BR` or `zh-Hant`")
    return tag


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty: write something, or leave the field out if it is not required")
    return value


Text = Annotated[str, AfterValidator(_not_blank)]
Address = Annotated[
    str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"})
]
Language = Annotated[str, AfterValidator(_language), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"})]
Moment = Annotated[
    date | datetime,
    PlainValidator(exact_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}),
]
Texts = Annotated[tuple[Text, ...], Strict(False), WithJsonSchema({"type": "array", "items": {"type": "string"}})]


class ArticlePayload(BaseModel):
    """A normalized article, version 1. Unknown fields are errors; every field but `version`, `title` and `content` may be left out."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", title="Normalized article", allow_inf_nan=False)

    version: Literal[1] = Field(description="The version of this contract.", examples=[1])
    title: Text = Field(
        description="The article's title, without the site's name. White space is folded; a title over 300 characters is cut at a word.",
        examples=["Why the tide comes twice"],
    )
    content: Text = Field(
        description=(
            "The article as HTML: a fragment, without its title. It always passes bookpost's allow-list. A picture is an "
            "`<img>` whose `src` is a file beside the JSON (a relative path, that folder and below only), a `data:` URI, "
            "or an http(s) address."
        ),
        examples=['<p>The sea rises <em>twice</em> a day.</p><figure><img src="tide.jpg" alt="A harbour at ebb"/></figure>'],
    )
    subtitle: Text | None = Field(None, description="A second line of the title.", examples=["A walk along two bulges of water"])
    authors: Texts = Field((), description="Who wrote it: one name for each entry, without `By`.", examples=[["Ana Ruiz", "Bo Li"]])
    site: Text | None = Field(None, description="The name of the site or the magazine.", examples=["The Example Review"])
    url: Address | None = Field(
        None,
        description="The canonical address (http or https): names the article for good, and relative links in `content` start from it.",
        examples=["https://example.org/tides"],
    )
    published: Moment | None = Field(
        None, description="When it appeared: a day, or a moment with its zone.", examples=["2026-11-24", "2026-11-24T08:30:00+01:00"]
    )
    modified: Moment | None = Field(
        None, description="When it was last changed: a day, or a moment with its zone.", examples=["2026-11-25T10:00:00Z"]
    )
    language: Language | None = Field(
        None,
        description="The language as a BCP 47 tag. When it is left out, it is detected or assumed, and the book says so.",
        examples=["en-GB"],
    )
    direction: Literal["ltr", "rtl"] | None = Field(
        None, description="The text's direction; when it is left out, it follows from the language.", examples=["ltr"]
    )
    excerpt: Text | None = Field(
        None, description="The article in a sentence or two.", examples=["Two high waters a day, and one Moon: how can that be?"]
    )
    lead_picture: Text | None = Field(
        None,
        description="The picture for the cover: a `src` as in `content`; the picture may stand in `content` too.",
        examples=["tide.jpg"],
    )
    tags: Texts = Field((), description="Subjects, in the site's own words.", examples=[["sea", "physics"]])
    notes: Texts = Field(
        (),
        description="What is missing or was assumed on the way here, in words for the reader.",
        examples=[["the language was not stated; English is assumed"]],
    )


def json_schema() -> dict[str, Any]:
    """The contract as JSON Schema (draft 2020-12): every field with a description and examples."""
    schema = ArticlePayload.model_json_schema()
    for field in schema["properties"].values():
        field.pop("title", None)
        if field.get("default", ...) is None:
            del field["default"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def read_payload(data: bytes | str, *, folder: Path | None, name: str = "", default_language: str = "en") -> Article:
    """The article of this JSON; pictures with relative paths are read from `folder` and below (None: not at all).

    Raises PayloadError with all problems, NoArticleError, or InputError when it is no JSON.
    """
    fields = parse_payload(data)
    facts = Facts(**fields.model_dump(exclude={"version", "content", "lead_picture"}), lead_picture=fields.lead_picture)
    origin = Origin(name=name, where=Whereabouts(folder, fields.url), default_language=default_language)
    return assemble(fields.content, facts, origin, exact_lead=True)


def parse_payload(data: bytes | str) -> ArticlePayload:
    """The JSON as a validated payload; raises PayloadError with all problems, or InputError when it is no JSON object."""
    fields = _json_object(data)
    version = fields.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > VERSION:
        raise PayloadError(
            f"the article has version {version}; this bookpost reads version {VERSION}",
            (("version", f"is {version}, newer than {VERSION}"),),
            hint="install a newer bookpost, or write the article as version 1 (`bookpost schema` prints it)",
        )
    try:
        return ArticlePayload.model_validate(fields)
    except ValidationError as error:
        problems = problems_of(error, json_schema()["properties"])
        count = "one fault" if len(problems) == 1 else f"{len(problems)} faults"
        raise PayloadError(f"the article has {count}", problems, hint="`bookpost schema` prints the contract") from error


def _json_object(data: bytes | str) -> dict[str, Any]:
    from bookpost.ingest.decode import decode

    try:
        value = json.loads(decode(data) if isinstance(data, bytes) else data)
    except json.JSONDecodeError as error:
        raise InputError(f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}", hint="mend it there") from error
    except (RecursionError, ValueError) as error:
        raise InputError(
            "not an article: the JSON is nested too deeply or has a number too long", hint="`bookpost schema` prints the contract"
        ) from error
    if not isinstance(value, dict):
        raise InputError(
            "not an article: the JSON is not an object", hint='write `{"version": 1, …}`; `bookpost schema` prints the contract'
        )
    return value
