"""The reference page of the normalized article, from its JSON Schema."""

import json
from collections.abc import Mapping
from typing import Any

from bookpost.ingest.payload import json_schema

_HEAD = """\
# The normalized article

The JSON that bookpost reads and writes: an article without its page. `bookpost convert article.json` makes a book of it,
`bookpost convert page.html --format article` makes it of anything else, and `bookpost schema` prints the JSON Schema (draft 2020-12)
that this page is generated from.

A field that is not in this list is an error, and so is a value of another kind: bookpost names all of them at once, each with its path
and what to write instead. A field that may be left out may also be `null`, except lists, which may be empty. JSON is UTF-8
(a byte order mark is read over).

"""
_FOOT = """
## What happens to it

- **Content** passes the allow-list of [clean content](content.md), whatever it is. A heading at its start that repeats
  the title is dropped.
- **Pictures** with a relative `src` are read from the folder of the JSON file and below, never from elsewhere, whatever
  the path or a symbolic link says; only what is a picture is read. On standard input there is no such folder: use `data:`
  URIs. A picture that cannot be had (an address that was not fetched, a missing file, broken data) stays in the article
  without its bytes: the book shows its alternative text, its caption and its link.
- **Texts** of one line lose control characters, line breaks and bidirectional overrides; over 300 characters (excerpt and
  notes: 1,000) they are cut at a word with `…`. At most 50 authors and 50 tags are kept.
- **Language**: a tag is written in its canonical case (`en_us` → `en-US`). A text whose script cannot be the stated
  language's is taken for what it is, and a note says so.
- **Size**: at most 256 MB of JSON and 10 MB of content without its `data:` URIs; a picture has at most 50 MB.

Written and read again, an article is the same article: same facts, same content, same pictures, and the same pictures missing.
"""


def article_page() -> str:
    """The page, field by field."""
    schema = json_schema()
    required = set(schema["required"])
    fields = [_field(name, field, required=name in required) for name, field in schema["properties"].items()]
    return _HEAD + _example(schema["properties"]) + "\n".join(fields) + _FOOT


def _example(fields: Mapping[str, Mapping[str, Any]]) -> str:
    article = {name: field["examples"][0] for name, field in fields.items() if name != "notes"}
    return f"```json\n{json.dumps(article, ensure_ascii=False, indent=2)}\n```\n\n"


def _field(name: str, field: Mapping[str, Any], *, required: bool) -> str:
    examples = ", ".join(f"`{json.dumps(example, ensure_ascii=False)}`" for example in field["examples"])
    lines = [
        f"## `{name}`",
        "",
        field["description"],
        "",
        f"{_kind(field)}; {'required' if required else 'may be left out'}. For instance {examples}.",
    ]
    return "\n".join([*lines, ""])


def _kind(field: Mapping[str, Any]) -> str:
    """The kinds of JSON value that it takes, in words."""
    kinds = [*_kinds(field)]
    return " or ".join(dict.fromkeys(kinds)).capitalize()


def _kinds(field: Mapping[str, Any]) -> list[str]:
    if "anyOf" in field:
        return [kind for option in field["anyOf"] for kind in _kinds(option)]
    if "const" in field:
        return [f"the number {field['const']}"]
    if "enum" in field:
        return [f"`{value}`" for value in field["enum"]]
    named = {"date": "a day", "date-time": "a moment with its zone", "uri": "an address"}
    plain = {"string": "a text", "array": "a list of texts", "null": ""}
    kind = named.get(field.get("format", "")) or plain[field["type"]]
    return [kind] if kind else []
