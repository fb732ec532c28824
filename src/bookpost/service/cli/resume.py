"""`bookpost resume`: ends a pause, a person's or one that the queue made."""

from pathlib import Path

import click

from bookpost.mail import standing
from bookpost.mail.returned import send_approved
from bookpost.service.app import App
from bookpost.service.cli.common import config_option
from bookpost.service.cli.pause import kind_of


@click.command("resume")
@click.argument("name", metavar="ACCOUNT|DESTINATION")
@config_option
def command(name: str, config: Path | None) -> None:
    """Go on sending by this account, or to this destination.

    What Amazon refused because it did not know the sender is sent again: approve the sender there first.
    """
    app = App.start(config)
    kind = kind_of(app, name)
    with app.database.write() as connection:
        resumed = standing.resume(connection, kind, name)
        anew = send_approved(connection, app.queue, app.blobs, app.targets[name]) if kind == "destination" else []
    click.echo(f"{name}: goes on" if resumed else f"{name}: was not paused")
    if anew:
        click.echo(f"{name}: sent again as {', '.join(map(str, anew))}")
