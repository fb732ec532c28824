"""Captions: which words belong to which picture, before paragraphs are set."""

import re

from bookpost.clean.page import Page, classes, new, take
from bookpost.clean.vocabulary import BLOCK
from bookpost.dom import Element, elements, text_of

_CAPTION = re.compile(
    r"(?:wp-|img-|image-|image__|photo-|picture-|media-|figure-|thumb|article-image-|inline-image-|asset-|gallery-)?caption(?:-text|-wrap|__text|-container|-content)?"
    r"|(?:image|photo|picture|img|media|lead)[_-]?(?:caption|description|legend|desc|text)s?|figcaption|legend|bildunterschrift|mw-kartographer-caption|elementor-image-caption"
)
_CREDIT = re.compile(
    r"(?:wp-|image-|img-|photo-|picture-|media-|figure-|caption-|figcaption-|article-image-)?(?:credits?|copyright|photographer|attribution|courtesy|byline-photo)(?:-text|-line|__text|-name)?"
    r"|(?:photo|image|picture|caption|media|figure|visual)[_-]?(?:credits?|copyright|by|author|source|agency)|image__credit|figure__credit|caption__credit|bildquelle|fotocredit"
)
_LONGEST = 600  # characters of a caption
_LONGEST_CREDIT = 160


def undo_outer_figures(page: Page) -> None:
    """A figure of figures (a gallery) is read figure by figure.

    `<figure><figure>…</figure><figcaption>All</figcaption></figure>`  →  `<figure>…</figure><p>All</p>`
    """
    for figure in elements(page.body, "figure"):
        if next(figure.iterdescendants("figure"), None) is not None:
            for caption in figure.findall("figcaption"):
                caption.tag = "p"
            figure.tag = BLOCK


def pair_captions(page: Page) -> None:
    """Words that call themselves a caption and follow a picture become its `figcaption`.

    `<div class="wp-caption"><img><p class="wp-caption-text">A</p></div>`  →  `<figure><img><figcaption>A</figcaption></figure>`
    """
    named = page.called(_CAPTION, "p", "div", "span", "x-small", "em", "dd", "cite")
    for caption in [*elements(page.body, "figcaption"), *named]:
        if next(caption.iterancestors("figcaption", "x-drop"), None) is not None or len(text_of(caption)) > _LONGEST:
            continue
        figure = next(caption.iterancestors("figure"), None)
        if figure is not None:
            if caption.tag != "figcaption" and figure.find(".//figcaption") is None:
                caption.tag = "figcaption"
                figure.append(take(caption))
            elif caption.tag == "figcaption" and caption.getparent() is not figure:
                figure.append(take(caption))
            continue
        box = _box(caption)
        if box is not None:
            take(caption)
            caption.tag = "figcaption"
            box.append(caption)
            box.tag = "figure"


def caption_figures(page: Page) -> None:
    """A figure's own words after its picture are the caption, when it has no other.

    `<figure><img><small>Ann</small></figure>`  →  `<figure><img><figcaption><small>Ann</small></figcaption></figure>`
    """
    for figure in elements(page.body, "figure"):
        if (
            figure.find(".//figcaption") is not None
            or figure.get("class") == "embed"
            or next(figure.iter("table", "pre", "blockquote", "ul", "ol", "dl", "dt", "dd", "li", "math"), None) is not None
        ):
            continue
        holder = next(figure.iter("img"), None)
        if holder is None:
            continue
        while (parent := holder.getparent()) is not None and parent is not figure:
            holder = parent
        words = list(holder.itersiblings())
        length = len((holder.tail or "").strip()) + sum(len(text_of(element)) for element in words)
        if 0 < length <= _LONGEST and not any(next(element.iter("img"), None) is not None for element in words):
            caption = new("figcaption", holder.tail)
            holder.tail = None
            caption.extend(words)
            figure.append(caption)


def mark_credits(page: Page) -> None:
    """In a figure, who made the picture is a credit inside the caption.

    `<figcaption>A boat <small class="photo-credit">Ann</small></figcaption>`  →  `… A boat <span class="credit">Ann</span>`
    """
    for credit in list(page.called(_CREDIT, "span", "x-small", "div", "p", "cite", "em", "a")):
        figure = next(credit.iterancestors("figure"), None)
        if figure is None or figure.get("class") == "embed" or next(credit.iterancestors("blockquote"), None) is not None:
            continue
        if not 0 < len(text_of(credit)) <= _LONGEST_CREDIT or next(credit.iter("img"), None) is not None:
            continue
        caption = figure.find(".//figcaption")
        if caption is not None and credit in caption.iterancestors():
            continue
        if caption is None:
            caption = new("figcaption")
            figure.append(caption)
        if next(credit.iterancestors("figcaption"), None) is None:
            caption.append(take(credit))
        _mark(credit)


def _mark(credit: Element) -> None:
    if credit.tag == "a":
        inner = new("span", credit.text, **{"class": "credit"})
        inner.extend(list(credit))
        credit.text = None
        credit.append(inner)
        return
    previous = credit.getprevious()
    parent = credit.getparent()
    if previous is not None and not (previous.tail or "").endswith(" "):
        previous.tail = (previous.tail or "") + " "
    elif previous is None and parent is not None and parent.text and not parent.text.endswith(" "):
        parent.text += " "
    for block in elements(credit, "p", "div"):
        block.tag = "x-words"
    credit.tag = "span"
    credit.set("class", "credit")


def _box(caption: Element) -> Element | None:
    """The element that holds the picture and this caption, and no other words."""
    box = caption.getparent()
    for _ in range(3):
        if box is None or box.tag not in ("div", "p", "span", "section", "dl", "a", "aside", BLOCK):
            return None
        pictures = sum(1 for _ in box.iter("img"))
        words = len(text_of(box)) - len(text_of(caption))
        if pictures == 1:
            return box if words <= 4 + _LONGEST_CREDIT * _has_credit(box, caption) else None
        if pictures > 1 or words > 4:
            return None
        box = box.getparent()
    return None


def _has_credit(box: Element, caption: Element) -> bool:
    return any(
        element is not caption and any(_CREDIT.fullmatch(name) for name in classes(element))
        for element in box.iter()
        if element.get("class")
    )
