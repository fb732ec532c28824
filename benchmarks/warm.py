"""In-process timings, as a service sees them: libraries loaded, nothing else kept. Prints medians in milliseconds.

Usage: warm.py [--corpus FOLDER] [--rounds N] [--json] [NAME…]
    small     S: article JSON → EPUB file, with clean, cover and check
    pdf       M: the article in memory → PDF file by a warm press
    writer-L, writer-XL   Book and pictures as they are → EPUB file, and the plain EbookLib script's build in the same process
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from make_corpus import FOLDER, corpus
from plain_ebooklib import build

from bookpost.convert.book import Book, bind
from bookpost.convert.epub import write_epub
from bookpost.convert.images import encode_pictures, encoding_for
from bookpost.convert.make import Making, make
from bookpost.convert.pdf import Press, page_for, write_pdf
from bookpost.convert.templates import environment
from bookpost.convert.words import words_for
from bookpost.device import find_device
from bookpost.ingest.source import read_source

TODAY = date(2026, 1, 1)


def timed(work: Callable[[], object], rounds: int) -> float:
    """The median of `rounds` runs in milliseconds, after one that is not counted."""
    work()
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def bound(folder: Path) -> Book:
    return bind([read_source(str(path)) for path in sorted(folder.glob("*.json"))])


def small(folder: Path, out: Path, rounds: int) -> dict[str, float]:
    source = str(next(folder.glob("*.json")))
    making = Making(device=find_device("kindle"))
    return {"S warm, JSON to checked EPUB": timed(lambda: make(bind([read_source(source)]), making, out, today=TODAY), rounds)}


def pdf(folder: Path, out: Path, rounds: int) -> dict[str, float]:
    book, device = bound(folder), find_device("kindle")
    words, page = words_for(book.language), page_for(device)
    pictures = encode_pictures(book, [encoding_for(device)], out).pictures[0]
    with Press() as press:

        def printed() -> None:
            write_pdf(book, pictures, out / "warm.pdf", page=page, colour=device.colour, words=words, press=press)

        def both() -> None:
            encode_pictures(book, [encoding_for(device)], out)
            printed()

        return {"M PDF warm, pictures encoded anew": timed(both, rounds), "M PDF warm, pictures encoded before": timed(printed, rounds)}


def writer(size: str) -> Callable[[Path, Path, int], dict[str, float]]:
    def run(folder: Path, out: Path, rounds: int) -> dict[str, float]:
        book, device = bound(folder), find_device("original")
        pictures = encode_pictures(book, [encoding_for(device)], out).pictures[0]
        words, pages = words_for(book.language), environment("epub")

        def ours() -> None:
            write_epub(book, pictures, out / "ours.epub", device=device, cover=None, words=words, environment=pages)

        return {
            f"{size} writer alone, Book to EPUB": timed(ours, rounds),
            f"{size} plain EbookLib, pages to EPUB": timed(lambda: build(folder, out / "plain.epub", images="asis"), rounds),
        }

    return run


JOBS: dict[str, tuple[str, Callable[[Path, Path, int], dict[str, float]]]] = {
    "small": ("S", small),
    "pdf": ("M", pdf),
    "writer-L": ("L", writer("L")),
    "writer-XL": ("XL", writer("XL")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*JOBS, []], metavar="NAME")
    parser.add_argument("--corpus", type=Path, default=FOLDER)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name in options.names or JOBS:
            size, job = JOBS[name]
            found |= job(corpus(options.corpus, size), Path(temporary), options.rounds)
    if options.json:
        json.dump(found, sys.stdout)
    else:
        for label, milliseconds in found.items():
            print(f"{label:36} {milliseconds:10.1f} ms")


if __name__ == "__main__":
    main()
