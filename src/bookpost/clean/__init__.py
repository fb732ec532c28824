"""Any HTML → clean content: an XHTML fragment in a small fixed vocabulary (see docs/reference/content.md).

Pure; raises nothing: whatever comes in, well-formed content in the vocabulary comes out, and cleaning it again changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bookpost.clean.captions import caption_figures, mark_credits, pair_captions, undo_outer_figures
from bookpost.clean.code import read_code, stand_code, unroll_line_tables
from bookpost.clean.drawings import keep_drawings
from bookpost.clean.embeds import quote_posts, show_players
from bookpost.clean.figures import make_figures, mend_figures, number_pictures
from bookpost.clean.furniture import drop_edit_links, drop_forms, drop_furniture, drop_hidden, drop_share_links
from bookpost.clean.headings import drop_title, open_details, renumber, trim_rules
from bookpost.clean.language import normalise_language
from bookpost.clean.links import land_links, name_links, settle_addresses, unwrap_dead
from bookpost.clean.lists import mend_definitions, slacken
from bookpost.clean.maths import read_formulas
from bookpost.clean.notes import gather_notes, mark_notes
from bookpost.clean.page import Page, Reference
from bookpost.clean.parse import parse_html
from bookpost.clean.pictures import choose_sources, find_pictures, unveil_noscript
from bookpost.clean.quotes import attribute_quotes, drop_pull_quotes, mark_verse, name_sources
from bookpost.clean.structure import build
from bookpost.clean.tables import mend_tables, undo_layout_tables
from bookpost.clean.words import count_words
from bookpost.dom import serialise_content

__all__ = ["Cleaned", "Reference", "clean", "normalise_language"]

Step = Callable[[Page], None]

# On the page's own tree: what its markup means. A step renames, never cuts: what it names DROP goes in `build`.
MEANING: tuple[Step, ...] = (
    read_formulas,
    unveil_noscript,
    choose_sources,
    unroll_line_tables,
    drop_hidden,
    drop_furniture,
    drop_forms,
    drop_share_links,
    drop_edit_links,
    open_details,
    show_players,
    quote_posts,
    find_pictures,
    keep_drawings,
    undo_outer_figures,
    pair_captions,
    caption_figures,
    mark_credits,
    read_code,
    undo_layout_tables,
    drop_pull_quotes,
    name_sources,
    mark_verse,
    settle_addresses,
    mark_notes,
)
# On the new tree, which keeps the content model.
FINISH: tuple[Step, ...] = (
    unwrap_dead,
    mend_tables,
    mend_definitions,
    mend_figures,
    attribute_quotes,
    make_figures,
    gather_notes,
    slacken,
    drop_title,
    trim_rules,
    renumber,
    name_links,
    land_links,
    stand_code,
    number_pictures,
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Clean content: an XHTML fragment, the pictures it refers to, how many words it has, and what was left out by which rule."""

    content: str = field(repr=False)
    references: tuple[Reference, ...]
    words: int
    notes: tuple[str, ...] = ()


def clean(html: str, *, base_url: str | None = None, title: str | None = None) -> Cleaned:
    """The content of a page or fragment, however broken or hostile.

    Relative addresses are resolved against `base_url`; a heading at the start that repeats `title` is dropped.
    """
    page = Page(parse_html(html), html, base_url, title)
    for step in MEANING:
        step(page)
    page.body, page.anchors = build(page.body, frozenset(page.fragments))
    for step in FINISH:
        step(page)
    return Cleaned(serialise_content(page.body), page.references, count_words(page.body), tuple(page.notes))
