"""The pages around the articles: the front page at a glance, a page for each section, the navigation document."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bookpost.convert.epub.body import Heading
from bookpost.convert.epub.chapter import Chapter, Setting, body_classes, words_of
from bookpost.convert.epub.pages import Bar, ContentsPage, Entry, Group, Headline, Link, ListPage
from bookpost.convert.epub.plan import CONTENTS, FRONT, Part, Plan
from bookpost.convert.epub.text import language_tag, plain, same_language, sentences


def front_page(chapters: Sequence[Chapter], setting: Setting) -> ListPage:
    """The book at a glance: the lead story with its picture, then a headline and a sentence for each article."""
    book, words, plan = setting.book, setting.words, setting.plan
    headlines = {chapter.slot.number: _headline(chapter, setting, 1, 180) for chapter in chapters}
    lead = replace(_headline(chapters[0], setting, 2, 360), picture=chapters[0].lead)
    groups = tuple(
        Group(part.title, part.link.href if part.link else None, tuple(headlines[slot.number] for slot in part.slots if slot.number))
        for part in plan.parts
    )
    counts = f"{words.articles(len(chapters))} · {words.minutes(book.minutes)}"
    return ListPage(
        **_shared(plain(book.title) or words.untitled, "front", setting),
        details=tuple(filter(None, (words.date(book.published) if book.published else "", counts))),
        lead=lead,
        groups=tuple(group for group in groups if group.headlines),
    )


def section_page(part: Part, chapters: Sequence[Chapter], setting: Setting) -> ListPage:
    """The articles of one section."""
    words = setting.words
    own = [chapters[slot.number] for slot in part.slots]
    minutes = sum(slot.article.minutes for slot in part.slots)
    return ListPage(
        **_shared(part.title or words.untitled, "section", setting),
        bar=Bar(front=Link(FRONT, words.front_page), next=part.slots[0].link),
        details=(f"{words.articles(len(own))} · {words.minutes(minutes)}",),
        lead=None,
        groups=(Group(None, None, tuple(_headline(chapter, setting, 2, 300) for chapter in own)),),
    )


def contents_page(chapters: Sequence[Chapter], setting: Setting) -> ContentsPage:
    """The navigation document. Kindle shows two levels; the order is the spine's."""
    words = setting.words
    start = Link(chapters[0].slot.link.href if setting.plan.single else FRONT, words.start)
    return ContentsPage(
        **_shared(words.contents, "contents", setting),
        entries=_entries(chapters, setting),
        landmarks=(("toc", Link(CONTENTS, words.contents)), ("bodymatter", start)),
    )


def _entries(chapters: Sequence[Chapter], setting: Setting) -> tuple[Entry, ...]:
    if setting.plan.single:
        return _heading_entries(chapters[0])
    own = language_tag(setting.book.language)
    lines = [Entry(page.href, page.label, language=_other(made.page.language, own)) for made in chapters for page in (made.slot.link,)]
    return (Entry(FRONT, setting.words.front_page), *_article_entries(setting.plan, lines))


def _other(language: str, own: str) -> str | None:
    return None if language == own else language


def _article_entries(plan: Plan, lines: Sequence[Entry]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for part in plan.parts:
        articles = tuple(lines[slot.number] for slot in part.slots)
        if part.link:
            entries.append(Entry(part.link.href, part.link.label, articles))
        else:
            entries.extend(articles)
    return tuple(entries)


def _heading_entries(chapter: Chapter) -> tuple[Entry, ...]:
    """The title, then the headings; those of the third level below those of the second."""
    page = chapter.slot.link
    runs: list[list[Heading]] = []
    for heading in chapter.headings:
        if heading.level == 2 or not runs:
            runs.append([])
        runs[-1].append(heading)
    lines = [[Entry(f"{page.href}#{heading.id}", heading.label) for heading in run] for run in runs]
    return (Entry(page.href, page.label), *(Entry(line[0].href, line[0].label, tuple(line[1:])) for line in lines))


def _headline(chapter: Chapter, setting: Setting, count: int, limit: int) -> Headline:
    article, page = chapter.slot.article, chapter.page
    words = words_of(article.language, setting.words)
    # A Chinese or Japanese character says as much as two or three letters.
    limit = limit // 2 if "cjk" in page.classes else limit
    minutes = words.minutes(article.minutes) if article.words else ""
    # A site that all articles come from is named once, on the cover.
    site = plain(article.site) if article.site != setting.book.site else ""
    return Headline(
        href=chapter.slot.link.href,
        title=page.title,
        language=page.language,
        direction=page.direction,
        source=" · ".join(filter(None, (site, minutes))),
        summary=sentences(chapter.opening, count, limit),
    )


def _shared(title: str, kind: str, setting: Setting) -> dict[str, Any]:
    """What every page of the book's own has."""
    book, words = setting.book, setting.words
    language = language_tag(book.language)
    return {
        "title": title,
        "language": language,
        "direction": book.direction,
        "classes": f"{kind} {body_classes(language, book.direction)}",
        "words_language": None if same_language(words.language, language) else words.language,
        "words_direction": words.direction,
    }
