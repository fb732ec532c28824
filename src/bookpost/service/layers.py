"""What the configuration is made of: a TOML file and the environment over it, as one table that knows where each value came from.

The file is `--config`, else `$BOOKPOST_CONFIG`, else `bookpost/config.toml` in the user's configuration folder.
`BOOKPOST_SECTION__KEY=value` overrides one key. Raises ConfigError.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bookpost.errors import ConfigError

SECRETS = ("password", "client_secret")
"""Keys whose values are never shown, and are text whatever they look like."""
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layers:
    """The merged table, the file it was read from (None: there is none), and the variable that set a place."""

    table: dict[str, Any]
    file: Path | None
    environment: dict[Place, str] = field(default_factory=dict)

    def origin(self, place: Place) -> str | None:
        """`file`, or the environment's variable, or None: nobody said it."""
        for end in range(len(place), 0, -1):
            if variable := self.environment.get(place[:end]):
                return variable
        here: Any = self.table
        for key in place:
            if not isinstance(here, dict) or key not in here:
                return None
            here = here[key]
        return "file"


def read_layers(path: Path | None, environ: Mapping[str, str]) -> Layers:
    """The file (which must be there when it was named) and the environment."""
    file, required = config_file(path, environ)
    table = _read(file) if required or file.exists() else {}
    layers = Layers(table, file if required or file.exists() else None)
    for variable, value in environ.items():
        if variable.startswith("BOOKPOST_") and "__" in variable:
            _override(layers, variable, value)
    return layers


def config_file(path: Path | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Where the file is, and whether somebody named it."""
    if path or "BOOKPOST_CONFIG" in environ:
        return (path or Path(environ["BOOKPOST_CONFIG"])).expanduser(), True
    return user_folder("XDG_CONFIG_HOME", ".config", environ) / "config.toml", False


def user_folder(variable: str, default: str, environ: Mapping[str, str] = os.environ) -> Path:
    """`bookpost` in one of the user's folders (XDG base directories)."""
    root = environ.get(variable)
    return (Path(root) if root else Path.home() / default) / "bookpost"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="`bookpost init` writes one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _override(layers: Layers, variable: str, value: str) -> None:
    """`BOOKPOST_CONVERT__DEVICE=kobo` sets `convert.device`; a value is TOML when it reads as TOML, else text."""
    table, place = layers.table, []
    *sections, key = variable.removeprefix("BOOKPOST_").lower().split("__")
    for section in sections:
        place.append(_spelling(section, table))
        table = table.setdefault(place[-1], {})
        if not isinstance(table, dict):
            raise ConfigError(f"{variable}: `{'.'.join(place)}` is a value, not a section")
    key = _spelling(key, table)
    table[key] = value if key in SECRETS else _value(value)
    layers.environment[(*place, key)] = variable


def _spelling(name: str, table: Mapping[str, Any]) -> str:
    """The name as the file spells it: a variable knows neither small letters nor hyphens."""
    return next((key for key in table if key.lower().replace("-", "_") == name), name)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"v = {text}")["v"]
    except tomllib.TOMLDecodeError:
        return text
