"""CSS as a strict old reader sees it: rules and declarations with their places in the text, and syntax errors.

A scanner after CSS Syntax Level 3 without nesting: what it calls an error makes a Kindle drop the whole sheet.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = r"(?:--|-?(?:[A-Za-z_]|[^\x00-\x7f]|\\.))(?:[\w-]|[^\x00-\x7f]|\\.)*"
_TOKEN = re.compile(
    rf"""(?P<comment>/\*.*?\*/)|(?P<bad>/\*|<!--|-->)|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<quote>["'])
    |(?P<url>url\(\s*+(?:[^"'()\\\s]|\\.)*+\s*+\))|(?P<name>[@\#]?{_NAME}\(?)|(?P<space>\s+)|(?P<mark>[{{}}();:\[\]])|(?P<other>[^\s{{}}();:\[\]"'/@\#\\]|.)""",
    re.S | re.X | re.I,
)
_PROPERTY = re.compile(rf"\*?{_NAME}", re.S)
_SELECTOR = re.compile(r"""(?:[^{}@;!$%&?/"']|"[^"]*"|'[^']*')++""", re.S)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_HOLDS_RULES = ("@media", "@supports", "@layer", "@document", "@-moz-document", "@container", "@keyframes", "@-webkit-keyframes")
_STATEMENTS = ("@charset", "@import", "@namespace", "@layer")
_PAIRS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Declaration:
    """`name: value` in the rule of `selector` (`@font-face` for such a block); its text is `text[start:end]`."""

    selector: str
    name: str
    value: str
    start: int
    end: int


@dataclass(slots=True)
class Sheet:
    """What a style sheet says; `blocks` are the spans of the declaration blocks with their selectors, `media` their conditions."""

    declarations: list[Declaration] = field(default_factory=list)
    imports: list[tuple[str, int, int]] = field(default_factory=list)
    blocks: list[tuple[str, int, int]] = field(default_factory=list)
    errors: list[tuple[str, int, int]] = field(default_factory=list)
    """What is wrong, and the span without which it would not be."""
    unclosed: int = 0
    """How many `}` are missing at the end."""


@dataclass(slots=True)
class _Block:
    """An open block: `start` is where its prelude began; `kind` says what may stand in it."""

    prelude: str
    start: int
    rules: bool


class _Scanner:
    """One pass over the text; an inline text is the inside of one block, which is never closed."""

    def __init__(self, text: str, *, inline: bool) -> None:
        self.text = text
        self.sheet = Sheet()
        self.blocks = [_Block("", 0, rules=False)] if inline else []
        self.outermost = len(self.blocks)
        self.brackets: list[str] = []
        self.piece = 0

    def scan(self) -> Sheet:
        end = len(self.text)
        for token in _TOKEN.finditer(self.text):
            kind, mark = token.lastgroup, token[0]
            if mark == "/*":  # nothing after it is CSS
                self.error("a comment that does not end", token.start(), end)
                end = token.start()
                break
            if kind == "bad":
                self.error("an HTML comment", token.start(), token.end())
            elif kind == "quote":
                self.error("a string that does not end", token.start(), token.end())
            elif kind == "name" and mark.endswith("("):
                self.brackets.append("(")
            elif kind == "mark":
                self.mark(mark, token.start())
        self.finish(end)
        return self.sheet

    def error(self, message: str, start: int, end: int) -> None:
        self.sheet.errors.append((message, start, end))

    def mark(self, mark: str, at: int) -> None:
        if mark in "([":
            self.brackets.append(mark)
        elif mark in _PAIRS:
            if not self.brackets or self.brackets.pop() != _PAIRS[mark]:
                self.error(f"`{mark}` without its opening half", at, at + 1)
        elif mark == ":" or (mark == ";" and self.brackets):
            return
        else:
            if self.brackets:
                self.error("a bracket that is not closed", self.piece, at)
                self.brackets.clear()
            {"{": self.open, "}": self.close, ";": self.semicolon}[mark](at)
            self.piece = at + 1

    def taken(self, end: int) -> str:
        """The piece of text since the last mark, without comments."""
        return _COMMENT.sub(" ", self.text[self.piece : end]).strip()

    def open(self, at: int) -> None:
        prelude = self.taken(at)
        start = self.piece
        word = prelude.split(None, 1)[0].split("(")[0].lower() if prelude else ""
        if self.blocks and not self.blocks[-1].rules and not prelude.startswith("@"):
            self.error("a rule inside a rule", self.piece, at)
        if not word.startswith("@") and not _SELECTOR.fullmatch(prelude):
            self.error("a rule without a valid selector", self.piece, at)
        self.blocks.append(_Block(prelude, start, rules=word in _HOLDS_RULES))

    def close(self, at: int) -> None:
        if len(self.blocks) == self.outermost:
            self.error("`}` without its opening half", at, at + 1)
            return
        self.declaration(at)
        block = self.blocks.pop()
        if not block.rules:
            self.sheet.blocks.append((block.prelude, block.start, at + 1))

    def semicolon(self, at: int) -> None:
        if self.blocks and not self.blocks[-1].rules:
            self.declaration(at)
            return
        statement = self.taken(at)
        word = statement.split(None, 1)[0].lower() if statement else ""
        if word not in _STATEMENTS:
            self.error("a `;` outside of a rule", self.piece, at + 1)
        elif word == "@import":
            self.sheet.imports.append((statement, self.piece, at + 1))

    def declaration(self, end: int) -> None:
        text = self.taken(end)
        if not text:
            return
        if self.blocks[-1].rules:
            self.error("text that is no rule", self.piece, end)
            return
        name, value = _name_and_value(text)
        if not value or not _PROPERTY.fullmatch(name):
            self.error(f"`{text[:40]}` is no declaration", self.piece, end)
            return
        self.sheet.declarations.append(Declaration(self.blocks[-1].prelude, name.lower(), value, self.piece, end))

    def finish(self, end: int) -> None:
        if self.brackets or len(self.blocks) > self.outermost:
            self.error("a block or bracket that is not closed", self.piece if self.brackets else end, end)
            self.sheet.unclosed = len(self.blocks) - self.outermost
        elif self.blocks:
            self.declaration(end)
        elif self.taken(end):
            self.error("text after the last rule", self.piece, end)


def _name_and_value(declaration: str) -> tuple[str, str]:
    """The parts around the colon, without `!important`."""
    name, _, value = (part.strip() for part in declaration.partition(":"))
    start, mark, last = value.rpartition("!")
    return name, start.strip() if mark and last.strip().lower() == "important" else value


def parse_sheet(text: str) -> Sheet:
    """The style sheet's declarations and errors."""
    return _Scanner(text, inline=False).scan()


def parse_inline(text: str) -> Sheet:
    """The same for the value of a `style` attribute."""
    return _Scanner(text, inline=True).scan()


def within(sheet: Sheet, start: int, end: int) -> list[Declaration]:
    """The declarations of the block that has this span."""
    first = bisect_left(sheet.declarations, start, key=lambda declaration: declaration.start)
    last = bisect_left(sheet.declarations, end, key=lambda declaration: declaration.start)
    return sheet.declarations[first:last]


_URL = re.compile(r"""url\(\s*+(?:"([^"]*)"|'([^']*)'|([^"')\s]*+))\s*+\)|@import\s++(?:"([^"]*)"|'([^']*)')""", re.I)


def addresses(value: str) -> Iterator[str]:
    """The addresses in a value or an `@import`."""
    for match in _URL.finditer(value):
        yield next(group for group in match.groups() if group is not None)
