"""`bookpost resume`: ends a pause, a person's or one that the queue made."""

from pathlib import Path

import click

from bookpost.mail import standing
from bookpost.service.app import App
from bookpost.service.cli.common import config_option
from bookpost.service.cli.pause import kind_of


@click.command("resume")
@click.argument("name", metavar="ACCOUNT|DESTINATION")
@config_option
def command(name: str, config: Path | None) -> None:
    """Go on sending by this account, or to this destination."""
    app = App.start(config)
    with app.database.write() as connection:
        resumed = standing.resume(connection, kind_of(app, name), name)
    click.echo(f"{name}: goes on" if resumed else f"{name}: was not paused")
