"""Clean content → a body ready to be written: pictures, tables, code, formulas and words as this kind of file shows them.

Nothing of the content is lost on the way; what cannot be shown is said in its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bookpost.article import Article
from bookpost.convert.words import Words
from bookpost.dom import MATHML, Element, elements, parse_content, replace

if TYPE_CHECKING:
    from bookpost.convert.images import Picture

Formulas = Callable[[Element], Element]
"""Given a `math` element, what stands in its place."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the file is for: its kind, whether it has colours, and how many columns of a table fit."""

    kind: Literal["epub", "pdf"]
    colour: bool
    columns: int


def render_content(
    article: Article,
    *,
    pictures: Mapping[str, "tuple[Picture, str]"],
    target: Target,
    words: Words,
    formulas: Formulas | None = None,
) -> Element:
    """The article's content as a `body` element, ready to serialise.

    `pictures` gives for an image id its encoded Picture and the href under which the file holds it; an image that is
    not there is replaced by a figure that says so. `formulas` replaces every `math` element; without it MathML stays.
    """
    body = parse_content(article.content)
    for image in elements(body, "img"):
        found = pictures.get((image.get("src") or "").removeprefix("image:"))
        if found:
            picture, href = found
            image.set("src", href)
            image.set("width", str(picture.width))
            image.set("height", str(picture.height))
        else:
            note = image.makeelement("span", {"class": "missing"})
            note.text = f"[{image.get('alt') or words.picture_not_available}]"
            replace(image, note)
    if formulas:
        for formula in elements(body, f"{{{MATHML}}}math"):
            replace(formula, formulas(formula))
    return body
