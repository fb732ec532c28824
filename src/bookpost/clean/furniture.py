"""The page's furniture: what stands around and in an article on the web and is not for reading it."""

import re
from collections.abc import Iterable
from itertools import islice

from bookpost.clean.page import Page, classes, select, wordless
from bookpost.clean.vocabulary import DROP, MATH
from bookpost.dom import Element, elements, text_of

# One rule a line: what is left out, and the class names (or ids) that say so. Names are whole words of a class list.
_RULES: tuple[tuple[str, str], ...] = (
    (
        "share buttons",
        r"(?:social|share|sharing)[_-]?(?:bar|box|buttons?|icons?|links?|list|menu|tools?|widget|block|count|media|this|post|article|options|container|wrapper|panel|nav|row)s?"
        r"|(?:post|article|entry|content|page|story)[_-](?:share|sharing|social)(?:[_-](?:bar|buttons?|icons?|links?|tools?))?|share|sharing|social|sharedaddy|sd-(?:sharing|block|social|like)[a-z-]*|jp-(?:post-flair|sharing)"
        r"|addtoany[a-z_-]*|a2a[_-](?:kit|dd|full)[a-z_-]*|addthis[a-z_-]*|sharethis[a-z_-]*|st-(?:btns|custom-button|inline-share)[a-z-]*|shareaholic[a-z-]*|ssba[a-z-]*|heateor[a-z_-]*|essb[_-][a-z_-]*"
        r"|mashsb[a-z-]*|sociable|dpsp[a-z-]*|wp-block-social-links|twitter-share-button|fb-(?:like|share-button|send)|g-plusone|reddit-button",
    ),
    (
        "print and send buttons",
        r"print[_-]?friendly[a-z_-]*|pf-button[a-z_-]*|pf-content-hide|pf_wrap|print-(?:no|link|button|btn)|printbutton|kindle[_-]?widget[a-z_-]*|sendtokindle[a-z_-]*|send-to-kindle[a-z_-]*|instapaper[_-][a-z_-]*|pocket-btn|tools-print",
    ),
    (
        "related articles",
        r"related(?:[_-]?(?:posts?|articles?|stories|links?|content|news|items|reading|block|box|list|container|widget|wrap|wrapper))?|(?:article|post|entry|story)[_-]related|jp-relatedposts|yarpp[a-z-]*|crp_related|rp4wp[a-z-]*|wp_rp[a-z_-]*|read[_-]?(?:more|next|also|on)[_-]?(?:box|block|links?|list|posts?)|readmore-box"
        r"|more[_-](?:stories|articles|posts|news|from)|recommended(?:[_-](?:posts?|articles?|stories|reading))?|recirc[a-z_-]*|outbrain[a-z_-]*|ob-widget[a-z-]*|taboola[a-z_-]*|trc_[a-z_-]*|zergnet[a-z_-]*|also-like|you-may-like|up-next|nextpost|post-navigation|nav-links|zox-post-more|wp-block-embed-internal",
    ),
    (
        "newsletter forms",
        r"(?:newsletter|subscribe|subscription|signup|sign-up|mc[_-]embed|mailchimp|mc4wp|optin|email)[_-]?(?:form|box|signup|sign-up|widget|block|cta|promo|wrapper|container|module|inline|optin|popup|capture|subscribe)[a-z_-]*|newsletter|mc_embed_signup|jetpack_subscription_widget|wp-block-jetpack-subscriptions[a-z_-]*|substack-subscribe[a-z-]*|subscription-widget[a-z-]*|tinypass[a-z-]*",
    ),
    (
        "comments",
        r"comments?(?:[_-](?:area|list|section|form|wrapper|wrap|container|thread|respond|box|block|template|count|link|embed))|comments|commentlist|disqus[a-z_-]*|dsq-[a-z-]*|respond|livefyre[a-z_-]*|fb-comments|giscus|utterances|spot-im-[a-z-]*|viafoura[a-z-]*|discourse-comments",
    ),
    (
        "advertisements",
        r"ads?|ad[_-](?:slot|unit|container|wrapper|wrap|box|block|banner|label|zone|placement|holder|space|inline|text|leaderboard|mpu)[a-z0-9_-]*|adsbygoogle|advert(?:isement|ising|s)?|advertisement-[a-z-]*|google[_-]?ads?[a-z_-]*|dfp[_-][a-z0-9_-]*|gpt-ad[a-z0-9_-]*|sponsored[_-](?:content|links?|box)|code-block-ad|regwall",
    ),
    (
        "page navigation",
        r"breadcrumbs?|breadcrumb-[a-z-]*|pagination|pager|skip-?(?:link|to-content|nav)|screen-reader-shortcut|back-to-top|mw-editsection|mw-jump-link|navbox|vertical-navbox|noprint|mw-empty-elt|catlinks|toolbar|cookie[_-]?(?:banner|notice|consent|bar)[a-z-]*|gdpr[a-z_-]*|anchorjs-link|headerlink|header-anchor|heading-anchor|hash-link|permalink-anchor|octicon-link|copy-button|copybtn|code-copy|clipboard-copy|zeroclipboard-container|toggle-fullscreen|sr-only|screen-reader-(?:text|only)|visually-?hidden|element-invisible|a11y-hidden|offscreen",
    ),
)
_NAMED = re.compile("|".join(f"(?P<r{number}>{names})" for number, (_, names) in enumerate(_RULES)))
_WORDS = tuple(words for words, _ in _RULES)
_SILENT = frozenset({"advertisements", "page navigation"})  # nobody misses these: nothing is said

_FORM_PARTS = ("button", "input", "select", "textarea", "datalist", "output", "progress", "meter", "dialog", "label")
_HIDDEN = re.compile(
    r"(?:^|;|\s)(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px)?\s*(?:;|$))", re.IGNORECASE
)
_HIDING = select("descendant::*[@hidden or @style or @aria-hidden]")
_IDENTIFIED = select("descendant::*[@id]")
_SHARE_ADDRESS = re.compile(
    r"(?:https?:)?//(?:[a-z0-9-]+\.){0,4}?(?:facebook\.com/(?:sharer|dialog/(?:share|feed))|(?:twitter|x)\.com/(?:intent/|share\b|home\?status)|linkedin\.com/share|pinterest\.[a-z.]+/pin/create|reddit\.com/submit"
    r"|whatsapp\.com/send|wa\.me/\?|t\.me/share|tumblr\.com/(?:share|widgets/share)|getpocket\.com/(?:save|edit)|instapaper\.com/(?:hello|edit)|news\.ycombinator\.com/submitlink"
    r"|vk(?:ontakte)?\.(?:com|ru)/share|plus\.google\.com/share|service\.weibo\.com/share|b\.hatena\.ne\.jp/(?:add|entry)|line\.me/R/msg|social-plugins\.line\.me|digg\.com/submit|addtoany\.com|addthis\.com/bookmark"
    r"|printfriendly\.com/print|fivefilters\.org/kindle|klip\.me|pushtokindle|threads\.net/intent|bsky\.app/intent)|mailto:\?",
    re.IGNORECASE,
)
_NEVER = frozenset({"article", "main", "body", "html", "a", "td", "th", "tr", "table", DROP})
_EDIT_ADDRESS = re.compile(r"[?&](?:ve)?action=edit(?:&|$)")
_LEAST_TEXT = 400  # … and with less it is no article
_READER_TEXT = 1200  # characters of prose: with more, a class name is not believed


def drop_furniture(page: Page) -> None:
    """Share buttons, related articles, forms for newsletters, comments: by the names that themes and plug-ins give them.

    `<div class="sharedaddy">…</div>`  →  nothing
    """
    for element in page.called(_NAMED):
        _judge(page, element, classes(element))
    for element in _IDENTIFIED(page.body):
        if _NAMED.fullmatch(name := element.get("id", "").lower()):
            _judge(page, element, (name,))


def drop_hidden(page: Page) -> None:
    """What the page does not show is not read: `hidden`, `display:none`, decorations hidden from screen readers.

    `<p style="display: none">…</p>`  →  nothing
    """
    if "hidden" not in page.source and "style" not in page.source:
        return
    for element in _HIDING(page.body):
        if (
            (element.get("hidden") is not None and element.get("hidden") != "until-found")
            or (_HIDDEN.search(element.get("style", "")[:2000]) and not _shows_later(element))
            or (
                element.get("aria-hidden") == "true"
                and wordless(text_of(element))
                and next(element.iter("img", "math", MATH, "svg", "picture"), None) is None
            )
        ):
            page.drop(element)


def drop_forms(page: Page) -> None:
    """A form is for typing into; a page that is one big form (ASP.NET) keeps what it says.

    `<form><label>E-mail</label><input></form>`  →  nothing
    """
    for form in elements(page.body, "form"):
        prose = sum(len(text_of(block)) for block in form.iter("p", "blockquote", "li", "td"))
        if prose < 400 and next(form.iter("h1", "h2", "table", "figure", "pre"), None) is None:
            page.drop(form, "a form left out")
    for part in elements(page.body, *_FORM_PARTS):
        if part.tag != "label" or wordless(text_of(part)) or part.get("for"):
            page.drop(part)


def drop_share_links(page: Page) -> None:
    """Links whose address shares or prints the page, and the list or paragraph that holds nothing else.

    `<p>Share: <a href="https://twitter.com/intent/tweet?…">Tweet</a></p>`  →  nothing
    """
    for link in elements(page.body, "a"):
        href = link.get("href", "")
        if not ("?" in href or "share" in href) or not _SHARE_ADDRESS.match(href.lstrip()):
            continue
        holder = _holder(link)
        page.drop(link if holder is None else holder, "share buttons left out")


def drop_edit_links(page: Page) -> None:
    """A wiki's links to edit a section, with the brackets around them.

    `<h2>History [<a href="/w/index.php?title=X&amp;action=edit&amp;section=1">edit</a>]</h2>`  →  `<h2>History</h2>`
    """
    for link in elements(page.body, "a"):
        if "action=edit" not in (href := link.get("href", "")) or not _EDIT_ADDRESS.search(href):
            continue
        before, after, around = link.getprevious(), link.getnext(), link.getparent()
        page.drop(link)
        for bracket in (before, after):
            if bracket is not None and text_of(bracket) in ("[", "]"):
                page.drop(bracket)
        if (link.tail or "").lstrip().startswith("]"):
            link.tail = (link.tail or "").lstrip()[1:]
            if before is not None:
                before.tail = _without_bracket(before.tail)
            elif around is not None:
                around.text = _without_bracket(around.text)


def _without_bracket(text: str | None) -> str:
    """The text without a `[` at its end and the white space around it."""
    text = text or ""
    bare = text.rstrip()
    return bare[:-1].rstrip() if bare.endswith("[") else text


def _judge(page: Page, element: Element, names: Iterable[str]) -> None:
    """Drop the element, if it is named like furniture and little of it is prose."""
    found = next((match for name in sorted(names) if (match := _NAMED.fullmatch(name))), None)
    if found is None or element.tag in _NEVER or next(element.iterancestors(DROP), None) is not None:
        return
    rule = _WORDS[int(str(found.lastgroup)[1:])]
    if rule == "comments":  # they may be longer than the article; what is outside them must still be one
        believed = _prose(page.body, _LEAST_TEXT, without=element) > _LEAST_TEXT
    else:
        believed = _prose(element, _READER_TEXT) <= _READER_TEXT
    if believed:
        page.drop(element, None if rule in _SILENT else f"{rule} left out")


def _prose(element: Element, enough: int, *, without: Element | None = None) -> int:
    """How many characters of prose it has, counted until there are `enough`, not counting what stands in `without`.

    A theme that calls its article `share-post` still has an article in it.
    """
    prose = 0
    for paragraph in islice(element.iter("p", "pre", "blockquote", "td"), 500):
        if without is None or without not in paragraph.iterancestors():
            prose += len(text_of(paragraph))
        if prose > enough:
            break
    return prose


def _shows_later(element: Element) -> bool:
    """Lazy pictures and formulas are hidden until a script shows them."""
    return (
        element.tag in ("img", "amp-img", "math", MATH, "picture")
        or next(element.iter("math", MATH, "annotation", "noscript"), None) is not None
    )


def _holder(link: Element) -> Element | None:
    """The largest element around the link whose words are only those of share links."""
    holder = None
    around = link.getparent()
    while around is not None and around.tag in ("li", "ul", "ol", "p", "div", "span", "td"):
        words = len(text_of(around))
        linked = sum(len(text_of(a)) for a in around.iter("a") if _SHARE_ADDRESS.match(a.get("href", "").lstrip()))
        if words > linked + 24 or (next(around.iter("img", "figure", "table", "pre"), None) is not None and words):
            break
        holder = around
        around = around.getparent()
    return holder
