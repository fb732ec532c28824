"""Figures: a picture that stands alone is a figure, its caption belongs to it, and the credit is marked."""

from bookpost.clean.page import Page, Reference, dissolve, new, wordless
from bookpost.clean.vocabulary import BLOCKS, CONTENT, MATH
from bookpost.dom import Element, elements, remove, text_of

_SHOWN = ("img", "table", "pre", "blockquote", "ul", "ol", "dl", "ruby", MATH)
_ONLY_BLOCKS = frozenset(tag for tag, model in CONTENT.items() if model == "blocks") | {"li", "td", "dd"}


def make_figures(page: Page) -> None:
    """A paragraph of pictures alone becomes a figure; in a figure the pictures stand by themselves.

    `<p><img/></p>`  →  `<figure><img/></figure>`
    """
    for image in elements(page.body, "img"):
        block = image.getparent()
        while block is not None and block.tag == "a":
            block = block.getparent()
        if block is None or block.tag != "p" or not _only_pictures(block):
            continue
        parent = block.getparent()
        if parent is not None and parent.tag in _ONLY_BLOCKS:
            _bare(block)
        if parent is not None and parent.tag == "figure":
            page.leave(block)
        elif parent is not None and parent.tag in _ONLY_BLOCKS and next(parent.iterancestors("figure"), None) is None:
            block.tag = "figure"
            block.attrib.pop("class", "")


def mend_figures(page: Page) -> None:
    """A figure that shows nothing is its words; one that holds figures is not one itself; words after the picture are its caption.

    `<figure><figcaption>a</figcaption></figure>`  →  `<p>a</p>`;  `<figure><img/><p>a</p></figure>`  →  `<figure><img/><figcaption>a…`
    """
    for figure in elements(page.body, "figure"):
        caption = figure.find("figcaption")
        shows = figure.get("class") == "embed" or next(figure.iter(*_SHOWN), None) is not None
        if not shows or next(figure.iterdescendants("figure"), None) is not None:
            if caption is not None:
                _read_caption(page, caption)
            page.leave(figure)
        elif caption is None:
            _caption(figure)
        elif caption is not figure[0]:
            figure.append(caption)  # first or last (HTML §4.4.12)
    for span in elements(page.body, "span"):
        if span.get("class") and next(span.iterancestors("figcaption"), None) is None:
            del span.attrib["class"]
            if not span.attrib:
                dissolve(span)


def _read_caption(page: Page, caption: Element) -> None:
    if any(child.tag in BLOCKS for child in caption):
        page.leave(caption)
    elif _only_pictures(caption):
        _bare(caption)
        caption.tag = "figure"
    else:
        caption.tag = "p"


def _caption(figure: Element) -> None:
    pictures = [number for number, block in enumerate(figure) if next(block.iter("img"), None) is not None]
    words = list(figure)[pictures[-1] + 1 :] if pictures else []
    if not words or figure.get("class") or any(block.tag != "p" for block in words) or sum(len(text_of(block)) for block in words) > 600:
        return
    caption = new("figcaption")
    caption.extend(words)
    figure.append(caption)


def number_pictures(page: Page) -> None:
    """Pictures get their ids in order of appearance, the same address the same id; captions and credits are told.

    `<img src="image:p7"/>`  →  `<img src="image:i1"/>`
    """
    found: dict[str, Reference] = {}
    for image in page.body.iter("img"):
        url = page.pictures[int(image.get("src", "")[7:])]
        reference = found.get(url)
        if reference is None:
            caption, credit = _caption_of(image)
            reference = found[url] = Reference(f"i{len(found) + 1}", url, image.get("alt", ""), caption, credit)
        image.set("src", f"image:{reference.id}")
    page.references = tuple(found.values())


def _caption_of(image: Element) -> tuple[str, str]:
    figure = next(image.iterancestors("figure"), None)
    caption = figure.find("figcaption") if figure is not None else None
    if caption is None:
        return "", ""
    credit = " ".join(text_of(span) for span in caption.iter("span") if span.get("class") == "credit")
    words = text_of(caption)
    return (words.replace(credit, "").strip() if credit else words), credit


def _bare(block: Element) -> None:
    """Take out what is between the pictures: space and line breaks."""
    for part in list(block.iter()):
        part.text = None
        if part is not block:
            part.tail = None
        if part.tag == "br":
            remove(part)


def _only_pictures(block: Element) -> bool:
    if not wordless(block.text):
        return False
    return all(part.tag in ("img", "a", "br") and wordless(part.text) and wordless(part.tail) for part in block.iterdescendants())
