"""Quotations: who said it, verse, and the pull quotes that say the text again."""

import re

from bookpost.clean.page import Page, classes, dissolve, new
from bookpost.clean.vocabulary import BLOCK, BLOCKS
from bookpost.dom import Element, elements, text_of

_PULL = re.compile(
    r"(?:wp-block-)?pull-?quotes?(?:[-_][a-z-]*)?|pull_?quote|quote-pull|blockquote--pull|td_pull_quote|article-pullquote|shoutout"
)
_SOURCE = re.compile(r"(?:quote|blockquote|pullquote|wp-block-quote)?[-_]{0,2}(?:attribution|author|source|cite|citation|byline)")
_DASHED = re.compile(r"\s*(?:[—–―]|--)\s*\S.{0,200}", re.DOTALL)
_POEM = re.compile(r"verse|poem|poetry|stanza|lyrics|wp-block-verse|strophe")
_NOT_WORDS = re.compile(r"[\W_]+")
_LONGEST_SOURCE = 250
_SHORTEST = 12  # characters of a pull quote; a shorter one may stand in the text by chance


def drop_pull_quotes(page: Page) -> None:
    """A pull quote whose words stand in the text goes; one that says something else is a quotation.

    `<p>He said it was late.</p><aside class="pullquote">it was late</aside>`  →  `<p>He said it was late.</p>`
    """
    pulled = list(page.called(_PULL, "aside", "blockquote", "figure", "div", "p", "span"))
    if not pulled:
        return
    whole = _words(text_of(page.body))
    for element in pulled:
        first = element.find(".//p")
        said = _words(text_of(element if first is None else first))
        if len(said) >= _SHORTEST and whole.count(said) > 1:
            page.drop(element, "a pull quote that repeats the text was left out")
        elif element.tag in ("aside", "div"):
            element.tag = "blockquote" if element.find(".//blockquote") is None else BLOCK


def name_sources(page: Page) -> None:
    """In a quotation, `footer` and what its class calls the author is the attribution.

    `<blockquote><p>Late.</p><footer>— Ann</footer></blockquote>`  →
    `<blockquote><p>Late.</p><p class="attribution">— Ann</p></blockquote>`
    """
    for quote in elements(page.body, "blockquote"):
        for part in elements(quote, "footer", "cite", "p", "div", "span"):
            if part.tag != "footer" and not any(_SOURCE.fullmatch(name) for name in classes(part)):
                continue
            if 0 < len(text_of(part)) < min(_LONGEST_SOURCE, len(text_of(quote))):
                part.tag = "p"
                part.set("class", "attribution")
                break


def attribute_quotes(page: Page) -> None:
    """A quotation's last words that are a `cite`, or a paragraph that begins with a dash, say who said it.

    `<blockquote><p>Late. <cite>Ann</cite></p></blockquote>`  →
    `<blockquote><p>Late.</p><p class="attribution"><cite>Ann</cite></p></blockquote>`
    """
    for figure in elements(page.body, "figure"):
        _unframe(page, figure)
    for quote in elements(page.body, "blockquote"):
        last = quote[-1]
        if last.tag != "p" or last.get("class"):
            continue
        cite = last[-1] if len(last) and last[-1].tag == "cite" and not last[-1].tail else None
        before = (last.text or "") if cite is None or len(last) == 1 else text_of(last)
        if len(text_of(last)) > _LONGEST_SOURCE:
            continue
        if (len(quote) > 1 and _DASHED.fullmatch(text_of(last))) or (cite is not None and len(quote) > 1 and not before.strip(" \xa0—–-―")):
            last.set("class", "attribution")
        elif cite is not None and before.strip(" \xa0—–-―"):
            _split_off(cite, last)


def mark_verse(page: Page) -> None:
    """In verse the lines matter.

    `<div class="poem">One<br>two</div>`  →  `<p class="verse">One<br/>two</p>`
    """
    for element in page.called(_POEM, "p", "div", "pre", "section", "blockquote"):
        if element.tag == "pre":
            _break_lines(element)
        for stanza in [element, *element.iter("p")]:
            if stanza.tag in ("p", "pre"):
                stanza.tag = "p"
                stanza.set("class", "verse")
        if element.tag in ("div", "section") and element.find(".//p") is None:
            element.tag = "p"
            element.set("class", "verse")


def _unframe(page: Page, figure: Element) -> None:
    """A quotation in a figure is a quotation; the caption says whose."""
    quoted, caption = figure.find("blockquote"), figure.find("figcaption")
    if quoted is None or caption is None or figure.get("class") or figure.find(".//img") is not None:
        return
    for credit in elements(caption, "span"):
        if credit.attrib.pop("class", "") and not credit.attrib:
            dissolve(credit)
    if not any(child.tag in BLOCKS for child in caption):
        caption.tag = "p"
        caption.set("class", "attribution")
    quoted.append(caption)
    if caption.tag == "figcaption":
        page.leave(caption)
    page.leave(figure)


def _split_off(cite: Element, paragraph: Element) -> None:
    """The source gets a paragraph of its own."""
    previous = cite.getprevious()
    paragraph.remove(cite)
    if previous is None:
        paragraph.text = (paragraph.text or "").rstrip(" ")
    elif previous.tag == "br":
        paragraph.remove(previous)
    first = cite
    while not first.text and len(first):
        first = first[0]
    first.text = (first.text or "").lstrip(" ") or None
    source = new("p", **{"class": "attribution"})
    source.append(cite)
    paragraph.addnext(source)


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
