"""The kill test in its short form: `benchmarks/kill_test.py` with a thousand kills is the long one."""

import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "kill_test.py"


def test_workers_killed_at_any_moment_lose_nothing_and_send_nothing_twice() -> None:
    """Ten kills, three hundred mails, a server that drops connections around the dot: every mail is accepted once or listed."""
    done = subprocess.run([sys.executable, PROGRAM, "--mails", "300", "--kills", "10", "--workers", "2"], capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
