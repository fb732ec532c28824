"""Lines of code that are wider than the page: what wraps hangs under its own line, so that it is not taken for a new one.

Every character stays, in its order, and each line ends with its line feed: without the style sheet it is the code as it was.
"""

from collections.abc import Iterator

from bookpost.convert.records import append_text
from bookpost.dom import Element, elements

_WRAPS = 24
"""Characters of a line that no page breaks, whatever its font size."""
_DEEPEST = 16
"""Characters of indentation that are followed: half a line of a small screen."""

Piece = tuple[Element | None, str]
"""A stretch of a line: the element that it is in (None: the code itself) and its text."""


def hang_code(body: Element) -> None:
    """Wrap each long line of every `pre` in `<span class="line hangN">`, in place; N is its indentation in characters.

    Code with pictures or with markup inside markup stays as it is, and so do lines with tabs: their stops would move.
    """
    for pre in elements(body, "pre"):
        code = pre[0] if len(pre) == 1 and pre[0].tag == "code" and not (pre.text or pre[0].tail) else pre
        if all(child.text and not len(child) for child in code):
            _hang(code)


def _hang(code: Element) -> None:
    lines = list(_lines(code))
    if not any(map(_hangs, lines)):
        return
    code[:] = []
    code.text = None
    for line in lines:
        target = code
        if _hangs(line):
            target = code.makeelement("span", {"class": f"line hang{_indentation(line)}"})
            code.append(target)
        _write(line, target)


def _lines(code: Element) -> Iterator[list[Piece]]:
    """The pieces of each line, the last of them with the line feed."""
    line: list[Piece] = []
    for element, text in _pieces(code):
        for part in text.splitlines(keepends=True):
            line.append((element, part))
            if part.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def _pieces(code: Element) -> Iterator[Piece]:
    yield None, code.text or ""
    for child in code:
        yield child, child.text or ""
        yield None, child.tail or ""


def _write(line: list[Piece], target: Element) -> None:
    for element, text in line:
        if element is None:
            append_text(target, text)
            continue
        copy = target.makeelement(element.tag)
        for name, value in element.items():
            copy.set(name, value)
        copy.text = text
        target.append(copy)
        # What goes over several lines is several elements from here on, and an id stands once.
        if "id" in element.attrib:
            del element.attrib["id"]


def _hangs(line: list[Piece]) -> bool:
    return sum(len(text) for _, text in line) > _WRAPS and not any("\t" in text for _, text in line)


def _indentation(line: list[Piece]) -> int:
    text = "".join(text for _, text in line)
    deep = len(text) - len(text.lstrip())
    return min(deep + deep % 2, _DEEPEST)
