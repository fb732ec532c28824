"""Code on a narrow page: what wraps can be told from what begins, and the code is the same code."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.epub.hanging import hang_code
from bookpost.dom import parse_content, serialise_content


def hung(content: str) -> str:
    body = parse_content(content)
    hang_code(body)
    return serialise_content(body)


LONG = "value = compute(first, second, third)"


def test_a_long_line_hangs_below_its_own_indentation() -> None:
    assert hung(f"<pre><code>def f():\n    {LONG}\n    x</code></pre>") == (
        f'<pre><code>def f():\n<span class="line hang4">    {LONG}\n</span>    x</code></pre>'
    )


def test_short_lines_stay_as_they_are() -> None:
    code = "<pre><code><b>if</b> a:\n    b()</code></pre>"
    assert hung(code) == code


def test_a_token_over_several_lines_is_one_on_each() -> None:
    assert hung(f'<pre><code><i class="tok-c" id="x"># {LONG}\n# {LONG}</i></code></pre>') == (
        f'<pre><code><span class="line hang0"><i class="tok-c" id="x"># {LONG}\n</i></span>'
        f'<span class="line hang0"><i class="tok-c"># {LONG}</i></span></code></pre>'
    )


def test_deep_indentation_leaves_room_for_the_code() -> None:
    assert 'class="line hang16"' in hung(f"<pre>{' ' * 60}{LONG}</pre>")


def test_tabs_keep_their_stops() -> None:
    """They count from the edge of the block, which a hanging line moves."""
    assert hung(f"<pre>\t{LONG}</pre>") == f"<pre>\t{LONG}</pre>"


@pytest.mark.parametrize("inside", ['<img src="image:i1"/>', "<b><i>deep</i></b>", "<br/>"])
def test_code_that_is_more_than_text_is_left_alone(inside: str) -> None:
    code = f"<pre><code>{LONG}{inside}</code></pre>"
    assert hung(code) == code


@settings(max_examples=100)
@given(st.lists(st.tuples(st.booleans(), st.text("ab \t\n\v\u2028", min_size=1, max_size=40)), max_size=8))
def test_no_character_is_lost_or_moved(pieces: list[tuple[bool, str]]) -> None:
    pre = parse_content("<pre/>")[0]
    last = None
    for marked, text in pieces:
        text = text.replace("\v", "")
        if marked and text:
            last = pre.makeelement("b")
            last.text = text
            pre.append(last)
        elif last is None:
            pre.text = (pre.text or "") + text
        else:
            last.tail = (last.tail or "") + text
    before = "".join(map(str, pre.itertext()))
    body = pre.getparent()
    assert body is not None
    hang_code(body)
    assert "".join(map(str, pre.itertext())) == before
