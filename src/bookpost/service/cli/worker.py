"""`bookpost worker`: works the queue for good. As many processes as wanted."""

import logging
from pathlib import Path

import click

from bookpost.mail.worker import run_until_signalled
from bookpost.service.app import App
from bookpost.service.cli.common import config_option
from bookpost.service.housekeeping import chores, delivery_log, say_goodbye
from bookpost.service.rounds import Rounds


@click.command("worker")
@config_option
def command(config: Path | None) -> None:
    """Make and send what is in the queue, and what comes into it, until stopped (SIGTERM or Ctrl-C).

    Meanwhile it reads the accounts' mailboxes for rejections. What is being sent is finished first. After a crash another
    worker goes on within ten seconds.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    app = App.start(config)
    worker = app.worker()
    with delivery_log(app), Rounds(chores(app)), app.watch(), app.maker().working():
        run_until_signalled(worker, worker.run())
    say_goodbye(app)
