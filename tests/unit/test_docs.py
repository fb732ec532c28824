"""The documentation is current: generated pages are what the code says, and links between pages land."""

import re
from pathlib import Path

import pytest

from write_docs import pages

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_says(path: Path) -> None:
    """Otherwise: `make docs`."""
    assert path.read_text("utf-8") == pages()[path]


def test_every_link_between_our_pages_lands() -> None:
    broken = set()
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md"), *ROOT.glob("benchmarks/*.md")]:
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if "://" not in target and not (page.parent / target).exists():
                broken.add(f"{page.relative_to(ROOT)}: {target}")
    assert not broken
