"""Secrets taken out of what another machine said: a server may echo what it was sent. Pure."""

import base64
from collections.abc import Iterable

MASK = "•••"


def redact(text: str, secrets: Iterable[str | None], *, username: str | None = None) -> str:
    """The text without the secrets, as they are or in base64 (as AUTH PLAIN, LOGIN and XOAUTH2 send them)."""
    for secret in filter(None, secrets):
        for form in _forms(secret, username or ""):
            text = text.replace(form, MASK)
    return text


def _forms(secret: str, username: str) -> list[str]:
    """Longest first, so that no rest of one remains."""
    sent = (f"user={username}\1auth=Bearer {secret}\1\1", f"\0{username}\0{secret}", f"{username}\0{username}\0{secret}", secret)
    forms = [base64.b64encode(each.encode()).decode() for each in sent]
    return sorted({secret, *forms, *(form.rstrip("=") for form in forms)}, key=len, reverse=True)
