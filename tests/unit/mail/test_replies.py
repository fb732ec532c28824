"""Replies: a row for each kind of answer that real servers give, and what is done about it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.mail.policy import RETRY_FOR, decide
from bookpost.mail.replies import Reply, Step, Verdict, classify
from bookpost.mail.states import TRANSITIONS, State, delivery_state, may_become

ROWS = [
    (Step.CONNECT, None, "connection refused", Verdict.ACCOUNT_TRANSIENT),
    (Step.TLS, None, "TLS handshake timed out", Verdict.ACCOUNT_TRANSIENT),
    (Step.GREETING, 421, "4.3.2 service not available", Verdict.ACCOUNT_TRANSIENT),
    (Step.GREETING, 554, "no SMTP service here", Verdict.ACCOUNT_TRANSIENT),
    (Step.AUTH, 454, "4.7.0 Temporary authentication failure", Verdict.ACCOUNT_TRANSIENT),
    (Step.MAIL, 421, "4.4.2 timeout exceeded, closing", Verdict.TRANSIENT),
    (Step.RCPT, 450, "4.2.0 Greylisted, try again in 300 seconds", Verdict.TRANSIENT),
    (Step.RCPT, 451, "4.7.1 Greylisting in action", Verdict.TRANSIENT),
    (Step.DATA, 451, "4.3.0 local error in processing", Verdict.TRANSIENT),
    (Step.MAIL, 452, "4.3.1 insufficient system storage", Verdict.TRANSIENT),
    (Step.DATA, None, "connection lost", Verdict.TRANSIENT),
    (Step.DATA, 550, "5.4.5 Daily user sending limit exceeded", Verdict.QUOTA),
    (Step.MAIL, 450, "4.7.1 rate limit exceeded", Verdict.QUOTA),
    (Step.DOT, 554, "5.7.1 too many messages today", Verdict.QUOTA),
    (Step.AUTH, 535, "5.7.8 Username and Password not accepted", Verdict.AUTHENTICATION),
    (Step.MAIL, 530, "5.7.0 Authentication required", Verdict.AUTHENTICATION),
    (Step.AUTH, 534, "5.7.9 Application-specific password required", Verdict.AUTHENTICATION),
    (Step.AUTH, 538, "Encryption required for requested authentication mechanism", Verdict.AUTHENTICATION),
    (Step.MAIL, 553, "5.7.1 Sender address rejected: not owned by user", Verdict.CONFIGURATION),
    (Step.MAIL, 550, "5.1.8 bad sender's system address", Verdict.CONFIGURATION),
    (Step.DOT, 554, "5.7.60 SendAsDenied", Verdict.CONFIGURATION),
    (Step.MAIL, 552, "5.3.4 message size exceeds fixed limit", Verdict.TOO_BIG),
    (Step.DOT, 552, "message too large", Verdict.TOO_BIG),
    (Step.DOT, 523, "message length exceeds limit", Verdict.TOO_BIG),
    (Step.DOT, 550, "5.2.3 message length exceeds administrative limit", Verdict.TOO_BIG),
    (Step.DOT, 552, "5.7.0 This message was blocked because its content presents a security issue", Verdict.BLOCKED_CONTENT),
    (Step.RCPT, 550, "5.1.1 user unknown", Verdict.BAD_DESTINATION),
    (Step.RCPT, 550, "no such user here", Verdict.BAD_DESTINATION),
    (Step.RCPT, 556, "5.1.10 recipient address has null MX", Verdict.BAD_DESTINATION),
    (Step.RCPT, 452, "4.2.2 mailbox full", Verdict.MAILBOX_FULL),
    (Step.DOT, 552, "5.2.2 mailbox over quota", Verdict.MAILBOX_FULL),
    (Step.DOT, 550, "5.7.1 message rejected as spam", Verdict.POLICY),
    (Step.DOT, 554, "5.7.26 DMARC policy", Verdict.POLICY),
    (Step.DATA, 554, "transaction failed", Verdict.POLICY),
    (Step.MAIL, 555, "parameters not recognized", Verdict.PROTOCOL),
    (Step.DATA, 503, "bad sequence of commands", Verdict.PROTOCOL),
    (Step.DOT, None, "timed out waiting for the reply", Verdict.UNCERTAIN),
    (Step.DOT, 250, "2.0.0 Ok: queued as 4BC", Verdict.ACCEPTED),
]


@pytest.mark.parametrize(("step", "code", "text", "verdict"), ROWS)
def test_each_reply_has_its_class(step: Step, code: int | None, text: str, verdict: Verdict) -> None:
    assert classify(Reply(step, code, text)) is verdict


@given(step=st.sampled_from(Step), code=st.none() | st.integers(200, 599), text=st.text(), seed=st.integers(), attempts=st.integers(0, 20))
def test_any_reply_leads_to_a_state_that_a_sending_mailing_may_have(
    step: Step, code: int | None, text: str, seed: int, attempts: int
) -> None:
    """Nonsense from a server never breaks the queue, and never counts as accepted but for a 2xx after the dot."""
    verdict = classify(Reply(step, code, text))
    decision = decide(verdict, reply=text, attempts=attempts, age=0, failures=attempts, rng=random.Random(seed))
    assert may_become(State.SENDING, decision.state)
    assert (decision.state is State.ACCEPTED) == (step is Step.DOT and code is not None and code < 300)
    assert 0 <= decision.delay < RETRY_FOR


def test_account_trouble_never_uses_up_a_mailings_attempts() -> None:
    for verdict in (Verdict.ACCOUNT_TRANSIENT, Verdict.QUOTA, Verdict.AUTHENTICATION, Verdict.CONFIGURATION):
        decision = decide(verdict, reply="no", attempts=99, age=1e9, failures=3, rng=random.Random(1))
        assert decision.state is State.QUEUED
        assert not decision.counts
        assert decision.pause
        assert decision.pause.kind == "account"


def test_a_mailing_is_not_tried_for_ever() -> None:
    assert decide(Verdict.TRANSIENT, reply="", attempts=9, age=RETRY_FOR, failures=0, rng=random.Random(1)).state is State.FAILED


def test_retries_come_later_each_time() -> None:
    delays = [decide(Verdict.TRANSIENT, reply="", attempts=n, age=0, failures=0, rng=random.Random(7)).delay for n in range(6)]
    assert delays == sorted(delays)
    assert 48 <= delays[0] <= 72


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.sampled_from(State)), min_size=1))
def test_a_delivery_is_as_good_as_its_worst_part(rungs: list[tuple[int, int, State]]) -> None:
    state = delivery_state(rungs)
    assert state in {rung_state for _, _, rung_state in rungs}


def test_a_part_that_was_repaired_is_no_longer_rejected() -> None:
    assert delivery_state([(1, 0, State.REJECTED), (1, 1, State.ACCEPTED), (2, 0, State.ACCEPTED)]) is State.ACCEPTED
    assert delivery_state([(1, 0, State.ACCEPTED), (2, 0, State.UNCERTAIN)]) is State.UNCERTAIN


def test_nothing_leaves_cancelled() -> None:
    assert not TRANSITIONS[State.CANCELLED]
