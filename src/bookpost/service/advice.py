"""What is legal in a configuration and yet will most likely go wrong, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from bookpost.device import find_device
from bookpost.errors import ConfigError
from bookpost.mail.amazon import is_kindle
from bookpost.service.layers import Layers
from bookpost.service.providers import find_provider
from bookpost.service.settings import Settings

KINDLE_DOMAINS = "kindle.com, free.kindle.com, kindle.cn, free.kindle.cn"


@dataclass(frozen=True, slots=True)
class Advice:
    """What is odd, where, and what to do about it."""

    place: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}; {self.remedy}"


def advice(settings: Settings) -> list[Advice]:
    """All of it."""
    return [*_kindles(settings), *_logins(settings)]


def open_secrets(settings: Settings, layers: Layers) -> list[Advice]:
    """Passwords that stand in a configuration file which others can read."""
    if layers.file is None or not layers.file.stat().st_mode & 0o077:
        return []
    holders = [
        name
        for name, account in settings.accounts.items()
        for key in ("password", "client_secret")
        if getattr(account, key) and layers.origin(("accounts", name, key)) == "file"
    ]
    remedy = f"`chmod 600 {layers.file}`, or move it into a `password_file`"
    return [Advice(f"account `{name}`", f"its secret stands in {layers.file}, which others can read", remedy) for name in holders]


def _kindles(settings: Settings) -> Iterator[Advice]:
    own = settings.own_devices()
    for name, destination in settings.destinations.items():
        try:
            vendor = find_device(destination.device, own).vendor
        except ConfigError as error:
            yield Advice(f"destination `{name}`", error.message, error.hint or "`bookpost devices` lists them")
            continue
        if vendor == "kindle" and destination.address and not is_kindle(destination.address):
            domain = destination.address.rpartition("@")[2]
            yield Advice(
                f"destination `{name}`",
                f"its device is a Kindle, but {domain} is not a domain of Send to Kindle ({KINDLE_DOMAINS})",
                "copy the address from Amazon's settings, or name another `device`",
            )


def _logins(settings: Settings) -> Iterator[Advice]:
    for name, account in settings.accounts.items():
        if account.preset and account.auth == "password" and find_provider(account.preset).password == "none":  # noqa: S105
            yield Advice(f"account `{name}`", f"{find_provider(account.preset).label} takes no password", 'use `auth = "oauth2"`')
        if account.auth == "password" and not (account.password or account.password_file) and account.username:
            yield Advice(f"account `{name}`", "it has a `username` but no password", "set `password_file`")
