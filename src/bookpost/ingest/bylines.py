"""Bylines → names: `By Ana Ruiz and Bo Li, Science Editor` → Ana Ruiz, Bo Li. Pure; nothing here raises."""

import re

from bookpost.ingest.facts import one_line

_BY = re.compile(
    r"^(?:(?:written|posted|published|story|text|words|reported|edited)\s+)?(?:by|by line|byline|von|par|por|di|door|av|af|od|przez)"
    r"(?:\s*[:：]\s*|\s+)|^(?:автор|текст|作者|文|著者|بقلم|מאת)\s*[:：]?\s*|^(?:authors?|autor(?:en|es)?|auteurs?|autore|text)\s*[:：]\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:;|\||•|·|／|、|，|\s+(?:and|und|et|y|e|en|och|og|i|и|&|with)\s+|\s&\s|،|\n)\s*", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(?:editor|reporter|correspondent|writer|staff|author|contributor|columnist|professor|fellow|director|journalist|producer|critic|"
    r"redakteur(?:in)?|korrespondent(?:in)?|bureau|updated|published|min read|news|inc|ltd|phd|ph\.d|m\.?d|jr|sr|iii|ii)\b\.?|\d{4}",
    re.IGNORECASE,
)
# A day that runs on from the name: `Jeff FoustMonday, November 18, 2019`. `June` alone is a name.
_DAY = re.compile(
    r"\s*(?:\b(?:on|am|le|el|op)\s+)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b.*|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+\d.*"
    r"|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|\b\d{4}-\d\d-\d\d.*)$"
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|ph\.?\s?d|m\.?d|esq)\.?$", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:https?:|@|#)|^\S+[./]\S{2,}$|^(?:photo|foto|фото|image|bild)\b|^(?:admin|administrator|staff|unknown|anonymous|null|none|n/a|guest|гость"
    r"|user|editor|webmaster|root|redaktion|редакция)$",
    re.IGNORECASE,
)


def split_byline(text: str | None) -> tuple[str, ...]:
    """The names in a byline, in its order; empty when there is none."""
    line = _DAY.sub("", one_line(re.sub(r"<[^>]*>", " ", (text or "").replace("\n", " \u2022 "))))
    while line != (shorter := _BY.sub("", line.lstrip("-–—•·|: "))):
        line = shorter
    names = (name for part in _BETWEEN.split(line) if part for name in _between_commas(part))
    return tuple(dict.fromkeys(name for name in names if _is_name(name)))


def _between_commas(part: str) -> list[str]:
    """`Ana Ruiz, Bo Li` are two; `Ana Ruiz, Science Editor` and `Sammy Davis, Jr.` are one."""
    pieces = [piece.strip() for piece in part.split(",")]
    names = [pieces[0]]
    for piece in pieces[1:]:
        if _SUFFIX.match(piece):
            names[-1] += f", {piece}"
        elif " " in piece and not _ROLE.search(piece):
            names.append(piece)
    if len(pieces) == 2 and " " not in pieces[0] and " " not in pieces[1] and not _ROLE.search(pieces[1]):
        return [f"{pieces[1]} {pieces[0]}".strip()]
    return names


def _is_name(name: str) -> bool:
    return 1 < len(name) <= 100 and any(c.isalpha() for c in name) and not _NO_NAME.search(name) and name.count(" ") <= 7
