"""Style sheets: syntax, what e-readers mangle, fonts, and which elements a sheet hides."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bookpost.convert.check.css import Declaration, Sheet, addresses, parse_inline, parse_sheet, within
from bookpost.convert.check.report import Report, shown
from bookpost.dom import Element

_NEGATIVE = re.compile(r"(?<![\w.)-])-\s*(?:\d|\.\d)")
_PLACED = frozenset(("absolute", "fixed", "sticky", "-webkit-sticky"))
_READERS_OWN = frozenset(("font-size", "line-height", "color", "font-family", "text-align"))
_WHOLE_TEXT = frozenset(("html", "body", "p"))
_SELECTOR = 1_000
"""Characters of a selector that are looked at: one of a megabyte in front of each declaration would take minutes."""
_COMPOUND = re.compile(r"([A-Za-z][\w-]*|\*)?((?:[.#][\w-]+)*)")


@dataclass(frozen=True, slots=True)
class Hidden:
    """What `display: none` applies to: an element name (None: any), classes and an id."""

    tag: str | None
    classes: frozenset[str]
    ids: frozenset[str]

    def matches(self, element: Element, local: str) -> bool:
        """Whether the last part of the selector fits the element (what stands before it is not looked at)."""
        if self.tag not in (None, local):
            return False
        return self.classes <= set(str(element.get("class", "")).split()) and self.ids <= {str(element.get("id", ""))}


class HiddenRules:
    """All the rules of a book that hide something, found by one name each must match."""

    def __init__(self, rules: Iterable[Hidden]) -> None:
        self._by_key: dict[str, list[Hidden]] = {}
        for rule in dict.fromkeys(rules):
            key = f".{min(rule.classes)}" if rule.classes else f"#{min(rule.ids)}" if rule.ids else rule.tag or "*"
            self._by_key.setdefault(key, []).append(rule)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def tags(self) -> list[str]:
        """The element names that are hidden whatever their class; `*` is every name."""
        return [key for key in self._by_key if key[0] not in ".#"]

    def match(self, element: Element, local: str) -> bool:
        """Whether any rule hides the element."""
        keys = ("*", local, f"#{element.get('id', '')}", *(f".{name}" for name in str(element.get("class", "")).split()))
        return any(rule.matches(element, local) for key in keys for rule in self._by_key.get(key, ()))


@dataclass(frozen=True, slots=True)
class Styles:
    """What one sheet says: its faults as (code, message, line), the addresses it refers to, what it hides."""

    faults: tuple[tuple[str, str, int], ...]
    references: tuple[tuple[str, int], ...]
    hidden: tuple[Hidden, ...]


@lru_cache(maxsize=8)
def styles_of(text: str) -> Styles:
    """What a style sheet says. Remembered, since every book of ours carries the same one."""
    return _styles(text, parse_sheet(text))


def inline_faults(value: str) -> tuple[tuple[str, str, int], ...]:
    """The faults of a `style` attribute."""
    return _styles(value, parse_inline(value)).faults


def hides(value: str) -> bool:
    """Whether a `style` attribute hides its element."""
    return "none" in value and any(_is_hidden(declaration) for declaration in parse_inline(value).declarations)


def check_sheet(text: str, member: str, report: Report, *, first_line: int = 1) -> Styles:
    """Note the faults of a sheet that stands in `member`."""
    styles = styles_of(text)
    for code, message, line in styles.faults:
        report.add(code, message, member, line + first_line - 1)
    return styles


def _styles(text: str, sheet: Sheet) -> Styles:
    ends = [at for at, character in enumerate(text) if character == "\n"]

    def line(at: int) -> int:
        return bisect_left(ends, at) + 1

    faults = [("E-CSS-SYNTAX", f"{message}: the whole style sheet may be dropped", line(at)) for message, _, at in sheet.errors]
    references: list[tuple[str, int]] = [(address, line(at)) for statement, at, _ in sheet.imports for address in addresses(statement)]
    for declaration in sheet.declarations:
        at = line(declaration.end)
        faults.extend((code, message, at) for code, message in declaration_faults(declaration))
        references.extend((address, at) for address in addresses(declaration.value))
    for selector, start, end in sheet.blocks:
        if selector.lower() == "@font-face" and not _is_font(within(sheet, start, end)):
            faults.append(("E-FONT-FACE", "a `@font-face` without a family or an address", line(start)))
    hidden = tuple(what for declaration in sheet.declarations if _is_hidden(declaration) for what in _hidden(declaration.selector))
    return Styles(tuple(faults), tuple(references), hidden)


def declaration_faults(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """What an e-reader mangles in one declaration, as (code, message)."""
    name, value = declaration.name, declaration.value.lower()
    if name.startswith("--") or "var(" in value:
        yield "E-CSS-VARIABLE", f"a custom property: `{shown(f'{name}: {value}', 40)}`"
    if name == "position" and value in _PLACED:
        yield "E-CSS-POSITION", f"`position: {value}` lays text over text"
    if name.startswith("margin") and _NEGATIVE.search(value):
        yield "E-CSS-MARGIN", f"a negative margin: `{shown(f'{name}: {value}', 40)}`"
    if name.removeprefix("-webkit-") == "transform" and value != "none":
        yield "E-CSS-TRANSFORM", "a transform"
    if name in _READERS_OWN and (name != "text-align" or value == "justify") and _WHOLE_TEXT & set(_simple(declaration.selector)):
        yield "W-CSS-TEXT", f"`{name}` on the whole text overrides the reader's own setting"


def _simple(selector: str) -> list[str]:
    return [part.strip().lower() for part in selector[:_SELECTOR].split(",")]


def _is_font(declarations: Iterable[Declaration]) -> bool:
    values = {declaration.name: declaration.value for declaration in declarations}
    return "font-family" in values and (any(addresses(values.get("src", ""))) or "local(" in values.get("src", ""))


def _is_hidden(declaration: Declaration) -> bool:
    return (declaration.name, declaration.value.lower()) in (("display", "none"), ("visibility", "hidden"))


def _hidden(selector: str) -> Iterator[Hidden]:
    for part in selector[:_SELECTOR].split(","):
        words = part.replace(">", " ").replace("+", " ").replace("~", " ").split()
        match = _COMPOUND.fullmatch(words[-1]) if words else None
        if match is None or not match[0]:
            continue
        names = [(name[0], name[1:]) for name in _split_names(match[2])]
        yield Hidden(
            tag=None if match[1] in (None, "*") else match[1].lower(),
            classes=frozenset(name for mark, name in names if mark == "."),
            ids=frozenset(name for mark, name in names if mark == "#"),
        )


def _split_names(names: str) -> list[str]:
    return re.findall(r"[.#][\w-]+", names)
