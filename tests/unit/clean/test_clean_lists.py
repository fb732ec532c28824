"""Lists and definitions."""

import pytest

from bookpost.clean import clean

CASES = {
    "terms and definitions": (
        "<dl><div><dt>a</dt><dd>b</dd></div><dt>c<dd>d<dd>e</dl>",
        "<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd><dd>e</dd></dl>",
    ),
    "definitions of nothing": ("<dl><dd>a</dd><dd>b</dd></dl>", "<p>a</p><p>b</p>"),
    "a term without a definition": ("<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>", "<dl><dt>a</dt><dd>b</dd></dl><p><strong>c</strong></p>"),
    "stray definitions": ("<dt>a</dt><dd>b</dd>", "<dl><dt>a</dt><dd>b</dd></dl>"),
    "attributes of lists": (
        '<ol start="3" type="a" reversed class="x"><li value="7">a</li><li value="x">b</li></ol>',
        '<ol start="3" type="a" reversed="reversed"><li value="7">a</li><li>b</li></ol>',
    ),
    "empty ones": ("<p>a</p><ul><li></li><li> </li></ul><ol></ol>", "<p>a</p>"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_lists_hold_items_and_definitions_follow_terms(before: str, after: str) -> None:
    assert clean(before).content == after
