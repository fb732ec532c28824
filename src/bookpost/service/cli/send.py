"""`bookpost send`: convert, and hand to a destination."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from bookpost.convert.book import Book, bind
from bookpost.convert.make import FORMATS, Paper, make
from bookpost.document import Document, errors
from bookpost.errors import CheckError, DeliveryError
from bookpost.mail.courier import Parcel
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, document_facts, formats, progress, read_sources, show_findings, source_options
from bookpost.service.settings import DestinationSettings


@click.command("send")
@source_options
@click.option("--to", "names", required=True, metavar="NAME[,NAME]", help="The destination, from the configuration; several with commas.")
@click.option("--format", "kinds", callback=formats, metavar="LIST", help="`epub` or `pdf`; default: what the destination takes best.")
@click.option("--force", is_flag=True, help="Send a document although the check found errors.")
@click.option("--json", "json_", is_flag=True, help="Say what was sent as JSON.")
def command(
    sources: tuple[str, ...],
    names: str,
    kinds: tuple[str, ...],
    paper: Paper | None,
    title: str | None,
    base_url: str | None,
    full_page: bool,
    force: bool,
    json_: bool,
    templates: Path | None,
    config: Path | None,
) -> None:
    """Convert articles and hand the book to an e-reader.

    A SOURCE is what `convert` takes; an EPUB or PDF is checked and sent as it is. Several sources make one book.
    """
    if "article" in kinds:
        raise click.UsageError("an e-reader takes `epub` or `pdf`, not `article`")
    app = App.start(config)
    destinations = app.destinations([name.strip() for name in names.split(",") if name.strip()])
    finished = [source for source in sources if _is_finished(source)]
    pages = [source for source in sources if source not in finished]
    sent = []
    with tempfile.TemporaryDirectory(prefix="bookpost-") as spool, progress() as say:
        articles = read_sources(pages, base_url=base_url, language=app.settings.convert.language, full_page=full_page)
        for number, (name, destination) in enumerate(destinations):
            folder = Path(spool) / str(number)
            documents = [_taken_as_it_is(Path(source), folder, app, destination) for source in finished]
            if articles:
                documents += _made(bind(articles, title=title), folder, kinds, destination, app, paper, templates, say)
            for document in documents:
                _refuse_faulty(document, name, force=force)
                sent.append((name, document, _carry(app, name, destination, document)))
    if json_:
        as_json([{"destination": name, "reply": reply.text, **document_facts(document)} for name, document, reply in sent])
        return
    show_findings(dict.fromkeys(finding for _, document, _ in sent for finding in document.findings))
    for name, _, reply in sent:
        click.echo(f"{name}: {reply.text}")


def _is_finished(source: str) -> bool:
    """Whether the source is already what an e-reader reads, by its first bytes."""
    path = Path(source)
    if source == "-" or not path.is_file():
        return False
    with path.open("rb") as stream:
        head = stream.read(58)
    return head.startswith(b"%PDF-") or (head.startswith(b"PK") and b"mimetypeapplication/epub+zip" in head)


def _made(
    book: Book,
    folder: Path,
    kinds: Sequence[str],
    destination: DestinationSettings,
    app: App,
    paper: Paper | None,
    templates: Path | None,
    say: Callable[[str], None],
) -> list[Document]:
    wanted = [kind for kind in FORMATS if kind in (kinds or destination.formats[:1])]
    making = app.making(device=destination.device, paper=paper, templates=templates)
    return list(make(book, making, folder, formats=wanted, today=app.today, progress=say))


def _taken_as_it_is(path: Path, folder: Path, app: App, destination: DestinationSettings) -> Document:
    from bookpost.convert.finished import finished_document

    folder.mkdir(exist_ok=True)
    device = app.making(device=destination.device, paper=None, templates=None).device
    return finished_document(Path(shutil.copy(path, folder)), device=device)


def _refuse_faulty(document: Document, name: str, *, force: bool) -> None:
    if (faults := errors(document.findings)) and not force:
        show_findings(faults)
        raise CheckError(
            f"{document.file_name} was not sent to `{name}`: it has {len(faults)} error(s) that an e-reader may refuse it for",
            hint="`bookpost check FILE --fix OUT` repairs what can be repaired; `--force` sends it as it is",
        )


def _carry(app: App, name: str, destination: DestinationSettings, document: Document) -> Reply:
    sender_domain = (destination.sender or "bookpost.invalid").rpartition("@")[2]
    parcel = Parcel(
        document=document,
        destination=name,
        file_name=document.file_name,
        message_id=f"<{document.content_key}.{app.now:%Y%m%dT%H%M%S}@{sender_domain}>",
        date=app.now,
        sender=destination.sender,
        address=destination.address,
    )
    reply = asyncio.run(app.courier(name, destination).carry(parcel, reached_data=_nothing_to_commit))
    if classify(reply) is not Verdict.ACCEPTED:
        raise DeliveryError(f"`{name}` did not take {document.file_name}: {reply}")
    return reply


async def _nothing_to_commit() -> None:
    """The folder's courier has no moment of doubt."""
