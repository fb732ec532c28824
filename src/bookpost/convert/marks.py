"""Which quotation marks and dashes a language uses: data, by language tag.

Sources: Unicode CLDR delimiters; for dashes and spaces the languages' own handbooks as named at each entry.
"""

from dataclasses import dataclass, replace
from functools import cache

NBSP = "\N{NO-BREAK SPACE}"
"""Also where French has a narrow one: several e-readers' fonts draw a box for U+202F."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How one language sets its text.

    `outer` and `inner` are pairs of quotation marks (French with its spaces); `cjk_outer` and `cjk_inner` take their place
    where the quoted text is Chinese or Japanese. `dash` stands between words with a space on both sides (None: such a
    hyphen stays), `long_dash` for `---` and for a `--` without spaces. `elisions` are words that start with an apostrophe.
    `speech` is the dash that opens a line of speech; `hung` are letters that never end a line.
    """

    outer: tuple[str, str]
    inner: tuple[str, str]
    cjk_outer: tuple[str, str] | None = None
    cjk_inner: tuple[str, str] | None = None
    dash: str | None = "–"
    long_dash: str = "—"
    ellipsis: str = "…"
    elisions: str = ""
    speech: str | None = None
    hung: str = ""
    french_spaces: bool = False
    hebrew: bool = False
    abbreviations: str = ""


_CURLY = ("“", "”"), ("‘", "’")
_LOW = ("„", "“"), ("‚", "‘")
_GUILLEMETS = ("«", "»"), ("“", "”")
_SWISS = ("«", "»"), ("‹", "›")
_CORNERS = ("「", "」"), ("『", "』")


def _marks(pairs: tuple[tuple[str, str], tuple[str, str]], **more: object) -> Marks:
    return replace(Marks(outer=pairs[0], inner=pairs[1]), **more)  # type: ignore[arg-type]


_EN = _marks(
    _CURLY,
    elisions="tis|twas|twere|twill|em|til|cause|bout|round|n",
    abbreviations="p|pp|No|Nos|Fig|Figs|Vol|Ch|Sec|vol|ch|fig|no",
)
_DE = _marks(_LOW, elisions="s|n|ne|nen|nem|ner|rein|raus|rauf|runter", abbreviations="S|Nr|Abb|Tab|Kap|Bd|Art|Abs|Ziff|ca|Aufl")
_FR = _marks(
    ((f"«{NBSP}", f"{NBSP}»"), ("“", "”")), french_spaces=True, speech="—", abbreviations="p|pp|art|chap|vol|fig|no|t"
)  # Imprimerie nationale, Lexique des règles typographiques
_ES = _marks(_GUILLEMETS, speech="—", abbreviations="p|pp|pág|págs|art|cap|núm|n|fig|vol")
_PT = _marks(_GUILLEMETS, speech="—", abbreviations="p|pp|pág|art|cap|n|fig|vol")
_CHINESE = {"dash": None, "long_dash": "——", "ellipsis": "……"}  # GB/T 15834

_LANGUAGES = {
    "en": _EN,
    "de": _DE,
    "de-ch": replace(_DE, outer=_SWISS[0], inner=_SWISS[1]),
    "de-li": replace(_DE, outer=_SWISS[0], inner=_SWISS[1]),
    "fr": _FR,
    "fr-ch": replace(_FR, outer=_SWISS[0], inner=_SWISS[1], french_spaces=False),
    "es": _ES,
    **{f"es-{land}": replace(_ES, outer=_CURLY[0], inner=_CURLY[1]) for land in ("419", "mx", "us", "ar", "co", "cl", "pe", "ve")},
    "it": _marks(_GUILLEMETS, abbreviations="p|pp|art|cap|n|fig|vol"),
    "pt": _PT,
    "pt-br": replace(_PT, outer=_CURLY[0], inner=_CURLY[1]),
    "nl": _marks(_CURLY, elisions="s|t|n|k|m|r|ie|ns", abbreviations="p|pp|blz|nr|art|fig|afb|ca"),
    "ru": _marks((("«", "»"), ("„", "“")), dash="—", speech="—", abbreviations="с|стр|рис|гл|т|ст|п|см"),
    "pl": _marks((("„", "”"), ("«", "»")), speech="–", hung="aiouwzAIOUWZ", abbreviations="s|str|nr|rys|art|t|ok"),
    "sv": _marks((("”", "”"), ("’", "’")), speech="–", abbreviations="s|nr|kap|fig|ca"),
    "da": _marks((("»", "«"), ("›", "‹")), abbreviations="s|nr|kap|fig|ca|d"),
    "nb": _marks((("«", "»"), ("‘", "’")), speech="–", abbreviations="s|nr|kap|fig|ca"),
    "nn": _marks((("«", "»"), ("‘", "’")), speech="–", abbreviations="s|nr|kap|fig|ca"),
    "no": _marks((("«", "»"), ("‘", "’")), speech="–", abbreviations="s|nr|kap|fig|ca"),
    "fi": _marks((("”", "”"), ("’", "’")), speech="–", abbreviations="s|nro|n|kuva"),
    "cs": _marks(_LOW, hung="aikosuvzAIKOSUVZ", abbreviations="s|str|č|obr|kap|čl"),
    "he": _marks((("”", "”"), ("’", "’")), hebrew=True),
    "ar": _marks((("«", "»"), ("”", "“"))),
    "fa": _marks(_SWISS),
    "ja": _marks(_CURLY, cjk_outer=_CORNERS[0], cjk_inner=_CORNERS[1], **_CHINESE),
    "zh": _marks(_CURLY, **_CHINESE),
    "zh-hant": _marks(_CURLY, cjk_outer=_CORNERS[0], cjk_inner=_CORNERS[1], **_CHINESE),
    "ko": _marks(_CURLY, dash=None),
}
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


@cache
def marks_for(language: str) -> Marks | None:
    """The marks of a BCP 47 tag; None for a language whose habits are not known here: its text is left alone."""
    base, *subtags = language.lower().replace("_", "-").split("-")
    if base == "zh" and _TRADITIONAL.intersection(subtags) and "hans" not in subtags:
        return _LANGUAGES["zh-hant"]
    regional = (_LANGUAGES.get(f"{base}-{subtag}") for subtag in subtags)
    return next((marks for marks in regional if marks), _LANGUAGES.get(base))
