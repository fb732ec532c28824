"""Formulas come out as allow-listed MathML, whatever drew them."""

import pytest

from bookpost.clean import clean
from bookpost.clean.maths import tex_to_math

NS = 'xmlns="http://www.w3.org/1998/Math/MathML"'
X = f'<math {NS} alttext="x"><mi>x</mi></math>'
CASES = {
    "MathML": ('<p>a <math onclick="x()"><mi href="javascript:x()" style="x">x</mi><script>x</script></math></p>', f"<p>a {X}</p>"),
    "with TeX": ('<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>', f"<p>{X}</p>"),
    "display": (
        '<math display="block"><mi>x</mi></math>',
        f'<p><math {NS} display="block" alttext="x"><mi>x</mi></math></p>',
    ),
    "KaTeX": (
        '<p><span class="katex"><span class="katex-mathml"><math><mi>x</mi></math></span>'
        '<span class="katex-html" aria-hidden="true">x</span></span></p>',
        f"<p>{X}</p>",
    ),
    "MathJax 3": (
        '<p><mjx-container><svg><path d=""/></svg><mjx-assistive-mml><math><mi>x</mi></math></mjx-assistive-mml></mjx-container></p>',
        f"<p>{X}</p>",
    ),
    "MathJax 2": (
        '<p><span class="MathJax_Preview"></span><span class="MathJax"><span>x</span></span><script type="math/tex">x</script></p>',
        f'<p><math {NS} alttext="x"><mrow><mi>x</mi></mrow></math></p>',
    ),
    "Wikipedia": (
        '<p><span class="mwe-math-element"><span style="display: none;"><math alttext="{\\displaystyle x}"><mi>x</mi></math></span>'
        '<img src="https://wikimedia.org/x.svg" class="mwe-math-fallback-image-inline" alt="x"></span></p>',
        f"<p>{X}</p>",
    ),
    "a fraction without its parts": (
        "<math><mfrac><mi>a</mi></mfrac></math>",
        f'<p><math {NS} alttext="a"><mfrac><mi>a</mi><mrow/></mfrac></math></p>',
    ),
    "TeX that nobody can read": (
        '<p>a <script type="math/tex">\\includegraphics{x}</script></p>',
        "<p>a <code>\\includegraphics{x}</code></p>",
    ),
    "nothing": ("<p>a</p><math><mrow></mrow></math>", "<p>a</p>"),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_a_formula_is_kept(before: str, after: str) -> None:
    assert clean(before).content == after


def test_hostile_tex_ends_in_none_or_a_formula() -> None:
    for tex in ("{" * 5000, "\\frac" * 900, "\\left(", "^_^_", "\\def\\x{\\x\\x}\\x", "\x01"):
        math = tex_to_math(tex, display=False)
        assert math is None or math.get("alttext")
