"""A trial: a short book, made and sent through the queue as every other is, and what the server said to it."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bookpost.article import Article
from bookpost.mail.mailing import Mailing
from bookpost.mail.states import State
from bookpost.service.app import App
from bookpost.service.doctor.diagnosis import Diagnosis, Level

_TEXT = """<p>This book was sent by <code>bookpost doctor --send</code>. That you read it shows that all is set up as it should be:
the account that sends, the address that receives, and, on a Kindle, the list of approved senders.</p>
<h2>What is tried here</h2><p>Letters with accents (é, ü, ß, ő), quotation marks, a list and a quote:</p>
<ul><li>the address that mail comes from</li><li>the way to your e-reader</li></ul>
<blockquote><p>A letter does not blush.</p></blockquote>"""


def trial(app: App, name: str) -> Iterator[Diagnosis]:
    """Send the trial document to a destination. Raises ConfigError for one that is not configured."""
    from bookpost.convert import convert
    from bookpost.service.posting import outcome, post, work_off

    settings = app.settings.destination(name)
    article = Article(title="A trial of bookpost", content=_TEXT, language="en", site="bookpost", words=70)
    making = app.making(device=settings.device, paper=None, templates=None)
    with tempfile.TemporaryDirectory(prefix="bookpost-") as folder:
        [document] = convert(
            article, folder, formats=settings.formats[:1], device=making.device, templates=making.templates, today=app.today
        )
        posting = post(app, document, name, again=True, forced=False)
    with closing(app.maker()) as maker:
        work_off(app, [posting], maker, lambda _: None)
    for mailing in outcome(app, posting).mailings:
        yield _said(name, mailing, document.file_name, by_mail=bool(settings.account))


def _said(name: str, mailing: Mailing, file_name: str, *, by_mail: bool) -> Diagnosis:
    subject, reply = f"trial to `{name}`", mailing.reply or mailing.state
    level: Level = "fault"
    remedy: str | None
    match mailing.state:
        case State.ACCEPTED | State.PRESUMED_DELIVERED:
            look = f"accepted is not delivered: look for “{Path(file_name).stem}” on the e-reader; a refusal comes by mail"
            level, remedy = "ok", look if by_mail else None
        case State.QUEUED | State.HELD | State.UNCERTAIN:
            remedy = f"it waits in the queue: `bookpost queue show {mailing.id}`"
        case _:
            remedy = f"`bookpost queue show {mailing.id}` says more"
    return Diagnosis(subject, level, f"{mailing.state}: {reply}", remedy)
