"""`bookpost queue`: what waits, what was sent, what happened to it, and what a person can do about it."""

from datetime import UTC, datetime
from pathlib import Path

import click

from bookpost.errors import InputError
from bookpost.mail.mailing import Mailing
from bookpost.mail.returned import notices_of
from bookpost.mail.states import State
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, config_option, state_in_words


@click.group("queue", invoke_without_command=True)
@config_option
@click.option("--all", "all_", is_flag=True, help="Also what has ended well.")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@click.pass_context
def command(context: click.Context, config: Path | None, all_: bool, json_: bool) -> None:
    """List the mailings that wait or need somebody, and act on them."""
    context.obj = App.start(config)
    if context.invoked_subcommand is None:
        _list(context.obj, all_=all_, json_=json_)


def _list(app: App, *, all_: bool, json_: bool) -> None:
    well = (State.ACCEPTED, State.PRESUMED_DELIVERED, State.CANCELLED)
    mailings = [mailing for mailing in app.queue.mailings() if all_ or mailing.state not in well]
    if json_:
        as_json([_facts(mailing) for mailing in mailings])
        return
    for mailing in mailings:
        click.echo(f"{mailing.id:>5}  {mailing.state:<18}  {mailing.destination:<12}  {mailing.file_name}")
    if not mailings:
        click.echo("nothing waits" if not all_ else "nothing was ever sent")


@command.command("show")
@click.argument("id", type=int)
@click.pass_obj
def show(app: App, id: int) -> None:
    """One mailing with every attempt and reply."""
    mailing = _found(app, id)
    part = f", part {mailing.part} of {mailing.parts}" if mailing.parts > 1 else ""
    click.echo(f"{mailing.file_name}{part}\n  to `{mailing.destination}` by `{mailing.account}`: {state_in_words(app, mailing)}")
    click.echo(f"  enqueued {_time(mailing.made_at)}, {mailing.attempts} attempts that counted, Message-ID {mailing.message_id}")
    if mailing.state is State.QUEUED and mailing.due_at:
        click.echo(f"  due {_time(mailing.due_at)}")
    for attempt in app.queue.attempts(id):
        code = f"{attempt.code} " if attempt.code else ""
        click.echo(f"  {_time(attempt.at)}  {attempt.outcome} at {attempt.phase}: {code}{attempt.text}")
    with app.database.read() as connection:
        doubtful = [notice for notice in notices_of(connection, id) if not (notice.genuine and notice.final)]
    for notice in doubtful:
        click.echo(f"  {_time(notice.arrived_at)}  a mail from {notice.sender!r}, {notice.text}")


def _verb(name: str, new: State, help_: str) -> None:
    @command.command(name, help=help_)
    @click.argument("ids", metavar="ID...", type=int, nargs=-1, required=True)
    @click.pass_obj
    def act(app: App, ids: tuple[int, ...]) -> None:
        for id in ids:
            _found(app, id)
        changed = app.queue.change(ids, new, note=f"{name} by a person")
        for id in ids:
            click.echo(f"{id}: {new if id in changed else f'cannot {name}: it is ' + app.queue.mailings([id])[0].state}")


_verb("retry", State.QUEUED, "Send failed mailings again.")
_verb("release", State.QUEUED, "Send what is held.")
_verb("hold", State.HELD, "Hold back what waits.")
_verb("cancel", State.CANCELLED, "Never send what waits or is held.")


def _found(app: App, id: int) -> Mailing:
    if found := app.queue.mailings([id]):
        return found[0]
    raise InputError(f"no mailing {id}", hint="`bookpost queue --all` lists them")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _facts(mailing: Mailing) -> dict[str, object]:
    return {name: getattr(mailing, name) for name in mailing.__dataclass_fields__ if name != "token"}
