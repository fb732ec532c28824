"""One whole process, measured: wall and CPU seconds, and the peak memory of all the processes it starts."""

import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: seconds on the clock and on the processors, the tree's peak in bytes, the bytes of its output."""

    wall: float
    cpu: float
    peak: int
    size: int


class CommandFailed(Exception):
    """The command ended with an error."""


def measured(command: Sequence[str | Path], out: Path | None, *, env: Mapping[str, str] | None = None, seconds: float = 900) -> Run:
    """Run the command; raises CommandFailed with the end of what it said."""
    if out:
        out.unlink(missing_ok=True)
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}, start_new_session=True
    )
    peak = _Peak(process.pid)
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.append(process.stdout.read() if process.stdout else b""))
    reader.start()
    timer = threading.Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    timer.cancel()
    highest = peak.stop()
    reader.join()
    if process.stdout:
        process.stdout.close()
    if process.returncode or (out and not out.exists()):
        raise CommandFailed(f"{command[0]} ended with {process.returncode}: {said[0].decode('utf-8', 'replace')[-300:].strip()}")
    return Run(wall, usage.ru_utime + usage.ru_stime, highest, out.stat().st_size if out else 0)


class _Peak(threading.Thread):
    """Adds up the memory of a session's processes every 10 ms: what is private of each, and the largest shared part once."""

    def __init__(self, group: int) -> None:
        super().__init__(daemon=True)
        self._group = group
        self._highest = 0
        self._over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self._over.wait(0.01):
            parts = [_memory(pid) for pid in _members(self._group)]
            if parts:
                self._highest = max(self._highest, sum(private for private, _ in parts) + max(shared for _, shared in parts))

    def stop(self) -> int:
        self._over.set()
        self.join()
        return self._highest


def _members(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session:
                found.append(int(entry.name))
    return found


def _memory(pid: int) -> tuple[int, int]:
    """Private and shared bytes in memory; nothing of a process that has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0, 0
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    private = kilobytes.get("Private_Clean", 0) + kilobytes.get("Private_Dirty", 0)
    return private * 1024, (kilobytes.get("Rss", 0) - private) * 1024


def rounds(runners: Mapping[str, Callable[[], Run]], count: int) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """`count` rounds of all runners, one after the other in each round; those that fail once are left out and told."""
    runs: dict[str, list[Run]] = {name: [] for name in runners}
    failed: dict[str, str] = {}
    for _ in range(count):
        for name, run in runners.items():
            if name not in failed:
                try:
                    runs[name].append(run())
                except CommandFailed as error:
                    failed[name] = str(error)
    return {name: found for name, found in runs.items() if found and name not in failed}, failed


def median(runs: Sequence[Run]) -> Run:
    """The median of each figure."""
    return Run(
        statistics.median(run.wall for run in runs),
        statistics.median(run.cpu for run in runs),
        int(statistics.median(run.peak for run in runs)),
        int(statistics.median(run.size for run in runs)),
    )
