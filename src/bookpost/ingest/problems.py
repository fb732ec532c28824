"""What is wrong with an article's JSON, in words for people: pydantic's errors → (path, message with the way out)."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_JSON_TYPES = {
    "NoneType": "null",
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "list": "a list",
    "dict": "an object",
    "str": "a text",
}


def problems_of(error: ValidationError, fields: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Every fault, in the order of the fields. `fields` are the schema's properties: their examples are the way out."""
    known = list(fields)
    problems = [_problem(fault, fields) for fault in error.errors(include_url=False)]
    return tuple(sorted(problems, key=lambda problem: _place(problem[0], known)))


def _place(path: str, known: list[str]) -> int:
    name = path.split("[")[0]
    return known.index(name) if name in known else len(known)


def _problem(fault: Any, fields: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    name = str(fault["loc"][0])
    path = name + "".join(f"[{step}]" for step in fault["loc"][1:] if isinstance(step, int))
    return path[:200], _message(fault, name, fields, inside=path != name)


def _message(fault: Any, name: str, fields: Mapping[str, Mapping[str, Any]], *, inside: bool) -> str:
    given = _JSON_TYPES.get(type(fault["input"]).__name__, "something else")
    example = _example(name, fields, inside=inside)
    match fault["type"]:
        case "value_error":
            return str(fault["ctx"]["error"])
        case "missing":
            return f"is missing: add it, for instance `{json.dumps(name)}: {example}`"
        case "extra_forbidden":
            close = difflib.get_close_matches(name, fields, n=1, cutoff=0.6)
            return f"is not a field of an article: {f'did you mean `{close[0]}`?' if close else 'leave it out'}"
        case "string_type":
            return f"must be a text (in quotes), not {given}: for instance `{example}`"
        case "tuple_type":
            return f"must be a list, not {given}: for instance `{example}`"
        case "literal_error":
            return (
                f"must be {fault['ctx']['expected'].replace(chr(39), chr(96))}, not `{json.dumps(fault['input'], ensure_ascii=False)[:40]}`"
            )
        case _:
            return f"is not what is expected here: for instance `{example}`"


def _example(name: str, fields: Mapping[str, Mapping[str, Any]], *, inside: bool) -> str:
    example = fields.get(name, {}).get("examples", ["…"])[0]
    return json.dumps(example[0] if inside and isinstance(example, list) else example, ensure_ascii=False)
