"""Headings: one outline that starts at h2 and has no gaps, without the title again."""

import re

from bookpost.clean.page import Page, new
from bookpost.clean.vocabulary import LEVELS
from bookpost.dom import elements, remove, text_of

_NOT_WORDS = re.compile(r"[\W_]+")


def drop_title(page: Page) -> None:
    """A heading at the start that says the title again goes.

    title `A day`:  `<h2>A day</h2><p>…`  →  `<p>…`
    """
    title = _words(page.title or "")
    if not title:
        return
    for block in list(page.body)[:4]:
        if block.tag in LEVELS:
            if _same_title(_words(text_of(block)), title):
                remove(block)
                return
        elif block.tag not in ("figure", "hr") and len(text_of(block)) > 200:
            return


def _same_title(said: str, title: str) -> bool:
    """Equal, or one is the other with a site's name or a subtitle behind it."""
    short, long = sorted((said, title), key=len)
    return said == title or (len(short) > 12 and long.startswith(short) and len(long) < 2 * len(short))


def open_details(page: Page) -> None:
    """Nothing folds in a book: the summary is a line of its own.

    `<details><summary>More</summary>a</details>`  →  `<p><strong>More</strong></p><p>a</p>`
    """
    for summary in elements(page.body, "summary"):
        if summary.find(".//h1") is None and next(summary.iter("h2", "h3", "h4", "h5", "h6"), None) is None:
            strong = new("strong", summary.text)
            strong.extend(list(summary))
            summary.text = None
            summary.append(strong)


def trim_rules(page: Page) -> None:
    """A rule divides: none at the start, at the end, or before the notes.

    `<p>a</p><hr/>`  →  `<p>a</p>`
    """
    for rule in reversed(page.body.findall("hr")):
        before, after = rule.getprevious(), rule.getnext()
        if before is None or after is None or after.tag in ("aside", "hr"):
            page.body.remove(rule)


def renumber(page: Page) -> None:
    """Levels follow the order of the page's own, from h2 without gaps.

    `<h3>a</h3><h6>b</h6><h2>c</h2>`  →  `<h2>a</h2><h3>b</h3><h2>c</h2>`
    """
    above: list[int] = []
    for heading in elements(page.body, *LEVELS):
        level = int(str(heading.tag)[1])
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        heading.tag = f"h{min(len(above) + 1, 6)}"


def _words(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.lower()).strip()
