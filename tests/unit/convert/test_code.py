"""Code in colours: the tokens are marked, every character stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.code import LONGEST, colour_code
from bookpost.dom import Element, parse_content, serialise_content


def coloured(text: str, language: str = "python") -> Element:
    body = parse_content(f'<pre><code class="language-{language}"/></pre>')
    body[0][0].text = text
    colour_code(body)
    return body


def test_the_tokens_of_a_known_language_are_marked() -> None:
    assert serialise_content(coloured('def f():\n    # why\n    return "x" + 1\n')) == (
        '<pre><code class="language-python"><b class="tok-k">def</b> <span class="tok-n">f</span>():\n'
        '    <i class="tok-c"># why</i>\n    <b class="tok-k">return</b> <span class="tok-s">"x"</span> + '
        '<span class="tok-m">1</span>\n</code></pre>'
    )


@pytest.mark.parametrize("content", ["<pre><code>if x</code></pre>", '<p><code class="language-python">if x</code></p>'])
def test_code_without_a_named_language_is_never_guessed(content: str) -> None:
    body = parse_content(content)
    colour_code(body)
    assert serialise_content(body) == content


@pytest.mark.parametrize("language", ["no-such-language", "text", "../x"])
def test_an_unknown_language_stays_plain(language: str) -> None:
    assert len(coloured("if x: pass", language)[0][0]) == 0


def test_very_long_code_stays_plain() -> None:
    assert len(coloured("x = 1\n" * LONGEST)[0][0]) == 0


def test_markup_inside_code_stays() -> None:
    content = '<pre><code class="language-python">if <mark>x</mark>: pass</code></pre>'
    body = parse_content(content)
    colour_code(body)
    assert serialise_content(body) == content


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("abc 0\n\t\r\"'#/*<>{}();=é字\ufeff"), max_size=80),
    st.sampled_from(["python", "js", "html", "css", "bash", "json", "c", "diff", "sql", "yaml", "console", "rust"]),
)
def test_every_character_stays(text: str, language: str) -> None:
    assert "".join(map(str, coloured(text, language).itertext())) == text
