"""Repair: an EPUB in, a plainer one out, in which what is safe to mend is mended. No text is lost but hidden text.

The result is judged by a second check: a fault that the copy no longer has is `repaired`, one that it has remains.
Raises InputError for an archive that is refused (nothing hostile is repacked), MissingInputError, OutputError.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bookpost.convert.check.archive import opened
from bookpost.convert.check.package import find_package
from bookpost.convert.check.repair.contents import mend_contents
from bookpost.convert.check.repair.documents import mend_documents
from bookpost.convert.check.repair.draft import Draft
from bookpost.convert.check.repair.metadata import mend_metadata
from bookpost.convert.check.repair.packaging import mend_manifest, mend_spine
from bookpost.convert.check.repair.pictures import mend_pictures
from bookpost.convert.check.repair.protection import drop_font_obfuscation
from bookpost.convert.check.repair.references import mend_references
from bookpost.convert.check.repair.sheets import mend_sheets
from bookpost.convert.check.report import Refused, Report, member_of
from bookpost.device import Device
from bookpost.document import Finding
from bookpost.errors import InputError, MissingInputError, OutputError

STEPS: tuple[Callable[[Draft], None], ...] = (
    drop_font_obfuscation,
    mend_metadata,
    mend_manifest,
    mend_pictures,
    mend_documents,
    mend_sheets,
    mend_references,
    mend_contents,
    mend_spine,
)
"""The recipe: each step relies on those before it."""


def repaired(path: Path, out: Path, *, device: Device | None = None) -> tuple[Finding, ...]:
    """Write a repaired copy of `path` to `out`; the findings of both, those that are gone marked as repaired."""
    from bookpost.convert.check import check

    before = check(path, device=device)
    try:
        with opened(path) as archive:
            package = find_package(archive, Report())
            if package is None:
                faults = "; ".join(f"{finding.place}: {finding.message}" for finding in before[:3])
                raise InputError(f"{path.name} has no package that could be read", hint=faults)
            draft = Draft(archive, package)
            for step in STEPS:
                step(draft)
            _write(draft, out)
    except Refused as refused:
        raise InputError(f"{path.name}: {refused}", hint="nothing is repaired in such a file") from refused
    except OSError as error:
        raise MissingInputError(f"cannot read {path}: {error.strerror or error}") from error
    return _compared(before, check(out, device=device))


def _write(draft: Draft, out: Path) -> None:
    """Under a temporary name first, then renamed: nobody sees half a book."""
    try:
        handle, name = tempfile.mkstemp(prefix=".bookpost-", suffix=".epub", dir=out.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                draft.write_to(stream)
            part.chmod(0o644)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}", hint="choose another place") from error


def _compared(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> tuple[Finding, ...]:
    left = {(finding.code, member_of(finding.place)) for finding in after}
    gone = [replace(finding, repaired=True) for finding in before if (finding.code, member_of(finding.place)) not in left]
    return (*after, *gone)
