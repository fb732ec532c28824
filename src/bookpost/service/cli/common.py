"""What several commands share: options, reading the sources, showing findings and progress."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bookpost.article import Article
from bookpost.document import Document, Finding
from bookpost.errors import BookpostError, InputError

if TYPE_CHECKING:
    from bookpost.mail.mailing import Mailing
    from bookpost.service.app import App


def config_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--config FILE`."""
    return click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The configuration file.")(function)


def source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """SOURCE… and the options that say how sources are read and books are made."""
    for decorate in (
        config_option,
        click.option(
            "--templates",
            type=click.Path(path_type=Path, exists=True, file_okay=False),
            help="Your own templates and style sheets.",
        ),
        click.option("--full-page", is_flag=True, help="Take a page as it is instead of looking for its article."),
        click.option("--base-url", metavar="URL", help="Where the page came from: its links and pictures are resolved against it."),
        click.option("--title", metavar="TEXT", help="The title of the book."),
        click.option("--page", "paper", type=click.Choice(["a4", "letter"]), help="PDF for paper, not for the screen."),
        click.argument("sources", metavar="SOURCE...", nargs=-1, required=True),
    ):
        function = decorate(function)
    return function


def read_sources(sources: Sequence[str], *, base_url: str | None, language: str, full_page: bool) -> list[Article]:
    """Every source as an Article, in order; `-` is standard input. Raises the first source's error, naming the source."""
    from bookpost.ingest.source import read_source

    if list(sources).count("-") > 1:
        raise InputError("`-` (standard input) can be read only once")
    articles = []
    for source in sources:
        stdin = sys.stdin.buffer.read() if source == "-" else None
        articles.append(read_source(source, base_url=base_url, stdin=stdin, default_language=language, full_page=full_page))
    return articles


def formats(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...]:
    """`--format epub,pdf` as a tuple."""
    names = tuple(dict.fromkeys(part.strip() for part in (value or "").split(",") if part.strip()))
    if unknown := [name for name in names if name not in ("epub", "pdf", "article")]:
        raise click.BadParameter(f"`{unknown[0]}` is not a format; there are `epub`, `pdf` and `article`")
    return names


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Says what is being done on a terminal; silent in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("reading") as status:
        yield lambda step: status.update(step)


def show_findings(findings: Iterable[Finding]) -> None:
    """One line per finding on standard error."""
    for finding in findings:
        place = f"{finding.place}: " if finding.place else ""
        click.echo(f"{'repaired' if finding.repaired else finding.severity}: {place}{finding.message} [{finding.code}]", err=True)


def state_in_words(app: "App", mailing: "Mailing") -> str:
    """A mailing's state, without saying more than is known."""
    if mailing.state == "accepted" and app.unread(mailing.account):
        return "accepted (rejections are not read)"
    return str(mailing.state).replace("_", " ")


def as_json(value: object) -> None:
    """The value as one JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def finding_facts(finding: Finding) -> dict[str, object]:
    """A finding for `--json`."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "place": finding.place,
        "message": finding.message,
        "repaired": finding.repaired,
    }


def document_facts(document: Document) -> dict[str, object]:
    """A document for `--json`."""
    return {
        "path": str(document.path),
        "media_type": document.media_type,
        "bytes": document.size,
        "sha256": document.digest,
        "content_key": document.content_key,
        "title": document.title,
        "findings": [finding_facts(finding) for finding in document.findings],
    }


def error_facts(error: BookpostError) -> dict[str, object]:
    """An error for `--json`."""
    return {"code": error.code, "message": error.message, "hint": error.hint, "retryable": error.retryable}
