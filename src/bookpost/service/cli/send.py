"""`bookpost send`: put the wish on the disk, then make, enqueue and carry what was asked for; the exit code says how it ended."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click

from bookpost.convert.make import FORMATS, Paper
from bookpost.document import Document, errors
from bookpost.errors import CheckError
from bookpost.mail.mailing import Mailing
from bookpost.mail.making import Maker
from bookpost.mail.states import State
from bookpost.produce.request import Request
from bookpost.service.advice import advice
from bookpost.service.app import App
from bookpost.service.cli.common import (
    as_json,
    document_facts,
    formats,
    progress,
    read_sources,
    show_findings,
    source_options,
    state_in_words,
)
from bookpost.service.housekeeping import delivery_log, nobody_works, tell_trouble
from bookpost.service.posting import Outcome, Posting, order, outcome, post, work_off
from bookpost.service.settings import DestinationSettings
from bookpost.service.window import refuse_unread, wait_out

_LATER = 75
_EXIT = {
    State.ACCEPTED: 0,
    State.PRESUMED_DELIVERED: 0,
    State.QUEUED: 75,
    State.SENDING: 75,
    State.HELD: 75,
    State.UNCERTAIN: 75,
    State.REJECTED: 69,
    State.FAILED: 69,
    State.CANCELLED: 69,
}
"""sysexits.h: 75 is EX_TEMPFAIL (it will be tried again, or somebody must decide), 69 is EX_UNAVAILABLE."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the command line says about the book and how it is sent."""

    kinds: Sequence[str]
    paper: Paper | None
    title: str | None
    templates: Path | None
    force: bool
    again: bool


@click.command("send")
@source_options
@click.option("--to", "names", required=True, metavar="NAME[,NAME]", help="The destination, from the configuration; several with commas.")
@click.option("--format", "kinds", callback=formats, metavar="LIST", help="`epub` or `pdf`; default: what the destination takes best.")
@click.option("--again", is_flag=True, help="Send what this destination was already sent.")
@click.option("--force", is_flag=True, help="Send a document although the check found errors.")
@click.option("--no-wait", is_flag=True, help="Only enqueue: a `bookpost worker` sends it.")
@click.option(
    "--until",
    type=click.Choice(["accepted", "presumed"]),
    default="accepted",
    help="`presumed`: wait out the half hour in which a rejection may come.",
)
@click.option("--json", "json_", is_flag=True, help="Say what was sent as JSON.")
def command(
    sources: tuple[str, ...],
    names: str,
    kinds: tuple[str, ...],
    paper: Paper | None,
    title: str | None,
    base_url: str | None,
    full_page: bool,
    again: bool,
    force: bool,
    no_wait: bool,
    until: str,
    json_: bool,
    templates: Path | None,
    config: Path | None,
) -> None:
    """Convert articles and hand the book to an e-reader.

    A SOURCE is what `convert` takes; an EPUB or PDF is checked and sent as it is. Several sources make one book.

    What is too big for the mail server or the e-reader is made smaller, and said so. Once the articles are stored, nothing
    is lost: what this command does not finish, a `bookpost worker` does.

    Exit code 0: accepted (or sent before); 75: it waits in the queue; else by cause: 69 refused, 65 the document has errors.
    """
    if "article" in kinds:
        raise click.UsageError("an e-reader takes `epub` or `pdf`, not `article`")
    app = App.start(config)
    destinations = app.destinations([name.strip() for name in names.split(",")])
    if until == "presumed":
        if no_wait:
            raise click.UsageError("`--no-wait` waits for nothing, `--until presumed` for half an hour")
        refuse_unread(app, [name for name, _ in destinations])
    _warn(app, destinations)
    wish = _Wish(kinds, paper, title, templates, force, again)
    finished = [Path(source) for source in sources if _is_finished(source)]
    pages = [source for source in sources if not _is_finished(source)]
    with progress() as say, delivery_log(app), closing(app.maker()) as maker:
        if pages and not no_wait:
            maker.start()
        articles = read_sources(pages, base_url=base_url, language=app.settings.convert.language, full_page=full_page)
        postings = [_post(app, path, *where, wish) for where in destinations for path in finished]
        if articles:
            postings += order(app, articles, [request for where in destinations for request in _requests(app, *where, wish)])
        if not no_wait:
            _see_through(app, postings, maker, say, presumed=until == "presumed")
            tell_trouble(app)
    outcomes = [outcome(app, posting) for posting in postings]
    _report(app, outcomes, json_=json_)
    code = max(map(_exit_code, outcomes), default=0)
    if code == _LATER and nobody_works(app):
        click.echo("warning: no worker is running; start `bookpost worker`, or nothing more is sent", err=True)
    click.get_current_context().exit(0 if no_wait else code)


def _warn(app: App, destinations: Sequence[tuple[str, DestinationSettings]]) -> None:
    """Of what is odd in the configuration, that which concerns this sending."""
    concerned = {f"destination `{name}`" for name, _ in destinations} | {f"account `{each.account}`" for _, each in destinations}
    for odd in advice(app.settings):
        if odd.place in concerned:
            click.echo(f"warning: {odd}", err=True)


def _see_through(app: App, postings: Sequence[Posting], maker: Maker, say: Callable[[str], None], *, presumed: bool) -> None:
    """Make and carry; with `presumed`, also wait out the rejections, and what is sent in answer to them."""
    waited: set[int] = set()
    while True:
        work_off(app, postings, maker, say)
        ids = {mailing.id for posting in postings for mailing in outcome(app, posting).mailings}
        if not presumed or ids == waited:
            return
        say("waiting whether it is rejected")
        wait_out(app, ids)
        waited = ids


def _is_finished(source: str) -> bool:
    """Whether the source is already what an e-reader reads, by its first bytes."""
    path = Path(source)
    if source == "-" or not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(58)
    return head.startswith(b"%PDF-") or (head.startswith(b"PK") and b"mimetypeapplication/epub+zip" in head)


def _requests(app: App, name: str, destination: DestinationSettings, wish: _Wish) -> list[Request]:
    making = app.making(device=destination.device, paper=wish.paper, templates=wish.templates)
    return [
        Request(
            destination=name,
            format=kind,
            device=making.device,
            today=app.today,
            paper=making.paper,
            title=wish.title,
            templates=making.templates.absolute() if making.templates else None,
            again=wish.again,
            force=wish.force,
        )
        for kind in FORMATS
        if kind in (wish.kinds or destination.formats[:1])
    ]


def _post(app: App, path: Path, name: str, destination: DestinationSettings, wish: _Wish) -> Posting:
    from bookpost.convert.finished import finished_document

    device = app.making(device=destination.device, paper=None, templates=None).device
    document = finished_document(path, device=device)
    _refuse_faulty(document, name, force=wish.force)
    return post(app, document, name, again=wish.again, forced=bool(errors(document.findings)))


def _refuse_faulty(document: Document, name: str, *, force: bool) -> None:
    if (faults := errors(document.findings)) and not force:
        show_findings(faults)
        raise CheckError(
            f"{document.file_name} was not sent to `{name}`: it has {len(faults)} error(s) that an e-reader may refuse it for",
            hint="`bookpost check FILE --fix OUT` repairs what can be repaired; `--force` sends it as it is",
        )


def _exit_code(outcome: Outcome) -> int:
    if outcome.failure:
        return outcome.failure.exit_code
    waits = 0 if outcome.mailings or outcome.already else 75
    return max((_EXIT[mailing.state] for mailing in outcome.mailings), default=waits)


def _report(app: App, outcomes: Sequence[Outcome], *, json_: bool) -> None:
    if json_:
        as_json([_facts(outcome) for outcome in outcomes])
        return
    reasons = {mailing.reason for each in outcomes for mailing in each.mailings}  # they are said below
    found = dict.fromkeys(finding for each in outcomes for document in each.documents for finding in document.findings)
    show_findings(finding for finding in found if finding.message not in reasons)
    for each in outcomes:
        for line in _lines(app, each):
            click.echo(f"{each.destination}: {line}")
        if each.failure:
            click.echo(f"error: {each.destination}: {each.failure.message}", err=True)
            if each.failure.hint:
                click.echo(f"hint: {each.failure.hint}", err=True)


def _lines(app: App, outcome: Outcome) -> list[str]:
    if not (outcome.mailings or outcome.already or outcome.failure):
        return ["waits to be made, `bookpost worker` makes and sends it"]
    parts = [f"part {m.part} of {m.parts}: " if m.parts > 1 else "" for m in outcome.mailings]
    return [
        *dict.fromkeys(mailing.reason for mailing in outcome.mailings if mailing.reason),
        *([outcome.already] if outcome.already else []),
        *(part + _words(app, mailing) for part, mailing in zip(parts, outcome.mailings, strict=True)),
    ]


def _words(app: App, mailing: Mailing) -> str:
    """What happened, without saying more than is known."""
    said = f": {said}" if (said := app.obstacles([mailing]).get(mailing.id) or mailing.reply) else ""
    match mailing.state:
        case State.QUEUED | State.SENDING:
            return f"waits in the queue, `bookpost worker` sends it{said}"
        case State.UNCERTAIN:
            return f"uncertain, it may have arrived{said}"
        case _:
            return f"{state_in_words(app, mailing)}{said}"


def _facts(outcome: Outcome) -> dict[str, object]:
    failure = outcome.failure
    return {
        "destination": outcome.destination,
        "already_sent": outcome.already,
        "error": {"code": failure.code, "message": failure.message, "hint": failure.hint} if failure else None,
        "mailings": [
            {
                "id": mailing.id,
                "state": mailing.state,
                "part": mailing.part,
                "parts": mailing.parts,
                "reason": mailing.reason,
                "reply": mailing.reply,
                "file_name": mailing.file_name,
                "attempts": mailing.attempts,
                **document_facts(document),
            }
            for mailing, document in zip(outcome.mailings, outcome.documents, strict=True)
        ],
    }
