"""Every page of a folder → EPUB and PDF, put before EPUBCheck, Ace, our own check, a PDF/UA checker and a look for boxes.

DIR holds pages and, if there is one, `manifest.json`: a list of `{"id", "file", "url"}`. Nothing is fetched: a test
fetcher draws a picture for each address, of every kind in turn. Exits 1 when a judge found anything, or content was lost.
"""

import argparse
import json
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from lxml import etree, html

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from bookpost.article import Article, Image
from bookpost.convert.book import bind
from bookpost.convert.make import Format, Making, make
from bookpost.device import find_device
from bookpost.document import errors
from bookpost.dom import parse_content
from bookpost.errors import BookpostError
from bookpost.ingest.decode import decode
from bookpost.ingest.extract import extract
from bookpost.ingest.source import read_source
from pictures import KINDS
from validators import ace, epubcheck, notdef, pdf_ua, pdf_ua_warnings

COUNTED = {
    "table": "table",
    "row": "tr",
    "code": "pre",
    "item": "li dt dd",
    "heading": "h1 h2 h3 h4 h5 h6",
    "quote": "blockquote",
    "caption": "figcaption",
    "formula": "math",
    "picture": "img",
    "link": "a",
}
XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the corpus."""

    name: str
    path: Path
    url: str | None


@dataclass(slots=True)
class Verdict:
    """What the judges said of one page: lines by judge, counts of elements at each stage, seconds to make both files."""

    lines: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    seconds: float = 0.0
    warnings: Sequence[str] = ()
    refused: str | None = None

    @property
    def failed(self) -> bool:
        return any(self.lines.values())


def pages(folder: Path) -> Iterator[Page]:
    """The pages that the manifest lists, else every `.html` file."""
    manifest = folder / "manifest.json"
    if manifest.exists():
        for entry in json.loads(manifest.read_text("utf-8")):
            url = entry.get("url") or ""
            yield Page(entry["id"], folder / entry["file"], url if url.startswith("http") else None)
    else:
        for path in sorted(folder.rglob("*.htm*")):
            yield Page(path.stem, path, None)


def drawn(article: Article, turn: Iterator[int], kinds: Sequence[bytes]) -> Article:
    """The article with a picture for each address, as a fetcher would bring it."""

    def fetch(image: Image) -> Image:
        return image if image.source is not None else replace(image, source=kinds[next(turn) % len(kinds)], missing=None)

    return replace(article, images=tuple(map(fetch, article.images)))


def counted(root: etree._Element, prefix: str = "") -> Counter[str]:
    return Counter({name: sum(1 for _ in root.iter(*(prefix + tag for tag in tags.split()))) for name, tags in COUNTED.items()})


def of_extracted(page: Page) -> Counter[str]:
    found = extract(decode(page.path.read_bytes()), page.url).html
    return counted(html.document_fromstring(f"<div>{found}</div>"))


def of_content(article: Article) -> Counter[str]:
    body = parse_content(article.content)
    counts = counted(body)
    counts["formula"] = sum(1 for element in body.iter() if str(element.tag).endswith("}math"))
    return counts


def of_epub(path: Path) -> Counter[str]:
    """The elements of the article's chapter without what the book adds: head, lead picture and end."""
    with zipfile.ZipFile(path) as book:
        name = next(name for name in book.namelist() if re.search(r"/a\d+\.xhtml$", name))
        root = etree.fromstring(book.read(name))
    for ours in [*root.iter(f"{XHTML}header", f"{XHTML}footer"), *root.findall(f".//{XHTML}figure[@class='lead']")]:
        parent = ours.getparent()
        if parent is not None:
            parent.remove(ours)
    counts = counted(root, XHTML)
    counts["formula"] = sum(1 for element in root.iter() if str(element.tag).endswith("}math"))
    counts["picture"] += sum(1 for element in root.iter(f"{XHTML}span") if element.get("class") == "missing")
    counts["picture"] += sum(1 for element in root.iter(f"{XHTML}figure") if "missing" in (element.get("class") or "").split())
    return counts


def judge(page: Page, folder: Path, turn: Iterator[int], kinds: Sequence[bytes], options: argparse.Namespace) -> Verdict:
    verdict = Verdict()
    try:
        article = drawn(read_source(str(page.path), base_url=page.url), turn, kinds)
    except BookpostError as error:
        verdict.refused = f"{error.code}: {error.message}"
        return verdict
    verdict.notes = article.notes
    making = Making(device=find_device(options.device), paper=options.page)
    formats: tuple[Format, ...] = ("epub",) if options.no_pdf else ("epub", "pdf")
    started = time.perf_counter()
    try:
        documents = make(bind([article]), making, folder / page.name, formats=formats, today=date(2026, 1, 1))
    except BookpostError as error:
        verdict.lines["made"] = [f"{error.code}: {error.message}"]
        return verdict
    verdict.seconds = time.perf_counter() - started
    paths = [document.path for document in documents]
    verdict.lines["epubcheck"] = epubcheck(paths[0])
    verdict.lines["ace"] = [] if options.no_ace else ace(paths[0])
    verdict.lines["check"] = [f"{found.code} {found.message}" for document in documents for found in errors(document.findings)]
    if not options.no_pdf:
        verdict.lines["pdf/ua"] = pdf_ua(paths[1])
        verdict.lines["boxes"] = notdef(paths[1])
        verdict.warnings = pdf_ua_warnings(paths[1])
    verdict.counts = {"extracted": of_extracted(page), "clean": of_content(article), "epub": of_epub(paths[0])}
    verdict.lines["lost"] = lost(verdict.counts)
    return verdict


def lost(counts: dict[str, Counter[str]]) -> list[str]:
    """What the EPUB has less of than the clean content. Tables and their rows may have become labelled lists."""
    before, after = counts["clean"], counts["epub"]
    listed = before["table"] > after["table"]
    excused = {"table", "row"} if listed and after["item"] > before["item"] else set()
    return [f"{name}: {before[name]} → {after[name]}" for name in COUNTED if after[name] < before[name] and name not in excused]


def table(verdicts: dict[str, Verdict]) -> None:
    judges = ("made", "epubcheck", "ace", "check", "pdf/ua", "boxes", "lost")
    print(f"{'page':24}" + "".join(f"{name:>10}" for name in judges) + "   seconds")
    for name, verdict in verdicts.items():
        if verdict.refused:
            print(f"{name:24}  {verdict.refused}")
        else:
            marks = ("" if judge not in verdict.lines else str(len(verdict.lines[judge]) or "·") for judge in judges)
            print(f"{name:24}" + "".join(f"{mark:>10}" for mark in marks) + f"{verdict.seconds:10.2f}")


def details(verdicts: dict[str, Verdict], *, most: int = 8) -> None:
    for name, verdict in verdicts.items():
        for judge_name, lines in verdict.lines.items():
            for line in lines[:most]:
                print(f"{name}: {judge_name}: {line}")
    print("\nelements before clean → after it, where they differ, with the rules that say so")
    for name, verdict in verdicts.items():
        if verdict.counts:
            before, after = verdict.counts["extracted"], verdict.counts["clean"]
            differing = [f"{kind} {before[kind]} → {after[kind]}" for kind in COUNTED if after[kind] < before[kind]]
            if differing:
                print(f"{name}: {', '.join(differing)}  [{'; '.join(verdict.notes) or 'no rule'}]")
    warned = Counter(re.sub(r"\d+", "N", line.partition(": ")[0])[:90] for verdict in verdicts.values() for line in verdict.warnings)
    print("\nPDF/UA warnings over all pages")
    for line, times in warned.most_common(12):
        print(f"{times:5} {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--sample", type=int, metavar="N", help="only every page such that about N remain")
    parser.add_argument("--only", metavar="TEXT", help="only the pages whose name holds this")
    parser.add_argument("--no-ace", action="store_true")
    parser.add_argument("--no-pdf", action="store_true")
    parser.add_argument("--device", default="kindle")
    parser.add_argument("--page", choices=("a4", "letter"))
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the files stay; else they are thrown away")
    options = parser.parse_args()
    found = [page for page in pages(options.folder) if not options.only or options.only in page.name]
    if options.sample:
        found = found[:: max(1, len(found) // options.sample)]
    turn: Iterator[int] = count()
    kinds: list[Any] = [draw() for draw in KINDS.values()]
    with tempfile.TemporaryDirectory() as temporary:
        verdicts = {page.name: judge(page, options.keep or Path(temporary), turn, kinds, options) for page in found}
    table(verdicts)
    details(verdicts)
    bad = [name for name, verdict in verdicts.items() if verdict.failed]
    refused = [name for name, verdict in verdicts.items() if verdict.refused]
    print(f"\n{len(verdicts)} pages, {len(refused)} without an article, {len(bad)} with a fault")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
