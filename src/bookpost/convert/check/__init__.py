"""Will an e-reader take it? `check` finds what it would refuse or mangle, `fix` repairs what is safe to repair.

Pure Python, on every document that bookpost makes and on any EPUB or PDF from elsewhere. Whatever the file is, the
answer is findings (their codes are in docs/reference/findings.md): a fault in a file is never an exception.
"""

from pathlib import Path

from bookpost.convert.check.epub import check_epub
from bookpost.convert.check.pdf import check_pdf
from bookpost.device import Device
from bookpost.document import Finding
from bookpost.errors import MissingInputError

__all__ = ["check", "fix"]


def check(path: Path, *, device: Device | None = None) -> tuple[Finding, ...]:
    """What is wrong with the EPUB or PDF at `path`, errors first; with `device`, also its byte limit and formats.

    Every member of an EPUB is read and its checksum verified, in pieces of one member at a time; pictures are judged by
    their markers and lengths, not decoded. A hostile archive yields one error and is not looked into any further.
    Raises MissingInputError when there is no file that can be read.
    """
    try:
        with path.open("rb") as stream:
            is_pdf = b"%PDF-" in stream.read(1024)
        size = path.stat().st_size
        findings = check_pdf(path) if is_pdf else check_epub(path)
    except OSError as error:
        raise MissingInputError(f"cannot read {path}: {error.strerror or error}", hint="name an EPUB or a PDF") from error
    return tuple(sorted((*findings, *_against(device, size, "pdf" if is_pdf else "epub")), key=lambda finding: finding.code))


def fix(path: Path, out: Path, *, device: Device | None = None) -> tuple[Finding, ...]:
    """Write a repaired copy of the EPUB at `path` to `out`; what was repaired is marked so, what remains is not.

    Raises MissingInputError, InputError for what cannot be opened safely or is no EPUB, OutputError. See `repair`.
    """
    from bookpost.convert.check.repair import repaired

    return repaired(path, out, device=device)


def _against(device: Device | None, size: int, kind: str) -> list[Finding]:
    if device is None:
        return []
    findings = []
    if device.max_bytes is not None and size > device.max_bytes:
        findings.append(Finding("E-FILE-SIZE", f"has {size:,} bytes; {device.label} takes {device.max_bytes:,}"))
    if kind not in device.formats:
        findings.append(Finding("E-DEVICE-FORMAT", f"{device.label} does not read {kind.upper()}"))
    return findings
