"""The examples, step by step, as they were last looked at: what a change does to a book is read as a difference.

make golden      writes the golden files anew
"""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from bookpost import convert, read_source

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
CASES = ("bridge.html", "tides.md", "rich.json", "arabic.json", "japanese.json", "poem.txt")


def steps(name: str, folder: Path) -> dict[str, str]:
    """Each step's text by its file's name: the clean content, and what a reader finds in the EPUB."""
    article = read_source(str(EXAMPLES / name))
    [document] = convert(article, folder, today=date(2026, 11, 24))
    with zipfile.ZipFile(document.path) as book:
        members = {Path(member).name: member for member in book.namelist() if member.endswith(("a001.xhtml", ".opf", "nav.xhtml"))}
        texts = {short: book.read(member).decode() for short, member in members.items()}
    return {"content.xhtml": article.content + "\n", **texts}


@pytest.mark.parametrize("name", CASES)
def test_an_example_is_as_it_was_last_looked_at(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    golden = HERE / name.replace(".", "-")
    found = steps(name, tmp_path)
    if request.config.getoption("--write-golden"):
        golden.mkdir(exist_ok=True)
        for short, text in found.items():
            (golden / short).write_text(text, "utf-8")
    assert found == {path.name: path.read_text("utf-8") for path in golden.iterdir()}
