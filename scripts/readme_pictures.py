"""The pictures of the README from the shipped examples: `python scripts/readme_pictures.py` writes `docs/images/`.

Grey like the screens that they stand for: sixteen levels, which also keeps the files small. Needs what `look.py` needs.
"""

import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from bookpost import convert, read_source
from bookpost.device import find_device
from look import render, tiled

_ROOT = Path(__file__).parents[1]
_DEVICE = find_device("kindle-paperwhite")
_PAGES = {"bridge.html": 1, "rich.json": 6, "arabic.json": 1}
"""The pages that are shown: a news page's first, one with a table, one from right to left."""
_BOOKS = (
    ("bridge.html", "tides.md", "rich.json"),
    ("bridge.html",),
    ("tides.md",),
    ("rich.json",),
    ("arabic.json",),
    ("poem.txt",),
)


def main() -> None:
    """Write both pictures."""
    folder = _ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as spool:
        pages = [_page(Path(spool), name, number) for name, number in _PAGES.items()]
        _save(tiled(pages, len(pages), gap=24, ground=255), folder / "pages.png")
        covers = [_cover(_book(Path(spool), names)) for names in _BOOKS]
        _save(tiled(covers, len(covers), gap=24, ground=255), folder / "covers.png")


def _book(spool: Path, names: Sequence[str]) -> Path:
    articles = [read_source(str(_ROOT / "examples" / name)) for name in names]
    title = "Three for the train" if len(articles) > 1 else None
    [document] = convert(articles, spool, device=_DEVICE, title=title, today=date(2026, 1, 1))
    return document.path


def _page(spool: Path, name: str, number: int) -> Image.Image:
    folder = spool / name
    folder.mkdir()
    path = render(_book(spool, (name,)), folder, _DEVICE, scale=1.5)[number - 1]
    with Image.open(path) as page:
        return ImageOps.expand(page.convert("L"), border=2, fill=136)


def _cover(book: Path) -> Image.Image:
    with zipfile.ZipFile(book) as archive:
        [name] = (name for name in archive.namelist() if name.endswith("cover.jpg"))
        cover = Image.open(BytesIO(archive.read(name))).convert("L")
    return ImageOps.expand(cover.resize((300, 480), Image.Resampling.LANCZOS), border=2, fill=136)


def _save(picture: Image.Image, path: Path) -> None:
    picture.quantize(16, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(_ROOT)}: {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
