"""Whole processes side by side in one run: time, memory and size as ratios to a named baseline, and what was to be reached.

Usage: convert.py [--sizes S,M,L,XL] [--rounds N] [--only TEXT] [--no-warm] [--corpus FOLDER]. Peers that are not
installed are left out. The rounds are interleaved, so that a busy moment hits everybody; figures are medians.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from make_corpus import FOLDER, SIZES, corpus
from measure import Run, median, rounds
from tools import BASELINE, Tool, epub_tools, pdf_tools, start_up

Figures = dict[tuple[str, str], Run]
"""(size, tool) → medians."""
GREY = f"{BASELINE} + Pillow, grey"
AS_IS = "bookpost (pictures as they are)"


def compare(size: str, tools: Sequence[Tool], folder: Path, suffix: str, count: int, baseline: str) -> Figures:
    """Runs these tools on one size and prints their table."""
    with tempfile.TemporaryDirectory() as temporary:
        outs = {tool.name: Path(temporary) / f"{number}.{suffix}" for number, tool in enumerate(tools)}
        runners = {tool.name: (lambda tool=tool: tool.run(folder, outs[tool.name])) for tool in tools}
        runs, failed = rounds(runners, count)
    medians = {name: median(found) for name, found in runs.items()}
    print(f"\n{f'{size} → {suffix.upper()}' if suffix else 'start'}, median of {count}")
    print(f"{'':34}{'wall s':>9}{'ratio':>8}{'cpu s':>9}{'ratio':>8}{'peak MB':>9}{'KB':>9}")
    for name, run in medians.items():
        base = medians.get(baseline)
        wall, cpu = (f"{run.wall / base.wall:.2f}×", f"{run.cpu / base.cpu:.2f}×") if base else ("", "")
        print(f"{name:34}{run.wall:9.3f}{wall:>8}{run.cpu:9.3f}{cpu:>8}{run.peak / 1e6:9.0f}{run.size / 1e3:9.0f}")
    for name, why in failed.items():
        print(f"{name:34}failed: {why}")
    return {(size, name): run for name, run in medians.items()}


def warm(sizes: Sequence[str], folder: Path, count: int) -> dict[str, float]:
    """Milliseconds in one warm process, by `warm.py`."""
    names = [name for name, size in (("small", "S"), ("pdf", "M"), ("writer-L", "L"), ("writer-XL", "XL")) if size in sizes]
    script = Path(__file__).with_name("warm.py")
    command: list[str | Path] = [sys.executable, script, *names, "--corpus", folder, "--rounds", str(count), "--json"]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print("\nin one warm process")
    for label, milliseconds in found.items():
        print(f"{label:40}{milliseconds:10.1f} ms")
    return found


def targets(figures: Figures, warmth: dict[str, float]) -> list[tuple[str, float | None, float]]:
    """(what, reached, limit) for each bound that was set; None where it was not measured."""

    def ratio(size: str, name: str, baseline: str, figure: str = "wall") -> float | None:
        ours, theirs = figures.get((size, name)), figures.get((size, baseline))
        return getattr(ours, figure) / getattr(theirs, figure) if ours and theirs else None

    def megabytes(size: str, name: str) -> float | None:
        run = figures.get((size, name))
        return run.peak / 1e6 if run else None

    def writer(size: str) -> float | None:
        ours, theirs = warmth.get(f"{size} writer alone, Book to EPUB"), warmth.get(f"{size} plain EbookLib, pages to EPUB")
        return ours / theirs if ours and theirs else None

    chromium = figures.get(("M", "Chromium"))
    printed = warmth.get("M PDF warm, pictures encoded before")
    return [
        ("writer alone, L: × plain EbookLib", writer("L"), 0.15),
        ("writer alone, XL: × plain EbookLib", writer("XL"), 0.8),
        ("L, pictures as they are: × plain EbookLib", ratio("L", AS_IS, BASELINE), 0.4),
        ("L, grey: × plain EbookLib + Pillow", ratio("L", "bookpost, grey", GREY), 0.3),
        ("L, pictures as they are: peak MB", megabytes("L", AS_IS), 100),
        ("L, grey: peak MB", megabytes("L", "bookpost, grey"), 100),
        ("XL: × plain EbookLib", ratio("XL", AS_IS, BASELINE), 1.8),
        ("S cold: × plain EbookLib", ratio("S", AS_IS, BASELINE), 4),
        ("S warm: ms", warmth.get("S warm, JSON to checked EPUB"), 15),
        ("M as PDF, cold: × Chromium", ratio("M", "bookpost PDF", "Chromium"), 1.0),
        ("M as PDF: bytes × Chromium's", ratio("M", "bookpost PDF", "Chromium", "size"), 1 / 6),
        ("M as PDF, warm: × a cold Chromium", printed / 1000 / chromium.wall if printed and chromium else None, 1 / 5),
        ("bookpost --help: × minimal click", ratio("", "bookpost --help", "minimal click --help"), 1.5),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="S,M,L,XL", type=lambda text: text.split(","))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="TEXT", help="only tools whose name holds this, and the baselines")
    parser.add_argument("--no-warm", action="store_true")
    parser.add_argument("--corpus", type=Path, default=FOLDER)
    options = parser.parse_args()
    if unknown := set(options.sizes) - set(SIZES):
        parser.error(f"no size {', '.join(unknown)}; there are {', '.join(SIZES)}")
    figures: Figures = {}
    wanted = [tool for tool in epub_tools() if options.only in tool.name or tool.name in (BASELINE, GREY)]
    for size in options.sizes:
        folder = corpus(options.corpus, size)
        figures |= compare(size, [tool for tool in wanted if size in tool.sizes], folder, "epub", options.rounds, BASELINE)
        if printers := [tool for tool in pdf_tools() if size in tool.sizes]:
            figures |= compare(size, printers, folder, "pdf", options.rounds, "Chromium")
    figures |= compare("", start_up(), Path(), "", max(options.rounds, 7), "minimal click --help")
    warmth = {} if options.no_warm else warm(options.sizes, options.corpus, options.rounds)
    print(f"\n{'to be reached':46}{'limit':>9}{'now':>9}")
    for what, now, limit in targets(figures, warmth):
        mark = "" if now is None else "reached" if now <= limit else "MISSED"
        print(f"{what:46}{limit:9.2f}{'–' if now is None else format(now, '.2f'):>9}  {mark}")


if __name__ == "__main__":
    main()
