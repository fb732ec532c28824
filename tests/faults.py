"""Every fault that the check knows inside an EPUB, as a way to break the good book: cause → code → how.

`UNREPAIRED` are those that a repaired copy still has.
"""

import struct
from collections.abc import Callable

from epubs import CONTAINER, GUIDE, Members, chunk, gif, jpeg, nav, ncx, opf, png, xhtml

ONE, TWO, OPF, CSS = "EPUB/one.xhtml", "EPUB/two.xhtml", "EPUB/package.opf", "EPUB/book.css"
Break = Callable[[Members], None]


def replaced(member: str, old: str, new: str) -> Break:
    """In `member`, `old` becomes `new`."""

    def change(members: Members) -> None:
        assert old.encode() in members[member], f"{old} is not in {member}"
        members[member] = members[member].replace(old.encode(), new.encode())

    return change


def body(markup: str) -> Break:
    """The markup stands at the end of the second chapter."""
    return replaced(TWO, "</body>", f"{markup}</body>")


def style(css: str) -> Break:
    """The rules stand at the end of the style sheet."""

    def change(members: Members) -> None:
        members[CSS] += css.encode()

    return change


def package(**knobs: str) -> Break:
    """The package is written with these knobs of `epubs.opf`."""

    def change(members: Members) -> None:
        members[OPF] = opf(**knobs)

    return change


def member(name: str, data: bytes, *, media_type: str | None = None) -> Break:
    """A member more (or another one of that name), listed when it has a media type."""

    def change(members: Members) -> None:
        members[name] = data
        if media_type:
            item = f'<item id="more" href="{name.removeprefix("EPUB/")}" media-type="{media_type}"/></manifest>'
            members[OPF] = members[OPF].replace(b"</manifest>", item.encode())

    return change


def picture(data: bytes) -> Break:
    """The picture in the first chapter has these bytes."""
    return member("EPUB/photo.png", data)


def without(name: str) -> Break:
    """A member is missing."""

    def change(members: Members) -> None:
        del members[name]

    return change


def both(*changes: Break) -> Break:
    """One change after the other."""

    def change(members: Members) -> None:
        for step in changes:
            step(members)

    return change


COVER_PAGE = both(
    member("EPUB/cover.xhtml", xhtml('<img src="cover.jpg" alt=""/>', title="Cover")),
    package(
        manifest='<item id="page" href="cover.xhtml" media-type="application/xhtml+xml"/>',
        spine='<itemref idref="page"/><itemref idref="one"/><itemref idref="two"/><itemref idref="nav" linear="no"/>',
    ),
)
OBFUSCATED = (
    b'<?xml version="1.0" encoding="utf-8"?><encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" '
    b'xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/>'
    b'<enc:CipherData><enc:CipherReference URI="EPUB/font.ttf"/></enc:CipherData></enc:EncryptedData></encryption>'
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
FONT = member("EPUB/font.ttf", b"\0\1\0\0\0", media_type="font/ttf")
NAV_REF = '<itemref idref="nav" linear="no"/>'
LONG = "word " * 2_100

# cause → code → how to break the good book. The causes are numbered as in the list of why Send to Kindle refuses books.
FAULTS: dict[str, tuple[tuple[str, Break], ...]] = {
    "1 no XML declaration": (
        ("E-XML-DECLARATION", replaced(TWO, '<?xml version="1.0" encoding="utf-8"?>\n', "")),
        ("E-XML-DECLARATION", replaced("EPUB/toc.ncx", ' encoding="utf-8"', "")),
        ("E-XML-DECLARATION", replaced(OPF, 'encoding="utf-8"', 'encoding="us-ascii"')),
        ("E-ENCODING", member(TWO, xhtml('<p id="b">fünf</p>').decode().encode("latin-1"))),
    ),
    "2 links and tables of contents": (
        ("E-LINK-FRAGMENT", replaced(ONE, "two.xhtml#b", "two.xhtml#c")),
        ("E-LINK-FRAGMENT", body('<p><a href="#nowhere">x</a></p>')),
        ("E-LINK-FRAGMENT", member("EPUB/toc.ncx", ncx((("One", "one.xhtml#missing"), ("Two", "two.xhtml"))))),
        ("E-LINK-TARGET", replaced(ONE, "two.xhtml#b", "three.xhtml")),
        ("E-LINK-BODY", both(replaced(TWO, "<body>", '<body id="top">'), replaced(ONE, "two.xhtml#b", "two.xhtml#top"))),
        ("E-LINK", body('<p><a href="">x</a></p>')),
        ("E-LINK-OUTSIDE", replaced(ONE, "two.xhtml#b", "../../two.xhtml")),
        ("E-LINK-SCHEME", replaced(ONE, "https://example.org/", "file:///etc/passwd")),
        ("E-LINK-SPINE", package(spine='<itemref idref="one"/><itemref idref="nav" linear="no"/>')),
        ("E-TOC-ORDER", member("EPUB/nav.xhtml", nav('<li><a href="two.xhtml">Two</a></li><li><a href="one.xhtml">One</a></li>'))),
        ("E-TOC-ORDER", member("EPUB/toc.ncx", ncx((("A", "one.xhtml#a"), ("One", "one.xhtml"), ("Two", "two.xhtml"))))),
        ("E-TOC-LABEL", member("EPUB/nav.xhtml", nav('<li><a href="one.xhtml"> </a></li><li><a href="two.xhtml">Two</a></li>'))),
        ("E-TOC-LABEL", member("EPUB/toc.ncx", ncx((("", "one.xhtml"), ("Two", "two.xhtml"))))),
        ("E-TOC-EMPTY", member("EPUB/toc.ncx", ncx(()))),
        ("E-NAV", both(without("EPUB/nav.xhtml"), package(spine='<itemref idref="one"/><itemref idref="two"/>', guide=""))),
        ("E-NCX", replaced("EPUB/toc.ncx", "urn:uuid:", "urn:other:")),
        ("W-TOC-DEPTH", member("EPUB/nav.xhtml", nav(
            '<li><a href="one.xhtml">1</a><ol><li><a href="one.xhtml">2</a><ol><li><a href="one.xhtml#a">3</a></li></ol></li></ol></li>'
        ))),
        ("W-TOC-MISMATCH", member("EPUB/toc.ncx", ncx((("Two", "two.xhtml"),)))),
        ("W-NCX", both(without("EPUB/toc.ncx"), replaced(OPF, '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>', ""),
                       replaced(OPF, ' toc="ncx"', ""))),
        ("W-LANDMARKS", replaced("EPUB/nav.xhtml", 'epub:type="landmarks"', 'epub:type="lot"')),
        ("W-GUIDE", package(guide="")),
    ),
    "3 language": (
        ("E-LANGUAGE", package(language="")),
        ("E-LANGUAGE", package(language="<dc:language></dc:language>")),
        ("E-LANGUAGE", package(language="<dc:language>en_US</dc:language>")),
        ("E-LANGUAGE", package(language="<dc:language>English</dc:language>")),
        ("E-LANGUAGE", package(language="<dc:language>und</dc:language>")),
        ("E-LANGUAGE", package(language="<dc:language>en</dc:language><dc:language>de</dc:language>")),
        ("W-CHAPTER-LANGUAGE", member(TWO, xhtml('<p id="b">x</p>', language="english_gb"))),
        ("W-CHAPTER-LANGUAGE", replaced(TWO, 'xml:lang="en" lang="en"', "")),
        ("W-DIRECTION", package(language="<dc:language>ar</dc:language>")),
    ),
    "4 pictures without a source": (("E-IMG-SRC", body('<p><img alt="x"/></p>')), ("E-IMG-SRC", body('<p><img src="" alt="x"/></p>'))),
    "5 title, identifier, refines, ids": (
        ("E-TITLE", package(title="")),
        ("E-TITLE", package(title="<dc:title> </dc:title>")),
        ("E-TITLE", package(title="<dc:title>One</dc:title><dc:title>Two</dc:title>")),
        ("E-IDENTIFIER", replaced(OPF, 'unique-identifier="uid"', 'unique-identifier="pub"')),
        ("E-IDENTIFIER", package(metadata="<dc:title>x</dc:title><dc:language>en</dc:language>")),
        ("E-REFINES", package(extra='<meta refines="#nobody" property="role">aut</meta>')),
        ("E-OPF-ID", package(extra='<dc:creator id="uid">x</dc:creator>')),
        ("W-MODIFIED", replaced(OPF, "2026-11-24T00:00:00Z", "yesterday")),
    ),
    "6 hidden text": (
        ("E-HIDDEN-TEXT", body(f'<p style="display: none">{LONG}</p>')),
        ("E-HIDDEN-TEXT", both(style(".x span.seo { display: none }"), body(f'<p><span class="a seo">{LONG}</span></p>'))),
        ("E-HIDDEN-TEXT", body(f'<div hidden=""><p>{LONG}</p></div>')),
    ),
    "7 pictures": (
        ("E-PICTURE-FORMAT", picture(WEBP)),
        ("E-PICTURE-FORMAT", picture(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miafMA1B")),
        ("E-PICTURE-FORMAT", picture(b"II*\0\x08\0\0\0")),
        ("E-PICTURE-FORMAT", picture(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0")),
        ("E-PICTURE-CMYK", member("EPUB/cover.jpg", jpeg(1000, 1600, components=4))),
        ("E-PICTURE-ALPHA", picture(png(4, 4, colour=6))),
        ("E-PICTURE-ALPHA", picture(png(4, 4, chunks=chunk(b"tRNS", b"\0\0")))),
        ("E-PICTURE-ANIMATED", picture(png(4, 4, chunks=chunk(b"acTL", struct.pack(">II", 2, 0))))),
        ("E-PICTURE-ANIMATED", member("EPUB/dance.gif", gif(3), media_type="image/gif")),
        ("E-PICTURE-SIZE", picture(png(40, 30, chunks=chunk(b"noNe", bytes(5_100_000))))),
        ("E-SVG", body('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>')),
        ("E-SVG", member("EPUB/a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>', media_type="image/svg+xml")),
    ),
    "8 comments, DTDs, entities, control characters, nesting, variables": (
        ("E-COMMENT", body("<!-- a -- b -->")),
        ("E-COMMENT", body("<!--[if mso]> x <![endif]-->")),
        ("E-DOCTYPE", replaced(TWO, "<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY x "y">]>')),
        ("E-DOCTYPE", replaced(TWO, "<!DOCTYPE html>", '<!DOCTYPE html SYSTEM "file:///etc/passwd">')),
        ("E-ENTITY", body("<p>a&nbsp;b</p>")),
        ("E-CONTROL", body("<p>a\x0bb</p>")),
        ("E-CONTROL", body("<p>a\x93b</p>")),
        ("E-NESTED-BLOCK", body("<p>a<span><p>b</p></span></p>")),
        ("E-NESTED-BLOCK", body("<div><em><p>a</p></em></div>")),
        ("E-NESTED-BLOCK", body("<p>a</p><p><ul><li>b</li></ul></p>")),
        ("E-CSS-VARIABLE", style(":root { --ink: black }")),
        ("E-CSS-VARIABLE", style("h1 { color: var(--ink) }")),
        ("E-PICTURE-ELEMENT", body('<p><picture><img src="photo.png" alt=""/></picture></p>')),
        ("E-PICTURE-ELEMENT", body('<p><img src="photo.png" srcset="photo.png 2x" alt=""/></p>')),
        ("E-XML", body("<p>never closed")),
        ("E-XML", body('<p foo:bar="x">undeclared</p>')),
        ("E-XML-DEPTH", body("<div>" * 300 + "</div>" * 300)),
        ("E-XHTML", replaced(TWO, "http://www.w3.org/1999/xhtml", "http://example.org/")),
        ("E-ELEMENT", body("<center>x</center>")),
        ("E-ID", body('<p id="b">twice</p>')),
        ("E-ID", body('<p id="b c">space</p>')),
    ),
    "9 encryption and fonts": (
        ("E-ENCRYPTION", both(member("META-INF/encryption.xml", OBFUSCATED), FONT)),
        ("E-FONT-FACE", style('@font-face { font-family: "X" }')),
        ("E-LINK-TARGET", style('@font-face { font-family: "X"; src: url("missing.ttf") }')),
    ),
    "10 active content": (
        ("E-SCRIPT", body("<script>alert(1)</script>")),
        ("E-SCRIPT", body('<p onclick="x()">a</p>')),
        ("E-SCRIPT", body('<p><a href="javascript:x()">a</a></p>')),
        ("E-FORM", body('<form action="https://example.org/"><p><input type="text"/></p></form>')),
        ("E-EMBEDDED", body('<iframe src="https://example.org/"></iframe>')),
        ("E-EMBEDDED", body('<p><audio src="https://example.org/a.mp3">a</audio></p>')),
        ("E-EMBEDDED", body("<object><p>a</p></object>")),
    ),
    "11 addresses and names": (
        ("E-DATA-URI", body('<p><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=" alt=""/></p>')),
        ("E-REMOTE", body('<p><img src="https://example.org/a.jpg" alt="a"/></p>')),
        ("E-REMOTE", package(manifest='<item id="r" href="https://example.org/a.jpg" media-type="image/jpeg"/>')),
        ("E-LINK-QUERY", replaced(ONE, "two.xhtml#b", "two.xhtml?x=1#b")),
        ("E-LINK-NAME", both(member("EPUB/a b.png", png(4, 4)), package(manifest='<item id="s" href="a b.png" media-type="image/png"/>'))),
        ("E-NAME", both(member("EPUB/a b.png", png(4, 4)), package(manifest='<item id="s" href="a%20b.png" media-type="image/png"/>'))),
        ("E-NAME", member("EPUB/ü.png", png(4, 4), media_type="image/png")),
        ("E-NAME", member("EPUB/Photo.png", png(4, 4), media_type="image/png")),
        ("E-LINK-CASE", replaced(ONE, 'src="photo.png"', 'src="Photo.PNG"')),
    ),
    "12 media types and whole pictures": (
        ("E-MEDIA-TYPE", picture(jpeg(40, 30))),
        ("E-MEDIA-TYPE", picture(b"<html><p>404</p></html>")),
        ("E-MEDIA-TYPE", picture(b"what is this")),
        ("E-PICTURE-TRUNCATED", picture(png(40, 30)[:-9])),
        ("E-PICTURE-TRUNCATED", member("EPUB/cover.jpg", jpeg(1000, 1600)[:5000])),
        ("E-PICTURE-TRUNCATED", member("EPUB/cover.jpg", jpeg(1000, 1600)[:150])),
        ("E-PICTURE-TRUNCATED", member("EPUB/a.gif", gif()[:-4], media_type="image/gif")),
    ),
    "13 the cover": (
        ("E-COVER-PAGE", COVER_PAGE),
        ("W-COVER", replaced(OPF, ' properties="cover-image"', "")),
        ("W-COVER", both(replaced(OPF, ' properties="cover-image"', ""), replaced(OPF, '<meta name="cover" content="cover"/>', ""))),
        ("W-COVER", member("EPUB/cover.jpg", jpeg(300, 400))),
    ),
    "14 markup outside the allow-list": (
        ("W-MARKUP", body("<details><summary>a</summary><p>b</p></details>")),
        ("W-ALT", body('<p><img src="photo.png"/></p>')),
        ("W-CHAPTER-TITLE", replaced(TWO, "<title>Two</title>", "<title></title>")),
        ("W-TABLE", body("<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>")),
        ("W-TABLE", body("<table><tr>" + "<td>a</td>" * 12 + "</tr></table>")),
        ("W-CSS-TEXT", style("body, div { font-family: serif; line-height: 2 }")),
    ),
    "16 style": (
        ("E-CSS-POSITION", style("p { position: absolute }")),
        ("E-CSS-POSITION", body('<p style="position:fixed">a</p>')),
        ("E-CSS-MARGIN", style("p { margin: 0 -1em }")),
        ("E-CSS-MARGIN", style("@media screen { p { margin-left: -.5em } }")),
        ("E-CSS-TRANSFORM", style("p { -webkit-transform: rotate(3deg) }")),
        ("E-CSS-SYNTAX", style("p { color red }")),
        ("E-CSS-SYNTAX", style("p { color: red")),
        ("E-CSS-SYNTAX", style("} p { color: red }")),
        ("E-CSS-SYNTAX", style("p { content: 'open }")),
        ("E-CSS-SYNTAX", style("/* open")),
        ("E-CSS-SYNTAX", replaced(TWO, "</head>", "<style>p { color: }</style></head>")),
    ),
    "17 Amazon's identifiers": (
        ("E-ASIN", package(extra='<dc:identifier opf:scheme="MOBI-ASIN">B00ABCDEFG</dc:identifier>')),
        ("E-ASIN", package(extra='<meta name="amazon_asin" content="B00ABCDEFG"/>')),
    ),
    "the package": (
        ("E-CONTAINER", without("META-INF/container.xml")),
        ("E-CONTAINER", member("META-INF/container.xml", b"<container/>")),
        ("E-CONTAINER", member("META-INF/container.xml", CONTAINER.replace(b"package.opf", b"other.opf"))),
        ("E-OPF", member(OPF, b'<?xml version="1.0" encoding="utf-8"?><p/>')),
        ("E-OPF", replaced(OPF, "spine", "back")),
        ("E-MANIFEST", package(manifest='<item id="x" href="x.xhtml" media-type="application/xhtml+xml"/>')),
        ("E-MANIFEST", package(manifest='<item id="x" href="one.xhtml" media-type="application/xhtml+xml"/>')),
        ("E-UNLISTED", member("EPUB/notes.txt", b"forgotten")),
        ("E-SPINE", package(spine="")),
        ("E-SPINE", package(spine='<itemref idref="one" linear="no"/><itemref idref="two" linear="no"/>' + NAV_REF)),
        ("E-SPINE", package(spine='<itemref idref="one"/><itemref idref="two"/><itemref idref="three"/>' + NAV_REF)),
        ("E-SPINE", package(spine='<itemref idref="one"/><itemref idref="one"/><itemref idref="two"/><itemref idref="nav" linear="no"/>')),
        ("E-SPINE", package(spine='<itemref idref="photo"/><itemref idref="one"/><itemref idref="two"/><itemref idref="nav"/>')),
        ("E-PROPERTIES", body('<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math></p>')),
        ("E-LINK-TARGET", package(guide=GUIDE.replace("one.xhtml", "start.xhtml"))),
    ),
}  # fmt: skip

UNREPAIRED = frozenset(
    (
        *("E-CONTAINER", "E-OPF", "E-NAV", "E-XHTML"),  # too little is left to know what was meant
        *("E-PICTURE-TRUNCATED", "E-PICTURE-FORMAT", "W-COVER"),  # a picture that cannot be decoded is kept as it is
        *("W-ALT", "W-LANDMARKS", "W-MARKUP", "W-TABLE", "W-TOC-DEPTH", "W-CSS-TEXT"),  # a matter for the author
    )
)
"""Codes that `fix` may leave; all others it mends in the ways of FAULTS."""
