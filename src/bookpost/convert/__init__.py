"""Article → Book → files. No network, no database, no settings.

For library users the package is also a function: `from bookpost import convert; convert(article)`. Python binds a
package's name on its parent when it is imported, so a function of the same name must be the package itself.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bookpost.article import Article
    from bookpost.convert.make import Format, Paper
    from bookpost.convert.pdf import Press
    from bookpost.device import Device
    from bookpost.document import Document


def convert(
    articles: "Article | Iterable[Article]",
    folder: str | Path = ".",
    *,
    formats: "Sequence[Format]" = ("epub",),
    device: "Device | str" = "kindle",
    paper: "Paper | None" = None,
    title: str | None = None,
    templates: Path | None = None,
    today: date | None = None,
    press: "Press | None" = None,
) -> "tuple[Document, ...]":
    """One book of these articles, as one Document per format in `folder`.

    `device` is a Device or the name of a shipped profile; `paper` makes the PDF for `a4` or `letter` instead of the
    device's screen; `today` (default: the clock's) names the file of an undated book. Who makes many PDFs gives a
    `bookpost.convert.pdf.Press` of their own, which stays warm between them. Raises BookpostError.
    """
    from bookpost.article import Article
    from bookpost.convert.book import bind
    from bookpost.convert.make import Making, make
    from bookpost.device import find_device

    book = bind([articles] if isinstance(articles, Article) else list(articles), title=title)
    profile = find_device(device) if isinstance(device, str) else device
    making = Making(device=profile, paper=paper, templates=templates)
    return make(book, making, Path(folder), formats=formats, today=today or date.today(), press=press)


class _CallablePackage(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> "tuple[Document, ...]":
        return convert(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
