"""What a page plays becomes a still, a title and a link."""

import pytest

from bookpost.clean import clean

CASES = {
    "YouTube": (
        '<iframe src="https://www.youtube.com/embed/abcdefghijk?rel=0" title="A talk"></iframe>',
        '<figure class="embed"><img src="image:i1" alt=""/><figcaption><a href="https://www.youtube.com/watch?v=abcdefghijk">A talk</a>'
        "</figcaption></figure>",
        ["https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg"],
    ),
    "Vimeo in a figure": (
        '<figure><div><iframe src="//player.vimeo.com/video/123"></iframe></div><figcaption>Cap</figcaption></figure>',
        '<figure class="embed"><p><a href="https://vimeo.com/123">Vimeo</a></p><figcaption>Cap</figcaption></figure>',
        [],
    ),
    "a video": (
        '<video src="https://x.org/v.mp4" poster="https://x.org/p.jpg">Get a browser</video>',
        '<figure class="embed"><img src="image:i1" alt=""/><figcaption><a href="https://x.org/v.mp4">v.mp4</a></figcaption></figure>',
        ["https://x.org/p.jpg"],
    ),
    "sound": (
        '<audio controls title="An hour"><source src="https://x.org/a.mp3"></audio>',
        '<figure class="embed"><p><a href="https://x.org/a.mp3">An hour</a></p></figure>',
        [],
    ),
    "Flash": ('<object data="https://x.org/a.swf"><p>What it said</p></object>', "<p>What it said</p>", []),
    "old YouTube": (
        '<object><param name="movie" value="http://www.youtube.com/v/abcdefghijk"><embed src="http://www.youtube.com/v/abcdefghijk"></object>',
        '<figure class="embed"><img src="image:i1" alt=""/><figcaption><a href="https://www.youtube.com/watch?v=abcdefghijk">YouTube</a>'
        "</figcaption></figure>",
        ["https://i.ytimg.com/vi/abcdefghijk/hqdefault.jpg"],
    ),
    "a tweet": (
        '<blockquote class="twitter-tweet"><p>Hm.</p>— Ann (@ann) <a href="https://x.com/ann/status/1">1 May</a></blockquote>',
        '<figure class="embed"><blockquote><p>Hm.</p><p class="attribution">— Ann (@ann) <a href="https://x.com/ann/status/1">1 May</a></p>'
        "</blockquote></figure>",
        [],
    ),
    "Instagram": (
        '<blockquote class="instagram-media" data-instgrm-permalink="https://www.instagram.com/p/X/?utm=1">'
        "<div>View this post</div></blockquote>",
        '<figure class="embed"><p><a href="https://www.instagram.com/p/X/">Instagram</a></p></figure>',
        [],
    ),
    "another site's frame": (
        '<iframe src="https://maps.org/x" title="Map of the town"></iframe>',
        '<figure class="embed"><p><a href="https://maps.org/x">Map of the town</a></p></figure>',
        [],
    ),
    "an advertisement": ('<p>a</p><iframe src="https://ad.doubleclick.net/x"></iframe>', "<p>a</p>", []),
    "a counting pixel": ('<p>a</p><iframe src="https://x.org/" width="1" height="1"></iframe>', "<p>a</p>", []),
    "a script's address": ('<p>a</p><iframe src="javascript:x()"></iframe>', "<p>a</p>", []),
}


@pytest.mark.parametrize(("before", "after", "urls"), CASES.values(), ids=CASES.keys())
def test_players_become_figures(before: str, after: str, urls: list[str]) -> None:
    cleaned = clean(before)
    assert cleaned.content == after
    assert [reference.url for reference in cleaned.references] == urls
