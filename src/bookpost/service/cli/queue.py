"""`bookpost queue`: what waits, what was sent, what happened to it, and what a person can do about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from bookpost.errors import InputError
from bookpost.mail.mailing import Mailing
from bookpost.mail.returned import notices_of
from bookpost.mail.states import BY_VERB, State, Verb
from bookpost.produce.productions import Production, ProductionState
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, config_option, state_in_words

_UNMADE = {ProductionState.QUEUED: "to be made", ProductionState.WORKING: "being made", ProductionState.FAILED: "not made"}


@dataclass(frozen=True, slots=True)
class Id:
    """What a person calls a mailing (`7`), or a document that is still to be made (`p7`)."""

    number: int
    made: bool = True

    def __str__(self) -> str:
        return f"{'' if self.made else 'p'}{self.number}"


def _id(value: str) -> Id:
    digits = value.removeprefix("p")
    if not digits.isdecimal():
        raise click.BadParameter(f"`{value}` is no number of the list")
    return Id(int(digits), made=digits == value)


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
    productions = app.productions.unmade()
    mailings = app.queue.mailings() if all_ else _open(app.queue.mailings())
    if json_:
        as_json([*map(_facts, mailings), *map(_production_facts, productions)])
        return
    obstacles = app.obstacles(mailings)
    for mailing in mailings:
        why = f": {obstacles[mailing.id]}" if mailing.id in obstacles else ""
        click.echo(f"{mailing.id:>5}  {mailing.state:<18}  {mailing.destination:<12}  {mailing.file_name}{why}")
    for production in productions:
        click.echo(
            f"{f'p{production.id}':>5}  {_UNMADE[production.state]:<18}  {production.request.destination:<12}  {production.request.name}"
        )
    if not mailings and not productions:
        click.echo("nothing waits" if not all_ else "nothing was ever sent")


def _open(mailings: Sequence[Mailing]) -> list[Mailing]:
    """What has not ended well, without the forms that a later one took the place of."""
    newest = {(mailing.delivery_id, mailing.part): mailing.rung for mailing in sorted(mailings, key=lambda each: each.rung)}
    well = (State.ACCEPTED, State.PRESUMED_DELIVERED, State.CANCELLED)
    return [each for each in mailings if each.state not in well and each.rung == newest[each.delivery_id, each.part]]


@command.command("show")
@click.argument("id", type=_id)
@click.pass_obj
def show(app: App, id: Id) -> None:
    """One mailing with every attempt and reply, or a document that was not made (p1, p2 …) with the reason."""
    if id.made:
        _show_mailing(app, id.number)
    else:
        _show_production(app, id.number)


def _show_production(app: App, number: int) -> None:
    production = _found_production(app, number)
    request = production.request
    state = _UNMADE.get(production.state, production.state)
    click.echo(f"{request.name}\n  as {request.format.upper()} for `{request.destination}`: {state}, asked for {_time(production.made_at)}")
    if production.failure:
        click.echo(f"  {production.failure.message} [{production.failure.code}]")
    if hint := production.failure and production.failure.hint:
        click.echo(f"  {hint}")
    if production.note:
        click.echo(f"  {production.note}")


def _show_mailing(app: App, id: int) -> None:
    mailing = _found(app, id)
    part = f", part {mailing.part} of {mailing.parts}" if mailing.parts > 1 else ""
    click.echo(f"{mailing.file_name}{part}\n  to `{mailing.destination}` by `{mailing.account}`: {state_in_words(app, mailing)}")
    click.echo(f"  enqueued {_time(mailing.made_at)}, {mailing.attempts} attempts that counted, Message-ID {mailing.message_id}")
    if mailing.reason:
        click.echo(f"  {mailing.reason}")
    if obstacle := app.obstacles([mailing]).get(id):
        click.echo(f"  {obstacle}")
    if mailing.state is State.QUEUED and mailing.due_at:
        click.echo(f"  due {_time(mailing.due_at)}")
    for attempt in app.queue.attempts(id):
        code = f"{attempt.code} " if attempt.code else ""
        click.echo(f"  {_time(attempt.at)}  {attempt.outcome} at {attempt.phase}: {code}{attempt.text}")
    with app.database.read() as connection:
        doubtful = [notice for notice in notices_of(connection, id) if not (notice.genuine and notice.final)]
    for notice in doubtful:
        click.echo(f"  {_time(notice.arrived_at)}  a mail from {notice.sender!r}, {notice.text}")


@command.command("shape")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@click.pass_obj
def show_shape(app: App, json_: bool) -> None:
    """How many mailings wait, by destination and by age."""
    from bookpost.mail.shape import AGES, shape

    with app.database.read() as connection:
        rows = shape(connection, time.time())
    heads = [f"≤ {label}" for label, _ in AGES] + ["older"]
    if json_:
        as_json({name: dict(zip(heads, counts, strict=True)) for name, counts in rows.items()})
        return
    sums = tuple(map(sum, zip(*rows.values(), strict=True))) if rows else (0,) * len(heads)
    table = [("", "all", *heads), ("all", sum(sums), *sums), *((name, sum(counts), *counts) for name, counts in rows.items())]
    width = max(len(str(row[0])) for row in table)
    for name, *cells in table:
        click.echo(f"{name:<{width}}" + "".join(f"{cell or '.':>9}" for cell in cells))


def _verb(verb: Verb, help_: str) -> None:
    @command.command(str(verb), help=help_)
    @click.argument("ids", metavar="ID...", type=_id, nargs=-1, required=True)
    @click.pass_obj
    def act(app: App, ids: tuple[Id, ...]) -> None:
        for id in ids:
            _found(app, id.number) if id.made else _found_production(app, id.number)
        for id in ids:
            done = _change(app, id, verb)
            click.echo(f"{id}: {BY_VERB[verb][1] if done else f'cannot {verb}: it is ' + _state(app, id)}")


def _change(app: App, id: Id, verb: Verb) -> bool:
    if id.made:
        return bool(app.queue.change([id.number], verb, note=f"{verb} by a person"))
    return verb in (Verb.RETRY, Verb.CANCEL) and bool(app.productions.change([id.number], ProductionState(BY_VERB[verb][1])))


def _state(app: App, id: Id) -> str:
    return _found(app, id.number).state if id.made else _found_production(app, id.number).state


_verb(Verb.RETRY, "Send failed mailings again, make what could not be made.")
_verb(Verb.RELEASE, "Send what is held.")
_verb(Verb.HOLD, "Hold back what waits.")
_verb(Verb.CANCEL, "Never send what waits or is held.")


def _found(app: App, id: int) -> Mailing:
    if found := app.queue.mailings([id]):
        return found[0]
    raise InputError(f"no mailing {id}", hint="`bookpost queue --all` lists them")


def _found_production(app: App, number: int) -> Production:
    if found := app.productions.find([number]):
        return found[0]
    raise InputError(f"nothing to be made is called p{number}", hint="`bookpost queue` lists what waits")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _facts(mailing: Mailing) -> dict[str, object]:
    return {name: getattr(mailing, name) for name in mailing.__dataclass_fields__ if name != "token"}


def _production_facts(production: Production) -> dict[str, object]:
    failure, request = production.failure, production.request
    return {
        "id": f"p{production.id}",
        "state": _UNMADE[production.state],
        "destination": request.destination,
        "title": request.name,
        "format": request.format,
        "delivery_id": production.delivery_id,
        "error": {"code": failure.code, "message": failure.message, "hint": failure.hint} if failure else None,
        "made_at": production.made_at,
    }
