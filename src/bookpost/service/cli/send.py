"""`bookpost send`: convert, enqueue, and work off what was enqueued; the exit code says how it ended."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bookpost.convert.book import Book, bind
from bookpost.convert.make import FORMATS, Paper, make
from bookpost.document import Document, errors
from bookpost.errors import CheckError
from bookpost.mail.mailing import Mailing
from bookpost.mail.states import State
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
from bookpost.service.posting import Posting, post, work_off
from bookpost.service.settings import DestinationSettings
from bookpost.service.window import refuse_unread, wait_out

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

    Exit code 0: accepted (or sent before); 75: it waits in the queue; 69: it failed.
    """
    if "article" in kinds:
        raise click.UsageError("an e-reader takes `epub` or `pdf`, not `article`")
    app = App.start(config)
    destinations = app.destinations([name.strip() for name in names.split(",") if name.strip()])
    if until == "presumed":
        if no_wait:
            raise click.UsageError("`--no-wait` waits for nothing, `--until presumed` for half an hour")
        refuse_unread(app, [name for name, _ in destinations])
    wish = _Wish(kinds, paper, title, templates, force, again)
    finished = [Path(source) for source in sources if _is_finished(source)]
    pages = [source for source in sources if not _is_finished(source)]
    with progress() as say:
        articles = read_sources(pages, base_url=base_url, language=app.settings.convert.language, full_page=full_page)
        book = bind(articles, title=title) if articles else None
        postings = [posting for name, destination in destinations for posting in _post(app, name, destination, book, finished, wish, say)]
        say("sending")
        mailings = work_off(app, postings, wait=not no_wait)
        if until == "presumed":
            say("waiting whether it is rejected")
            mailings = wait_out(app, [mailing.id for mailing in mailings])
    _report(app, postings, mailings, json_=json_)
    click.get_current_context().exit(0 if no_wait else max((_EXIT[mailing.state] for mailing in mailings), default=0))


def _is_finished(source: str) -> bool:
    """Whether the source is already what an e-reader reads, by its first bytes."""
    path = Path(source)
    if source == "-" or not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(58)
    return head.startswith(b"%PDF-") or (head.startswith(b"PK") and b"mimetypeapplication/epub+zip" in head)


def _post(
    app: App,
    name: str,
    destination: DestinationSettings,
    book: Book | None,
    finished: Sequence[Path],
    wish: _Wish,
    say: Callable[[str], None],
) -> list[Posting]:
    with tempfile.TemporaryDirectory(prefix="bookpost-") as spool:
        folder = Path(spool)
        documents = [_taken_as_it_is(path, folder, app, destination) for path in finished]
        if book:
            making = app.making(device=destination.device, paper=wish.paper, templates=wish.templates)
            wanted = [kind for kind in FORMATS if kind in (wish.kinds or destination.formats[:1])]
            documents += make(book, making, folder, formats=wanted, today=app.today, progress=say)
        for document in documents:
            _refuse_faulty(document, name, force=wish.force)
        return [post(app, document, name, again=wish.again, forced=bool(errors(document.findings))) for document in documents]


def _taken_as_it_is(path: Path, folder: Path, app: App, destination: DestinationSettings) -> Document:
    from bookpost.convert.finished import finished_document

    device = app.making(device=destination.device, paper=None, templates=None).device
    return finished_document(Path(shutil.copy(path, folder)), device=device)


def _refuse_faulty(document: Document, name: str, *, force: bool) -> None:
    if (faults := errors(document.findings)) and not force:
        show_findings(faults)
        raise CheckError(
            f"{document.file_name} was not sent to `{name}`: it has {len(faults)} error(s) that an e-reader may refuse it for",
            hint="`bookpost check FILE --fix OUT` repairs what can be repaired; `--force` sends it as it is",
        )


def _report(app: App, postings: Sequence[Posting], mailings: Sequence[Mailing], *, json_: bool) -> None:
    by_id = {mailing.id: mailing for mailing in mailings}
    if json_:
        as_json([_facts(posting, [by_id[id] for id in posting.mailing_ids if id in by_id]) for posting in postings])
        return
    show_findings(dict.fromkeys(finding for posting in postings for finding in posting.document.findings))
    for posting in postings:
        if posting.already:
            click.echo(f"{posting.destination}: {posting.already}")
        for id in posting.mailing_ids:
            click.echo(f"{posting.destination}: {_words(app, by_id[id])}")


def _words(app: App, mailing: Mailing) -> str:
    """What happened, without saying more than is known."""
    said = f": {mailing.reply}" if mailing.reply else ""
    match mailing.state:
        case State.QUEUED | State.SENDING:
            return f"waits in the queue, `bookpost worker` sends it{said}"
        case State.UNCERTAIN:
            return f"uncertain, it may have arrived{said}"
        case _:
            return f"{state_in_words(app, mailing)}{said}"


def _facts(posting: Posting, mailings: Sequence[Mailing]) -> dict[str, object]:
    return {
        "destination": posting.destination,
        "already_sent": posting.already,
        "mailings": [{"id": m.id, "state": m.state, "reply": m.reply, "file_name": m.file_name, "attempts": m.attempts} for m in mailings],
        **document_facts(posting.document),
    }
