"""The deliberately dirty page of `fixtures/dirty`, with its pictures drawn beside it: good ones of every kind and broken ones."""

import shutil
from pathlib import Path

from pictures import BROKEN, KINDS

PAGE = Path(__file__).parent / "fixtures" / "dirty" / "page.html"
_SUFFIXES = {"jpeg": "jpg", "tiff": "tif", "text": "jpg", "web": "jpg", "empty": "png"}


def dirty_page(folder: Path) -> Path:
    """The page in `folder`, ready to be read as a source."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    for kind, draw in {**KINDS, **BROKEN}.items():
        first = kind.partition("-")[0]
        (pictures / f"{kind}.{_SUFFIXES.get(first, first)}").write_bytes(draw())
    return Path(shutil.copy(PAGE, folder / "page.html"))
