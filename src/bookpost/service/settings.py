"""Settings: one TOML file, overridden by the environment, checked strictly. Below the service nobody sees them.

The file is `--config`, else `$BOOKPOST_CONFIG`, else `bookpost/config.toml` in the user's configuration folder; with no
file at all bookpost runs on its defaults. `BOOKPOST_SECTION__KEY=value` overrides one key. Raises ConfigError.
"""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bookpost.device import Device, device_from
from bookpost.errors import ConfigError

Format = Literal["epub", "pdf"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class ConvertSettings(_Section):
    """How books are made."""

    device: str = "kindle"
    """The e-reader to make books for; `bookpost devices` lists the names."""
    language: str = "en"
    """The language of an article that does not say and cannot be guessed (BCP 47)."""
    templates: Path | None = None
    """A folder of templates and style sheets of your own; what it does not hold is taken from the shipped ones."""


class DestinationSettings(_Section):
    """A configured e-reader."""

    folder: Path | None = None
    """Where the folder courier puts documents; default: a folder of this name in the data folder's `outbox`."""
    address: str | None = None
    """The e-reader's mail address, for instance the Send to Kindle address."""
    sender: str | None = None
    """The address that mail comes from; a Kindle takes mail from approved senders only."""
    device: str = "kindle"
    """The e-reader's profile; `bookpost devices` lists the names."""
    formats: Annotated[tuple[Format, ...], Field(min_length=1)] = ("epub",)
    """What it is sent, best first."""


class LibrarySettings(_Section):
    """What bookpost keeps."""

    folder: Path | None = None
    """The data folder; default: `bookpost` in the user's data folder."""


class Settings(_Section):
    """The whole configuration."""

    convert: ConvertSettings = ConvertSettings()
    library: LibrarySettings = LibrarySettings()
    destinations: dict[str, DestinationSettings] = Field(default_factory=dict)
    devices: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def own_devices(self) -> dict[str, Device]:
        """The user's own e-reader profiles by name."""
        return {name: device_from(name, table) for name, table in self.devices.items()}

    @property
    def data_folder(self) -> Path:
        """Where bookpost keeps what it must."""
        return (self.library.folder or _user_folder("XDG_DATA_HOME", ".local/share")).expanduser()

    def destination(self, name: str) -> DestinationSettings:
        """The destination with this name; with none configured, `outbox` is a folder. Raises ConfigError."""
        known = self.destinations or {"outbox": DestinationSettings()}
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(f'`{k}`' for k in known)}; add [destinations.{name}]"
            raise ConfigError(f"no destination `{name}`", hint=hint)
        return known[name]


def load_settings(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the file and the environment; raises ConfigError naming every fault."""
    path = path or (Path(environ["BOOKPOST_CONFIG"]) if "BOOKPOST_CONFIG" in environ else None)
    table = _read(path or _user_folder("XDG_CONFIG_HOME", ".config") / "config.toml", required=path is not None)
    for key, value in environ.items():
        _override(table, key, value)
    try:
        settings = Settings.model_validate(table)
        settings.own_devices()
    except ValidationError as error:
        raise ConfigError(
            "; ".join(_problem(fault) for fault in error.errors()), hint="`config.example.toml` explains every key"
        ) from error
    return settings


def _user_folder(variable: str, default: str) -> Path:
    root = os.environ.get(variable)
    return (Path(root) if root else Path.home() / default) / "bookpost"


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    if not required and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _override(table: dict[str, Any], variable: str, value: str) -> None:
    """`BOOKPOST_CONVERT__DEVICE=kobo` sets `convert.device`; a value is TOML when it reads as TOML, else text."""
    if not variable.startswith("BOOKPOST_") or "__" not in variable:
        return
    *sections, key = variable.removeprefix("BOOKPOST_").lower().split("__")
    for section in sections:
        table = table.setdefault(section, {})
    try:
        table[key] = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        table[key] = value


def _problem(fault: Any) -> str:
    place = ".".join(map(str, fault["loc"]))
    if fault["type"] != "extra_forbidden":
        return f"`{place}`: {fault['msg'].lower()}"
    near = get_close_matches(str(fault["loc"][-1]), _keys(Settings), 1)
    return f"`{place}`: unknown key" + (f", did you mean `{near[0]}`?" if near else "")


def _keys(model: type[BaseModel]) -> list[str]:
    sections = (ConvertSettings, DestinationSettings, LibrarySettings)
    return [*model.model_fields, *(key for section in sections for key in section.model_fields)]
