"""The vocabulary of clean content, as docs/reference/content.md has it: its elements, attributes and content model.

`violations` proves that a tree keeps to it; `clean` makes one that does.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import cast

from bookpost.clean.language import normalise_language
from bookpost.dom import MATHML, Element, text_of

DROP = "x-drop"  # the name that a step gives to what has to go
BLOCK = "x-block"  # … and to a block of which only the content matters
WORDLESS = " \t\n\xa0\xad\u200b\u200c\u200d\u2060\ufeff"  # characters that nobody reads


def names(line: str) -> frozenset[str]:
    """The names in a line."""
    return frozenset(line.split())


def attributes_of(element: Element) -> list[tuple[str, str]]:
    """The element's attributes; lxml's types allow bytes, which a parsed tree never holds."""
    return cast("list[tuple[str, str]]", element.items())


HEADINGS = ("h2", "h3", "h4", "h5", "h6")
LEVELS = ("h1", *HEADINGS)  # until they are renumbered
LISTS = frozenset({"ul", "ol"})
SECTIONS = frozenset({"thead", "tbody", "tfoot"})
INLINE = names("a abbr bdi bdo br cite code del dfn em ins kbd mark q rb rp rt ruby s samp small span strong sub sup time var wbr img")
# What each block may hold: "blocks", "inline", "either" (never a mixture), or the children it is made of.
CONTENT: dict[str, str | frozenset[str]] = {
    "body": "blocks",
    "blockquote": "blocks",
    "aside": "blocks",
    "figure": "blocks",
    "p": "inline",
    "pre": "inline",
    **dict.fromkeys(HEADINGS, "inline"),
    "hr": frozenset(),
    **dict.fromkeys(("li", "dt", "dd", "td", "th", "caption", "figcaption"), "either"),
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "table": frozenset({"caption", "thead", "tbody", "tfoot"}),
    **dict.fromkeys(SECTIONS, frozenset({"tr"})),
    "tr": frozenset({"th", "td"}),
}
EITHER = frozenset(tag for tag, model in CONTENT.items() if model == "either")
BLOCKS = frozenset({"blockquote", "figure", "p", "pre", "hr", "ul", "ol", "dl", "table", *LEVELS})
NO_HEADING = frozenset({"th", "dt", "caption", "figcaption", "aside", "figure"})
EMPTY = frozenset({"hr", "br", "wbr", "img", "td", "body"})

ID = re.compile(r"[a-z][a-z0-9-]*")
NUMBER = re.compile(r"-?[0-9]{1,6}")
SPAN = re.compile(r"[1-9][0-9]{0,3}")
# HTML §2.3.5: the forms of `time`'s datetime that pages use.
DATETIME = re.compile(
    r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?)?)?|\d\d:\d\d(:\d\d)?|P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?"
)
ANY = re.compile(r".*", re.DOTALL)
LANGUAGE_CLASS = re.compile(r"language-[a-z0-9+#._-]+")
ADDRESS = re.compile(r"(https?://[^\s<>\"]+|mailto:[^\s<>\"]+|#[a-z][a-z0-9-]*)")

ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "a": {"href": ADDRESS, "title": ANY, "role": re.compile("doc-noteref|doc-backlink")},
    "abbr": {"title": ANY},
    "aside": {"role": re.compile("doc-footnote")},
    "code": {"class": LANGUAGE_CLASS},
    "figure": {"class": re.compile("embed")},
    "img": {"src": re.compile(r"image:[A-Za-z0-9_-]+"), "alt": ANY},
    "li": {"value": NUMBER},
    "ol": {"start": NUMBER, "reversed": re.compile("reversed"), "type": re.compile("[1aAiI]")},
    "p": {"class": re.compile("verse|attribution")},
    "span": {"class": re.compile("credit")},
    "td": {"colspan": SPAN, "rowspan": SPAN},
    "th": {"colspan": SPAN, "rowspan": SPAN, "scope": re.compile("row|col|rowgroup|colgroup")},
    "time": {"datetime": DATETIME},
}
DIRECTION = re.compile("ltr|rtl|auto")
# Without these the element says nothing, or is not valid.
MISSING_IS_UNUSABLE = {"img": ("src",), "a": ("href",), "time": ("datetime",), "bdo": ("dir",), "aside": ("role",)}

MATH = f"{{{MATHML}}}math"
MATH_ELEMENTS = names(
    "math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom menclose msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts none mtable mtr mtd semantics"
)
_FLAG = re.compile("true|false")
_LENGTH = re.compile(r"[-+]?[0-9]{0,4}\.?[0-9]{1,6}(?:em|ex|px|in|cm|mm|pt|pc|%)?")
_ALIGN = re.compile(r"(?:left|center|right|top|bottom|baseline|axis)(?: (?:left|center|right|top|bottom|baseline|axis)){0,30}")
_STYLE = {"displaystyle": _FLAG, "scriptlevel": re.compile(r"[-+]?[0-9]")}
_TOKEN = {"mathvariant": re.compile(r"[a-z]+(?:-[a-z]+){0,3}")}
_SIZES = dict.fromkeys(("width", "height", "depth"), _LENGTH)
MATH_ATTRIBUTES: dict[str, dict[str, re.Pattern[str]]] = {
    "math": {"display": re.compile("block"), "alttext": ANY},
    **dict.fromkeys(("mi", "mn", "ms", "mtext"), _TOKEN),
    "mo": {
        **_TOKEN,
        **dict.fromkeys(("stretchy", "fence", "separator", "largeop", "movablelimits", "symmetric"), _FLAG),
        **dict.fromkeys(("minsize", "maxsize", "lspace", "rspace"), _LENGTH),
        "form": re.compile("prefix|infix|postfix"),
    },
    "mstyle": _STYLE | _TOKEN,
    "mfrac": {"linethickness": _LENGTH},
    "mspace": _SIZES,
    "mpadded": {**_SIZES, "lspace": _LENGTH},
    "mover": {"accent": _FLAG},
    "munder": {"accentunder": _FLAG},
    "munderover": {"accent": _FLAG, "accentunder": _FLAG},
    "menclose": {"notation": re.compile(r"[a-z]+(?: [a-z]+){0,8}")},
    "mtable": {"columnalign": _ALIGN, "rowalign": _ALIGN, "displaystyle": _FLAG},
    "mtr": {"columnalign": _ALIGN},
    "mtd": {"columnalign": _ALIGN, **dict.fromkeys(("rowspan", "columnspan"), SPAN)},
}


def violations(body: Element) -> list[str]:
    """Everything in the tree that the vocabulary does not allow, in words; an empty list is the proof of clean content."""
    found: list[str] = []
    for element in body.iter():
        tag = str(element.tag)
        if tag.startswith("{"):
            found.extend(_in_math(element, tag))
        else:
            found.extend(_attributes(element, tag))
            found.extend(_content(element, tag))
    found.extend(_headings(body))
    found.extend(_links(body))
    return found


def _in_math(element: Element, tag: str) -> Iterator[str]:
    name = tag.removeprefix(f"{{{MATHML}}}")
    if name not in MATH_ELEMENTS or (name == "math" and next(element.iterancestors(MATH), None) is not None):
        yield f"{tag}: not allowed in mathematics"
    allowed = MATH_ATTRIBUTES.get(name, {})
    for attribute, value in attributes_of(element):
        if attribute not in allowed or not allowed[attribute].fullmatch(value):
            yield f"{name}@{attribute}: not allowed"


def _attributes(element: Element, tag: str) -> Iterator[str]:
    allowed = ATTRIBUTES.get(tag, {})
    for name, value in attributes_of(element):
        if name == "lang":
            good = normalise_language(value) == value
        elif name == "dir":
            good = bool(DIRECTION.fullmatch(value))
        elif name == "id":
            good = bool(ID.fullmatch(value))
        else:
            good = name in allowed and bool(allowed[name].fullmatch(value))
        if not good:
            yield f'{tag}@{name}="{value}": not allowed'
    required = (*MISSING_IS_UNUSABLE.get(tag, ()), *({"img": ("alt",), "aside": ("id",)}.get(tag, ())))
    yield from (f"{tag} without {name}" for name in required if element.get(name) is None)


def _content(element: Element, tag: str) -> Iterator[str]:
    model = CONTENT.get(tag, "inline" if tag in INLINE else None)
    if model is None:
        yield f"{tag}: not in the vocabulary"
        return
    kinds = {_kind(child, tag) for child in element}
    if any(text and text.strip(" \t\n") for text in (element.text, *(child.tail for child in element))):
        kinds.add("inline")
    if isinstance(model, frozenset):
        if foreign := [str(child.tag) for child in element if child.tag not in model]:
            yield f"{tag} holds {', '.join(sorted(set(foreign)))}"
        if "inline" in kinds:
            yield f"{tag} holds text"
    elif wrong := kinds - ({"blocks", "inline"} if model == "either" else {model}):
        yield f"{tag} holds {', '.join(sorted(wrong))} where {model} belongs"
    elif len(kinds) > 1:
        yield f"{tag} mixes blocks and inline content"
    if tag not in EMPTY and not kinds and not len(element):
        yield f"{tag} is empty"
    if tag == "figure" and any(child.tag == "figcaption" for child in list(element)[1:-1]):
        yield "figcaption in the middle of a figure"
    if tag == "table" and next(element.iterdescendants("table"), None) is not None:
        yield "table in a table"


def _kind(child: Element, parent: str) -> str:
    tag = child.tag
    if parent == "figure" and (tag in ("figcaption", "img") or (tag == "a" and _pictures_only(child))):
        return "blocks"
    if tag in BLOCKS or (parent == "body" and tag == "aside"):
        return "blocks"
    if tag in INLINE or tag == MATH:
        return "inline"
    return "parts"


def _pictures_only(link: Element) -> bool:
    return len(link) > 0 and all(child.tag == "img" for child in link) and not text_of(link)


def _headings(body: Element) -> Iterator[str]:
    above = 1
    for heading in body.iter(*HEADINGS):
        level = int(str(heading.tag)[1])
        if level > above + 1:
            yield f"{heading.tag} follows h{above}"
        above = level


def _links(body: Element) -> Iterator[str]:
    ids = [str(element.get("id")) for element in body.iter() if element.get("id") is not None]
    yield from (f'id="{id}" stands twice' for id, count in sorted(Counter(ids).items()) if count > 1)
    targets = set()
    for link in body.iter("a"):
        href = link.get("href", "")
        if href.startswith("#"):
            targets.add(href[1:])
        if not text_of(link) and not any(image.get("alt") for image in link.iter("img")) and link.find(f".//{MATH}") is None:
            yield f'link to "{href}" has no name'
        if any(inner is not link for inner in link.iter("a")):
            yield f'link in the link to "{href}"'
    yield from (f"link to #{id}, which is not there" for id in sorted(targets - set(ids)))
    yield from (f'id="{id}", which no link needs' for id in sorted(set(ids) - targets))
