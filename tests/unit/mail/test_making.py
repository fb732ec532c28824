"""What was asked for is made and enqueued once, small enough; what was refused climbs its ladder, or fails with the reason."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from bookpost.article import Article
from bookpost.device import Device, find_device
from bookpost.document import EPUB, PDF, Document
from bookpost.ingest.source import read_source
from bookpost.library.blobs import Blobs
from bookpost.library.db import Database
from bookpost.library.lease import LeaseClock, Leases
from bookpost.library.schema import mailings
from bookpost.mail import standing
from bookpost.mail.mailing import Mailing, Part, Target
from bookpost.mail.making import Maker
from bookpost.mail.queue import Queue
from bookpost.mail.replies import Reply, Step
from bookpost.mail.standing import Limits
from bookpost.mail.states import State, delivery_state
from bookpost.produce.productions import Production, Productions, ProductionState
from bookpost.produce.request import Request
from bookpost.produce.sources import store_articles

EXAMPLES = Path(__file__).parents[3] / "examples"
TARGET = Target(destination="kindle", address="me@kindle.com", account="a", sender="me@example.org")
TOO_BIG = Reply(Step.MAIL, 552, "5.3.4 the message is too big")
BLOCKED = Reply(Step.DOT, 552, "5.7.0 blocked content")


@dataclass
class Bench:
    """A library with one worker, whose lease clock the test turns."""

    folder: Path
    seconds: float = 100.0
    makers: list[Maker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "bookpost.db")
        self.blobs = Blobs(self.folder / "blobs")
        leases = Leases("one", LeaseClock("boot", lambda: self.seconds))
        self.queue = Queue(self.database, leases, now=lambda: 1e6 + self.seconds, rng=random.Random(1))
        self.productions = Productions(self.database, leases, now=lambda: 1e6)
        self.maker = self.another_maker()

    def another_maker(self, **targets: Target) -> Maker:
        maker = Maker(self.database, self.productions, self.queue, self.blobs, {"kindle": TARGET, **targets}, renew_seconds=60)
        self.makers.append(maker)
        return maker

    def ask(self, *articles: Article, device: Device | None = None, **options: object) -> int:
        request = Request(
            destination="kindle",
            format="epub",
            device=device or find_device("kindle-colorsoft"),
            today=date(2026, 11, 24),
            articles=store_articles(articles, self.blobs),
        )
        with self.database.write() as connection:
            return self.productions.add(connection, replace(request, **options))  # type: ignore[arg-type]

    def refuse(self, reply: Reply, id: int | None = None) -> None:
        """The server's answer to what waits."""
        for mailing in self.queue.claim({"a": Limits(100, 1000)}, limit=10, only=[id] if id else ()):
            self.queue.settle(mailing, reply)

    def production(self, id: int) -> Production:
        return self.productions.find([id])[0]

    def newest(self) -> Mailing:
        return self.queue.mailings()[-1]

    def document(self, mailing: Mailing) -> Document:
        return self.queue.document(mailing.document_id, self.blobs)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for maker in bench.makers:
        maker.close()
    bench.database.close()


def story(name: str = "tides.md") -> Article:
    return read_source(str(EXAMPLES / name))


def long_story(number: int, words: int = 12_000) -> Article:
    chance = random.Random(number)
    text = " ".join(f"{chance.randrange(36**6):x}" for _ in range(words))
    return Article(title=f"Story {number}", content=f"<p>{text}</p>", language="en", words=words, url=f"https://example.org/{number}")


def test_what_was_asked_for_is_made_and_enqueued_once(bench: Bench) -> None:
    id = bench.ask(story())
    assert bench.maker.step()
    assert not bench.maker.step()
    [mailing] = bench.queue.mailings()
    assert (mailing.state, mailing.rung, mailing.reason) == (State.QUEUED, 0, None)
    assert bench.production(id).state is ProductionState.DONE
    assert bench.production(id).delivery_id == mailing.delivery_id
    assert bench.blobs.whole(bench.document(mailing).digest)


def test_the_same_content_again_is_told_and_not_enqueued_unless_asked(bench: Bench) -> None:
    ids = [bench.ask(story()), bench.ask(story()), bench.ask(story(), again=True)]
    while bench.maker.step():
        pass
    assert len(bench.queue.mailings()) == 2
    assert "waits in the queue since" in (bench.production(ids[1]).note or "")
    assert bench.production(ids[1]).delivery_id == bench.production(ids[0]).delivery_id
    assert bench.production(ids[1]).state is ProductionState.DONE


def test_who_lost_the_production_while_it_made_it_enqueues_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.ask(story())
    other = bench.another_maker()
    fitting = Maker._fitting

    def slow(self: Maker, *args: object, **kwargs: object) -> object:
        made = fitting(self, *args, **kwargs)  # type: ignore[arg-type]
        if self is bench.maker:
            bench.seconds += 10
            assert other.step()
        return made

    monkeypatch.setattr(Maker, "_fitting", slow)
    bench.maker.step()
    assert len(bench.queue.mailings()) == 1


def test_a_destination_that_is_gone_fails_with_its_name_and_can_be_retried(bench: Bench) -> None:
    id = bench.ask(story(), destination="kobo")
    bench.maker.step()
    failed = bench.production(id)
    assert failed.failure
    assert "`kobo` is no longer configured" in failed.failure.message
    bench.productions.change([id], ProductionState.QUEUED)
    assert bench.another_maker(kobo=replace(TARGET, destination="kobo")).step()
    assert bench.newest().destination == "kobo"


def test_a_limit_that_is_known_is_kept_to_before_anything_is_uploaded(bench: Bench) -> None:
    with bench.database.write() as connection:
        standing.learn_size(connection, "a", 240_000)
    bench.ask(story("bridge.html"))
    bench.maker.step()
    [mailing] = bench.queue.mailings()
    assert mailing.reason is not None
    assert mailing.reason.startswith("made smaller to fit 172 KB: pictures at a lower quality")
    assert bench.document(mailing).size < 172_500


def test_the_smallest_of_the_limits_counts(bench: Bench) -> None:
    small = replace(find_device("kindle-colorsoft"), max_bytes=170_000)
    bench.ask(story("bridge.html"), device=small)
    bench.maker.step()
    assert bench.document(bench.newest()).size <= 170_000


def test_what_the_server_says_is_too_big_is_made_smaller_as_the_next_rung(bench: Bench) -> None:
    bench.ask(story("bridge.html"))
    bench.maker.step()
    first = bench.newest()
    bench.refuse(TOO_BIG)
    assert bench.maker.step()
    second = bench.newest()
    assert (second.delivery_id, second.part, second.rung) == (first.delivery_id, 1, 1)
    assert bench.document(second).size < bench.document(first).size
    assert second.file_name == first.file_name, "the first never arrived"
    rungs = [(each.part, each.rung, each.state) for each in bench.queue.of_deliveries([first.delivery_id])]
    assert delivery_state(rungs) is State.QUEUED


def test_a_long_book_is_sent_in_parts_each_a_mailing_of_the_same_delivery(bench: Bench) -> None:
    bench.ask(*(long_story(number) for number in range(6)), title="The week")
    bench.maker.step()
    with bench.database.write() as connection:
        standing.learn_size(connection, "a", 380_000)
    bench.refuse(TOO_BIG)
    bench.maker.step()
    parts = [each for each in bench.queue.mailings() if each.rung == 1]
    assert len(parts) >= 2
    assert [(each.part, each.parts) for each in parts] == [(number, len(parts)) for number in range(1, len(parts) + 1)]
    titles = [bench.document(each).title for each in parts]
    assert titles == [f"The week {number}/{len(parts)}" for number in range(1, len(parts) + 1)]
    assert all(f"split into {len(parts)} parts" in (each.reason or "") for each in parts)


def test_when_nothing_fits_it_fails_with_the_numbers(bench: Bench) -> None:
    with bench.database.write() as connection:
        standing.learn_size(connection, "a", 50_000)
    first = bench.ask(long_story(1))
    bench.maker.step()
    failure = bench.production(first).failure
    assert failure
    assert failure.code == "nothing-fits"
    assert "34 KB fit" in failure.message
    assert bench.queue.mailings() == []


def test_a_mailing_for_which_nothing_smaller_is_left_fails_with_the_numbers(bench: Bench) -> None:
    bench.ask(long_story(1))
    bench.maker.step()
    with bench.database.write() as connection:
        standing.learn_size(connection, "a", 50_000)
    bench.refuse(TOO_BIG)
    bench.maker.step()
    [mailing] = bench.queue.mailings()
    assert mailing.state is State.FAILED
    assert "5.3.4" in (mailing.reply or "")
    assert "cannot be made small enough" in (mailing.reply or "")


def test_what_is_refused_for_its_content_is_made_plainer_then_as_pdf_then_it_has_failed(bench: Bench) -> None:
    bench.ask(story("rich.json"), device=find_device("kindle"))
    bench.maker.step()
    reasons, kinds, digests = [], [], []
    for _ in range(3):
        newest = bench.newest()
        reasons.append(newest.reason or "")
        kinds.append(bench.document(newest).media_type)
        digests.append(bench.document(newest).digest)
        bench.refuse(BLOCKED, newest.id)
        assert bench.maker.step()
    assert kinds == [EPUB, EPUB, PDF]
    assert "text and simple pictures only" in reasons[1]
    assert "made as PDF" in reasons[2]
    assert len(set(digests)) == 3
    assert bench.newest().state is State.FAILED
    assert not bench.maker.step()


def test_a_rejection_that_was_read_back_climbs_too(bench: Bench) -> None:
    bench.ask(story())
    bench.maker.step()
    with bench.database.write() as connection:
        connection.execute(update(mailings).values(state=State.REJECTED, ladder="repair", refusal="E013"))
    bench.maker.step()
    assert bench.newest().rung == 1
    assert "made plainer" in (bench.newest().reason or "")


@pytest.mark.parametrize(("reply", "said"), [(TOO_BIG, "cannot be made smaller"), (BLOCKED, "cannot be made plainer")])
def test_a_file_from_elsewhere_has_no_ladder(bench: Bench, reply: Reply, said: str) -> None:
    document = Document(path=Path("x"), media_type=EPUB, size=1, digest="0" * 64, content_key="k", title="T", file_name="T.epub")
    with bench.database.write() as connection:
        bench.queue.enqueue(connection, TARGET, (Part(document=document),), content_key="k", title="T")
    bench.refuse(reply)
    assert not bench.maker.step()
    [mailing] = bench.queue.mailings()
    assert mailing.state is State.FAILED
    assert said in (mailing.reply or "")


def test_each_refusal_is_answered_once_however_often_somebody_looks(bench: Bench) -> None:
    bench.ask(story("bridge.html"))
    bench.maker.step()
    bench.refuse(TOO_BIG)
    bench.maker.ask()
    bench.maker.ask()
    while bench.maker.step():
        pass
    assert [mailing.rung for mailing in bench.queue.mailings()] == [0, 1]


def test_while_it_works_in_its_own_thread_what_is_asked_for_is_made(bench: Bench) -> None:
    id = bench.ask(story())
    with bench.maker.working():
        for _ in range(200):
            if bench.production(id).state is ProductionState.DONE:
                break
            time.sleep(0.05)
    assert bench.production(id).state is ProductionState.DONE
