"""The programs that are compared, those that are installed: how each turns a folder of the corpus into a file."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measure import Run, measured

HERE = Path(__file__).parent
MODULES = HERE.parent / "build" / "bench" / "node_modules"
"""Where `npm install --no-save --prefix build/bench epub-gen-memory@1.1.2` puts it."""
BASELINE = "plain EbookLib"


@dataclass(frozen=True, slots=True)
class Tool:
    """A name for the table, and what it runs on (folder of pages, file to write). `sizes` names those it can do."""

    name: str
    run: Callable[[Path, Path], Run]
    sizes: tuple[str, ...] = ("S", "M", "L", "XL")


def _pages(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.glob(f"*.{suffix}"))


def bookpost(device: str, *options: str) -> Callable[[Path, Path], Run]:
    """The whole command: read, clean, encode, cover, write, check."""

    def run(folder: Path, out: Path) -> Run:
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "bookpost",
            "convert",
            *_pages(folder, "json"),
            "-o",
            out,
            "--device",
            device,
            *options,
        ]
        return measured(command, out)

    return run


def plain(images: str) -> Callable[[Path, Path], Run]:
    return lambda folder, out: measured([sys.executable, HERE / "plain_ebooklib.py", folder, out, "--images", images], out)


def _pandoc(folder: Path, out: Path) -> Run:
    title = ["--metadata", "title=A plain book", "--metadata", "lang=en"]
    return measured(["pandoc", *_pages(folder, "html"), *title, f"--resource-path={folder}", "-o", out], out)


def _calibre(folder: Path, out: Path) -> Run:
    pages = _pages(folder, "html")
    first = pages[0]
    if len(pages) > 1:
        first = out.with_name("index.html")
        links = "".join(f'<p><a href="{os.path.relpath(page, out.parent)}">{page.stem}</a></p>' for page in pages)
        first.write_text(f"<html><head><title>A plain book</title></head><body>{links}</body></html>", "utf-8")
    return measured(["ebook-convert", first, out, "--epub-version=3", "--breadth-first"], out)


def _epub_gen(folder: Path, out: Path) -> Run:
    return measured(["node", HERE / "epub_gen.cjs", folder, out], out, env={"NODE_PATH": str(MODULES)})


def _chromium(folder: Path, out: Path) -> Run:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--user-data-dir={out.with_suffix('.profile')}"]
    return measured([browser, *flags, f"--print-to-pdf={out}", _pages(folder, "html")[0]], out)


def epub_tools() -> list[Tool]:
    """Everything that makes an EPUB of pictures as they are, and in grey for an e-reader."""
    tools = [
        Tool(BASELINE, plain("asis")),
        Tool("bookpost (pictures as they are)", bookpost("original")),
        Tool(f"{BASELINE} + Pillow, grey", plain("grey"), ("M", "L")),
        Tool("bookpost, grey", bookpost("kindle"), ("M", "L")),
    ]
    if shutil.which("pandoc"):
        tools.append(Tool("pandoc", _pandoc))
    if shutil.which("ebook-convert"):
        tools.append(Tool("calibre", _calibre))
    if shutil.which("node") and (MODULES / "epub-gen-memory").is_dir():
        tools.append(Tool("epub-gen-memory", _epub_gen))
    return tools


def pdf_tools() -> list[Tool]:
    """Everything that makes a PDF."""
    tools = [Tool("bookpost PDF", bookpost("kindle", "--format", "pdf"), ("S", "M"))]
    if any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        tools.append(Tool("Chromium", _chromium, ("S", "M")))
    return tools


def start_up() -> list[Tool]:
    """`--help` of bookpost and of the smallest click program; they take no folder and write nothing."""
    return [
        Tool("minimal click --help", lambda _folder, _out: measured([sys.executable, HERE / "minimal_click.py", "--help"], None)),
        Tool("bookpost --help", lambda _folder, _out: measured([sys.executable, "-m", "bookpost", "--help"], None)),
    ]
