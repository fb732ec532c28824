"""The queue: what was acknowledged is never lost, nothing is sent twice unasked, and what cannot be known is said."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bookpost.document import EPUB, Document
from bookpost.library.db import Database
from bookpost.library.lease import LeaseClock, Leases
from bookpost.library.schema import deliveries
from bookpost.mail import standing
from bookpost.mail.mailing import Mailing, Part, Target
from bookpost.mail.policy import FOREVER, REJECTION_WINDOW
from bookpost.mail.queue import AlreadySentError, OnItsWayError, Queue
from bookpost.mail.replies import Reply, Step
from bookpost.mail.standing import Limits
from bookpost.mail.states import BY_VERB, State, Verb

ACCEPTED = Reply(Step.DOT, 250, "2.0.0 Ok: queued as 1")
TARGET = Target(destination="kindle", address="me@kindle.com", account="a", sender="me@example.org")
ACCOUNTS = {"a": Limits(per_minute=100, per_day=1000)}


@dataclass
class Time:
    """The wall clock and the lease clock of the test, turned together."""

    seconds: float = 1_000_000.0

    def now(self) -> float:
        return self.seconds


@dataclass
class Bench:
    """One database, two workers' queues, one time."""

    database: Database
    time: Time
    one: Queue
    two: Queue

    def enqueue(self, key: str = "k", *, again: bool = False, name: str = "Tides.epub") -> int:
        document = Document(path=Path("x"), media_type=EPUB, size=1, digest="0" * 64, content_key=key, title="Tides", file_name=name)
        with self.database.write() as connection:
            parts = (Part(document=document),)
            return self.one.enqueue(connection, TARGET, parts, content_key=key, title="Tides", again=again).mailing_ids[0]

    def claim(self, queue: Queue | None = None) -> list[Mailing]:
        return (queue or self.one).claim(ACCOUNTS, limit=10)

    def state(self, id: int = 1) -> State:
        return self.one.mailings([id])[0].state


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    yield from make_bench(tmp_path)


def make_bench(folder: Path) -> Iterator[Bench]:
    database, time = Database(folder / "bookpost.db"), Time()
    queues = [Queue(database, Leases(name, LeaseClock("boot", time.now)), now=time.now, rng=random.Random(1)) for name in ("one", "two")]
    yield Bench(database, time, *queues)
    database.close()


def test_a_mailing_goes_its_way(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim()
    assert bench.state() is State.SENDING
    assert bench.one.reached_data(mailing)
    bench.one.settle(mailing, ACCEPTED)
    assert bench.state() is State.ACCEPTED
    assert [attempt.outcome for attempt in bench.one.attempts(1)] == ["accepted"]
    assert bench.claim() == []


def test_the_same_content_is_sent_once_unless_somebody_asks(bench: Bench) -> None:
    bench.enqueue()
    bench.one.settle(bench.claim()[0], ACCEPTED)
    with pytest.raises(AlreadySentError, match="already sent") as caught:
        bench.enqueue()
    assert caught.value.exit_code == 0
    bench.enqueue(again=True)
    assert len(bench.one.mailings()) == 2


def test_what_is_on_its_way_is_not_called_sent(bench: Bench) -> None:
    """A second wish is told where the first stands, with the exit code of what is not sent yet."""

    def told() -> str:
        with pytest.raises(OnItsWayError) as caught:
            bench.enqueue()
        assert (caught.value.exit_code, caught.value.delivery_id) == (75, 1)
        return caught.value.message

    bench.enqueue()
    assert "waits in the queue since 19" in told()
    bench.one.change([1], Verb.HOLD, note="x")
    assert "is held in the queue since" in told()
    bench.one.change([1], Verb.RELEASE, note="x")
    [mailing] = bench.claim()
    assert "is being sent since" in told()
    bench.one.settle(mailing, Reply(Step.DOT, None, "lost"))
    assert "may have arrived" in told()


@pytest.mark.parametrize("verb", [None, Verb.CANCEL])
def test_what_failed_or_was_cancelled_is_in_nobodys_way(bench: Bench, verb: Verb | None) -> None:
    bench.enqueue()
    if verb:
        bench.one.change([1], verb, note="x")
    else:
        bench.one.settle(bench.claim()[0], Reply(Step.RCPT, 550, "5.1.1 unknown"))
    assert bench.enqueue() == 2
    with pytest.raises(OnItsWayError):
        bench.enqueue()


def test_file_names_are_unique_at_a_destination_within_a_day(bench: Bench) -> None:
    for key in "abc":
        bench.enqueue(key)
    assert [mailing.file_name for mailing in bench.one.mailings()] == ["Tides.epub", "Tides-2.epub", "Tides-3.epub"]


def test_a_worker_lost_before_the_dot_costs_nothing(bench: Bench) -> None:
    bench.enqueue()
    bench.claim(bench.one)
    bench.time.seconds += 10
    [mailing] = bench.claim(bench.two)
    assert mailing.message_id == bench.one.mailings()[0].message_id
    assert mailing.attempts == 0


def test_a_worker_lost_after_the_dot_leaves_it_uncertain_and_nobody_sends_it_again(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim(bench.one)
    bench.one.reached_data(mailing)
    bench.time.seconds += 10
    assert bench.claim(bench.two) == []
    assert bench.state() is State.UNCERTAIN


def test_an_answer_that_comes_late_is_believed(bench: Bench) -> None:
    """The worker was only slow: its 250 moves the mailing from uncertain to accepted."""
    bench.enqueue()
    [mailing] = bench.claim(bench.one)
    bench.one.reached_data(mailing)
    bench.time.seconds += 10
    bench.claim(bench.two)
    bench.one.settle(mailing, ACCEPTED)
    assert bench.state() is State.ACCEPTED


def test_a_late_refusal_changes_nothing_but_is_on_record(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim(bench.one)
    bench.time.seconds += 10
    [again] = bench.claim(bench.two)
    bench.one.settle(mailing, Reply(Step.RCPT, 550, "5.1.1 unknown"))
    assert bench.state() is State.SENDING
    bench.two.settle(again, ACCEPTED)
    assert bench.state() is State.ACCEPTED
    assert len(bench.one.attempts(1)) == 3


def test_who_was_overtaken_does_not_send_the_dot(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim(bench.one)
    bench.time.seconds += 10
    bench.claim(bench.two)
    assert not bench.one.reached_data(mailing)


def test_a_message_that_kills_its_workers_fails_in_the_end(bench: Bench) -> None:
    bench.enqueue()
    for _ in range(6):
        bench.claim()
        bench.time.seconds += 10
    bench.claim()
    assert bench.state() is State.FAILED


def test_an_account_that_refuses_the_login_rests_and_no_attempt_is_used_up(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim()
    bench.one.settle(mailing, Reply(Step.AUTH, 535, "5.7.8 no"))
    assert bench.claim() == []
    [waiting] = bench.one.mailings()
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)
    with bench.database.write() as connection:
        assert standing.resume(connection, "account", "a")
    assert len(bench.claim()) == 1


def test_a_refusal_for_now_waits_its_time(bench: Bench) -> None:
    bench.enqueue()
    [mailing] = bench.claim()
    bench.one.settle(mailing, Reply(Step.RCPT, 450, "4.2.0 greylisted"))
    assert bench.claim() == []
    due = bench.one.next_due()
    assert due
    assert 48 <= due - bench.time.seconds <= 72
    bench.time.seconds = due
    assert len(bench.claim()) == 1


def test_a_paused_destination_gets_nothing(bench: Bench) -> None:
    bench.enqueue()
    with bench.database.write() as connection:
        standing.pause(connection, "destination", "kindle", until=FOREVER, reason="by a person")
    assert bench.claim() == []


def test_the_accounts_rates_hold_over_restarts(bench: Bench) -> None:
    for key in range(5):
        bench.enqueue(str(key))
    limits = {"a": Limits(per_minute=2, per_day=3)}
    assert len(bench.one.claim(limits, limit=10)) == 2
    assert bench.two.claim(limits, limit=10) == []
    bench.time.seconds += 60
    taken = bench.two.claim(limits, limit=10)
    assert len(taken) <= 1 + 2, "recovered mailings count once more"


def test_what_waits_for_tomorrow_is_not_due_but_the_next_minute_is_near(bench: Bench) -> None:
    """Whoever waits for the end of a sending waits out a minute's rate, never a day's."""
    for key in "abc":
        bench.enqueue(key)
    by_minute, by_day = ({"a": limits} for limits in (Limits(per_minute=1, per_day=9), Limits(per_minute=9, per_day=1)))
    bench.one.settle(bench.one.claim(by_minute, limit=1)[0], ACCEPTED)
    assert bench.one.claim(by_minute, limit=1) == bench.one.claim(by_day, limit=1) == []
    assert bench.one.states([2], by_minute) == [(State.QUEUED, True)]
    assert bench.one.states([2], by_day) == [(State.QUEUED, False)]
    assert bench.one.spent(by_day) == {"a"}
    bench.time.seconds += 86400
    assert bench.one.states([2], by_day) == [(State.QUEUED, True)]


def test_what_no_account_can_send_is_not_due(bench: Bench) -> None:
    bench.enqueue()
    assert bench.one.states([1], {}) == [(State.QUEUED, False)]


@pytest.mark.parametrize(("policy", "state"), [("hold", State.HELD), ("resend", State.QUEUED)])
def test_after_the_window_an_uncertain_mailing_is_held_or_resent_once(bench: Bench, policy: str, state: State) -> None:
    bench.enqueue()
    for expected in (state, State.HELD):
        [mailing] = bench.claim()
        bench.one.reached_data(mailing)
        bench.one.settle(mailing, Reply(Step.DOT, None, "lost"))
        assert bench.one.end_windows({"kindle": policy}) == 0
        bench.time.seconds += REJECTION_WINDOW + 1
        assert bench.one.end_windows({"kindle": policy}) == 1
        assert bench.state() is expected
        if expected is State.HELD:
            break


def test_a_person_can_hold_release_and_cancel_but_not_what_is_being_sent(bench: Bench) -> None:
    bench.enqueue()
    assert bench.one.change([1], Verb.HOLD, note="x") == [1]
    assert bench.claim() == []
    assert bench.one.change([1], Verb.RELEASE, note="x") == [1]
    bench.claim()
    assert bench.one.change([1], Verb.CANCEL, note="x") == []


@pytest.mark.parametrize("verb", Verb)
def test_no_verb_touches_what_is_past_its_dot_or_was_taken(bench: Bench, verb: Verb) -> None:
    """Whatever a person types, the one copy that may have arrived stays the only one."""
    bench.enqueue()
    [mailing] = bench.claim()
    bench.one.reached_data(mailing)
    assert bench.one.change([1], verb, note="x") == []
    bench.one.settle(mailing, ACCEPTED)
    assert bench.one.change([1], verb, note="x") == []
    assert (bench.state(), bench.claim()) == (State.ACCEPTED, [])


def test_what_may_have_arrived_can_be_given_up_but_not_sent_again(bench: Bench) -> None:
    bench.enqueue()
    bench.one.settle(bench.claim()[0], Reply(Step.DOT, None, "lost"))
    assert bench.state() is State.UNCERTAIN
    assert [verb for verb in Verb if bench.one.change([1], verb, note="x")] == [Verb.CANCEL]


def test_a_person_can_retry_what_failed_and_only_that(bench: Bench) -> None:
    bench.enqueue()
    assert bench.one.change([1], Verb.RETRY, note="x") == []
    bench.one.settle(bench.claim()[0], Reply(Step.RCPT, 550, "5.1.1 unknown"))
    assert bench.one.change([1], Verb.RETRY, note="x") == [1]
    assert bench.state() is State.QUEUED


def test_no_verb_starts_from_a_message_that_is_being_sent_or_was_taken() -> None:
    started = frozenset[State]().union(*(before for before, _ in BY_VERB.values()))
    assert started.isdisjoint({State.SENDING, State.ACCEPTED, State.PRESUMED_DELIVERED})


_REPLIES = st.sampled_from(
    [
        ACCEPTED,
        Reply(Step.DOT, None, "lost"),
        Reply(Step.RCPT, 450, "4.2.0 later"),
        Reply(Step.RCPT, 550, "5.1.1 unknown"),
        Reply(Step.AUTH, 535, "no"),
        Reply(Step.CONNECT, None, "refused"),
        Reply(Step.DOT, 554, "5.7.1 spam"),
    ]
)
_STEPS = st.one_of(
    st.tuples(st.just("claim"), st.sampled_from(["one", "two"])),
    st.tuples(st.just("dot"), st.sampled_from(["one", "two"])),
    st.tuples(st.just("settle"), st.sampled_from(["one", "two"]), _REPLIES),
    st.tuples(st.just("wait"), st.floats(0.1, 10_000)),
    st.tuples(st.just("resume"), st.just("a")),
)


@given(steps=st.lists(_STEPS, max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_two_workers_do_a_message_is_taken_at_most_once(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple]) -> None:  # type: ignore[type-arg]
    """Two workers, leases that run out, answers in any order: the dot is sent once, unless the server surely refused it."""
    for bench in make_bench(tmp_path_factory.mktemp("queue")):
        bench.enqueue()
        held: dict[str, Mailing] = {}
        dotted: set[str] = set()
        possible_copies = 0
        for name, *rest in steps:
            queue = bench.one if rest[0] == "one" else bench.two
            if name == "claim":
                for mailing in bench.claim(queue):
                    held[rest[0]] = mailing
                    dotted.discard(rest[0])
            elif name == "dot" and rest[0] in held and rest[0] not in dotted and queue.reached_data(held[rest[0]]):
                dotted.add(rest[0])
                possible_copies += 1
            elif name == "settle" and rest[0] in held:
                reply = rest[1]
                if (reply.step is Step.DOT) == (rest[0] in dotted):
                    queue.settle(held.pop(rest[0]), reply)
                    if rest[0] in dotted and reply.code and reply.code >= 400:
                        possible_copies -= 1
                    dotted.discard(rest[0])
            elif name == "wait":
                bench.time.seconds += rest[0]
            elif name == "resume":
                with bench.database.write() as connection:
                    standing.resume(connection, "account", "a")
            assert possible_copies <= 1
        with bench.database.read() as connection:
            assert connection.execute(select(func.count()).select_from(deliveries)).scalar() == 1
        assert len(bench.one.mailings()) == 1
