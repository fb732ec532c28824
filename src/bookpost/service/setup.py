"""A first configuration: what `bookpost init` was told, as files that only their owner can read, and what to do next.

Raises ConfigError rather than replace a file.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bookpost.errors import ConfigError
from bookpost.mail.amazon import is_kindle
from bookpost.service.advice import KINDLE_DOMAINS
from bookpost.service.toml import toml_key, toml_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The account: its keys as they stand in the file (without its secret), and the secret, where a file is to be made of it.

    `secret_key` is the key that names the secret's file.
    """

    name: str
    keys: dict[str, Any]
    secret_key: str = "password_file"  # noqa: S105 - the name of a key
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The destination: its name and its keys, and whether it is meant to be a Kindle."""

    name: str
    keys: dict[str, Any]
    kindle: bool = False

    @property
    def address(self) -> str | None:
        """Its mail address; None for a folder."""
        return self.keys.get("address")


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raises ConfigError for a file that is there, unless it may be replaced."""
    if path.exists() and not force:
        raise ConfigError(f"{path} is there already", hint="edit it, or let `--force` replace it")


def write_setup(path: Path, sender: Sender | None, reader: Reader, *, force: bool) -> list[Path]:
    """Write the configuration, and the secret's file before it; returns what was written."""
    path, written = path.absolute(), []
    keys = dict(sender.keys) if sender else {}
    if sender and sender.secret is not None:
        secret_file = path.with_name(f"{sender.name}.{sender.secret_key.removesuffix('_file')}")
        refuse_existing(secret_file, force=force)
        refuse_existing(path, force=force)
        written.append(_write(secret_file, sender.secret + "\n", force=force))
        keys[sender.secret_key] = str(secret_file)
    text = "# Written by `bookpost init`; `config.example.toml` explains every key.\n"
    if sender:
        text += _table(("accounts", sender.name), keys)
    text += _table(("destinations", reader.name), reader.keys)
    written.append(_write(path, text, force=force))
    return written


def next_steps(sender: str | None, reader: Reader, *, config: Path | None) -> Iterator[str]:
    """What is left for the person to do, in lines; the last is the command to type. `config` is a file that must be named."""
    if sender and reader.address:
        if reader.kindle:
            yield "Amazon takes mail only from senders that you have approved. Approve exactly this address:"
            yield f"    {sender}"
            yield "On Amazon's site of your country: Account & Lists, Content & Devices, Preferences, Personal Document Settings,"
            yield "Approved Personal Document E-mail List, Add a new approved e-mail address."
            yield "The whole address is needed: a domain alone is not taken any more."
        elif reader.address.lower().endswith("@pbsync.com"):
            yield "PocketBook takes mail from senders that you trust. It asks you by mail to confirm a new one, which is"
            yield f"    {sender}"
        else:
            yield f"Documents come from {sender}: if they land among the spam, mark that address as wanted."
        yield ""
    yield "Now try it:"
    yield f"    bookpost doctor --send {reader.name}" + (f" --config {config}" if config else "")


def doubts(reader: Reader) -> str | None:
    """What is odd about the address, in words."""
    if reader.kindle and reader.address and not is_kindle(reader.address):
        return f"{reader.address.rpartition('@')[2]} is not a domain of Send to Kindle ({KINDLE_DOMAINS}); look again in Amazon's settings"
    return None


def _table(name: tuple[str, ...], keys: dict[str, Any]) -> str:
    lines = [f"{key} = {toml_value(value)}" for key, value in keys.items() if value is not None]
    return "\n".join(("", f"[{toml_key(*name)}]", *lines, ""))


def _write(path: Path, text: str, *, force: bool) -> Path:
    """Make the file for its owner only; without `force` one that has appeared meanwhile is left alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}") if force else path
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigError(f"{path} is there already", hint="edit it, or let `--force` replace it") from error
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return draft.replace(path)
