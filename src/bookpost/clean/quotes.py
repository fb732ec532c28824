"""Quotations: who said it, verse, and the pull quotes that say the text again."""

import re

from bookpost.clean.page import Page, classes, new
from bookpost.clean.setting import BLOCK
from bookpost.dom import Element, elements, text_of

_PULL = re.compile(
    r"(?:wp-block-)?pull-?quotes?(?:[-_][a-z-]*)?|pull_?quote|quote-pull|blockquote--pull|td_pull_quote|article-pullquote|shoutout"
)
_SOURCE = re.compile(r"(?:quote|blockquote|pullquote|wp-block-quote)?[-_]{0,2}(?:attribution|author|source|cite|citation|byline|credit)")
_DASHED = re.compile(r"\s*(?:[—–―]|--)\s*\S.{0,200}", re.DOTALL)
_POEM = re.compile(r"verse|poem|poetry|stanza|lyrics|wp-block-verse|strophe")
_NOT_WORDS = re.compile(r"[\W_]+")
_SHORTEST = 20  # characters of a pull quote; a shorter one may stand in the text by chance


def drop_pull_quotes(page: Page) -> None:
    """A pull quote whose words stand in the text goes; one that says something else is a quotation.

    `<p>He said it was late.</p><aside class="pullquote">it was late</aside>`  →  `<p>He said it was late.</p>`
    """
    pulled = [element for element in elements(page.body, "aside", "blockquote", "figure", "div", "p", "span") if _is_pull(element)]
    if not pulled:
        return
    whole = _words(text_of(page.body))
    for element in pulled:
        quoted = element.find(".//blockquote") if element.tag == "figure" else element
        said = _words(text_of(quoted.find("p") if quoted is not None and quoted.find("p") is not None else element))
        if len(said) >= _SHORTEST and whole.count(said) > 1:
            page.drop(element, "a pull quote that repeats the text was left out")
        elif element.tag in ("aside", "div"):
            element.tag = "blockquote" if element.find(".//blockquote") is None else BLOCK


def attribute_quotes(page: Page) -> None:
    """The last line of a quotation that names its source is its attribution.

    `<blockquote><p>Late.</p><footer>— Ann</footer></blockquote>`  →  `<blockquote><p>Late.</p><p class="attribution">— Ann</p></blockquote>`
    """
    for quote in elements(page.body, "blockquote"):
        for part in elements(quote, "footer", "cite", "p", "div", "span"):
            parent = part.getparent()
            if parent is None or (part.tag in ("cite", "span") and not _last_of_block(part)):
                continue
            if _names_source(part, quote):
                if part.tag in ("cite", "span") and parent.tag == "p":
                    _split_off(part, parent)
                else:
                    part.tag = "p"
                    part.set("class", "attribution")
                break
    for figure in elements(page.body, "figure"):
        quote, caption = figure.find("blockquote"), figure.find("figcaption")
        if quote is not None and caption is not None and figure.find(".//img") is None and figure.get("class") != "embed":
            figure.tag = BLOCK
            caption.tag = "p"
            caption.set("class", "attribution")
            quote.append(caption)


def mark_verse(page: Page) -> None:
    """In verse the lines matter.

    `<div class="poem">One<br>two</div>`  →  `<p class="verse">One<br/>two</p>`
    """
    for element in elements(page.body, "p", "div", "pre", "section", "blockquote"):
        if not element.get("class") or not any(_POEM.fullmatch(name) for name in classes(element)):
            continue
        if element.tag == "pre":
            _break_lines(element)
        for stanza in [element, *element.iter("p")]:
            if stanza.tag in ("p", "pre"):
                stanza.tag = "p"
                stanza.set("class", "verse")
        if element.tag in ("div", "section") and element.find(".//p") is None:
            element.tag = "p"
            element.set("class", "verse")


def _is_pull(element: Element) -> bool:
    return bool(element.get("class")) and any(_PULL.fullmatch(name) for name in classes(element))


def _names_source(part: Element, quote: Element) -> bool:
    text = text_of(part)
    if not 0 < len(text) < 250 or len(text) >= len(text_of(quote)):
        return False
    if part.tag == "footer" or (part.tag == "cite" and _last_of_block(part)):
        return True
    if "attribution" in classes(part) or any(_SOURCE.fullmatch(name) for name in classes(part)):
        return True
    return part.tag == "p" and bool(_DASHED.fullmatch(text)) and part.getnext() is None


def _last_of_block(part: Element) -> bool:
    return part.getnext() is None and not (part.tail or "").strip()


def _split_off(part: Element, paragraph: Element) -> None:
    """`<p>Late. <cite>Ann</cite></p>`: the source gets a paragraph of its own; a dash before it goes with it."""
    if part.getprevious() is None and not (paragraph.text or "").strip(" \n\t—–-―"):
        paragraph.set("class", "attribution")
        return
    source = new("p", **{"class": "attribution"})
    paragraph.addnext(source)
    source.tail, paragraph.tail = paragraph.tail, None
    source.append(part)


def _break_lines(pre: Element) -> None:
    text = "".join(map(str, pre.itertext())).strip("\n")
    for child in list(pre):
        pre.remove(child)
    lines = text.split("\n")
    pre.text = _indented(lines[0])
    for line in lines[1:]:
        line_break = new("br")
        line_break.tail = _indented(line)
        pre.append(line_break)


def _indented(line: str) -> str:
    words = line.lstrip(" \t")
    return "\xa0" * len(line[: len(line) - len(words)].expandtabs(4)) + words


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.lower()).strip()
