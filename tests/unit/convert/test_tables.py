"""Tables on a narrow page: what fits stays, what does not becomes a list or several tables, and no cell is lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.tables import set_tables
from bookpost.convert.words import words_for
from bookpost.dom import Element, parse_content, serialise_content, text_of


def set_(content: str, *, columns: int = 4, split: bool = True, language: str = "en") -> Element:
    body = parse_content(content)
    set_tables(body, columns=columns, words=words_for(language), split=split)
    return body


def shown(content: str, *, columns: int = 4) -> str:
    return serialise_content(set_(content, columns=columns))


def rows(count: int, cell: str = "<td>{0}</td><td>b{0}</td>") -> str:
    return "".join(f"<tr>{cell.format(number)}</tr>" for number in range(count))


HEAD = "<thead><tr><th>Land</th><th>Area</th><th>People</th></tr></thead>"
LANDS = "<tr><th>France</th><td>643</td><td>68</td></tr><tr><th>Spain</th><td>506</td><td>48</td></tr>"


def test_a_table_that_fits_stays_and_its_numbers_are_marked() -> None:
    assert shown(f"<table>{HEAD}<tbody>{LANDS}</tbody></table>") == (
        '<table><thead><tr><th>Land</th><th class="number">Area</th><th class="number">People</th></tr></thead>'
        '<tbody><tr><th>France</th><td class="number">643</td><td class="number">68</td></tr>'
        '<tr><th>Spain</th><td class="number">506</td><td class="number">48</td></tr></tbody></table>'
    )


def test_a_wide_table_becomes_a_list_with_the_columns_labels() -> None:
    assert shown(f"<table><caption>Lands</caption>{HEAD}<tbody>{LANDS}</tbody></table>", columns=2) == (
        '<div class="records"><p class="caption">Lands</p>'
        '<p class="record"><span class="label">Land:</span> <strong>France</strong></p>'
        f'<p class="values">{value("Area", "643")} · {value("People", "68")}</p>'
        '<p class="record"><strong>Spain</strong></p>'
        f'<p class="values">{value("Area", "506")} · {value("People", "48")}</p></div>'
    )


def value(label: str, text: str) -> str:
    return f'<span class="label">{label}:</span>\N{NO-BREAK SPACE}<span class="value">{text}</span>'


def test_a_row_of_short_values_is_a_paragraph_and_longer_ones_take_a_line_each() -> None:
    """Twelve months in twelve lines would fill a page with nothing."""
    long = "a sentence that is too long to run on with others"
    out = shown(f"<table>{HEAD}<tbody><tr><td>x</td><td>1</td><td>{long}</td></tr></tbody></table>", columns=2)
    assert f'<ul class="record"><li><span class="label">Area:</span> 1</li><li><span class="label">People:</span> {long}</li></ul>' in out


def test_spans_are_followed_in_the_list() -> None:
    """A value over two columns has both labels; a value over two rows is said in each; a row of one cell is a heading."""
    out = shown(
        "<table><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead><tbody>"
        '<tr><td colspan="3">2025</td></tr>'
        '<tr><td>x</td><td colspan="2">wide</td></tr>'
        '<tr><td>y</td><td rowspan="2"><em id="e">tall</em></td><td>c1</td></tr><tr><td>z</td><td>c2</td></tr></tbody></table>',
        columns=2,
    )
    assert '<p class="group"><strong>2025</strong></p>' in out
    assert value("B / C", "wide") in out
    assert out.count("tall") == 2
    assert out.count('id="e"') == 1


def test_a_first_row_of_heads_is_the_head() -> None:
    """So that its labels name the values, and a long table repeats it on each page."""
    assert shown("<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>x</td><td>y</td></tr></tbody></table>").startswith(
        "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>x"
    )


def test_a_wide_table_without_labels_is_a_plain_list() -> None:
    assert shown("<table><tr><td>a</td><td>b</td><td>c</td></tr></table>", columns=2) == (
        '<div class="records"><p class="record"><strong>a</strong></p>'
        '<p class="values"><span class="value">b</span> · <span class="value">c</span></p></div>'
    )


def test_a_label_without_any_value_is_still_said() -> None:
    out = shown(
        "<table><thead><tr><th>A</th><th>B</th><th>C</th></tr></thead><tbody><tr><td>x</td><td></td><td>z</td></tr></tbody></table>",
        columns=2,
    )
    assert '<li><span class="label">B:</span>\N{NO-BREAK SPACE}–</li>' in out


def test_columns_of_long_prose_become_a_list() -> None:
    prose = "many words in a narrow column " * 12
    assert "records" in shown(f"<table>{HEAD}<tbody><tr><td>a</td><td>{prose}</td><td>{prose}</td></tr></tbody></table>")


@pytest.mark.parametrize("cell", ["1,234.50", "−5 %", "€ 12", "12 km", "3 – 4", "~7", "12[1]", "(5)", "1990–2000", "USD 5"])
def test_what_is_a_number(cell: str) -> None:
    assert 'class="number"' in shown(f"<table><tr><td>a</td><td>{cell}</td></tr><tr><td>b</td><td>–</td></tr></table>")


@pytest.mark.parametrize("cell", ["12 March", "a1", "5 apples", "2024-01-02", "", "–"])
def test_what_is_no_number(cell: str) -> None:
    assert 'class="number"' not in shown(f"<table><tr><td>a</td><td>{cell}</td></tr></table>")


def test_a_long_table_is_cut_below_a_hundred_rows_with_its_head() -> None:
    out = set_(f"<table><caption>Long</caption><thead><tr><th>A</th><th>B</th></tr></thead><tbody>{rows(250)}</tbody></table><p>after</p>")
    tables = out.findall("table")
    assert [len(table.findall(".//tr")) for table in tables] == [99, 99, 55]
    assert all(len(table.findall("thead/tr")) == 1 for table in tables)
    assert [text_of(table[0]) for table in tables] == ["Long", "Long (continued)", "Long (continued)"]
    assert [text_of(cell) for cell in out.iter("td")] == [text for n in range(250) for text in (str(n), f"b{n}")]
    assert [child.tag for child in out] == ["table", "table", "table", "p"]


def test_a_long_table_stays_whole_where_pages_can_break() -> None:
    assert len(set_(f"<table><tbody>{rows(250)}</tbody></table>", split=False).findall("table")) == 1


def test_a_cell_is_never_cut_in_two() -> None:
    tall = '<tr><td rowspan="30">tall</td><td>x</td></tr>' + rows(29, "<td>{0}</td>")
    parts = set_(f"<table><tbody>{rows(90)}{tall}{rows(30)}</tbody></table>").findall("table")
    assert [len(part.findall(".//tr")) for part in parts] == [90, 60]


@pytest.mark.parametrize(
    "table",
    [
        "<table><tr>" + '<td colspan="99999" rowspan="99999">x</td>' * 50 + "</tr></table>",
        '<table><tbody><tr><td rowspan="65534">'
        + "long " * 5000
        + "</td><td>x</td></tr>"
        + rows(5000, "<td>{0}</td>")
        + "</tbody></table>",
        "<table><thead>" + ("<tr><th>" + "head " * 50 + "</th><th>b</th></tr>") * 200 + f"</thead><tbody>{rows(2000)}</tbody></table>",
        "<table><tr><td>" + "a" * 39 + "!</td><td>" + "1 " * 19 + "!</td></tr></table>",
    ],
)
def test_hostile_tables_neither_hang_nor_explode(table: str) -> None:
    assert len(shown(table, columns=3)) < 20 * len(table) + 2_000_000


CELLS = st.builds(
    lambda tag, text, across, down: f'<{tag} colspan="{across}" rowspan="{down}">{text}</{tag}>',
    st.sampled_from(["td", "td", "th"]),
    st.integers(0, 99999).map(lambda n: f"w{n}q") | st.just(""),
    st.integers(0, 4),
    st.integers(0, 4),
)
TABLE_ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6).map(lambda cells: f"<tr>{''.join(cells)}</tr>"), max_size=6).map("".join)


@settings(max_examples=200, deadline=None)
@given(TABLE_ROWS, TABLE_ROWS, TABLE_ROWS, st.integers(1, 8))
def test_no_cell_is_lost_whatever_the_spans(head: str, body: str, foot: str, columns: int) -> None:
    table = f"<table><thead>{head}</thead><tbody>{body}</tbody><tfoot>{foot}</tfoot></table>"
    words = [text_of(cell) for cell in parse_content(table).iter("td", "th")]
    said = text_of(set_(table, columns=columns))
    assert all(word in said for word in words)
