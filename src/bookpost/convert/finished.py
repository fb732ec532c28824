"""A file from elsewhere, an EPUB or a PDF, as a Document: checked, never changed."""

import hashlib
from pathlib import Path

from bookpost.convert.check import check
from bookpost.convert.filenames import ascii_name
from bookpost.device import Device
from bookpost.document import EPUB, PDF, Document


def finished_document(path: Path, *, device: Device) -> Document:
    """The file as a Document of its own name; what the check finds is in its findings. Raises OSError when it cannot be read."""
    with path.open("rb") as stream:
        is_pdf = stream.read(5) == b"%PDF-"
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Document(
        path=path,
        media_type=PDF if is_pdf else EPUB,
        size=path.stat().st_size,
        digest=digest,
        content_key=digest[:32],
        title=path.stem,
        file_name=ascii_name(path.name) if device.ascii_names else path.name,
        findings=check(path, device=device),
    )
