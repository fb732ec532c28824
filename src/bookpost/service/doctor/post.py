"""Looks at destinations and at what lies in the queue."""

import time
from collections.abc import Iterator

from sqlalchemy import func, select

from bookpost.device import find_device
from bookpost.errors import DeliveryError
from bookpost.library.schema import mailings, standings
from bookpost.mail import heartbeat
from bookpost.mail.alarms import troubles
from bookpost.mail.message import checked_address
from bookpost.mail.states import State
from bookpost.service.app import App
from bookpost.service.doctor.diagnosis import Diagnosis
from bookpost.service.settings import DestinationSettings

_WAITING = (State.QUEUED, State.SENDING)


def destination(name: str, settings: DestinationSettings, app: App) -> Iterator[Diagnosis]:
    """Its address, and whether its e-reader reads what it is sent."""
    subject = f"destination `{name}`"
    device = find_device(settings.device, app.own_devices)
    if settings.account:
        try:
            checked_address(settings.address, "the address")
        except DeliveryError as error:
            yield Diagnosis(subject, "fault", error.message, error.hint)
            return
    where = settings.address if settings.account else f"the folder {settings.folder or app.settings.data_folder / 'outbox' / name}"
    seen = f"{where}, {device.label}, {' then '.join(settings.formats)}"
    if unread := [kind for kind in settings.formats if kind not in device.formats]:
        yield Diagnosis(subject, "warning", f"{seen}; it does not read {', '.join(unread)}", f"set `formats` to {list(device.formats)}")
    else:
        yield Diagnosis(subject, "ok", seen)


def queue(app: App) -> Iterator[Diagnosis]:
    """How many wait, whether somebody sends them, and what needs a person."""
    now = time.time()
    with app.database.read() as connection:
        by_state = select(mailings.c.state, func.count()).group_by(mailings.c.state)
        counts: dict[str, int] = dict(connection.execute(by_state).all())
        alive = heartbeat.alive(connection, now)
        found = troubles(connection, now)
        rows = connection.execute(select(mailings.c.account).where(mailings.c.state.in_(_WAITING)).distinct()).scalars()
        lost = sorted(set(rows) - {*app.settings.accounts, *(target.account for target in app.targets.values())})
    waiting = sum(counts.get(state, 0) for state in _WAITING)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "empty"
    workers = f"{len(alive)} worker{'s' if len(alive) != 1 else ''}" if alive else "no worker"
    if waiting and not alive:
        yield Diagnosis("queue", "warning", f"{said}; {workers}: nobody sends what waits", "start `bookpost worker`")
    else:
        yield Diagnosis("queue", "ok", f"{said}; {workers}")
    for trouble in found:
        yield Diagnosis("queue", "warning", f"{trouble.subject}: {'; '.join(trouble.facts.values())}", trouble.remedy)
    for account in lost:
        remedy = "configure it again, or `bookpost queue cancel` what it was to send"
        yield Diagnosis("queue", "warning", f"mail waits for account `{account}`, which is not configured any more", remedy)


def mailbox_errors(app: App) -> Iterator[Diagnosis]:
    """What the workers met when they read the mailboxes."""
    query = select(standings.c.name, standings.c.mailbox_error).where(standings.c.mailbox_error.is_not(None))
    with app.database.read() as connection:
        for row in connection.execute(query).all():
            yield Diagnosis(
                f"mailbox of `{row.name}`", "warning", f"when it was last read: {row.mailbox_error}", "see [accounts.NAME.mailbox]"
            )
