"""Settings: what the layers of the configuration say, checked strictly. Below the service nobody sees them.

With no file at all bookpost runs on its defaults. Raises ConfigError.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bookpost.device import Device, device_from
from bookpost.errors import ConfigError
from bookpost.mail.account import LOOPBACK, Account, Mailbox, OAuth, Tls
from bookpost.service.layers import Layers, read_layers, user_folder
from bookpost.service.providers import find_provider

Format = Literal["epub", "pdf"]


class _Section(BaseModel):
    # Deferred: a section's validator is made when its value is read; all of them at every start would take 40 ms.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ConvertSettings(_Section):
    """How books are made."""

    device: str = "kindle"
    """The e-reader to make books for; `bookpost devices` lists the names."""
    language: str = "en"
    """The language of an article that does not say and cannot be guessed (BCP 47)."""
    templates: Path | None = None
    """A folder of templates and style sheets of your own; what it does not hold is taken from the shipped ones."""


class MailboxSettings(_Section):
    """Where an account's mail arrives: rejections are read there over IMAP. Nothing in it is changed."""

    host: str
    """The IMAP server's name, for instance imap.fastmail.com."""
    port: Annotated[int, Field(gt=0, lt=65536)] = 993
    """Its port: 993 with implicit TLS, 143 with STARTTLS."""
    tls: Literal["implicit", "starttls"] = "implicit"
    """`implicit` or `starttls`."""
    username: str | None = None
    """The login; default: the account's."""
    password: SecretStr | None = None
    """The password; default: the account's. Better kept out of this file."""
    password_file: Path | None = None
    """A file that holds the password and that only you may read (mode 0600)."""
    folders: tuple[str, ...] = ()
    """What to read; default: the inbox, and the folder that the server marks as spam."""
    authserv_id: Annotated[
        tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value), Field(min_length=1)
    ]
    """The name that your mail host writes first in the `Authentication-Results` header of what you receive; may be a list."""


class AccountSettings(_Section):
    """A sender: the mail server that takes your mail, and how to log in there."""

    preset: str | None = None
    """The provider whose host, port, TLS, size and rates are used where nothing else stands here: `gmail`, `fastmail` …"""
    host: str
    """The server's name, for instance smtp.fastmail.com."""
    port: Annotated[int, Field(gt=0, lt=65536)] = 587
    """Its port: 587 with STARTTLS, 465 with implicit TLS."""
    tls: Tls = "starttls"
    """`starttls` or `implicit`; `none` only for a server on this machine."""
    sender: str
    """The address that mail comes from, exactly as it stands on a Kindle's approved list."""
    auth: Literal["password", "oauth2"] = "password"
    """How to log in: with a `password`, or by `oauth2` with a client of your own."""
    username: str | None = None
    """The login; most servers want the whole address."""
    password: SecretStr | None = None
    """The password, better kept out of this file: `password_file`, or BOOKPOST_ACCOUNTS__NAME__PASSWORD."""
    password_file: Path | None = None
    """A file that holds the password and that only you may read (mode 0600)."""
    client_id: str | None = None
    """OAuth 2: the client (application) that you registered with the provider."""
    client_secret: SecretStr | None = None
    """OAuth 2: its secret, where the provider gave one."""
    token_url: str | None = None
    """OAuth 2: the provider's token endpoint (https)."""
    scope: str | None = None
    """OAuth 2: what the token is for."""
    token_file: Path | None = None
    """OAuth 2: a file that holds the refresh token and that only you may read (mode 0600); bookpost keeps it current."""
    ca_file: Path | None = None
    """Certificates to trust beside the system's, for a server of your own."""
    per_minute: Annotated[int, Field(gt=0)] = 10
    """Messages a minute that the provider allows."""
    per_day: Annotated[int, Field(gt=0)] = 400
    """Messages a day that the provider allows."""
    size_limit: Annotated[int, Field(gt=0)] | None = None
    """The largest message in bytes, where the server does not say it itself."""
    mailbox: MailboxSettings | None = None
    """Where rejections are read; without it, silence after a server's acceptance means nothing."""

    @model_validator(mode="after")
    def _clear_text_stays_on_this_machine(self) -> Self:
        if self.tls == "none" and self.host not in LOOPBACK:
            raise ValueError(f'`tls = "none"` is for a server on this machine only, not for {self.host}')
        return self

    @model_validator(mode="before")
    @classmethod
    def _preset_fills_in(cls, table: Any) -> Any:
        if not isinstance(table, dict) or not isinstance(table.get("preset"), str):
            return table
        return find_provider(table["preset"]).preset() | table

    @model_validator(mode="after")
    def _oauth_is_whole(self) -> Self:
        if self.auth == "oauth2":
            missing = [key for key in ("username", "client_id", "token_url", "token_file") if not getattr(self, key)]
            if missing:
                raise ValueError(f'`auth = "oauth2"` needs {" and ".join(f"`{key}`" for key in missing)}')
        if self.token_url and not _secure(self.token_url):
            raise ValueError(f"`token_url` must be https, not {self.token_url}")
        return self

    @model_validator(mode="after")
    def _mailbox_has_a_login(self) -> Self:
        if self.mailbox and not (self.mailbox.username or self.username):
            raise ValueError("the mailbox needs a `username`, or the account one")
        return self

    def account(self, name: str) -> Account:
        """The account as a value, with its password read; raises ConfigError."""
        password = _password(self, name)
        facts = self.model_dump(include={"host", "port", "sender", "tls", "username", "per_minute", "per_day", "size_limit"})
        ca_file = str(self.ca_file.expanduser()) if self.ca_file else None
        return Account(name=name, password=None if self.oauth else password, oauth=self.oauth, ca_file=ca_file, **facts)

    def mailbox_of(self, name: str) -> Mailbox | None:
        """The account's mailbox as a value, with its password read, if there is one; raises ConfigError."""
        if self.mailbox is None:
            return None
        own = _password(self.mailbox, name)
        return Mailbox(
            host=self.mailbox.host,
            port=self.mailbox.port,
            tls=self.mailbox.tls,
            username=self.mailbox.username or self.username or "",
            password=own or (None if self.oauth else _password(self, name)),
            oauth=None if own else self.oauth,
            folders=self.mailbox.folders,
            authserv_ids=self.mailbox.authserv_id,
            ca_file=str(self.ca_file.expanduser()) if self.ca_file else None,
        )

    @property
    def oauth(self) -> OAuth | None:
        """Where tokens come from, when no password is used."""
        if self.auth != "oauth2" or not (self.token_url and self.client_id and self.token_file):
            return None
        return OAuth(
            token_url=self.token_url,
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value() if self.client_secret else None,
            scope=self.scope,
            token_file=str(self.token_file.expanduser()),
        )


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
    keep_days: Annotated[int, Field(gt=0)] = 90
    """How long documents are kept after they were sent; what was sent is remembered for good."""
    max_bytes: Annotated[int, Field(gt=0)] = 10_000_000_000
    """How much they may take on the disk: beyond it the oldest go early, but never one that is still to be sent."""


class NotifySettings(_Section):
    """Who is told when something needs a person: by mail, by a command, or both; at most once an hour for each cause."""

    account: str | None = None
    """The account that sends the mail; it stays silent about itself, so take another than the one you send books by."""
    address: str | None = None
    """Where the mail goes."""
    command: tuple[str, ...] = ()
    """A program and its arguments, run without a shell; it gets the trouble as JSON on standard input."""

    @model_validator(mode="after")
    def _mail_needs_both(self) -> Self:
        if bool(self.account) != bool(self.address):
            raise ValueError("[notify] needs both `account` and `address`, or neither")
        return self


class LogSettings(_Section):
    """What is written down."""

    delivery: Path | None = None
    """A file that gets one line for each attempt to send; when it is renamed (logrotate), a new one is begun."""


class Settings(_Section):
    """The whole configuration."""

    convert: ConvertSettings = ConvertSettings()
    library: LibrarySettings = LibrarySettings()
    notify: NotifySettings = NotifySettings()
    log: LogSettings = LogSettings()
    accounts: dict[str, AccountSettings] = Field(default_factory=dict)
    destinations: dict[str, DestinationSettings] = Field(default_factory=dict)
    devices: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def own_devices(self) -> dict[str, Device]:
        """The user's own e-reader profiles by name."""
        return {name: device_from(name, table) for name, table in self.devices.items()}

    @model_validator(mode="after")
    def _destinations_can_be_reached(self) -> Self:
        if self.notify.account and self.notify.account not in self.accounts:
            raise ValueError(f"[notify]: no account `{self.notify.account}`; add [accounts.{self.notify.account}]")
        for name, destination in self.destinations.items():
            if destination.account and destination.account not in self.accounts:
                raise ValueError(f"destination `{name}`: no account `{destination.account}`; add [accounts.{destination.account}]")
            if destination.account and not destination.address:
                raise ValueError(f"destination `{name}` has an account but no address to send to")
        return self

    @property
    def data_folder(self) -> Path:
        """Where bookpost keeps what it must."""
        return (self.library.folder or user_folder("XDG_DATA_HOME", ".local/share")).expanduser()

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
    return settings_from(read_layers(path, environ))


def settings_from(layers: Layers) -> Settings:
    """The layers as settings; raises ConfigError naming every fault."""
    try:
        settings = Settings.model_validate(layers.table)
        settings.own_devices()
    except ValidationError as error:
        raise ConfigError(
            "; ".join(_problem(fault) for fault in error.errors()), hint="`config.example.toml` explains every key"
        ) from error
    return settings


def _secure(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _password(section: AccountSettings | MailboxSettings, account: str) -> str | None:
    if section.password:
        return section.password.get_secret_value()
    return _secret(section.password_file.expanduser(), account) if section.password_file else None


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
        return (f"`{place}`: " if place else "") + str(fault["ctx"]["error"])
    if fault["type"] != "extra_forbidden":
        return f"`{place}`: {fault['msg'].lower()}"
    near = get_close_matches(str(fault["loc"][-1]), _keys(Settings), 1)
    return f"`{place}`: unknown key" + (f", did you mean `{near[0]}`?" if near else "")


def _keys(model: type[BaseModel]) -> list[str]:
    sections = (ConvertSettings, AccountSettings, MailboxSettings, DestinationSettings, LibrarySettings, NotifySettings, LogSettings)
    return [*model.model_fields, *(key for section in sections for key in section.model_fields)]
