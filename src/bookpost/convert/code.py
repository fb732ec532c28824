"""Code in colours: the tokens of a `pre` whose language is named get a class of ours; every character stays as it is.

Keywords are also bold and comments slanted, so that a grey screen and a reader without our style sheet show them.
"""

from collections.abc import Hashable, Iterator
from functools import cache

from bookpost.dom import Element, elements

LONGEST = 30_000
"""Characters of one piece of code that is coloured: some of Pygments' lexers take quadratic time."""
_MOST = 300_000
"""Characters in one article."""
_PLAIN = frozenset(("text", "plain", "plaintext", "none", "output"))

# fmt: off
_CLASSES = (
    ("Token.Comment", "c"), ("Token.Keyword", "k"), ("Token.Operator.Word", "k"), ("Token.Literal.String", "s"),
    ("Token.Literal.Number", "m"), ("Token.Name.Function", "n"), ("Token.Name.Class", "n"), ("Token.Name.Tag", "k"),
    ("Token.Name.Decorator", "n"), ("Token.Name.Builtin", "n"), ("Token.Name.Attribute", "n"), ("Token.Name.Variable", "v"),
    ("Token.Name.Constant", "v"), ("Token.Generic.Deleted", "d"), ("Token.Generic.Inserted", "i"),
    ("Token.Generic.Heading", "k"), ("Token.Generic.Subheading", "k"),
)
# fmt: on
"""Our classes by the beginning of Pygments' token types: comment, keyword, string, number, name, variable, deleted, inserted."""
_TAGS = {"k": "b", "c": "i"}


def colour_code(body: Element) -> None:
    """Mark the tokens of every `<pre><code class="language-NAME">` below `body` by `tok-` classes, in place.

    Code in a language that Pygments does not know, code with markup of its own and very long code stay plain.
    """
    left = _MOST
    for code in elements(body, "code"):
        name = (code.get("class") or "").removeprefix("language-").lower()
        parent = code.getparent()
        text = code.text or ""
        if not name or name in _PLAIN or parent is None or parent.tag != "pre" or len(code) or not 0 < len(text) <= min(LONGEST, left):
            continue
        left -= len(text)
        _colour(code, text, name)


def _colour(code: Element, text: str, name: str) -> None:
    tokens = list(_tokens(text, name))
    if "".join(piece for _, piece in tokens) != text:
        return
    code.text = None
    last: Element | None = None
    for kind, piece in tokens:
        if kind:
            last = code.makeelement(_TAGS.get(kind, "span"), {"class": f"tok-{kind}"})
            last.text = piece
            code.append(last)
        elif last is None:
            code.text = (code.text or "") + piece
        else:
            last.tail = (last.tail or "") + piece


def _tokens(text: str, name: str) -> Iterator[tuple[str, str]]:
    """Runs of text with our class for them ("" for none); nothing for an unknown language."""
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return
    run, pending = "", ""
    for token, piece in lexer.get_tokens(text):
        kind = "" if piece.isspace() else _kind(token)
        if kind != run and pending:
            yield run, pending
            pending = ""
        run = kind
        pending += piece
    if pending:
        yield run, pending


@cache
def _kind(token: Hashable) -> str:
    """Our class for one of Pygments' token types, of which there are a few hundred."""
    name = str(token)
    return next((kind for start, kind in _CLASSES if name.startswith(start)), "")
