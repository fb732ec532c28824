"""Settings: one TOML file, overridden by the environment, checked strictly. Below the service nobody sees them.

The file is `--config`, else `$BOOKPOST_CONFIG`, else `bookpost/config.toml` in the user's configuration folder; with no
file at all bookpost runs on its defaults. `BOOKPOST_SECTION__KEY=value` overrides one key. Raises ConfigError.
"""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bookpost.device import Device, device_from
from bookpost.errors import ConfigError
from bookpost.mail.account import LOOPBACK, Account, Tls

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


class AccountSettings(_Section):
    """A sender: the mail server that takes your mail, and how to log in there."""

    host: str
    """The server's name, for instance smtp.fastmail.com."""
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    """Its port: 587 with STARTTLS, 465 with implicit TLS."""
    tls: Tls = "starttls"
    """`starttls` or `implicit`; `none` only for a server on this machine."""
    sender: str
    """The address that mail comes from, exactly as it stands on a Kindle's approved list."""
    username: str | None = None
    """The login; most servers want the whole address."""
    password: SecretStr | None = None
    """The password, better kept out of this file: `password_file`, or BOOKPOST_ACCOUNTS__NAME__PASSWORD."""
    password_file: Path | None = None
    """A file that holds the password and that only you may read (mode 0600)."""
    ca_file: Path | None = None
    """Certificates to trust beside the system's, for a server of your own."""
    per_minute: Annotated[int, Field(gt=0)] = 10
    """Messages a minute that the provider allows."""
    per_day: Annotated[int, Field(gt=0)] = 400
    """Messages a day that the provider allows."""
    size_limit: Annotated[int, Field(gt=0)] | None = None
    """The largest message in bytes, where the server does not say it itself."""

    @model_validator(mode="after")
    def _clear_text_stays_on_this_machine(self) -> Self:
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError(f'`tls = "none"` is for a server on this machine only, not for {self.host}')
        return self

    def account(self, name: str) -> Account:
        """The account as a value, with its password read; raises ConfigError."""
        password = self.password.get_secret_value() if self.password else None
        if self.password_file:
            password = _secret(self.password_file.expanduser(), name)
        facts = self.model_dump(exclude={"password", "password_file", "ca_file"})
        return Account(name=name, password=password, ca_file=str(self.ca_file.expanduser()) if self.ca_file else None, **facts)


class DestinationSettings(_Section):
    """A configured e-reader."""

    folder: Path | None = None
    """Where the folder courier puts documents; default: a folder of this name in the data folder's `outbox`."""
    address: str | None = None
    """The e-reader's mail address, for instance the Send to Kindle address."""
    account: str | None = None
    """The account that sends; without one, documents go into `folder`."""
    on_uncertain: Literal["hold", "resend"] = "hold"
    """When nobody can know whether a message arrived: `hold` it for you to decide, or `resend` it once."""
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
    accounts: dict[str, AccountSettings] = Field(default_factory=dict)
    destinations: dict[str, DestinationSettings] = Field(default_factory=dict)
    devices: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def own_devices(self) -> dict[str, Device]:
        """The user's own e-reader profiles by name."""
        return {name: device_from(name, table) for name, table in self.devices.items()}

    @model_validator(mode="after")
    def _destinations_can_be_reached(self) -> Self:
        for name, destination in self.destinations.items():
            if destination.account and destination.account not in self.accounts:
                raise ValueError(f"destination `{name}`: no account `{destination.account}`; add [accounts.{destination.account}]")
            if destination.account and not destination.address:
                raise ValueError(f"destination `{name}` has an account but no address to send to")
        return self

    @property
    def data_folder(self) -> Path:
        """Where bookpost keeps what it must."""
        return (self.library.folder or _user_folder("XDG_DATA_HOME", ".local/share")).expanduser()

    def all_destinations(self) -> dict[str, DestinationSettings]:
        """The configured destinations; with none, `outbox` is a folder."""
        return self.destinations or {"outbox": DestinationSettings(folder=self.data_folder / "outbox")}

    def destination(self, name: str) -> DestinationSettings:
        """The destination with this name. Raises ConfigError naming the nearest."""
        known = self.all_destinations()
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


def _secret(path: Path, account: str) -> str:
    """What a secret's file holds; a file that others can read is refused."""
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"account `{account}`: {path} can be read by others", hint=f"`chmod 600 {path}`")
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError(f"account `{account}`: cannot read {path}: {error.strerror}") from error


def _problem(fault: Any) -> str:
    place = ".".join(map(str, fault["loc"]))
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] != "extra_forbidden":
        return f"`{place}`: {fault['msg'].lower()}"
    near = get_close_matches(str(fault["loc"][-1]), _keys(Settings), 1)
    return f"`{place}`: unknown key" + (f", did you mean `{near[0]}`?" if near else "")


def _keys(model: type[BaseModel]) -> list[str]:
    sections = (ConvertSettings, AccountSettings, DestinationSettings, LibrarySettings)
    return [*model.model_fields, *(key for section in sections for key in section.model_fields)]
