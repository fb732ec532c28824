"""Where documents are made: in a child process, so that no hostile byte is parsed beside the library's secrets.

Raises NotMadeError with the child's reason; a child that dies or runs into its limits is a reason too.
"""

import json
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bookpost.child import Child
from bookpost.document import Document, Finding
from bookpost.errors import ChildError
from bookpost.library.blobs import Blobs
from bookpost.produce.request import Failure, Form, NotMadeError, Request

MEMORY = 4 << 30
"""Address space of the child in bytes: as much as the PDF press, its own child, may ask for."""
SECONDS, SECONDS_PER_PICTURE, BYTES_PER_SECOND = 120.0, 2.0, 2500
"""Wall clock for a book without pictures, for each picture, and for its text, on a slow and busy machine."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a request in one form: a document for each part that was asked for, and the whole book's content key."""

    content_key: str
    title: str
    documents: tuple[Document, ...]


class Workshop:
    """One warm child. Its temporary files go with it."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._folder = tempfile.TemporaryDirectory(prefix="bookpost-workshop-")
        self._child = Child("bookpost.produce.child", memory=MEMORY, seconds=SECONDS, env={"TMPDIR": self._folder.name})

    def make(self, request: Request, form: Form, folder: Path, *, part: int | None = None, note: str | None = None) -> Made:
        """The documents of all parts, or of one, as files in `folder`; `note` is said on the last page of each."""
        order = {
            "articles": [str(self._blobs.path(source.article)) for source in request.articles],
            "blobs": str(self._blobs.folder),
            "request": request.to_json(),
            "form": form.to_json(),
            "folder": str(folder),
            "part": part,
            "note": note,
        }
        self._refuse_damaged(request)
        try:
            answer = json.loads(self._child.call(json.dumps(order).encode(), seconds=self._seconds(request)))
        except ChildError as error:
            self._child.close()  # what ran out of memory is not to be trusted with the next book
            raise NotMadeError(Failure.of(error)) from error
        if failure := answer.get("failure"):
            raise NotMadeError(Failure(**failure))
        return Made(answer["content_key"], answer["title"], tuple(_document(facts) for facts in answer["documents"]))

    def keep(self, document: Document) -> Document:
        """The document in the library; from here on it may be named by a row."""
        with document.path.open("rb") as stream:
            return replace(document, path=self._blobs.path(self._blobs.put(stream)))

    def start(self) -> None:
        """Let the child load its libraries while the request is being stored."""
        self._child.start()

    def close(self) -> None:
        """End the child and remove its files."""
        self._child.close()
        self._folder.cleanup()

    def _refuse_damaged(self, request: Request) -> None:
        if gone := [digest for digest in request.blobs() if not self._blobs.path(digest).is_file()]:
            message = f"{len(gone)} of its stored sources are gone from the disk (first: {gone[0]})"
            raise NotMadeError(Failure(code="sources-gone", message=message, hint="send it anew"))

    def _seconds(self, request: Request) -> float:
        pictures = sum(len(source.pictures) for source in request.articles)
        size = sum(os.path.getsize(self._blobs.path(source.article)) for source in request.articles)  # noqa: PTH202
        return SECONDS + SECONDS_PER_PICTURE * pictures + size / BYTES_PER_SECOND


def _document(facts: dict[str, Any]) -> Document:
    return Document(**facts | {"path": Path(facts["path"]), "findings": tuple(Finding(**finding) for finding in facts["findings"])})
