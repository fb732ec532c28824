"""The baseline: what a plain EbookLib script does with a folder of pages. No cleaning, cover, check or care.

Usage: plain_ebooklib.py FOLDER OUT.epub [--images asis|grey]; grey: 1264 pixels wide at most, JPEG 80, by Pillow.
"""

import argparse
import mimetypes
from io import BytesIO
from pathlib import Path

from ebooklib import epub
from lxml import html


def grey(data: bytes) -> bytes:
    from PIL import Image

    with Image.open(BytesIO(data)) as picture:
        pixels = picture.convert("L")
        if pixels.width > 1264:
            pixels = pixels.resize((1264, round(pixels.height * 1264 / pixels.width)), Image.Resampling.LANCZOS)
        out = BytesIO()
        pixels.save(out, "JPEG", quality=80, optimize=True)
        return out.getvalue()


def build(folder: Path, out: Path, *, images: str) -> None:
    """One book of the folder's pages in order of their names, with the pictures they show."""
    book = epub.EpubBook()
    book.set_identifier("plain")
    book.set_title("A plain book")
    book.set_language("en")
    chapters: list[epub.EpubHtml] = []
    for page in sorted(folder.glob("*.html")):
        root = html.fromstring(page.read_bytes())
        for image in root.iter("img"):
            source = folder / str(image.get("src"))
            data, kind = source.read_bytes(), mimetypes.guess_type(source.name)[0]
            name = source.name
            if images == "grey" and source.suffix != ".svg":
                data, kind, name = grey(data), "image/jpeg", source.stem + ".jpg"
                image.set("src", name)
            book.add_item(epub.EpubItem(file_name=name, media_type=kind, content=data))
        chapter = epub.EpubHtml(title=root.findtext(".//title"), file_name=f"{page.stem}.xhtml", lang="en")
        chapter.content = html.tostring(root.find("body"))
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.spine = ["nav", *chapters]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    epub.write_epub(str(out), book)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", choices=("asis", "grey"), default="asis")
    options = parser.parse_args()
    build(options.folder, options.out, images=options.images)


if __name__ == "__main__":
    main()
