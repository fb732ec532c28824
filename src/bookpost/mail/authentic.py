"""Whose signature a received mail bears, by the word of the host that took it in (RFC 8601). Pure; never raises.

Anybody can write an `Authentication-Results` header. Only those count that the own host wrote: with its authserv-id, and
on top, since every host puts its headers above those that came with the mail.
"""

from collections.abc import Collection, Iterator
from email.message import Message
from email.utils import getaddresses
from typing import Any

import authres

_LONGEST = 8192
"""Characters of a header that is looked at: no host writes more, and reading costs more than the length."""


def signers(message: "Message[str, str]", authserv_ids: Collection[str]) -> frozenset[str]:
    """The domains whose DKIM signature the own host found good, in lower case.

    Only the topmost header that says anything about DKIM counts: what stands below it, or below the next `Received`,
    was there when the mail came.
    """
    for results in _own_results(message, {id.lower() for id in authserv_ids}):
        dkim = [result for result in results if getattr(result, "method", None) == "dkim"]
        if dkim:
            return frozenset(filter(None, (_domain(result) for result in dkim if result.result == "pass")))
    return frozenset()


def topmost(message: "Message[str, str]") -> str | None:
    """The host that the topmost `Authentication-Results` header names: whoever looks for the own host's name may find it there."""
    value = str(message.get("Authentication-Results", ""))
    header = _parsed(value) if value else None
    return str(header.authserv_id).lower() if header is not None else None


def sender(message: "Message[str, str]") -> str | None:
    """The one address that the mail says it is from, in lower case; None when it names none, or several."""
    headers = message.get_all("From", [])
    if len(headers) != 1 or len(str(headers[0])) > _LONGEST:
        return None
    try:
        addresses = getaddresses([str(headers[0])])
    except RecursionError:
        return None  # comments within comments
    if len(addresses) != 1:
        return None
    local, at, domain = addresses[0][1].lower().rpartition("@")
    return f"{local}{at}{domain}" if local and domain and addresses[0][1].isascii() else None


def aligned(signer: str, domain: str) -> bool:
    """Whether the signer speaks for the domain: it is the domain, or below it."""
    return signer == domain or signer.endswith(f".{domain}")


def _own_results(message: "Message[str, str]", own_ids: Collection[str]) -> Iterator[list[Any]]:
    begun = False
    for name, value in message.items():
        if begun and name.lower() == "received":
            return
        if name.lower() != "authentication-results":
            continue
        header = _parsed(str(value))
        if header is not None and header.authserv_id.lower() in own_ids:
            begun = True
            yield header.results


def _parsed(value: str) -> Any:
    if len(value) > _LONGEST:
        return None
    try:
        return authres.AuthenticationResultsHeader.parse_value(value)
    except (authres.AuthResError, RecursionError):
        return None  # not what RFC 8601 describes: it vouches for nothing


def _domain(result: Any) -> str | None:
    """Whose signature: `header.d`, else the domain of `header.i` (RFC 8601 2.7.1)."""
    named = getattr(result, "header_d", None) or getattr(result, "header_i", None)
    return str(named).rpartition("@")[2].lower() if named else None
