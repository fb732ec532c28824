"""Figures: a picture that stands alone is a figure, its caption belongs to it, and the credit is marked."""

from bookpost.clean.page import Page, Reference, wordless
from bookpost.clean.vocabulary import BLOCKS, CONTENT
from bookpost.dom import Element, elements, remove, text_of, unwrap

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
            unwrap(block)
        elif parent is not None and parent.tag in _ONLY_BLOCKS:
            block.tag = "figure"
            block.attrib.pop("class", None)


def mend_figures(page: Page) -> None:
    """A figure without anything but a caption is a paragraph; one that holds figures is not one itself.

    `<figure><figcaption>a</figcaption></figure>`  →  `<p>a</p>`
    """
    for figure in elements(page.body, "figure"):
        caption = figure.find("figcaption")
        if next(figure.iterdescendants("figure"), None) is None and not (caption is not None and len(figure) == 1):
            continue
        if caption is not None and any(child.tag in BLOCKS for child in caption):
            unwrap(caption)
        elif caption is not None:
            caption.tag = "figure" if _only_pictures(caption) else "p"
            if caption.tag == "figure":
                _bare(caption)
        unwrap(figure)


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
