"""The attributes that may stay on an element, with values that are valid; everything else goes."""

from bookpost.clean.language import normalise_language
from bookpost.clean.vocabulary import ATTRIBUTES, DIRECTION, MISSING_IS_UNUSABLE, attributes_of
from bookpost.dom import Element

_SPACED = frozenset({"class"})


def kept_attributes(element: Element, tag: str) -> dict[str, str]:
    """What stays of the element's attributes when it becomes a `tag`; ids are not among them (links decide about those).

    `<p id="x" class="lead verse" lang="en_US" onclick="…">`  →  `{"class": "verse", "lang": "en-US"}`
    """
    allowed = ATTRIBUTES.get(tag, {})
    kept: dict[str, str] = {}
    for name, value in attributes_of(element):
        if name in ("lang", "xml:lang"):
            if language := normalise_language(value):
                kept["lang"] = language
        elif name == "dir":
            if DIRECTION.fullmatch(direction := value.strip().lower()):
                kept["dir"] = direction
        elif name == "reversed" and tag == "ol":
            kept["reversed"] = "reversed"
        elif name in allowed and name != "id":
            for word in value.split() if name in _SPACED else (value.strip(),):
                if word and allowed[name].fullmatch(word):
                    kept[name] = word
                    break
    return kept


def usable(tag: str, attributes: dict[str, str]) -> bool:
    """Whether the element says anything with what stays: a link without an address does not."""
    return all(name in attributes for name in MISSING_IS_UNUSABLE.get(tag, ())) and (tag != "span" or bool(attributes))
