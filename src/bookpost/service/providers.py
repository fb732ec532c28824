"""The mail providers that bookpost knows (`providers.toml`): what an account that names a `preset` need not say itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from bookpost.mail.account import Tls

PRESET_KEYS = ("host", "port", "tls", "size_limit", "per_minute", "per_day", "token_url", "scope")
"""What an account takes from its preset, unless it says it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider.

    `password` says which kind of password works, if any; `size_limit` is in bytes of a whole message; `domains` are those
    of its own addresses; `spf` stands in a customer's domain's SPF record and `dkim` are its selectors; `tried` says whether
    somebody of this project has logged in there.
    """

    name: str
    label: str
    host: str
    port: int
    tls: Tls
    size_limit: int
    per_minute: int
    per_day: int
    password: Literal["account", "app", "key", "none"]
    note: str
    domains: tuple[str, ...]
    tried: bool
    dkim: tuple[str, ...] = ()
    spf: str | None = None
    token_url: str | None = None
    scope: str | None = None

    def preset(self) -> dict[str, Any]:
        """The keys of an account that it fills in."""
        values = {key: getattr(self, key) for key in PRESET_KEYS}
        values["auth"] = "oauth2" if self.password == "none" else "password"  # noqa: S105 - a kind of password, not one
        return {key: value for key, value in values.items() if value is not None}


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider by name."""
    tables = tomllib.loads(files("bookpost.service").joinpath("providers.toml").read_text("utf-8"))
    lists = ("domains", "dkim")
    made = {name: table | {key: tuple(table.get(key, ())) for key in lists} for name, table in tables.items()}
    return MappingProxyType({name: Provider(name=name, **table) for name, table in made.items()})


def find_provider(name: str) -> Provider:
    """The provider of that name; raises ValueError naming the nearest."""
    if name not in providers():
        near = get_close_matches(name, providers(), 1)
        raise ValueError(f"no preset `{name}`" + (f", did you mean `{near[0]}`?" if near else f"; there are {', '.join(providers())}"))
    return providers()[name]


def provider_of(address: str) -> Provider | None:
    """The provider whose own domain an address is at, when it is one of these."""
    domain = address.rpartition("@")[2].lower()
    return next((provider for provider in providers().values() if domain in provider.domains), None)
