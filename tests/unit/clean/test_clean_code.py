"""Code keeps its lines, loses its line numbers, and says its language."""

import pytest

from bookpost.clean import clean

CODE = '<pre><code class="language-python">def f():\n    pass</code></pre>'
CASES = {
    "Markdown": ('<pre><code class="language-python">def f():\n    pass\n</code></pre>', CODE),
    "GitHub": ('<div class="highlight highlight-source-python"><pre><span class="pl-k">def</span> f():\n    pass</pre></div>', CODE),
    "SyntaxHighlighter": ('<pre class="brush: py; title: x">def f():\n    pass</pre>', CODE),
    "highlight.js": ('<pre><code class="hljs python">def f():\n    pass</code></pre>', CODE),
    "data-lang": ('<pre data-lang="python"><code>def f():\n    pass</code></pre>', CODE),
    "br and blocks": ('<pre class="lang-py">def f():<br>    pass<br></pre>', CODE),
    "a block a line": ('<pre class="lang-py"><div>def f():</div><div>    pass</div></pre>', CODE),
    "a gutter": ('<pre class="lang-py"><span class="lineno">1 </span>def f():\n<span class="lineno">2 </span>    pass</pre>', CODE),
    "a table of numbers": (
        '<div class="language-python"><table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre></td><td class="code"><div>'
        '<pre class="python highlight">def f():\n    pass\n</pre></div></td></tr></table></div>',
        CODE,
    ),
    "a row a line": (
        '<table class="js-file-line-container lang-python"><tr><td class="blob-num" data-line-number="1"></td><td>def f():</td></tr>'
        '<tr><td class="blob-num"></td><td>    pass</td></tr></table>',
        CODE,
    ),
    "no language": ('<pre class="wp-block-code"><code class="language-none">x</code></pre>', "<pre><code>x</code></pre>"),
    "typed text": ("<pre>\n\n  a\n\n   b\n\n</pre>", "<pre>  a\n\n   b</pre>"),
    "lines in a paragraph": ("<p><code>a<br>b</code></p>", "<pre><code>a\nb</code></pre>"),
    "code in text": ('<p>call <code class="x">f  (x)</code></p>', "<p>call <code>f (x)</code></p>"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_code_stays_as_it_was_written(before: str, after: str) -> None:
    assert clean(before).content == after
