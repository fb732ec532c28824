"""Clean content → a body ready to be written: pictures, tables, code, formulas and words as this kind of file shows them.

Nothing of the content is lost on the way; what cannot be shown is said in its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from bookpost.article import Article, Image
from bookpost.convert.code import colour_code
from bookpost.convert.tables import set_tables
from bookpost.convert.typography import set_type
from bookpost.convert.words import Words
from bookpost.dom import MATHML, Element, elements, parse_content, remove, replace, text_of

if TYPE_CHECKING:
    from bookpost.convert.images import Picture

Formulas = Callable[[Element], Element]
"""Given a `math` element, what stands in its place."""
Shown = Mapping[str, "tuple[Picture, str]"]


@dataclass(frozen=True, slots=True)
class Target:
    """What the file is for: its kind, whether it has colours, and how many columns of a table fit."""

    kind: Literal["epub", "pdf"]
    colour: bool
    columns: int


def render_content(article: Article, *, pictures: Shown, target: Target, words: Words, formulas: Formulas | None = None) -> Element:
    """The article's content as a `body` element, ready to serialise.

    `pictures` gives for an image id its encoded Picture and the href under which the file holds it; a picture that is
    not there is said in its place. `formulas` replaces every `math` element; without it MathML stays.
    Classes that this adds: `missing` (figure, span), `number` (cells), `records`, `caption`, `record`, `values`, `value`,
    `group`, `label` (a wide table row by row), `tok-…` (code).
    """
    body = parse_content(article.content)
    images = {image.id: image for image in article.images}
    _add_captions(body, images)
    set_type(body, article.language)
    for picture in elements(body, "img"):
        _place_picture(picture, pictures, images, words, article.language)
    _link_posters(body)
    set_tables(body, columns=target.columns, words=words, split=target.kind == "epub")
    colour_code(body)
    if formulas:
        for formula in elements(body, f"{{{MATHML}}}math"):
            replace(formula, formulas(formula))
    return body


def _id_of(picture: Element) -> str:
    return (picture.get("src") or "").removeprefix("image:")


def _add_captions(body: Element, images: Mapping[str, Image]) -> None:
    """A figure of one picture says the caption and credit that came with the picture, unless it does already."""
    for figure in elements(body, "figure"):
        shown = list(figure.iter("img"))
        image = images.get(_id_of(shown[0])) if len(shown) == 1 else None
        if image is None or figure.get("class") == "embed" or not (image.caption or image.credit):
            continue
        caption = figure.find("figcaption")
        if caption is None:
            caption = figure.makeelement("figcaption")
            caption.text = image.caption
            figure.append(caption)
        if image.credit and image.credit.casefold() not in text_of(caption).casefold():
            _add_credit(caption, image.credit)


def _add_credit(caption: Element, credit: str) -> None:
    last = caption[-1] if len(caption) and caption[-1].tag == "p" else caption
    if text_of(last):
        if len(last):
            last[-1].tail = (last[-1].tail or "") + " "
        else:
            last.text = (last.text or "") + " "
    span = last.makeelement("span", {"class": "credit"})
    span.text = credit
    last.append(span)


def _place_picture(element: Element, pictures: Shown, images: Mapping[str, Image], words: Words, language: str) -> None:
    id = _id_of(element)
    if found := pictures.get(id):
        picture, href = found
        element.set("src", href)
        element.set("width", str(picture.width))
        element.set("height", str(picture.height))
        element.set("alt", element.get("alt") or "")
        return
    image = images.get(id)
    figure = next(element.iterancestors("figure"), None)
    if figure is not None and _is_still(element, figure):
        remove(element)
    elif figure is None or (element.getparent() is not figure and not _alone_in_link(element, figure)):
        replace(element, _inline_notice(element, image, words, language))
    else:
        _block_notice(element, figure, image, words, language)


def _is_still(element: Element, figure: Element) -> bool:
    """Whether it is the still of an embedded thing that has a link: the link says what there is to see, and where."""
    return figure.get("class") == "embed" and element.getparent() is figure and not element.get("id") and figure.find(".//a") is not None


def _alone_in_link(element: Element, figure: Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == "a" and parent.getparent() is figure and len(parent) == 1 and not text_of(parent)


def _inline_notice(element: Element, image: Image | None, words: Words, language: str) -> Element:
    notice = element.makeelement("span", {"class": "missing"})
    alt = element.get("alt") or (image.alt if image else "")
    notice.text = f"[{alt or words.picture_not_available}]"
    if not alt:
        _set_language(notice, words, language)
    _keep_id(element, notice)
    return notice


def _block_notice(element: Element, figure: Element, image: Image | None, words: Words, language: str) -> None:
    """`<figure class="missing"><p>Picture not available: what it shows (address)</p><figcaption>…</figcaption></figure>`."""
    parent = element.getparent()
    link = parent if parent is not None and parent.tag == "a" else None
    alt = element.get("alt") or (image.alt if image else "")
    notice = element.makeelement("p")
    _keep_id(element, notice)
    said = element.makeelement("a", {"href": link.get("href", "")}) if link is not None else element.makeelement("span")
    said.text = words.picture_not_available
    _set_language(said, words, language)
    said.tail = f": {alt}" if alt else ""
    notice.append(said)
    url = image.url if image else None
    host = _host(url) if url else ""
    if url and host:
        said.tail += " ("
        address = notice.makeelement("a", {"href": url})
        address.text = host
        address.tail = ")"
        notice.append(address)
    replace(link if link is not None else element, notice)
    if next(figure.iter("img"), None) is None:
        figure.set("class", f"{figure.get('class') or ''} missing".strip())


def _keep_id(old: Element, new: Element) -> None:
    if id := old.get("id"):
        new.set("id", id)


def _host(url: str) -> str:
    """The host of a web address; empty for anything else, which nobody could follow."""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _set_language(notice: Element, words: Words, language: str) -> None:
    """Our own words are in another language than the article when we have none of its."""
    if words.language.split("-")[0] != language.split("-")[0].lower():
        notice.set("lang", words.language)
        notice.set("dir", words.direction)


def _link_posters(body: Element) -> None:
    """The still of a video leads to the video: a thumb finds a picture more easily than a line of text."""
    for figure in elements(body, "figure"):
        link = next((a for a in figure.iter("a") if a.get("href")), None)
        picture = next(figure.iterchildren("img"), None)
        if figure.get("class") != "embed" or link is None or picture is None:
            continue
        around = figure.makeelement("a", {"href": link.get("href", "")})
        replace(picture, around)
        around.append(picture)
        picture.set("alt", picture.get("alt") or text_of(link))
