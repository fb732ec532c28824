"""Looks at an account: its secret, the connection, TLS, the login, the size it takes, whether the server lets it be the sender."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bookpost.mail.account import Account
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.mail.smtp import Greeting, SmtpCourier
from bookpost.service.app import App
from bookpost.service.doctor.diagnosis import Diagnosis
from bookpost.service.providers import Provider, find_provider, provider_of
from bookpost.service.settings import AccountSettings

_SECONDS = 15.0
_SOON = 14 * 86400.0
_SMALL = 10_000_000
"""Bytes of a message below which many a book with pictures does not fit."""


def account(name: str, settings: AccountSettings) -> Iterator[Diagnosis]:
    """Log in, name the sender, and hang up; nothing is sent. Raises ConfigError for a secret that cannot be read."""
    subject = f"account `{name}`"
    made = settings.account(name)
    greeting = asyncio.run(_greeting(made))
    where = f"{made.host}:{made.port} ({made.tls})"
    if isinstance(greeting, Reply):
        yield Diagnosis(subject, "fault", f"{where}: {greeting}", _remedy(greeting, provider(settings)))
        return
    login = f"logged in as {made.username}" if made.username else "no login"
    yield Diagnosis(subject, "ok", f"{where}, {login}; it takes mail from {made.sender}{_takes(greeting)}")
    yield from _certificate(subject, greeting)
    if greeting.size and greeting.size < _SMALL:
        yield Diagnosis(subject, "warning", f"it takes no more than {_megabytes(greeting.size)}", "large books are made smaller, or split")


def mailbox(name: str, app: App) -> Iterator[Diagnosis]:
    """Whether rejections can be read back."""
    from bookpost.mail.mailbox import session

    settings = app.settings.accounts[name]
    box = settings.mailbox_of(name)
    if box is None:
        remedy = f"add [accounts.{name}.mailbox]: then what Amazon refuses is read, told, and sent again in a plainer form"
        yield Diagnosis(f"mailbox of `{name}`", "note", "rejections are not read: accepted is the last that is known", remedy)
        return
    with session(box) as opened:
        yield Diagnosis(f"mailbox of `{name}`", "ok", f"{box.host}: reads {', '.join(opened.folders())}")


def provider(settings: AccountSettings) -> Provider | None:
    """Who the account's provider is, as far as it is known."""
    return find_provider(settings.preset) if settings.preset else provider_of(settings.sender)


async def _greeting(made: Account) -> Greeting | Reply:
    courier = SmtpCourier(made, seconds=_SECONDS)
    try:
        return await courier.greet()
    finally:
        await courier.close()


def _remedy(reply: Reply, known: Provider | None) -> str:
    match classify(reply):
        case Verdict.AUTHENTICATION if "certificate" in reply.text:
            return "the server is not who it should be: look at `host` and `port`, or name its authority in `ca_file`"
        case Verdict.AUTHENTICATION:
            return known.note if known else "look at `username` and the password; many providers want an app password"
        case Verdict.CONFIGURATION:
            return "`sender` must be an address of this login"
        case _:
            return "look at `host`, `port` and `tls`, and whether a firewall lets mail out"


def _certificate(subject: str, greeting: Greeting) -> Iterator[Diagnosis]:
    if greeting.certificate_until is None:
        return
    day = datetime.fromtimestamp(greeting.certificate_until, UTC).date()
    if greeting.certificate_until < time.time() + _SOON:
        yield Diagnosis(subject, "warning", f"its certificate ends on {day}", "ask who runs the server to renew it")
    else:
        yield Diagnosis(subject, "ok", f"its certificate is good until {day}")


def _takes(greeting: Greeting) -> str:
    return f", up to {_megabytes(greeting.size)} a message" if greeting.size else ""


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
