"""Characters for which there is no font: nothing is drawn as an empty box; what was left out is said.

Letters of a script without a font become one mark a run, `[Tamil]`; symbols and emoji are left out, or named in
brackets where nothing else stands. A compatibility form that a font does have (NFKC) is simply used.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from bookpost.document import Finding

_UNREADABLE = 0.2
"""A book that loses a larger part of its letters cannot be read: an error, not a warning."""
_SHOWN = 12
_NAME_ENDS = re.compile(
    r" (?:CAPITAL |SMALL |FINAL |INDEPENDENT |DEPENDENT |SIGN |UNIFIED |COMPATIBILITY )*"
    r"(?:LETTER|SYLLABLE|SYLLABICS|VOWEL|CONSONANT|SIGN|DIGIT|NUMBER|IDEOGRAPH|MARK|CHARACTER|TONE|HIEROGLYPH|RADICAL|CHOSEONG|JUNGSEONG)\b.*"
)
_SCRIPTS = {
    "CJK": "Chinese",
    "IDEOGRAPHIC": "Chinese",
    "KANGXI": "Chinese",
    "BOPOMOFO": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "KATAKANA-HIRAGANA": "Japanese",
    "HANGUL": "Korean",
}
_HINTS = {
    "Chinese": "`apt install fonts-noto-cjk`",
    "Japanese": "`apt install fonts-noto-cjk`",
    "Korean": "`apt install fonts-noto-cjk`",
}


def visible_text(body: Element) -> Iterator[tuple[Element, str]]:
    """Every piece of text that is drawn, as (element, "text" or "tail")."""
    for element in body.iter():
        if element.text:
            yield element, "text"
        if element.tail and element is not body:
            yield element, "tail"


def replace_missing(body: Element, missing: frozenset[str], shown: frozenset[str]) -> tuple[Finding, ...]:
    """Take the `missing` characters out of the text, in place; `shown` are those that the fonts have."""
    if not missing:
        return ()
    plain = {c: form for c in missing if (form := unicodedata.normalize("NFKC", c)) != c and set(form) <= shown | {" "}}
    lost = frozenset(missing - plain.keys())
    table = str.maketrans(plain)
    count: Counter[str] = Counter()
    letters = 0
    for element, slot in visible_text(body):
        text = getattr(element, slot)
        letters += sum(map(str.isalpha, text))
        if not missing.isdisjoint(text):
            count.update(c for c in text if c in lost)
            setattr(element, slot, _without(text.translate(table), lost))
    return (*_scripts(count, letters), *_symbols(count))


def script(character: str, *, beside: str = "") -> str:
    """The script of a letter as its Unicode name begins: `Tamil`, `Old Italic`; Han is `Chinese`, or `Japanese` beside kana."""
    name = unicodedata.name(character, "unknown")
    word = _NAME_ENDS.sub("", name)
    found = _SCRIPTS.get(name.split(" ")[0], word.title())
    return "Japanese" if found == "Chinese" and any("\u3041" <= c <= "\u30ff" for c in beside) else found


def _without(text: str, lost: frozenset[str]) -> str:
    readable = _marked(text, lost)
    kept = "".join(c for c in readable if c not in lost)
    if kept.strip() or not text.strip():
        return re.sub(r"(?<=\S)  +(?=\S)", " ", kept) if kept != readable else kept
    return " ".join(f"[{unicodedata.name(c, 'symbol').lower()}]" for c in dict.fromkeys(text) if c in lost)


def _marked(text: str, lost: frozenset[str]) -> str:
    """Each run of letters without a font, with what stands between them, as one mark."""
    if not any(_is_letter(c) for c in lost.intersection(text)):
        return text
    beside = "".join(lost)
    letter = "[" + re.escape("".join(sorted(c for c in lost if _is_letter(c)))) + "]"
    return re.sub(rf"{letter}(?:[\s\W\d]*{letter})*", lambda run: f"[{script(run[0][0], beside=beside)}]", text)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


def _scripts(count: Counter[str], letters: int) -> Iterator[Finding]:
    by_script: dict[str, Counter[str]] = {}
    beside = "".join(count)
    for character, times in count.items():
        if _is_letter(character):
            by_script.setdefault(script(character, beside=beside), Counter())[character] = times
    total = sum(sum(counter.values()) for counter in by_script.values())
    code = "E-FONT-MISSING" if total > _UNREADABLE * letters else "W-FONT-MISSING"
    for name, counter in sorted(by_script.items()):
        hint = _HINTS.get(name, "a Noto font of the script")
        times = sum(counter.values())
        yield Finding(code, f"no font for {name}: {times} characters ({_some(counter)}) are shown as [{name}]; install {hint}")


def _symbols(count: Counter[str]) -> Iterator[Finding]:
    symbols = Counter({c: times for c, times in count.items() if not _is_letter(c)})
    if symbols:
        yield Finding("W-SYMBOL-MISSING", f"no font for {sum(symbols.values())} symbols, which are left out: {_some(symbols)}")


def _some(counter: Counter[str]) -> str:
    characters = sorted(counter)
    return " ".join(characters[:_SHOWN]) + (" …" if len(characters) > _SHOWN else "")
