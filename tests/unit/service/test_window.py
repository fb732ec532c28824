"""`--until presumed`: waits only where something can still be learned, and says beforehand where nothing can."""

from pathlib import Path

import pytest
from sqlalchemy import update

from bookpost.document import EPUB, Document
from bookpost.errors import ConfigError
from bookpost.library.schema import mailings
from bookpost.mail.mailing import Part
from bookpost.mail.policy import REJECTION_WINDOW
from bookpost.service.app import App
from bookpost.service.cli.common import state_in_words
from bookpost.service.window import refuse_unread, wait_out

ACCOUNT = '[accounts.mine]\nhost = "localhost"\nsender = "me@mail.test"\nusername = "me"\n'
MAILBOX = '[accounts.mine.mailbox]\nhost = "localhost"\nport = 1\nauthserv_id = "mx.mail.test"\n'
DESTINATIONS = '[destinations.kindle]\naccount = "mine"\naddress = "k@kindle.com"\n[destinations.shelf]\n'


def app_with(folder: Path, *sections: str) -> App:
    path = folder / "config.toml"
    path.write_text("".join([f'[library]\nfolder = "{folder}"\n', *sections]), "utf-8")
    return App.start(path)


def accepted(app: App, *, at: float) -> int:
    document = Document(path=Path("x"), media_type=EPUB, size=1, digest="0" * 64, content_key="k", title="T", file_name="T.epub")
    with app.database.write() as connection:
        [id] = app.queue.enqueue(connection, app.targets["kindle"], (Part(document=document),), content_key="k", title="T").mailing_ids
        connection.execute(update(mailings).values(state="accepted", accepted_at=at))
    return id


def test_where_rejections_are_not_read_it_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    app = app_with(tmp_path, ACCOUNT, DESTINATIONS)
    with pytest.raises(ConfigError) as caught:
        refuse_unread(app, ["shelf", "kindle"])
    assert "[accounts.mine.mailbox]" in (caught.value.hint or "")
    refuse_unread(app, ["shelf"])
    refuse_unread(app_with(tmp_path, ACCOUNT, MAILBOX, DESTINATIONS), ["kindle"])


def test_accepted_is_not_said_to_be_more(tmp_path: Path) -> None:
    for sections, said in (((), "accepted (rejections are not read)"), ((MAILBOX,), "accepted")):
        app = app_with(tmp_path, ACCOUNT, *sections, DESTINATIONS)
        id = app.queue.mailings()[0].id if app.queue.mailings() else accepted(app, at=0)
        assert state_in_words(app, app.queue.mailings([id])[0]) == said
        app.database.close()


def test_nobody_waits_for_what_will_never_be_known(tmp_path: Path) -> None:
    """The window is long over, and the mailbox cannot be read: it stays accepted."""
    app = app_with(tmp_path, ACCOUNT, MAILBOX, DESTINATIONS)
    id = accepted(app, at=app.now.timestamp() - 2 * REJECTION_WINDOW)
    assert [mailing.state for mailing in wait_out(app, [id])] == ["accepted"]
    app.database.close()
