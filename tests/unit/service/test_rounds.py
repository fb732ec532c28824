"""Chores come round again, whatever happens to them, and end with their block."""

import threading

from bookpost.errors import ConfigError
from bookpost.service.rounds import Chore, Rounds


def test_a_chore_that_fails_comes_round_again_and_disturbs_no_other() -> None:
    times = {"bad": 0, "good": 0}
    enough = threading.Event()

    def bad() -> None:
        times["bad"] += 1
        if times["bad"] == 3:
            enough.set()
        raise ConfigError("no")

    def good() -> None:
        times["good"] += 1

    with Rounds([Chore("bad", 0.01, bad), Chore("good", 3600, good)]):
        assert enough.wait(5)
    assert times["good"] == 1
    ended = dict(times)
    assert not [thread for thread in threading.enumerate() if thread.name in ("bookpost-bad", "bookpost-good")]
    assert times == ended
