"""Pictures: which of a page's many ways to write one is meant, and at which address its bytes are."""

import re
from collections.abc import Iterator

from bookpost.clean.address import picture_address
from bookpost.clean.page import Page, classes, keep_only, wordless
from bookpost.clean.vocabulary import attributes_of
from bookpost.dom import Element, elements

MAX_WIDTH = 2560  # no e-reader shows more, and paper at 300 dpi needs no more
_LAZY = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-original-src", "data-orig-file", "data-large-file", "data-full-src"),
    *("data-hi-res-src", "data-image", "data-img-src", "data-echo", "data-url", "data-actualsrc", "data-real-src", "data-lazyload"),
    *("data-src-large", "data-img-url", "nitro-lazy-src"),
)
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-original-set", "nitro-lazy-srcset")
_CANDIDATE = re.compile(r"\s*,*\s*([^\s,]\S*[^\s,]|[^\s,])(?:\s+([0-9.]+)([wxh])(?:\s+[0-9.]+[wxh])?)?\s*(?:,|$)")
_PLACEHOLDER = re.compile(
    r"(?:^|/)(?:blank|spacer|placeholder|lazy(?:load)?|loading|loader|transparent|transp|gr[ae]y|pixel|clear|empty|1x1|dot|trans)"
    r"(?:[_-]?(?:image|img|gif|bg|pixel|[0-9]+(?:x[0-9]+)?))*\.(?:gif|png|svg|jpe?g)(?:\?.*)?$",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)", re.IGNORECASE)
_TINY_DATA = re.compile(r"data:image/(?:gif|png|svg\+xml|webp)[;,]", re.IGNORECASE)
_TRACKERS = re.compile(
    r"//(?:[a-z0-9-]+\.)*(?:pixel\.wp\.com|stats\.wordpress\.com|google-analytics\.com|doubleclick\.net|scorecardresearch\.com|quantserve\.com"
    r"|feedsportal\.com|feeds\.feedburner\.com/~|facebook\.com/tr|bat\.bing\.com|pixel\.[a-z0-9.-]+|analytics\.[a-z0-9.-]+|piwik\.|matomo\."
    r"|px\.ads\.linkedin\.com|hubspot\.com/__ptq|list-manage\.com/track|mailtrack\.|sendgrid\.net/wf/open)",
    re.IGNORECASE,
)
_EMOJI = re.compile(r"s\.w\.org/images/core/emoji|twemoji|/emoji/|abs\.twimg\.com/emoji", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]+)(?:\.[0-9]+)?(?:px)?\s*")
_STYLE_LENGTH = re.compile(r"(?:^|;)\s*(?:max-)?{}\s*:\s*([0-9]+)(?:\.[0-9]+)?px".replace("{}", "(width|height)"), re.IGNORECASE)


def unveil_noscript(page: Page) -> None:
    """A picture in `noscript` stands for the placeholder before it; other `noscript` speaks to browsers.

    `<img src="grey.gif"><noscript><img src="a.jpg"></noscript>`  →  `<img src="a.jpg">`
    """
    for noscript in page.body.iter("noscript"):
        pictures = list(noscript.iter("img", "amp-img"))
        if not pictures:
            page.drop(noscript)
            continue
        before = noscript.getprevious()
        if before is not None and wordless(before.tail) and _is_placeholder(before):
            if not pictures[0].get("alt") and (alt := next((image.get("alt") for image in before.iter("img") if image.get("alt")), "")):
                pictures[0].set("alt", alt)
            page.drop(before)
        noscript.tag = "x-noscript"


def choose_sources(page: Page) -> None:
    """`<picture>` becomes its `<img>`, which knows all the candidates.

    `<picture><source srcset="a.webp 800w"><img src="a.jpg"></picture>`  →  `<img src="a.jpg" srcset="a.webp 800w">`
    """
    for picture in elements(page.body, "picture"):
        sources = list(picture.iter("source"))
        image = next(picture.iter("img", "amp-img", "image"), None)
        if image is None and sources:
            image = sources.pop(0)
            image.tag = "img"
        if image is not None:
            sets = [value for part in (image, *sources) for name in _LAZY_SETS if (value := part.get(name))]
            image.set("srcset", ", ".join(sets))
        for source in sources:
            source.tag = "x-source"  # libxml2 takes what follows a `source` for its content


def find_pictures(page: Page) -> None:
    """Every picture gets the best of its addresses; spacers, trackers and pictures without an address go.

    `<img src="data:image/gif;base64,R0" data-src="/a.jpg" alt="A">`  →  `<img src="image:p0" alt="A">`
    """
    for image in elements(page.body, "img", "amp-img", "image", "amp-anim"):
        alt = " ".join(image.get("alt", "").split())
        if _FILE_NAME.fullmatch(alt):
            alt = ""  # the camera's or the editor's word, not the page's
        image.tag = "img"
        if _is_spacer(image):
            page.drop(image)
            continue
        url = best_address(image, page.base_url)
        if url is None or _EMOJI.search(url[:300]) or "wp-smiley" in classes(image):
            image.tag = "x-words"  # the alternative text is all there is to read
            image.text = alt
            keep_only(image)
        elif _TRACKERS.search(url[:300]):
            page.drop(image)
        else:
            keep_only(image, src=page.picture(url), alt=alt)


def best_address(image: Element, base_url: str | None) -> str | None:
    """The widest candidate of at most 2,560 pixels, else the narrowest above; else the lazy address; else `src`."""
    own = dict(attributes_of(image))
    candidates = [(width, url) for name in _LAZY_SETS if (value := own.get(name)) for width, url in srcset(value)]
    fitting = [candidate for candidate in candidates if candidate[0] <= MAX_WIDTH]
    chosen = max(fitting, key=lambda c: c[0], default=None) or min(candidates, key=lambda c: c[0], default=None)
    plain = [value for name in _LAZY if (value := own.get(name, "").strip()) and _looks_like_address(value)]
    src = image.get("src", "")
    if src and not _stands_in(src, lazy=bool(plain or chosen)):
        plain.append(src)
    own_width = length(image, "width") or 0
    ordered = [chosen[1], *plain] if chosen and (chosen[0] > own_width or not plain) else [*plain, *([chosen[1]] if chosen else [])]
    return next((address for url in ordered if (address := picture_address(url, base_url))), None)


def srcset(value: str) -> Iterator[tuple[float, str]]:
    """The candidates of a `srcset` (HTML §4.8.4.2.1) with their widths in pixels; a density counts as so many times 640.

    `a.jpg 480w, b.jpg 2x`  →  (480, a.jpg), (1280, b.jpg)
    """
    for found in _CANDIDATE.finditer(value[:20_000]):
        url, number, unit = found.groups()
        size = min(float(number), 99_999.0) if number and number.count(".") < 2 and number != "." else 1.0
        yield (size if unit == "w" else size * 640 if unit in ("x", None) else 640.0), url


def length(element: Element, name: str) -> int | None:
    """The element's `width` or `height` in CSS pixels, by attribute or style."""
    if found := _LENGTH.fullmatch(element.get(name, "")):
        return int(found[1][:6])
    if "px" in (style := element.get("style", "")):
        for found in _STYLE_LENGTH.finditer(style[:2000]):
            if found[1].lower() == name:
                return int(found[2][:6])
    return None


def _is_placeholder(element: Element) -> bool:
    images = list(element.iter("img", "amp-img"))
    return len(images) == 1 and wordless("".join(map(str, element.itertext())))


def _is_spacer(image: Element) -> bool:
    sizes = [size for name in ("width", "height") if (size := length(image, name)) is not None]
    return bool(sizes) and min(sizes) <= 2


def _looks_like_address(value: str) -> bool:
    return not any(character in value for character in " {}<>\"'") and ("/" in value or "." in value)


def _stands_in(src: str, *, lazy: bool) -> bool:
    """Whether `src` holds the place of a picture that a script would load."""
    tiny = len(src) < 300 and bool(_TINY_DATA.match(src)) and "base64,iVBOR" not in src
    return (tiny and (lazy or "svg" in src[:20])) or bool(_PLACEHOLDER.search(src[-200:])) or src.strip() in ("#", "about:blank", "//:0")
