"""The child process that makes documents: stored articles in, files out. Run as `python -m bookpost.produce.child`.

It has no database, no settings and no secret; memory, processor time and wall clock are limited (see `workshop`).
"""

import json
import resource
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from bookpost.article import Article
from bookpost.child import serve
from bookpost.convert.book import bind
from bookpost.convert.make import Making, content_key, make
from bookpost.document import Document
from bookpost.errors import BookpostError
from bookpost.produce.request import Failure, Form, Request
from bookpost.produce.sources import load_article
from bookpost.produce.split import spread

_MEMORY = 2 << 30
"""Bytes for everything but the PDF, whose own child may ask for more."""
_PROCESSOR_SECONDS = 900


def make_documents(order: bytes) -> bytes:
    """Answer one order (JSON, see `Workshop.make`) with the facts of what was made, or with a failure."""
    _limit()
    wanted = json.loads(order)
    request, form = Request.from_json(wanted["request"]), Form.from_json(wanted["form"])
    try:
        articles = [load_article(Path(path), Path(wanted["blobs"])) for path in wanted["articles"]]
        return _answer(articles, request, form, Path(wanted["folder"]), wanted["part"], wanted["note"])
    except BookpostError as error:
        return json.dumps({"failure": asdict(Failure.of(error))}).encode()


def _limit() -> None:
    """The processor's time is counted since the child began; what it starts inherits the limit, and cannot outlive it for long."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard), hard))
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + _PROCESSOR_SECONDS, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(articles: Sequence[Article], request: Request, form: Form, folder: Path, part: int | None, note: str | None) -> bytes:
    whole = bind(articles, title=request.title)
    groups = spread(articles, form.parts)
    numbers = range(1, len(groups) + 1) if part is None else (part,)
    documents = []
    for number in numbers:
        title = request.title if len(groups) == 1 else f"{whole.title} {number}/{len(groups)}"
        documents.append(_make(groups[number - 1], title, request, form, folder / str(number), note))
    facts = [asdict(document) | {"path": str(document.path)} for document in documents]
    return json.dumps({"content_key": content_key(whole), "title": whole.title, "documents": facts}).encode()


def _make(articles: Sequence[Article], title: str | None, request: Request, form: Form, folder: Path, note: str | None) -> Document:
    book = bind((*articles[:-1], replace(articles[-1], notice=note)), title=title)
    making = Making(
        device=request.device,
        paper=request.paper,
        templates=request.templates,
        quality=form.quality,
        grey=form.grey,
        scale=form.scale,
        plain=form.plain,
    )
    [document] = make(book, making, folder, formats=(form.format,), today=request.today)
    return document


if __name__ == "__main__":
    serve(make_documents)
