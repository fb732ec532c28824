"""Videos, sounds and posts that a page embeds: what can stand in a book is a still, a title and a link."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from bookpost.clean.address import link_address, picture_address
from bookpost.clean.page import Page, empty_out, keep_only, new
from bookpost.clean.pictures import length
from bookpost.dom import Element, elements, text_of

_YOUTUBE = re.compile(r"(?:youtube(?:-nocookie)?\.com/(?:embed/|v/|shorts/|live/|watch\?(?:.*&)?v=)|youtu\.be/)([A-Za-z0-9_-]{11})")
_VIMEO = re.compile(r"vimeo\.com/(?:video/)?([0-9]+)")
_DAILYMOTION = re.compile(r"dailymotion\.com/(?:embed/)?video/([A-Za-z0-9]+)")
_FACEBOOK = re.compile(r"facebook\.com/plugins/")
_PLAYERS = (
    *("iframe", "video", "audio", "object", "embed"),
    *("amp-youtube", "amp-vimeo", "amp-video", "amp-iframe", "amp-audio", "lite-youtube"),
)
_SITES = {
    "youtube": "YouTube",
    "youtu.be": "YouTube",
    "vimeo": "Vimeo",
    "dailymotion": "Dailymotion",
    "soundcloud": "SoundCloud",
    "spotify": "Spotify",
    "podcasts.apple": "Apple Podcasts",
    "twitch": "Twitch",
    "ted.com": "TED",
    "facebook": "Facebook",
    "twitter": "Twitter",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "codepen": "CodePen",
    "bandcamp": "Bandcamp",
    "archive.org": "Internet Archive",
}
_NO_TITLE = re.compile(
    r"(?:youtube|vimeo|video|audio|embed(?:ded)?|media|iframe|player|content|spotify|soundcloud|dailymotion|\s|-|:|widget)*", re.IGNORECASE
)
_MEDIA_FILE = re.compile(r"\.(?:mp4|webm|ogv|ogg|mov|m4v|mp3|m4a|aac|opus|wav|flac)$", re.IGNORECASE)
_ADVERTISING = re.compile(
    r"doubleclick|googlesyndication|googletagmanager|adservice|adsystem|amazon-adsystem|/ads?/|taboola|outbrain|facebook\.com/plugins/(?:like|share|page|follow)|platform\.twitter\.com/widgets/(?:tweet_button|follow)"
    r"|disqus|recaptcha|addthis|mailchimp|substack\.com/embed|consent|about:blank",
    re.IGNORECASE,
)
_POSTS = re.compile(
    r"twitter-tweet|twitter-video|instagram-media|tiktok-embed|bluesky-embed|fb-post|fb-video|reddit-(?:card|embed-bq)|mastodon-embed|text-post-media|imgur-embed-pub|telegram-post"
)
_LONELY = re.compile(r"(?:view|see|watch|read) (?:this|more|on|the)|a post shared by", re.IGNORECASE)


def show_players(page: Page) -> None:
    """`iframe`, `video`, `audio`, `object` and their like become a figure with still, title and link.

    `<iframe src="https://www.youtube.com/embed/ID" title="A talk">`  →
    `<figure class="embed"><img src="…/vi/ID/hqdefault.jpg"><figcaption><a href="…/watch?v=ID">A talk</a></figcaption></figure>`
    """
    for player in elements(page.body, *_PLAYERS):
        if player.getparent() is None or next(player.iterancestors("x-drop", "figure-embed"), None) is not None:
            continue
        address = _address(player, page.base_url)
        if player.tag == "object" and address and text_of(player) and _site(address) not in _SITES.values():
            address = None  # Flash and its like: what it says instead is all that is left
        if address is None or _ADVERTISING.search(address[:300]) or _unseen(player):
            if player.tag in ("object", "video", "audio") and address is None and text_of(player):
                player.tag = "x-block"  # all there is is what it says to browsers that cannot play it
            else:
                page.drop(player)
            continue
        _figure(player, _watch_page(address), _still(player, address, page.base_url), _title(player, address))


def quote_posts(page: Page) -> None:
    """An embedded post is a quotation with its author, date and link.

    `<blockquote class="twitter-tweet"><p>Hm.</p>— Ann (@ann) <a href="…">1 May</a></blockquote>`  →
    `<figure class="embed"><blockquote><p>Hm.</p><p class="attribution">— Ann (@ann) <a href="…">1 May</a></p></blockquote></figure>`
    """
    for post in elements(page.body, "blockquote"):
        if not _POSTS.search(post.get("class", "")):
            continue
        href = post.get("data-instgrm-permalink") or post.get("cite") or post.get("data-bluesky-uri") or ""
        address = link_address(href.partition("?")[0], page.base_url) if href else None
        _attribute(post)
        if address and (_LONELY.match(text_of(post)) or not text_of(post)):
            empty_out(post)
            _figure(post, address, None, _site(address))
            continue
        figure = new("figure", **{"class": "embed"})
        figure.tail, post.tail = post.tail, None
        parent = post.getparent()
        assert parent is not None
        parent.replace(post, figure)
        figure.append(post)
        post.attrib.pop("class", "")


def _attribute(post: Element) -> None:
    """What stands after the post's last paragraph is who said it, and when."""
    paragraphs = post.findall("p")
    if not paragraphs:
        return
    last = paragraphs[-1]
    said = new("p", last.tail, **{"class": "attribution"})
    following = list(last.itersiblings())
    if not (last.tail or "").strip() and not following:
        return
    last.tail = None
    said.extend(following)
    post.append(said)


def _address(player: Element, base_url: str | None) -> str | None:
    if player.get("videoid") and str(player.tag) in ("lite-youtube",):
        return f"https://www.youtube.com/embed/{player.get('videoid')}"
    if identity := player.get("data-videoid"):
        return f"https://{'vimeo.com/' if player.tag == 'amp-vimeo' else 'www.youtube.com/embed/'}{identity}"
    candidates = [player.get(name) for name in ("src", "data-src", "data-lazy-src", "data-litespeed-src", "data", "data-url")]
    candidates += [source.get("src") for source in player.iter("source")]
    candidates += [param.get("value") for param in player.iter("param") if param.get("name", "").lower() in ("movie", "src", "url")]
    candidates += [inner.get("src") for inner in player.iter("embed", "iframe")]
    for candidate in candidates:
        if candidate and (address := link_address(candidate, base_url)) and address[0] == "h":
            return address
    return None


def _watch_page(address: str) -> str:
    """Where a person can watch it: a player's own address shows only the player."""
    if found := _YOUTUBE.search(address):
        return f"https://www.youtube.com/watch?v={found[1]}"
    if found := _VIMEO.search(address):
        return f"https://vimeo.com/{found[1]}"
    if found := _DAILYMOTION.search(address):
        return f"https://www.dailymotion.com/video/{found[1]}"
    if _FACEBOOK.search(address) or "soundcloud.com/player" in address:
        for name in ("href", "url"):
            for inner in parse_qs(urlsplit(address).query).get(name, []):
                if resolved := link_address(unquote(inner), None):
                    return resolved
    if "open.spotify.com/embed" in address:
        return address.replace("/embed/", "/", 1)
    return address


def _still(player: Element, address: str, base_url: str | None) -> str | None:
    if poster := player.get("poster"):
        return picture_address(poster, base_url)
    if found := _YOUTUBE.search(address):
        return f"https://i.ytimg.com/vi/{found[1]}/hqdefault.jpg"  # every video has this size
    if found := _DAILYMOTION.search(address):
        return f"https://www.dailymotion.com/thumbnail/video/{found[1]}"
    return None


def _title(player: Element, address: str) -> str:
    for name in ("title", "aria-label", "data-title", "playlabel"):
        words = " ".join(player.get(name, "").split())
        if words and not _NO_TITLE.fullmatch(words):
            return words[:300]
    file = unquote(urlsplit(address).path.rpartition("/")[2])
    return file if _MEDIA_FILE.search(file) else _site(address)


def _site(address: str) -> str:
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return next((name for part, name in _SITES.items() if part in host), host)


def _unseen(player: Element) -> bool:
    sizes = [size for name in ("width", "height") if (size := length(player, name)) is not None]
    return player.tag in ("iframe", "embed") and bool(sizes) and min(sizes) <= 2


def _figure(element: Element, address: str, still: str | None, title: str) -> None:
    """Make the element a figure that leads to `address`; inside a figure it becomes that figure."""
    link = new("a", title, href=address)
    outer = next(element.iterancestors("figure"), None)
    if outer is not None and next(outer.iter("img", "table", "pre"), None) is None:
        outer.set("class", "embed")
        empty_out(element)
        element.tag = "x-block"
        keep_only(element)
        holder = element
        holder.append(new("p"))
        holder[-1].append(link)
    else:
        empty_out(element)
        element.tag = "figure"
        keep_only(element)
        element.set("class", "embed")
        element.append(new("figcaption" if still else "p"))
        element[-1].append(link)
        holder = element
    if still:
        holder.insert(0, new("img", src=still, alt=""))
