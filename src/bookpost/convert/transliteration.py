"""Plain ASCII for file names: Latin letters without their marks, Cyrillic and Greek by small tables, nothing else."""

import unicodedata

_LATIN = {
    "ß": "ss", "ẞ": "SS", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "æ": "ae", "Æ": "Ae",
    "ø": "oe", "Ø": "Oe", "å": "aa", "Å": "Aa", "œ": "oe", "Œ": "Oe", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "ng", "Ŋ": "Ng",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
    "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
    "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz",
    "ѓ": "gj", "ќ": "kj", "ѕ": "dz",
}  # fmt: skip
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l",
    "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f",
    "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_SIGNS = {
    "’": "'", "‘": "'", "ʼ": "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'", "–": "-", "—": "-", "‐": "-",
    "‑": "-", "−": "-", "…": "...", "×": "x", "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
}  # fmt: skip


def _table() -> dict[int, str]:
    letters = _CYRILLIC | _GREEK
    capitals = {letter.upper(): plain.capitalize() for letter, plain in letters.items()}
    return str.maketrans(_LATIN | capitals | letters | _SIGNS)


_TABLE = _table()


def to_ascii(text: str) -> tuple[str, bool]:
    """The text in ASCII, and whether more than half of its letters had no counterpart and were left out."""
    mapped = unicodedata.normalize("NFC", text).translate(_TABLE)
    plain = unicodedata.normalize("NFKD", mapped).translate(_TABLE)
    kept = "".join(c for c in plain if " " <= c <= "~")
    letters = sum(c.isalpha() for c in plain)
    return kept, letters > 2 * sum(c.isalpha() for c in kept)
