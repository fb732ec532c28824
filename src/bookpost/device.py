"""Device: the profile of an e-reader, and the shipped profiles (`devices.toml`).

A user's own profiles have the same keys as the shipped ones (`[devices.NAME]` in the configuration).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from bookpost.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What an e-reader shows and takes.

    `width`, `height` are the screen's pixels held upright and `dpi` its pixels per inch; `colour` says whether
    pictures keep their colours; `formats` are what it reads, best first; `max_bytes` is the largest document it takes
    (None: unknown); `keep_pictures` leaves pictures that any e-reader shows as they are; `ascii_names` limits file
    names to `[A-Za-z0-9._-]` and `name_length` limits their length.
    """

    name: str
    label: str
    vendor: str
    width: int
    height: int
    dpi: int
    colour: bool = False
    formats: tuple[str, ...] = ("epub", "pdf")
    max_bytes: int | None = None
    keep_pictures: bool = False
    ascii_names: bool = False
    name_length: int = 120

    @property
    def page_mm(self) -> tuple[float, float]:
        """The screen's width and height in millimetres."""
        return self.width / self.dpi * 25.4, self.height / self.dpi * 25.4


def device_from(name: str, table: Mapping[str, Any]) -> Device:
    """A profile from its TOML table; raises ConfigError naming every wrong key."""
    known = {f.name for f in fields(Device)} - {"name"}
    if unknown := sorted(set(table) - known):
        raise ConfigError(
            f"device `{name}`: unknown key {', '.join(f'`{k}`' for k in unknown)}", hint=f"known keys: {', '.join(sorted(known))}"
        )
    values = dict(table)
    if "formats" in values:
        values["formats"] = tuple(values["formats"])
    try:
        return Device(name=name, **values)
    except TypeError as error:
        raise ConfigError(f"device `{name}`: {error}", hint="see `config.example.toml`") from error


@cache
def shipped_devices() -> Mapping[str, Device]:
    """The shipped profiles by name."""
    tables = tomllib.loads(files("bookpost").joinpath("devices.toml").read_text("utf-8"))
    return MappingProxyType({name: device_from(name, table) for name, table in tables.items()})


def find_device(name: str, own: Mapping[str, Device] = MappingProxyType({})) -> Device:
    """The profile with this name, the user's `own` before the shipped; raises ConfigError naming the nearest."""
    known = {**shipped_devices(), **own}
    if name not in known:
        near = get_close_matches(name, known, 1)
        raise ConfigError(f"no device `{name}`", hint=f"did you mean `{near[0]}`?" if near else "`bookpost devices` lists them")
    return known[name]
