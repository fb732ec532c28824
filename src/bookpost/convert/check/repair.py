"""Repair."""

from pathlib import Path

from bookpost.device import Device
from bookpost.document import Finding


def repaired(path: Path, out: Path, *, device: Device | None = None) -> tuple[Finding, ...]:
    """See check.fix."""
    raise NotImplementedError
