"""Language tags: well-formed by RFC 5646 (BCP 47), with a language that exists in ISO 639-1 or the form of ISO 639-2/3."""

import re

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?P<script>-[a-z]{4})?(?P<region>-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.I,
)
_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa
ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr
ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl
ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk
ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_TWO_LETTERS = frozenset(_ISO_639_1.split())
_NO_LANGUAGE = frozenset(("und", "mis", "mul", "zxx", "qaa"))
_RTL = frozenset(("ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"))


def is_language(tag: str) -> bool:
    """Whether an e-reader can know what language this tag means."""
    match = _TAG.fullmatch(tag)
    if match is None:
        return False
    language = match["language"].lower()
    return language in _TWO_LETTERS if len(language) == 2 else language not in _NO_LANGUAGE


def is_tag(tag: str) -> bool:
    """Whether the tag may stand in `xml:lang`: as `is_language`, but "undetermined" and "none" are allowed there."""
    return tag == "" or tag.lower() in _NO_LANGUAGE or is_language(tag)


def runs_right_to_left(tag: str) -> bool:
    """Whether text in this language runs from right to left."""
    return tag.lower().split("-")[0] in _RTL


def normalised(tag: str) -> str | None:
    """The valid tag that an odd one most likely means (`en_US` → `en-US`, `English` → `en`), else None."""
    tidy = re.sub(r"[_\s]+", "-", tag.strip().split(".")[0].split("@")[0])
    if is_language(tidy):
        parts = tidy.split("-")
        return "-".join([parts[0].lower(), *(p.upper() if len(p) == 2 else p.title() if len(p) == 4 else p for p in parts[1:])])
    return _NAMES.get(tag.strip().lower())


_NAMES = {
    "english": "en", "eng-us": "en-US", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "spanish": "es", "español": "es",
    "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl", "russian": "ru",
    "русский": "ru", "polish": "pl", "polski": "pl", "japanese": "ja", "日本語": "ja", "chinese": "zh", "中文": "zh", "arabic": "ar",
    "hebrew": "he", "korean": "ko", "turkish": "tr", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi", "czech": "cs",
}  # fmt: skip
