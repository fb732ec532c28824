"""The pages of an EPUB or PDF as pictures, to look at them: `python scripts/look.py BOOK… [--device NAME] [-o FOLDER]`.

An EPUB is laid out by Chromium in pages of the device's size, in the serif, size and margins that an e-reader starts with;
print layout breaks them by the same rules as the columns in which e-readers page. Each book gives a folder of pages
(`001.png` …) and contact sheets beside it. Needs Chromium and pdftoppm.
"""

import argparse
import importlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from bookpost.device import Device, find_device

if TYPE_CHECKING:
    from PIL.Image import Image

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--no-pdf-header-footer",
    "--run-all-compositor-stages-before-draw",
)
_FONTS = (
    ("Reader", "literata", "Literata[opsz,wght].ttf", "font-weight: 200 900"),
    ("Reader", "literata", "Literata-Italic[opsz,wght].ttf", "font-weight: 200 900; font-style: italic"),
    ("Reader Arabic", "amiri", "Amiri-Regular.ttf", "font-weight: 400"),
    ("Reader Arabic", "amiri", "Amiri-Bold.ttf", "font-weight: 700"),
    ("Reader Hebrew", "frank_ruhl_libre", "FrankRuhlLibre[wght].ttf", "font-weight: 300 900"),
)
"""Stand-ins for an e-reader's own fonts: the families that bookpost sets PDFs in."""
_SHEET = """
{faces}
@page {{ size: {width}px {height}px; margin: {top}px {side}px; }}
html {{ font-family: "Reader", "Reader Arabic", "Reader Hebrew", "Noto Serif CJK SC", serif; font-size: {size}px; line-height: 1.45; }}
html:lang(ja) {{ font-family: "Noto Serif CJK JP", "Reader", serif; }}
body {{ margin: 0; }}
"""
_DPI_OF_A_PIXEL = 100
"""E-readers' browsers count a CSS pixel for about a hundredth of an inch: a 7″ screen is 421 × 560 of them."""


def main() -> None:
    """Render what the command line names; says where the sheets are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("books", nargs="+", type=Path, metavar="BOOK")
    parser.add_argument("--device", default="kindle-paperwhite")
    parser.add_argument("--size", type=int, default=16, help="the reader's font size in CSS pixels")
    parser.add_argument("--scale", type=float, default=2, help="pixels of the pictures to a CSS pixel (for a PDF: to 1/96 inch)")
    parser.add_argument("--grid", default="4x2", help="pages across and down on a contact sheet")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/look"))
    options = parser.parse_args()
    across, down = map(int, options.grid.split("x"))
    for book in options.books:
        folder = options.output / book.stem
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        pages = render(book, folder, find_device(options.device), size=options.size, scale=options.scale)
        for sheet in contact_sheets(pages, across, down, folder / "sheet"):
            print(sheet)


def render(book: Path, folder: Path, device: Device, *, size: int = 16, scale: float = 2) -> list[Path]:
    """The book's pages as PNGs in the folder, in order; an EPUB's chapters one after the other. Grey for a grey device."""
    with tempfile.TemporaryDirectory() as spool:
        prints = iter((book,)) if book.suffix == ".pdf" else _printed(book, Path(spool), _reader_style(device, size))
        for number, pdf in enumerate(prints):
            command = ("pdftoppm", "-q", "-png", "-r", str(96 * scale), *(() if device.colour else ("-gray",)))
            subprocess.run((*command, pdf, folder / f"{number:03}"), check=True)
    pages = sorted(folder.glob("*.png"))
    return [page.rename(folder / f"{number:03}.png") for number, page in enumerate([p.rename(f"{p}.x") for p in pages], 1)]


def contact_sheets(pages: Sequence[Path], across: int, down: int, stem: Path) -> Iterator[Path]:
    """Pictures of several pages each, half as large, as `STEM-01.png` …"""
    from PIL import Image, ImageOps

    for start in range(0, len(pages), across * down):
        shown: list[Image.Image] = []
        for path in pages[start : start + across * down]:
            with Image.open(path) as page:
                shown.append(ImageOps.expand(page.convert("RGB").reduce(2), border=6, fill=(120, 120, 120)))
        sheet = tiled(shown, across)
        path = stem.with_name(f"{stem.name}-{start // (across * down) + 1:02}.png")
        sheet.save(path)
        yield path


def tiled(pictures: "Sequence[Image]", across: int, *, gap: int = 0, ground: int | tuple[int, int, int] = (255, 255, 255)) -> "Image":
    """Pictures side by side in rows of `across`, in cells as large as the largest."""
    from PIL import Image

    width, height = (max(side) + gap for side in zip(*(picture.size for picture in pictures), strict=True))
    columns = min(across, len(pictures))
    sheet = Image.new(pictures[0].mode, (width * columns + gap, height * -(-len(pictures) // columns) + gap), ground)
    for number, picture in enumerate(pictures):
        sheet.paste(picture, (gap + number % columns * width, gap + number // columns * height))
    return sheet


def _reader_style(device: Device, size: int) -> str:
    """What an e-reader puts before a book's own sheet."""
    width, height = (round(side * _DPI_OF_A_PIXEL / device.dpi) for side in (device.width, device.height))
    faces = "\n".join(f'@font-face {{ font-family: "{family}"; src: url("{name}"); {style}; }}' for family, _, name, style in _FONTS)
    return _SHEET.format(faces=faces, width=width, height=height, side=round(width * 0.06), top=round(width * 0.065), size=size)


def _printed(book: Path, spool: Path, style: str) -> Iterator[Path]:
    """Each document of the spine as a PDF."""
    with zipfile.ZipFile(book) as archive:
        archive.extractall(spool / "book")
    for number, page in enumerate(_spine(spool / "book")):
        for _, package, name, _ in _FONTS:
            shutil.copy(Path(importlib.import_module(f"fontpkg_{package}").ROOT, "files", name), page.parent / name)
        (page.parent / "reader.css").write_text(style)
        text = page.read_text("utf-8")
        page.write_text(text.replace("<head>", '<head><link rel="stylesheet" href="reader.css"/>', 1), "utf-8")
        pdf = spool / f"{number}.pdf"
        command = (_browser(), *_FLAGS, f"--user-data-dir={spool / 'profile'}", f"--print-to-pdf={pdf}", page.as_uri())
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        yield pdf


def _spine(folder: Path) -> Iterator[Path]:
    names = {"c": "urn:oasis:names:tc:opendocument:xmlns:container", "o": "http://www.idpf.org/2007/opf"}
    container = etree.parse(folder / "META-INF" / "container.xml")
    [root] = container.iterfind(".//c:rootfile", names)
    package = folder / root.get("full-path", "")
    tree = etree.parse(package)
    hrefs = {item.get("id"): unquote(item.get("href", "")) for item in tree.iterfind(".//o:item", names)}
    return (package.parent / hrefs[ref.get("idref")] for ref in tree.iterfind(".//o:itemref", names))


def _browser() -> str:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        raise SystemExit("no Chromium: `apt install chromium`")
    return found


if __name__ == "__main__":
    main()
