"""Language tags as pages write them → BCP 47 (RFC 5646), or None when they say nothing."""

import re
from functools import lru_cache

# language ["-" script] ["-" region] *("-" variant); extlang and the 5–8 letter registered languages do not occur.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)",
    re.IGNORECASE,
)
# ISO 639-1 withdrew these; `und`, `mul`, `zxx`, `mis` are valid, and choose no dictionary or font.
_MODERN = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro"}
_SAY_NOTHING = {"und", "mul", "zxx", "mis"}
# Country codes and names that pages put where a language belongs.
_MISTAKEN = {"jp": "ja", "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk"}


@lru_cache(maxsize=256)
def normalise_language(tag: str) -> str | None:
    """The tag in its canonical spelling, or None when it is not one.

    >>> normalise_language("en_US"), normalise_language("ZH-hant-tw"), normalise_language("english")
    ('en-US', 'zh-Hant-TW', None)

    A POSIX locale's encoding (`de_DE.UTF-8`) and a tag's extensions (`-u-…`, `-x-…`) are left out.
    """
    tag = re.split(r"[.@,;\s]", tag.strip().replace("_", "-"), maxsplit=1)[0]
    tag = re.split(r"-[a-z0-9]-", tag, maxsplit=1, flags=re.IGNORECASE)[0]
    found = _TAG.fullmatch(tag)
    if not found or len(tag) > 35:
        return None
    language = found["language"].lower()
    language = _MODERN.get(language, _MISTAKEN.get(language, language))
    if language in _SAY_NOTHING:
        return None
    variants = dict.fromkeys(variant for variant in found["variants"].lower().split("-") if variant)
    parts = (language, (found["script"] or "").capitalize(), (found["region"] or "").upper(), *variants)
    return "-".join(part for part in parts if part)
