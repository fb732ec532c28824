"""The states of a mailing, the ways between them, and the state of a delivery, which is derived from its mailings.

    queued ──claim──▶ sending ──250──▶ accepted ──window over, mailbox read, nothing──▶ presumed_delivered
      ▲  ▲              │  │              └──rejection read──▶ rejected ──▶ the next rung, a new mailing
      │  └───backoff────┘  └──lost after the final dot──▶ uncertain ──policy──▶ held | queued (resent once)
      └ release ─ held                                    failed · cancelled

Pure: no clock, no database.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a mailing stands. `accepted` is what the server said; it is not delivered."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    PRESUMED_DELIVERED = "presumed_delivered"
    UNCERTAIN = "uncertain"
    HELD = "held"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Phase(StrEnum):
    """How far an attempt came. `DATA` is committed before the final dot: from there on, silence is uncertain."""

    NONE = "none"
    CONNECT = "connect"
    ENVELOPE = "envelope"
    DATA = "data"
    DONE = "done"


_S = State
TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.QUEUED: frozenset({_S.SENDING, _S.HELD, _S.CANCELLED, _S.FAILED, _S.ACCEPTED}),
        _S.SENDING: frozenset({_S.QUEUED, _S.ACCEPTED, _S.UNCERTAIN, _S.FAILED, _S.HELD, _S.REJECTED}),
        _S.ACCEPTED: frozenset({_S.PRESUMED_DELIVERED, _S.REJECTED, _S.HELD}),
        _S.PRESUMED_DELIVERED: frozenset({_S.REJECTED, _S.HELD}),
        _S.UNCERTAIN: frozenset({_S.ACCEPTED, _S.HELD, _S.QUEUED, _S.REJECTED, _S.PRESUMED_DELIVERED, _S.CANCELLED}),
        _S.HELD: frozenset({_S.QUEUED, _S.CANCELLED, _S.ACCEPTED, _S.REJECTED}),
        _S.REJECTED: frozenset({_S.FAILED}),
        _S.FAILED: frozenset({_S.QUEUED}),
        _S.CANCELLED: frozenset(),
    }
)
"""`queued → accepted` is a late 250 that overtakes a resend; `failed → queued` is a person who asked to retry."""


class Verb(StrEnum):
    """What a person can ask for."""

    HOLD = "hold"
    RELEASE = "release"
    RETRY = "retry"
    CANCEL = "cancel"


BY_VERB: Mapping[Verb, tuple[frozenset[State], State]] = MappingProxyType(
    {
        Verb.HOLD: (frozenset({_S.QUEUED}), _S.HELD),
        Verb.RELEASE: (frozenset({_S.HELD}), _S.QUEUED),
        Verb.RETRY: (frozenset({_S.FAILED}), _S.QUEUED),
        Verb.CANCEL: (frozenset({_S.QUEUED, _S.HELD, _S.UNCERTAIN}), _S.CANCELLED),
    }
)
"""From which states a verb leads into which: fewer ways than the machine's, since none may send what was, or is being, sent."""

_WORST_FIRST = (
    _S.FAILED,
    _S.REJECTED,
    _S.HELD,
    _S.UNCERTAIN,
    _S.CANCELLED,
    _S.QUEUED,
    _S.SENDING,
    _S.ACCEPTED,
    _S.PRESUMED_DELIVERED,
)
ENDED = frozenset({_S.ACCEPTED, _S.PRESUMED_DELIVERED, _S.FAILED, _S.CANCELLED})
"""Nothing more will be done for such a mailing unless somebody asks or the other side speaks."""

_UNDER_WAY = frozenset(State) - ENDED


def may_become(state: State, new: State) -> bool:
    """Whether a mailing in `state` can become `new`."""
    return new in TRANSITIONS[state]


def delivery_state(rungs: Iterable[tuple[int, int, State]]) -> State:
    """The worst of the parts' latest rungs, from (part, rung, state); raises ValueError for none.

    A part whose ladder goes on is not rejected: its newest rung counts.
    """
    return min(_latest(rungs), key=_WORST_FIRST.index)


def on_its_way(rungs: Iterable[tuple[int, int, State]]) -> State | None:
    """The worst state among the parts, from (part, rung, state), that may still arrive; None when none is under way."""
    return min((state for state in _latest(rungs) if state in _UNDER_WAY), key=_WORST_FIRST.index, default=None)


def _latest(rungs: Iterable[tuple[int, int, State]]) -> list[State]:
    latest: dict[int, tuple[int, State]] = {}
    for part, rung, state in rungs:
        if part not in latest or rung > latest[part][0]:
            latest[part] = (rung, state)
    return [state for _, state in latest.values()]
