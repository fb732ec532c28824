"""The whole configuration as it is in force, each value with where it came from, and no secret among them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, SecretStr

from bookpost.mail.redact import MASK
from bookpost.service.layers import SECRETS, Layers, Place
from bookpost.service.providers import find_provider
from bookpost.service.settings import AccountSettings, Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """One key: its place, its value (None: not set; a secret's is a mask), and who says so."""

    place: Place
    value: Any
    origin: str


def effective(settings: Settings, layers: Layers) -> Iterator[Entry]:
    """Every key of every section that there is."""
    for entry in _section((), settings, layers, preset=None):
        yield replace(entry, value=settings.data_folder) if entry.place == ("library", "folder") else entry


def _section(place: Place, section: BaseModel, layers: Layers, *, preset: str | None) -> Iterator[Entry]:
    if isinstance(section, AccountSettings):
        preset = section.preset
    below: list[tuple[Place, Any]] = []
    for key in type(section).model_fields:
        value, here = getattr(section, key), (*place, key)
        if isinstance(value, BaseModel | Mapping):
            below.append((here, value))
        else:
            yield Entry(here, _shown(key, value), layers.origin(here) or _else(key, preset))
    for here, value in below:
        yield from _below(here, value, layers, preset)


def _below(place: Place, value: Any, layers: Layers, preset: str | None) -> Iterator[Entry]:
    if isinstance(value, BaseModel):
        yield from _section(place, value, layers, preset=None if isinstance(value, AccountSettings) else preset)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _below((*place, key), inner, layers, preset)
    else:
        yield Entry(place, _shown(place[-1], value), layers.origin(place) or "default")


def _shown(key: str, value: Any) -> Any:
    return MASK if value is not None and (isinstance(value, SecretStr) or key in SECRETS) else value


def _else(key: str, preset: str | None) -> str:
    """Who says what nobody says."""
    return f"preset {preset}" if preset and key in find_provider(preset).preset() else "default"
