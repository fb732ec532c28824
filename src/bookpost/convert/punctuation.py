"""Dashes, ellipses, minus and multiplication signs, and the spaces where a line must not break, by language.

An ordered recipe of small replacements on the text of one block. Each has words that must be in the text for it to be
worth a look, so that plain prose costs little. Every step leaves its own result alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bookpost.convert.marks import NBSP, Marks
from bookpost.convert.quotes import Edit, is_cjk

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Step:
    """One replacement; `signs` are texts of which one must occur (none: always look)."""

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    new: Replacement

    def set(self, text: str) -> str:
        """The text with every replacement made."""
        for sign in self.signs:
            if sign in text:
                break
        else:
            if self.signs:
                return text
        return self.pattern.sub(self.new, text)

    def edits(self, text: str) -> list[Edit]:
        """The replacements as edits, for a text that is cut into pieces."""
        for sign in self.signs:
            if sign in text:
                break
        else:
            if self.signs:
                return []
        new = self.new
        return [(m.start(), m.end(), new if isinstance(new, str) else new(m)) for m in self.pattern.finditer(text)]


_UNITS = """
km/h km² km m² m³ cm² cm mm µm nm m kg g mg µg t ha ml dl cl l hPa bar s ms h min mph
Hz kHz MHz GHz THz W kW MW GW TW Wh kWh MWh GWh TWh V kV mA mAh kJ kcal cal dB lm px pt dpi
kB KB MB GB TB Mbit Gbit am pm a.m. p.m. CHF EUR USD GBP kr zł Kč € £ ¥ $ ₽ ₪ руб. °C °F ° % ‰
million billion trillion Mio. Mrd. Millionen Milliarden millions milliards млн млрд
"""
_UNIT = "|".join(map(re.escape, sorted(_UNITS.split(), key=len, reverse=True)))
_NUMBER = r"\d+(?:[.,]\d+)*"
_CROSSING = re.compile(rf"[ {NBSP}]?x[ {NBSP}]?")
_CAPITAL = "A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЁ"


def steps_before_quotes(marks: Marks) -> tuple[Step, ...]:
    """Dashes, ellipses and signs: they look at straight marks beside them, so they come first."""
    steps = [_ellipsis(marks), _double_hyphen(marks), *_minus(), _times()]
    if marks.dash:
        steps.append(Step(("- ",), re.compile(rf"(?<=[^\s«–—-])[ {NBSP}]-(?= [^\s-])"), NBSP + marks.dash))
    if marks.speech:
        steps.append(Step(("- ",), re.compile(r"\A- (?=[^\W\d])"), marks.speech + NBSP))
    return tuple(steps)


def steps_after_quotes(marks: Marks) -> tuple[Step, ...]:
    """Spaces that do not break."""
    steps = [
        Step((" –", " —"), re.compile(r"(?<=[^\s]) (?=[–—] )"), NBSP),
        Step((), re.compile(rf"[0-9] (?=(?:{_UNIT})(?![\w]))"), lambda m: m[0][0] + NBSP),
        Step(("§", "№", "°", "º"), re.compile(r"(?:[§№]|[nN][°º]) (?=\d)"), lambda m: m[0][:-1] + NBSP),
        Step((". ",), re.compile(rf"\. (?<=[^\W\d_]\. )(?<![\w'’°]\w\. )(?=[{_CAPITAL}]|[a-z]\.)"), "." + NBSP),
    ]
    if marks.abbreviations:
        steps.append(_abbreviation(marks.abbreviations))
    if marks.french_spaces:
        steps.extend(_french())
    if marks.hung:
        pattern = re.compile(rf" (?<!\w\w )(?<=[{marks.hung}] )(?<![^\s(„«–—-]. )(?=\w)")
        steps.append(Step((" ",), pattern, NBSP))
    return tuple(steps)


def _ellipsis(marks: Marks) -> Step:
    cjk = marks.ellipsis

    def dots(found: re.Match[str]) -> str:
        if len(found[0]) == 6 and cjk == "…":
            return found[0]
        before = found.string[found.start() - 1 : found.start()]
        after = found.string[found.end() : found.end() + 1]
        return cjk if is_cjk(before) or is_cjk(after) else "…"

    return Step(("...", ". . ."), re.compile(r"(?<!\.)\.{3}(?!\.\.)|(?<![.…])\.{6}(?!\.)|(?<!\. )(?<![.…])\. \. \.(?! ?[.…])"), dots)


def _minus() -> tuple[Step, ...]:
    return (
        Step((" - ",), re.compile(rf"(?<=\d) - (?={_NUMBER} ?[=≈])"), f"{NBSP}−{NBSP}"),
        Step(("-",), re.compile(rf"-(?<![^\s(\[\"'«“„‘‚»”‹›「『]-)(?<!\d\s-)(?={_NUMBER}(?![\w-]|[.,]\d|/))"), "−"),
    )


def _times() -> Step:
    def cross(found: re.Match[str]) -> str:
        return _CROSSING.sub(lambda sign: f"{NBSP}×{NBSP}" if len(sign[0]) > 1 else "×", found[0])

    pattern = rf"[1-9](?<![\w.,].)[\d.,]*(?<=\d)(?:{_CROSSING.pattern}{_NUMBER})+(?=(?:[cmk]?m|px|in|ft)?(?!\w))"
    return Step(("x",), re.compile(pattern), cross)


def _double_hyphen(marks: Marks) -> Step:
    """`---` and `--`; a `--` before a word and after a space is a command's option and stays."""

    def dash(found: re.Match[str]) -> str:
        text = found.string
        before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 1]
        if len(found[0]) == 3:
            return marks.long_dash
        if before.isdigit() and after.isdigit():
            return "–"
        return marks.dash or marks.long_dash if before.isspace() and after.isspace() else marks.long_dash

    closed = r"--(?<=[^\s\-<!]--)-?(?![->])"
    spaced = rf"(?<=\S[ {NBSP}])---?(?=\s)|(?<=\s)---(?![->])"
    return Step(("--",), re.compile(f"{closed}|{spaced}"), dash)


def _abbreviation(words: str) -> Step:
    """“p. 5”: between an abbreviation and its number."""
    known = frozenset(words.split("|"))

    def glue(found: re.Match[str]) -> str:
        word = re.search(r"\w*\Z", found.string[max(0, found.start() - 8) : found.start()])
        return "." + NBSP if word and word[0] in known else found[0]

    return Step((". ",), re.compile(r"\. (?=[0-9])"), glue)


def _french() -> tuple[Step, ...]:
    return (
        Step((" ;", " :", " !", " ?", " »"), re.compile(r" (?=[;:!?»])"), NBSP),
        Step(("« ",), re.compile(r"« (?=\S)"), "«" + NBSP),
        Step(("«",), re.compile(r"«(?=[^\s«»])"), "«" + NBSP),
        Step(("»",), re.compile(r"»(?<=[^\s«»]»)"), NBSP + "»"),
    )
