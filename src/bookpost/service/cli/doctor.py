"""`bookpost doctor`: what this installation has, what is missing and what goes wrong, each with its remedy."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from bookpost.errors import BookpostError
from bookpost.service.cli.common import as_json, config_option
from bookpost.service.doctor.diagnosis import Diagnosis, Look, examine


@click.command("doctor")
@click.option("--send", "send", metavar="NAME", help="Also send a short trial document to this destination.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@config_option
def command(send: str | None, json_: bool, config: Path | None) -> None:
    """Look whether bookpost has what it needs, whether accounts and e-readers can be reached, and what needs you.

    Exit code 0 when it has, 69 when something that is needed does not work.
    """
    found = []
    for diagnosis in _examined(config, send):
        found.append(diagnosis)
        if not json_:
            _show(diagnosis)
    if json_:
        as_json([asdict(diagnosis) for diagnosis in found])
    click.get_current_context().exit(69 if any(diagnosis.level == "fault" for diagnosis in found) else 0)


def _show(diagnosis: Diagnosis) -> None:
    click.echo(f"{diagnosis.level:<7}  {diagnosis.subject}: {diagnosis.seen}")
    if diagnosis.remedy:
        click.echo(f"         {diagnosis.remedy}")


def _examined(config: Path | None, send: str | None) -> Iterator[Diagnosis]:
    from bookpost.service.doctor import machine

    looks = {
        "python": machine.python,
        "libraries": machine.libraries,
        "PDF": machine.pdf,
        "CJK fonts for PDF": machine.cjk_fonts,
        "language detection": machine.language,
    }
    yield from examine(looks.items())
    try:
        yield from examine(_configured(config, send))
    except BookpostError as error:
        yield Diagnosis("configuration", "fault", error.message, error.hint)


def _configured(config: Path | None, send: str | None) -> Iterator[tuple[str, Look]]:
    """The looks that need a configuration; raises ConfigError when it cannot be read."""
    from bookpost.service.app import App
    from bookpost.service.doctor import accounts, post, storage
    from bookpost.service.doctor.domain import dns_lookup, domain
    from bookpost.service.doctor.trial import trial
    from bookpost.service.layers import read_layers

    app = App.start(config)
    layers = read_layers(config, os.environ)
    yield "configuration", partial(storage.configuration, app, layers)
    yield "data folder", partial(storage.data_folder, app)
    yield "database", partial(storage.database, app)
    for name, account in app.settings.accounts.items():
        yield f"account `{name}`", partial(accounts.account, name, account)
        yield f"domain of `{name}`", partial(domain, account.sender, accounts.provider(account), dns_lookup)
        yield f"mailbox of `{name}`", partial(accounts.mailbox, name, app)
    for name, destination in app.settings.all_destinations().items():
        yield f"destination `{name}`", partial(post.destination, name, destination, app)
    yield "mailboxes", partial(post.mailbox_errors, app)
    yield "queue", partial(post.queue, app)
    if send:
        yield f"trial to `{send}`", partial(trial, app, send)
