"""Tables: data stays a table, layout does not."""

import pytest

from bookpost.clean import clean

ROW = "<tr><td>1</td><td>2</td></tr>"
CASES = {
    "a head of th": (
        f"<table><tr><th>a</th><th>b</th></tr>{ROW}</table>",
        f"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>{ROW}</tbody></table>",
    ),
    "caption, foot before body": (
        f"<table><caption>C</caption><tfoot><tr><td>s</td><td>t</td></tr></tfoot>{ROW}{ROW}</table>",
        f"<table><caption>C</caption><tbody>{ROW}{ROW}</tbody><tfoot><tr><td>s</td><td>t</td></tr></tfoot></table>",
    ),
    "an empty th": (
        f'<table><tr><th scope="col"></th><th scope="col">b</th></tr>{ROW}</table>',
        f'<table><thead><tr><td/><th scope="col">b</th></tr></thead><tbody>{ROW}</tbody></table>',
    ),
    "spans that leave the table": (
        '<table><tr><td rowspan="9" colspan="0">1</td><td colspan="2">2</td></tr><tr><td rowspan="65534">3</td></tr></table>',
        '<table><tbody><tr><td rowspan="2">1</td><td colspan="2">2</td></tr><tr><td>3</td></tr></tbody></table>',
    ),
    "layout by its role": (f'<table role="presentation">{ROW}</table>', "<p>1</p><p>2</p>"),
    "a table of one cell": ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "<p>a</p><p>b</p>"),
    "a table of tables": (
        f"<table><tr><td><table>{ROW}{ROW}</table></td><td>side</td></tr></table>",
        f"<table><tbody>{ROW}{ROW}</tbody></table><p>side</p>",
    ),
    "a table in a table of data": (
        "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><table><tr><td>x</td><td>y</td></tr></table></td></tr></table>",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><p>x</p><p>y</p></td></tr></tbody></table>",
    ),
    "text between the rows": (f"<table>lost<tr>{ROW}{ROW}</table>", f"<p>lost</p><table><tbody>{ROW}{ROW}</tbody></table>"),
    "a table without rows": ("<table><caption>C</caption></table>", "<p>C</p>"),
    "rows without a table": ("<tr><td>a</td><td>b</td></tr>", "<p>a</p><p>b</p>"),
    "nothing in it": ("<p>a</p><table><tr><td></td><td></td></tr></table>", "<p>a</p>"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_tables_are_sound_or_undone(before: str, after: str) -> None:
    assert clean(before).content == after


def test_undoing_a_layout_table_is_said() -> None:
    assert clean("<table><tr><td>a</td></tr></table>").notes == ("a table used for layout was undone",)
