"""`bookpost init`: asks for the account and the e-reader, and writes the configuration."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bookpost.service.cli.common import config_option

if TYPE_CHECKING:
    from bookpost.service.providers import Provider
    from bookpost.service.setup import Reader, Sender

_OTHER = "other"
Check = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flags:
    """What the command line says; what it does not say is asked for on a terminal."""

    provider: str | None
    host: str | None
    port: int | None
    tls: str | None
    ca_file: Path | None
    sender: str | None
    username: str | None
    password_file: Path | None
    password_stdin: bool
    client_id: str | None
    kindle: str | None
    address: str | None
    folder: Path | None
    device: str | None
    name: str | None


@click.command("init")
@click.option("--provider", metavar="NAME", help="Who takes your mail: gmail, icloud, fastmail, gmx, posteo, outlook … or `other`.")
@click.option("--host", metavar="NAME", help="The mail server, for `other` or instead of the provider's.")
@click.option("--port", type=int, help="Its port.")
@click.option("--tls", type=click.Choice(["starttls", "implicit"]), help="How the connection is secured.")
@click.option("--ca-file", type=click.Path(path_type=Path, exists=True), help="Certificates to trust, for a server of your own.")
@click.option("--sender", metavar="ADDRESS", help="The address that mail comes from.")
@click.option("--username", metavar="NAME", help="The login; default: the sender's address.")
@click.option("--password-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A file that holds the password.")
@click.option("--password-stdin", is_flag=True, help="Read the password (OAuth 2: the refresh token) from standard input.")
@click.option("--client-id", metavar="ID", help="OAuth 2: your client's id.")
@click.option("--kindle", metavar="ADDRESS", help="Your Kindle's Send to Kindle address.")
@click.option("--address", metavar="ADDRESS", help="Another e-reader's mail address, or any mailbox.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="A folder instead of mail.")
@click.option("--device", metavar="NAME", help="The e-reader's profile; `bookpost devices` lists them.")
@click.option("--name", metavar="NAME", help="What to call the e-reader: `bookpost send … --to NAME`.")
@click.option("--force", is_flag=True, help="Replace a configuration that is there.")
@config_option
def command(config: Path | None, force: bool, **said: Any) -> None:
    """Set up an account to send by and an e-reader to send to.

    What no option says is asked for. The configuration and the password's file can be read by you only.
    """
    from bookpost.service.layers import config_file
    from bookpost.service.settings import load_settings
    from bookpost.service.setup import doubts, next_steps, refuse_existing, write_setup

    flags = _Flags(**said)
    path, _ = config_file(config, os.environ)
    refuse_existing(path, force=force)
    reader = _reader(flags)
    sender = None if flags.folder else _sender(flags)
    for written in write_setup(path, sender, reader, force=force):
        click.echo(f"wrote {written}")
    load_settings(path)
    if doubt := doubts(reader):
        click.echo(f"warning: {doubt}", err=True)
    click.echo("")
    for line in next_steps(sender.keys["sender"] if sender else None, reader, config=config):
        click.echo(line)


def _reader(flags: _Flags) -> "Reader":
    from bookpost.device import find_device
    from bookpost.service.setup import Reader

    device = find_device(flags.device).name if flags.device else None
    if flags.folder:
        return Reader(name=flags.name or "folder", keys={"folder": str(flags.folder.absolute()), "device": device})
    if flags.address:
        address = _address(flags.address)
        pocketbook = address.lower().endswith("@pbsync.com")
        name = flags.name or ("pocketbook" if pocketbook else "reader")
        device = device or ("pocketbook" if pocketbook else "original")
        return Reader(name=name, keys={"account": "mine", "address": address, "device": device})
    kindle = _asked(flags.kindle, "--kindle", "Your Kindle's mail address (Amazon: Content & Devices, Preferences)", _address)
    return Reader(name=flags.name or "kindle", keys={"account": "mine", "address": kindle, "device": device or "kindle"}, kindle=True)


def _sender(flags: _Flags) -> "Sender":
    from bookpost.service.providers import provider_of, providers
    from bookpost.service.setup import Sender

    sender = _asked(flags.sender, "--sender", "Your own mail address, that documents come from", _address)
    guess = provider_of(sender)
    names = f"Your mail provider ({', '.join(providers())}, or {_OTHER})"
    named = _asked(flags.provider, "--provider", names, _provider, default=guess.name if guess else None)
    provider = providers().get(named)
    if provider:
        click.echo(f"{provider.label}: {provider.note}. (Not tried by us: tell us how it went.)" if not provider.tried else provider.note)
    keys: dict[str, Any] = {"preset": provider.name if provider else None, **_server(flags, provider), "sender": sender}
    keys["username"] = _asked(flags.username, "--username", "The login there", str.strip, default=sender)
    if provider and provider.password == "none":  # noqa: S105 - a kind of password
        keys["client_id"] = _asked(flags.client_id, "--client-id", "The client id of your application there", str.strip)
        return Sender(name="mine", keys=keys, secret_key="token_file", secret=_secret(flags, "The refresh token"))  # noqa: S106
    if flags.password_file:
        return Sender(name="mine", keys=keys | {"password_file": str(flags.password_file.absolute())})
    return Sender(name="mine", keys=keys, secret=_secret(flags, "The password there"))


def _server(flags: _Flags, provider: "Provider | None") -> dict[str, Any]:
    given = {"host": flags.host, "port": flags.port, "tls": flags.tls, "ca_file": str(flags.ca_file.absolute()) if flags.ca_file else None}
    if provider is None:
        given["host"] = _asked(flags.host, "--host", "The mail server's name, for instance smtp.example.org", str.strip)
        given["tls"] = flags.tls or ("implicit" if flags.port == 465 else "starttls")
        given["port"] = flags.port or (465 if given["tls"] == "implicit" else 587)
    return given


def _secret(flags: _Flags, what: str) -> str:
    if flags.password_stdin:
        secret = sys.stdin.readline().strip()
    elif _interactive():
        secret = str(click.prompt(what, hide_input=True)).strip()
    else:
        raise click.UsageError("say `--password-file` or `--password-stdin`")
    if not secret:
        raise click.UsageError("the password is empty")
    return secret


def _asked(value: str | None, flag: str, question: str, check: Check, *, default: str | None = None) -> str:
    """The flag's value, else the answer on a terminal, else the default; what is wrong is asked for again."""
    if value is not None:
        return check(value)
    if _interactive():
        return str(click.prompt(question, default=default, value_proc=check))
    if default is None:
        raise click.UsageError(f"say `{flag}` (there is no terminal to ask on)")
    return default


def _interactive() -> bool:
    return sys.stdin.isatty()


def _address(text: str) -> str:
    from bookpost.errors import DeliveryError
    from bookpost.mail.message import checked_address

    try:
        return checked_address(text.strip(), "this")
    except DeliveryError as error:
        raise click.UsageError(f"{error.message}; {error.hint}") from error


def _provider(text: str) -> str:
    from bookpost.service.providers import find_provider

    name = text.strip().lower()
    try:
        return name if name == _OTHER else find_provider(name).name
    except ValueError as error:
        raise click.UsageError(f"{error}, or `{_OTHER}`") from error
