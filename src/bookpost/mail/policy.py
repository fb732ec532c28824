"""What is done about a reply: pure decisions, with chance as a parameter. The queue carries them out.

Account problems never burn a mailing's attempts; a message never waits for longer than two days.
"""

from dataclasses import dataclass
from random import Random

from bookpost.mail.replies import Verdict
from bookpost.mail.states import State

_MINUTE, _HOUR = 60.0, 3600.0
RETRY_DELAYS = (1 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR)
"""Seconds to wait after the first, second … refusal that may pass; the last one repeats."""
LONGEST_DELAY = 8 * _HOUR
"""No delay or pause that ends by itself is longer; what seems to wait for longer was put off before the clock was set back."""
RETRY_FOR = 48 * _HOUR
"""A mailing that was refused for this long has failed."""
MAILBOX_FULL_EVERY, MAILBOX_FULL_FOR = 2 * _HOUR, 24 * _HOUR
POLICY_RETRY = 6 * _HOUR
QUOTA_PAUSE = _HOUR
AUTHENTICATION_PROBE = _HOUR
ACCOUNT_FIRST, ACCOUNT_LONGEST = 30.0, _HOUR
CLAIMS_LIMIT = 5
"""Claims without an outcome before a mailing counts as one that kills its worker."""
REJECTION_WINDOW = 30 * _MINUTE
"""How long a vendor's rejection mail may take (seen: 16 s to 10 min)."""
FOREVER = 1e18


@dataclass(frozen=True, slots=True)
class Pause:
    """An account or destination takes a rest: for `seconds`, or until a person resumes it (FOREVER)."""

    kind: str
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a mailing: its state, when it is due again (seconds from now), and what else must happen.

    `counts`: whether the answer uses up one of the mailing's attempts. `ladder`: which ladder's next rung is asked for.
    `plain`: try without the server's extensions. `resend`: this try may be a second copy, and was chosen.
    """

    state: State
    delay: float = 0.0
    counts: bool = True
    pause: Pause | None = None
    ladder: str | None = None
    plain: bool = False
    resend: bool = False


def decide(  # noqa: C901 - a case for each verdict reads like the table it is
    verdict: Verdict, *, reply: str, attempts: int, age: float, failures: int, rng: Random
) -> Decision:
    """The decision for a mailing with `attempts` counted answers before this one, made `age` seconds ago.

    `failures` is how often its account failed in a row.
    """
    match verdict:
        case Verdict.ACCEPTED:
            return Decision(State.ACCEPTED)
        case Verdict.UNCERTAIN:
            return Decision(State.UNCERTAIN)
        case Verdict.ACCOUNT_TRANSIENT:
            return _account_rests(account_backoff(failures, rng), reply)
        case Verdict.QUOTA:
            return _account_rests(QUOTA_PAUSE, f"the account's sending limit is reached: {reply}")
        case Verdict.AUTHENTICATION:
            return _account_rests(AUTHENTICATION_PROBE, f"cannot log in: {reply}")
        case Verdict.CONFIGURATION:
            return _account_rests(FOREVER, f"the server refuses the sender's address: {reply}")
        case Verdict.TOO_BIG:
            return Decision(State.REJECTED, ladder="shrink")
        case Verdict.BLOCKED_CONTENT:
            return Decision(State.REJECTED, ladder="repair")
        case Verdict.DOCUMENT_GONE:
            return Decision(State.FAILED)
        case Verdict.BAD_DESTINATION:
            return Decision(State.FAILED, pause=Pause("destination", FOREVER, f"the address was refused: {reply}"))
        case Verdict.MAILBOX_FULL:
            return _again(MAILBOX_FULL_EVERY, rng) if age < MAILBOX_FULL_FOR else Decision(State.FAILED)
        case Verdict.POLICY:
            return _again(POLICY_RETRY, rng) if attempts == 0 else Decision(State.FAILED)
        case Verdict.PROTOCOL:
            return Decision(State.QUEUED, plain=True) if attempts == 0 else Decision(State.FAILED)
        case Verdict.TRANSIENT:
            return retry(attempts, age, rng)


def retry(attempts: int, age: float, rng: Random) -> Decision:
    """The next try of a mailing that was refused for the time being, or its end after two days.

    A clock that was put right makes a mailing old at once: it ends only when every delay was waited for once, too.
    """
    over = age >= RETRY_FOR and attempts >= len(RETRY_DELAYS)
    return Decision(State.FAILED) if over else _again(RETRY_DELAYS[min(attempts, len(RETRY_DELAYS) - 1)], rng)


def account_backoff(failures: int, rng: Random) -> float:
    """Seconds that an account rests after its n-th failure in a row: 30 s doubling to an hour, jittered by a fifth."""
    return float(min(ACCOUNT_FIRST * 2.0 ** min(failures, 20), ACCOUNT_LONGEST) * rng.uniform(0.8, 1.2))


def _again(delay: float, rng: Random) -> Decision:
    return Decision(State.QUEUED, delay=delay * rng.uniform(0.8, 1.2))


def _account_rests(seconds: float, reason: str) -> Decision:
    return Decision(State.QUEUED, counts=False, pause=Pause("account", seconds, reason))
