"""Values as TOML, for the configuration that bookpost writes and shows. Pure."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def toml_value(value: Any) -> str:
    """A string, number, truth value, path, or a list of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:_}" if isinstance(value, int) and value >= 1_000_000 else str(value)
    if isinstance(value, str | Path):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def toml_key(*path: str) -> str:
    """A dotted key; a part that is not a bare one is quoted."""
    return ".".join(part if _bare(part) else json.dumps(part, ensure_ascii=False) for part in path)


def _bare(part: str) -> bool:
    return part.isascii() and part.replace("-", "").replace("_", "").isalnum()
