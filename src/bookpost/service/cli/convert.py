"""`bookpost convert`: articles and pages → EPUB, PDF, or the normalized article as JSON."""

import sys
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bookpost.article import Article
from bookpost.convert.book import Book, bind
from bookpost.convert.make import FORMATS, Format, Making, Paper, day_of, make
from bookpost.device import find_device
from bookpost.document import Document, errors
from bookpost.errors import CheckError, OutputError
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, document_facts, formats, progress, read_sources, show_findings, source_options

if TYPE_CHECKING:
    from bookpost.convert.pdf import Press


@click.command("convert")
@source_options
@click.option("-o", "--output", metavar="FILE|DIR", help="The file, or the folder for the files; `-` is standard output.")
@click.option(
    "--format",
    "kinds",
    callback=formats,
    metavar="LIST",
    help="`epub`, `pdf`, `article`, with commas. Default: by -o, else epub.",
)
@click.option("--device", metavar="NAME", help="The e-reader to make it for; `bookpost devices` lists them.")
@click.option("--each", is_flag=True, help="A book for each source instead of one of them all.")
@click.option("--json", "json_", is_flag=True, help="Say what was made as JSON.")
def command(
    sources: tuple[str, ...],
    output: str | None,
    kinds: tuple[str, ...],
    device: str | None,
    paper: Paper | None,
    title: str | None,
    base_url: str | None,
    full_page: bool,
    each: bool,
    json_: bool,
    templates: Path | None,
    config: Path | None,
) -> None:
    """Convert articles into books.

    A SOURCE is a normalized article (JSON), an HTML page or fragment, Markdown, or plain text; `-` is standard input.
    Several sources make one book, unless --each.
    """
    app = App.start(config)
    kinds = kinds or (_kind_of(output),)
    _check_suffix(output, kinds)
    making = app.making(device=device, paper=paper, templates=templates)
    with progress() as say:
        articles = read_sources(sources, base_url=base_url, language=app.settings.convert.language, full_page=full_page)
        groups = [[article] for article in articles] if each else [articles]
        if len(groups) > 1 and (output == "-" or _place(output, 1)[1]):
            raise click.UsageError(f"-o {output} names one file, but --each makes {len(groups)} books; name a folder")
        if "article" in kinds:
            _write_articles(articles, output, app.today, alone=kinds == ("article",))
        wanted = [kind for kind in FORMATS if kind in kinds]
        documents: list[Document] = []
        with _press(wanted, len(groups)) as press:
            for group in groups if wanted else ():
                book = bind(group, title=title)
                documents += _make(book, making, wanted, output, app, say, press, {document.file_name for document in documents})
    if json_ and documents:
        as_json([document_facts(document) for document in documents])
    _report(documents, quiet=json_ or output == "-")


def _kind_of(output: str | None) -> str:
    suffix = Path(output or "").suffix.lower()
    return {".pdf": "pdf", ".json": "article"}.get(suffix, "epub")


def _press(wanted: Sequence[Format], books: int) -> "AbstractContextManager[Press | None]":
    """One press for several PDFs; a single book has its own."""
    if "pdf" not in wanted or books < 2:
        return nullcontext()
    from bookpost.convert.pdf import Press

    return Press()


def _make(
    book: Book,
    making: Making,
    wanted: list[Format],
    output: str | None,
    app: App,
    say: Callable[[str], None],
    press: "Press | None",
    taken: Collection[str],
) -> tuple[Document, ...]:
    if output == "-":
        return _to_stdout(book, making, wanted, app)
    folder, name = _place(output, len(wanted))
    names: dict[Format, str] = dict.fromkeys(wanted, name) if name else {}
    return make(book, making, folder, formats=wanted, file_names=names, taken=taken, today=app.today, progress=say, press=press)


def _place(output: str | None, count: int) -> tuple[Path, str | None]:
    """The folder, and the file's name when `-o` names a file."""
    if output is None:
        return Path(), None
    path = Path(output).expanduser()
    if output.endswith("/") or not path.suffix or _is_folder(path):
        return path, None
    if count > 1:
        raise click.UsageError(f"-o {output} names one file, but {count} formats were asked for; name a folder")
    return path.parent, path.name


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError as error:  # for instance a name that is longer than the file system takes
        raise OutputError(f"cannot write to {path.name[:40]}…: {error.strerror}", hint="choose a shorter name") from error


def _check_suffix(output: str | None, kinds: Sequence[str]) -> None:
    """A file's ending says what is in it: another one than the format's is a slip of the pen."""
    suffix = Path(output or "").suffix.lower()
    known = {".epub": "epub", ".pdf": "pdf", ".json": "article"}
    if (
        output
        and not Path(output).name.startswith(".")
        and suffix
        and not output.endswith("/")
        and not _is_folder(Path(output).expanduser())
    ):
        if suffix not in known:
            raise click.UsageError(f"-o {output}: bookpost makes `.epub`, `.pdf` and `.json`; for a folder, end it with `/`")
        if len(kinds) == 1 and known[suffix] != kinds[0]:
            raise click.UsageError(f"-o {output} and --format {kinds[0]} contradict each other")


def _to_stdout(book: Book, making: Making, kinds: list[Format], app: App) -> tuple[Document, ...]:
    import shutil
    import tempfile

    if len(kinds) != 1 or sys.stdout.isatty():
        raise click.UsageError("-o - writes one document into a pipe or a file; ask for one format")
    with tempfile.TemporaryDirectory(prefix="bookpost-") as folder:
        documents = make(book, making, Path(folder), formats=kinds, today=app.today)
        with documents[0].path.open("rb") as stream:
            shutil.copyfileobj(stream, sys.stdout.buffer)
    return documents


def _write_articles(articles: Sequence[Article], output: str | None, today: date, *, alone: bool) -> None:
    from bookpost.convert.filenames import file_name, numbered
    from bookpost.ingest.payload import write_payload

    if alone and output in (None, "-"):
        if len(articles) > 1:
            raise click.UsageError("standard output holds one article; name a folder with -o, or give one SOURCE")
        sys.stdout.buffer.write(write_payload(articles[0]))
        return
    folder, name = _place(output, 1) if alone else ((Path(output or ".")), None)
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    for article in articles:
        day = day_of(article.published) or today
        own = file_name(article.title, article.site, day, "json", device=find_device("original"))
        path = folder / (name or numbered(own, taken))
        taken.add(path.name)
        draft = path.with_name(f".{path.name[:80]}.part")
        draft.write_bytes(write_payload(article, folder=folder, stem=path.stem))
        draft.replace(path)
        click.echo(path)


def _report(documents: Sequence[Document], *, quiet: bool) -> None:
    for document in documents:
        if not quiet:
            click.echo(document.path)
    show_findings(dict.fromkeys(finding for document in documents for finding in document.findings))
    if faulty := [document for document in documents if errors(document.findings)]:
        raise CheckError(
            f"{faulty[0].file_name} has errors that an e-reader may refuse it for",
            hint="please report this with the page: a book of bookpost should have none",
        )
