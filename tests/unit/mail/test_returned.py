"""What a rejection does: to the mailing that it is about, once, and to no other; and what is never claimed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bookpost.document import EPUB, Document
from bookpost.library.blobs import Blobs
from bookpost.library.schema import mailings, standings
from bookpost.mail import returned, standing
from bookpost.mail.mailing import Mailing, Part, Target
from bookpost.mail.policy import REJECTION_WINDOW
from bookpost.mail.rejections import read_rejection
from bookpost.mail.replies import Reply, Step
from bookpost.mail.states import State
from received import GENUINE, HOST, bounce, rejection
from unit.mail.test_queue import ACCEPTED, TARGET, Bench, make_bench

WHOSE = returned.Correspondent(account="a", sender="me@example.org", kindles=frozenset({"kindle", "dads"}))
FORGED = GENUINE.replace("dkim=pass", "dkim=fail")


@dataclass
class Post:
    """A queue, and the mailbox where answers arrive a minute after what was sent last."""

    bench: Bench

    def send(self, key: str = "k", *, target: Target = TARGET, name: str = "Tides.epub", reply: Reply = ACCEPTED) -> Mailing:
        queue = self.bench.one
        document = Document(path=Path("x"), media_type=EPUB, size=1, digest="0" * 64, content_key=key, title="Tides", file_name=name)
        with self.bench.database.write() as connection:
            [id] = queue.enqueue(connection, target, (Part(document=document),), content_key=key, title="Tides").mailing_ids
        [mailing] = [each for each in self.bench.claim() if each.id == id]
        queue.reached_data(mailing)
        queue.settle(mailing, reply)
        return queue.mailings([id])[0]

    def arrives(self, raw: bytes, *, after: float = 60) -> tuple[int, ...]:
        self.bench.time.seconds += after
        found = read_rejection(raw, (HOST,))
        assert found
        with self.bench.database.write() as connection:
            return returned.hear(connection, found, WHOSE, arrived_at=self.bench.time.now(), now=self.bench.time.now())

    def presume(self) -> int:
        with self.bench.database.write() as connection:
            return returned.presume(connection, "a", read_at=self.bench.time.now())

    def paused(self, name: str) -> str | None:
        with self.bench.database.read() as connection:
            row = connection.execute(standings.select().where(standings.c.kind == "destination", standings.c.name == name)).first()
        return row.reason if row and row.paused_until else None

    def noted(self, id: int) -> list[str]:
        with self.bench.database.read() as connection:
            return [row.text for row in returned.notices_of(connection, id)]

    def mailing(self, id: int) -> Mailing:
        return self.bench.one.mailings([id])[0]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    for bench in make_bench(tmp_path):
        yield Post(bench)


@pytest.mark.parametrize("code", ["E001", "E013", "E999"])
def test_a_rejection_says_what_was_refused_and_why(post: Post, code: str) -> None:
    mailing = post.send()
    assert post.arrives(rejection(code, "Tides.epub")) == (mailing.id,)
    refused = post.mailing(mailing.id)
    assert refused.state is State.REJECTED
    assert (refused.reply or "").startswith(f"{code}: ")
    last = post.bench.one.attempts(mailing.id)[-1]
    assert (last.phase, last.outcome, last.enhanced, last.text) == ("mailbox", "rejected", code, refused.reply)


def test_the_next_form_is_asked_for_where_there_may_be_one(post: Post) -> None:
    asked = {}
    for code in ("E001", "E009", "E013", "E014", "E999", "E555"):
        mailing = post.send(code, name=f"{code}.epub")
        post.arrives(rejection(code, f"{code}.epub", id=f"<{code}@amazon.com>"))
        with post.bench.database.write() as connection:
            standing.resume(connection, "destination", "kindle")
            row = connection.execute(mailings.select().where(mailings.c.id == mailing.id)).one()
        asked[code] = (row.state, row.refusal, row.ladder is not None)
    assert asked == {code: ("rejected", code, code in ("E001", "E013", "E999")) for code in asked}


@pytest.mark.parametrize("reply", [ACCEPTED, Reply(Step.DOT, None, "lost after the dot")], ids=["accepted", "uncertain"])
def test_a_late_rejection_counts_as_much(post: Post, reply: Reply) -> None:
    mailing = post.send(reply=reply)
    post.bench.time.seconds += 2 * REJECTION_WINDOW
    post.presume()
    post.bench.one.end_windows({"kindle": "hold"})
    assert post.mailing(mailing.id).state in (State.PRESUMED_DELIVERED, State.HELD)
    post.arrives(rejection("E013", "Tides.epub"), after=36_000)
    assert post.mailing(mailing.id).state is State.REJECTED


def test_the_same_mail_acts_once(post: Post) -> None:
    """It may lie in two folders, or be read anew when the server numbers its mails anew."""
    mailing = post.send()
    raw = rejection("E013", "Tides.epub")
    assert post.arrives(raw)
    assert post.arrives(raw) == ()
    assert len(post.bench.one.attempts(mailing.id)) == 2


@pytest.mark.parametrize("raw", [rejection("E013", "Tides.epub", authentication=FORGED), rejection("E014", authentication=FORGED)])
def test_what_is_not_genuine_is_shown_and_changes_nothing(post: Post, raw: bytes) -> None:
    mailing = post.send()
    assert post.arrives(raw) == ()
    assert post.mailing(mailing.id) == mailing
    assert post.paused("kindle") is None
    [text] = post.noted(mailing.id)
    assert text.startswith("not acted on, since ")


def test_a_wrong_authserv_id_can_be_noticed(post: Post) -> None:
    """Doctor shows the last that was not believed; a genuine one puts it right."""

    def said() -> str | None:
        with post.bench.database.read() as connection:
            return returned.unverified(connection, "a")

    post.send()
    post.arrives(rejection("E013", "Holiday.epub", authentication=FORGED, id="<1@x>"))
    assert said() is None, "not about us"
    post.arrives(rejection("E013", "Tides.epub", authentication=FORGED, id="<2@x>"))
    assert "mx.home.test does not say" in (said() or "")
    post.arrives(rejection("E013", "Tides.epub", id="<3@x>"))
    assert said() is None


def test_a_forgery_that_came_first_does_not_hide_the_genuine_one(post: Post) -> None:
    """Even with the same Message-ID."""
    mailing = post.send()
    post.arrives(rejection("E013", "Tides.epub", authentication=FORGED))
    assert post.arrives(rejection("E013", "Tides.epub")) == (mailing.id,)


def test_a_genuine_mail_about_somebody_elses_file_changes_nothing(post: Post) -> None:
    mailing = post.send()
    for code in ("E013", "E014"):
        assert post.arrives(rejection(code, "Holiday.epub", id=f"<{code}@x>")) == ()
    assert post.mailing(mailing.id).state is State.ACCEPTED


def test_another_accounts_mailing_of_the_same_name_is_not_meant(post: Post) -> None:
    other = post.send(target=TARGET)
    with post.bench.database.write() as connection:
        connection.execute(mailings.update().values(account="b"))
    assert post.arrives(rejection("E013", "Tides.epub")) == ()
    assert post.mailing(other.id).state is State.ACCEPTED


def test_the_newest_of_a_name_is_meant(post: Post) -> None:
    old = post.send("monday")
    post.bench.time.seconds += 2 * 86400
    new = post.send("wednesday")
    assert new.file_name == old.file_name
    assert post.arrives(rejection("E013", "Tides.epub")) == (new.id,)
    assert post.mailing(old.id).state is State.ACCEPTED


def test_a_mail_from_before_it_was_sent_is_not_about_it(post: Post) -> None:
    mailing = post.send()
    assert post.arrives(rejection("E013", "Tides.epub"), after=-3600) == ()
    assert post.mailing(mailing.id).state is State.ACCEPTED


@pytest.mark.parametrize("name", ["Ueber Bruecken.epub", "Ueber_Bruecken.epub", "über  brücken.epub", "U\u0308ber Bru\u0308cken.epub"])
def test_mangled_names_are_recognised(post: Post, name: str) -> None:
    mailing = post.send(name="Über Brücken.epub")
    assert post.arrives(rejection("E013", name)) == (mailing.id,)


def test_a_rejection_without_a_name_means_the_only_one_in_its_window(post: Post) -> None:
    old = post.send("old")
    post.bench.time.seconds += REJECTION_WINDOW
    new = post.send("new")
    assert post.arrives(rejection("E009"), after=300) == (new.id,)
    assert [post.mailing(each.id).state for each in (old, new)] == [State.ACCEPTED, State.REJECTED]


def test_of_several_that_may_be_meant_all_are_held(post: Post) -> None:
    sent = [post.send(key) for key in "ab"]
    assert sorted(post.arrives(rejection("E009"))) == [1, 2]
    for mailing in sent:
        held = post.mailing(mailing.id)
        assert held.state is State.HELD
        assert (held.reply or "").startswith("one of these was refused")


def test_as_many_rejections_as_may_be_meant_mean_all_of_them(post: Post) -> None:
    sent = [post.send("k", target=replace(TARGET, destination=name)) for name in ("kindle", "dads")]
    post.arrives(rejection("E013", "Tides.epub", id="<1@x>"))
    assert [post.mailing(each.id).state for each in sent] == [State.HELD] * 2
    post.arrives(rejection("E013", "Tides.epub", id="<2@x>"))
    assert [post.mailing(each.id).state for each in sent] == [State.REJECTED] * 2


def test_only_kindles_are_meant_by_a_mail_without_a_name(post: Post) -> None:
    kindle = post.send("k")
    post.send("k", target=replace(TARGET, destination="pocketbook"))
    assert post.arrives(rejection("E014")) == (kindle.id,)


def test_an_unknown_sender_pauses_the_destination_and_says_what_to_approve(post: Post, tmp_path: Path) -> None:
    mailing = post.send()
    post.arrives(rejection("E014"))
    assert "exactly me@example.org" in (post.paused("kindle") or "")
    assert "exactly me@example.org" in (post.mailing(mailing.id).reply or "")
    with post.bench.database.write() as connection:
        standing.resume(connection, "destination", "kindle")
        [new] = returned.send_approved(connection, post.bench.one, Blobs(tmp_path), TARGET)
        assert returned.send_approved(connection, post.bench.one, Blobs(tmp_path), TARGET) == [], "only once"
    again, before = post.mailing(new), post.mailing(mailing.id)
    assert (again.delivery_id, again.rung, again.state, again.reason) == (before.delivery_id, 1, State.QUEUED, "approved sender")
    assert again.message_id != before.message_id
    digests = [post.bench.one.document(each.document_id, Blobs(tmp_path)).digest for each in (before, again)]
    assert digests[0] == digests[1]


def test_what_was_held_for_an_unknown_sender_is_sent_anew_too(post: Post, tmp_path: Path) -> None:
    for key in "ab":
        post.send(key)
    post.arrives(rejection("E014"))
    with post.bench.database.write() as connection:
        assert len(returned.send_approved(connection, post.bench.one, Blobs(tmp_path), TARGET)) == 2


def test_a_bounce_rejects_the_mailing_whose_message_it_returns(post: Post) -> None:
    first, second = post.send("a"), post.send("b")
    assert post.arrives(bounce(second.message_id, status="5.7.1", diagnostic="smtp; 550 5.7.1 spam")) == (second.id,)
    assert post.mailing(first.id).state is State.ACCEPTED
    assert "5.7.1 spam" in (post.mailing(second.id).reply or "")


def test_a_bounce_of_an_address_that_is_none_pauses_the_destination(post: Post) -> None:
    mailing = post.send()
    post.arrives(bounce(mailing.message_id))
    assert "no such user" in (post.paused("kindle") or "")


def test_a_delay_is_only_shown(post: Post) -> None:
    mailing = post.send()
    assert post.arrives(bounce(mailing.message_id, action="delayed", status="4.4.1")) == ()
    assert post.mailing(mailing.id) == mailing
    assert "delayed on its way" in post.noted(mailing.id)[0]


def test_presumed_delivered_only_by_a_reading_that_began_after_the_window(post: Post) -> None:
    mailing = post.send()
    post.bench.time.seconds += REJECTION_WINDOW - 1
    assert post.presume() == 0
    post.bench.time.seconds += 1
    assert post.presume() == 1
    assert post.mailing(mailing.id).state is State.PRESUMED_DELIVERED


@pytest.mark.parametrize("key", ["bounce", "amazon"])
def test_nothing_is_claimed_of_what_an_unverified_mail_says_was_refused(post: Post, key: str) -> None:
    """The authserv-id may be configured wrongly: then the truth is that nobody knows."""
    mailing, other = post.send("a"), post.send("b", name="Other.epub")
    doubtful = {"bounce": bounce(mailing.message_id, authentication="X: y"), "amazon": rejection("E013", "Tides.epub", authentication="")}
    post.arrives(doubtful[key])
    post.bench.time.seconds += 2 * REJECTION_WINDOW
    assert post.presume() == 1
    assert [post.mailing(each.id).state for each in (mailing, other)] == [State.ACCEPTED, State.PRESUMED_DELIVERED]


def test_the_window_is_open_until_its_last_reading(post: Post) -> None:
    def is_open() -> bool:
        with post.bench.database.read() as connection:
            return returned.window_open(connection, "a", post.bench.time.now())

    assert not is_open()
    post.send()
    assert is_open()
    post.bench.time.seconds += REJECTION_WINDOW + 1
    assert is_open()
    post.presume()
    assert not is_open()
