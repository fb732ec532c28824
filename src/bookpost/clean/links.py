"""Links: harmless addresses, targets that are there, ids that any reader can jump to, and a name for each."""

import re
from collections import Counter
from urllib.parse import unquote

from bookpost.clean.address import link_address, same_page
from bookpost.clean.page import Page, dissolve, note_mark, reference_mark, select
from bookpost.clean.vocabulary import DROP, MATH
from bookpost.dom import Element, elements, text_of

_IDENTIFIED = select(f"descendant::*[@id or @name][not(ancestor-or-self::{DROP})]")
_SEVERAL = 4  # links by chance to the same ids on another page are fewer
_NOT_IN_IDS = re.compile(r"[^a-z0-9]+")


def settle_addresses(page: Page) -> None:
    """Links get an absolute address, links within the page a mark; others lose their link and keep their words.

    `<a href="/b">`  →  `<a href="https://site/b">`;  `<a href="javascript:x()">B</a>`  →  `B`
    """
    inner: list[tuple[Element, str, str]] = []
    for link in page.body.iter("a"):
        href = link.get("href")
        if href is None:
            continue
        address = link_address(href, page.base_url)
        if address is None:
            del link.attrib["href"]
            continue
        link.set("href", address)
        whole, _, fragment = address.partition("#")
        if fragment:
            inner.append((link, whole, unquote(fragment)))
        elif link.get("role"):
            del link.attrib["role"]  # only links of notes have one, and they stay in the page
    if inner:
        _settle_fragments(page, inner)


def _settle_fragments(page: Page, links: list[tuple[Element, str, str]]) -> None:
    there = _ids(page.body)
    own = {"", *_own_addresses(page.base_url, links, there)}
    for link, whole, fragment in links:
        if same_page(whole) not in own:
            link.attrib.pop("role", "")
        elif fragment in there:
            link.set("href", page.fragment(fragment))
        else:
            del link.attrib["href"]


def _own_addresses(base_url: str | None, links: list[tuple[Element, str, str]], there: set[str]) -> list[str]:
    """The page's own addresses: the base URL, and one that several links lead to whose fragments are all here.

    Extractors make links within the page absolute, and the page may have been fetched at another address.
    """
    landed = Counter(same_page(whole) for _, whole, fragment in links if fragment in there)
    missed = Counter(same_page(whole) for _, whole, fragment in links if fragment not in there)
    guessed = [whole for whole, count in landed.items() if count >= _SEVERAL and not missed[whole]]
    return [same_page(base_url), *guessed] if base_url else guessed


def land_links(page: Page) -> None:
    """Targets get unique ids that are safe in an address, and links that lead nowhere are unwrapped.

    `<a href="#Part II">…<p id="Part II">`  →  `<a href="#part-ii">…<p id="part-ii">`
    """
    unwrap_dead(page)
    if not page.fragments:
        for note in elements(page.body, "aside"):
            page.leave(note)
        return
    ids = _note_ids(page)
    taken, counts = set(ids.values()), Counter[str]()
    for link in page.body.iter("a"):
        if (raw := page.target(link)) is None:
            continue
        target = page.standing(raw)
        assert target is not None
        if target not in ids:
            ids[target] = _fresh(raw, taken, counts)
        link.set("href", f"#{ids[target]}")
    for element, id in ids.items():
        element.set("id", id)


def unwrap_dead(page: Page) -> None:
    """A link whose target is gone is unwrapped; what pointed to that link points to the block it stood in.

    `<a href="#x">a</a>` and no `x`  →  `a`
    """
    for link in elements(page.body, "a") if page.fragments else ():
        if (raw := page.target(link)) is None:
            continue
        target = page.standing(raw)
        if (target is None or not _within(target, page.body)) and (around := link.getparent()) is not None:
            page.places[link] = around
            dissolve(link)


def _note_ids(page: Page) -> dict[Element, str]:
    """`n1` for the first note and `r1` for the link to it; a note that nothing refers to is text."""
    ids: dict[Element, str] = {}
    number = 0
    for count in range(1, page.noted + 1):
        note, reference = page.standing(note_mark(count)), page.standing(reference_mark(count))
        if note is not None and reference is not None and note.tag == "aside" and reference.tag == "a" and _within(reference, page.body):
            number += 1
            ids[note], ids[reference] = f"n{number}", f"r{number}"
    for note in elements(page.body, "aside"):
        if note not in ids:
            page.leave(note)
    for link in page.body.iter("a"):
        raw = page.target(link)
        if raw is None or page.standing(raw) not in ids:
            link.attrib.pop("role", "")
    return ids


def name_links(page: Page) -> None:
    """A link without words takes its picture's caption or its address as a name.

    `<a href="https://x.org/a"><img src="image:i1" alt=""/></a>`  →  `… alt="x.org/a"`
    """
    for link in elements(page.body, "a"):
        if link.text and not link.text.isspace():
            continue
        if text_of(link) or link.find(f".//{MATH}") is not None:
            continue
        images = list(link.iter("img"))
        if not images:
            dissolve(link)
        elif not any(image.get("alt") for image in images):
            images[0].set("alt", _caption_near(link) or _spoken(link.get("href", "")))


def _ids(body: Element) -> set[str]:
    """Where links can lead to: the ids (and names) that are not in what is left out."""
    return {id for element in _IDENTIFIED(body) for id in (element.get("id"), element.get("name")) if id}


def _caption_near(link: Element) -> str:
    figure = next(link.iterancestors("figure"), None)
    caption = figure.find("figcaption") if figure is not None else None
    return text_of(caption)[:140] if caption is not None else ""


def _spoken(href: str) -> str:
    return href.partition("://")[2].rstrip("/")[:140] or href


def _within(element: Element, body: Element) -> bool:
    return any(ancestor is body for ancestor in element.iterancestors())


def _fresh(raw: str, taken: set[str], counts: Counter[str]) -> str:
    """An id that is not taken yet; `counts` says how far each one's numbers were tried."""
    slug = _NOT_IN_IDS.sub("-", raw.lower()).strip("-")[:60].strip("-")
    if not slug or not slug[0].isalpha():
        slug = f"s-{slug}".strip("-")
    id = slug if slug not in taken else ""
    while not id or id in taken:
        counts[slug] += 1
        id = f"{slug}-{counts[slug] + 1}"
    taken.add(id)
    return id
