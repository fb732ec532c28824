"""`bookpost pause` and `bookpost resume`: an account or a destination takes a rest."""

from pathlib import Path

import click

from bookpost.errors import InputError
from bookpost.mail import standing
from bookpost.mail.policy import FOREVER
from bookpost.service.app import App
from bookpost.service.cli.common import config_option


@click.command("pause")
@click.argument("name", metavar="ACCOUNT|DESTINATION")
@config_option
def command(name: str, config: Path | None) -> None:
    """Send nothing by this account, or to this destination, until it is resumed."""
    app = App.start(config)
    with app.database.write() as connection:
        standing.pause(connection, kind_of(app, name), name, until=FOREVER, reason="paused by a person")
    click.echo(f"{name}: paused; `bookpost resume {name}` goes on")


def kind_of(app: App, name: str) -> str:
    """Whether the name is an account's or a destination's; raises InputError when it is neither."""
    if name in app.settings.accounts:
        return "account"
    if name in app.targets:
        return "destination"
    raise InputError(
        f"`{name}` is neither an account nor a destination", hint=f"known: {', '.join([*app.settings.accounts, *app.targets])}"
    )
