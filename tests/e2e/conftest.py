"""The stories are told through the installed command, as a user would: arguments in, files and exit codes out."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str
    raw: bytes


Bookpost = Callable[..., Told]


@pytest.fixture
def examples() -> Path:
    return EXAMPLES


@pytest.fixture
def bookpost(tmp_path: Path) -> Bookpost:
    """Run `bookpost` in an empty folder with nothing configured but what the test names."""

    def run(*arguments: str | Path, stdin: bytes = b"", **environ: str) -> Told:
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "LC_ALL": "C.UTF-8", **environ}
        done = subprocess.run(
            [sys.executable, "-m", "bookpost", *map(str, arguments)], input=stdin, capture_output=True, cwd=tmp_path, env=env
        )
        told = Told(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), done.stdout)
        assert "Traceback" not in told.err, told.err
        return told

    return run
