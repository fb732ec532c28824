"""EPUBs made in code: a good small book, and knobs to break each thing in it.

`good()` gives the members as name → bytes, in order; change them, then `pack` them. `book(path, …)` does it in one go.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Members = dict[str, bytes]

_UID = "urn:uuid:5f2b5f2b-0000-5000-8000-000000000001"


GUIDE = '<guide><reference type="toc" title="Contents" href="nav.xhtml"/><reference type="text" title="Start" href="one.xhtml"/></guide>'


def xhtml(body: str, *, title: str = "A chapter", head: str = "", language: str = "en") -> bytes:
    """A well-formed document around `body`."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'xml:lang="{language}" lang="{language}">\n'
        f'<head><title>{title}</title><link rel="stylesheet" type="text/css" href="book.css"/>{head}</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    ).encode()


def opf(
    *,
    metadata: str | None = None,
    manifest: str = "",
    spine: str = '<itemref idref="one"/><itemref idref="two"/><itemref idref="nav" linear="no"/>',
    guide: str = GUIDE,
    language: str = "<dc:language>en</dc:language>",
    title: str = "<dc:title>A small book</dc:title>",
    extra: str = "",
) -> bytes:
    """The package; `manifest` and `extra` (metadata) are added to what is there, the other parts replace it."""
    metadata = metadata or (
        f'<dc:identifier id="uid">{_UID}</dc:identifier>{title}{language}<meta property="dcterms:modified">2026-11-24T00:00:00Z</meta>'
        '<meta name="cover" content="cover"/>' + extra
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="uid" xml:lang="en">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata>\n'
        "<manifest>\n"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>\n'
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>\n'
        '<item id="css" href="book.css" media-type="text/css"/>\n'
        '<item id="cover" href="cover.jpg" media-type="image/jpeg" properties="cover-image"/>\n'
        '<item id="photo" href="photo.png" media-type="image/png"/>\n'
        '<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>\n'
        '<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>\n'
        f'{manifest}</manifest>\n<spine toc="ncx">{spine}</spine>\n{guide}</package>\n'
    ).encode()


ENTRIES = (
    '<li><a href="one.xhtml">One</a><ol><li><a href="one.xhtml#a">A</a></li></ol></li>'
    '<li><a href="two.xhtml">Two</a></li>'
)  # fmt: skip


def nav(entries: str = ENTRIES) -> bytes:
    """The navigation document with these entries in its table of contents."""
    return xhtml(
        f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1><ol>{entries}</ol></nav>\n'
        '<nav epub:type="landmarks" hidden=""><ol><li><a epub:type="toc" href="nav.xhtml">Contents</a></li>'
        '<li><a epub:type="bodymatter" href="one.xhtml">Start</a></li></ol></nav>',
        title="Contents",
    )


def ncx(points: Iterable[tuple[str, str]] = (("One", "one.xhtml"), ("A", "one.xhtml#a"), ("Two", "two.xhtml"))) -> bytes:
    """The NCX with these points, one level."""
    lines = "".join(
        f'<navPoint id="p{n}" playOrder="{n}"><navLabel><text>{label}</text></navLabel><content src="{src}"/></navPoint>'
        for n, (label, src) in enumerate(points, 1)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">\n'
        f'<head><meta name="dtb:uid" content="{_UID}"/></head>\n<docTitle><text>A small book</text></docTitle>\n'
        f"<navMap>\n{lines}</navMap></ncx>\n"
    ).encode()


CONTAINER = (
    b'<?xml version="1.0" encoding="utf-8"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
    b'<rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


def good() -> Members:
    """A book with which nothing is wrong: two chapters, a picture, a cover, nav and NCX."""
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "EPUB/package.opf": opf(),
        "EPUB/nav.xhtml": nav(),
        "EPUB/toc.ncx": ncx(),
        "EPUB/book.css": b"h1 { margin: 1em 0 }\n.note { font-size: 0.9em }\n",
        "EPUB/cover.jpg": jpeg(1000, 1600),
        "EPUB/photo.png": png(40, 30),
        "EPUB/one.xhtml": xhtml(
            '<h1>One</h1><p>A paragraph with a <a href="two.xhtml#b">link</a> and <a href="https://example.org/">another</a>.</p>'
            '<h2 id="a">A</h2><figure><img src="photo.png" alt="A grey field"/><figcaption>Grey</figcaption></figure>'
        ),
        "EPUB/two.xhtml": xhtml('<h1>Two</h1><p id="b">The end.</p>', title="Two"),
    }


def jpeg(width: int, height: int, *, components: int = 1) -> bytes:
    """A JPEG of one flat grey, drawn by hand: headers, tables, a scan of zero coefficients."""
    quantisers = b"\xff\xdb\x00\x43\x00" + bytes([1]) * 64
    parts = b"".join(bytes([n + 1, 0x11, 0]) for n in range(components))
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8 + 3 * components, 8, height, width, components) + parts
    # One code in each table: DC difference 0 and "end of block"; each is the single bit 0.
    tables = b"".join(b"\xff\xc4" + struct.pack(">HB", 20, kind << 4) + b"\x01" + bytes(15) + b"\x00" for kind in (0, 1))
    scan = (
        b"\xff\xda"
        + struct.pack(">HB", 6 + 2 * components, components)
        + b"".join(bytes([n + 1, 0]) for n in range(components))
        + b"\x00\x3f\x00"
    )
    bits = 2 * components * -(-width // 8) * -(-height // 8)
    data = bytes(bits // 8) + (bytes([(1 << (8 - bits % 8)) - 1]) if bits % 8 else b"")
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return b"\xff\xd8" + jfif + quantisers + frame + tables + scan + data + b"\xff\xd9"


def png(width: int, height: int, *, colour: int = 0, chunks: bytes = b"") -> bytes:
    """A PNG of black: `colour` 0 grey, 2 RGB, 4 grey and alpha, 6 RGBA; `chunks` go before the data."""
    row = b"\0" + bytes(width * {0: 1, 2: 3, 4: 2, 6: 4}[colour])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
        + chunks
        + chunk(b"IDAT", zlib.compress(row * height))
        + chunk(b"IEND", b"")
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif(frames: int = 1) -> bytes:
    """A GIF of one black pixel, so many times."""
    image = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + image * frames + b"\x3b"


def pack(path: Path, members: Mapping[str, bytes] | Iterable[tuple[str, bytes]], *, first_method: int = zipfile.ZIP_STORED) -> Path:
    """Write the members in this order; `mimetype` and pictures are stored, the rest is deflated."""
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in pairs:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            stored = name == "mimetype" or name.endswith((".jpg", ".png", ".gif"))
            info.compress_type = first_method if name == "mimetype" else zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def book(path: Path, change: Callable[[Members], None] | None = None) -> Path:
    """The good book at `path`, after `change` has been at its members."""
    members = good()
    if change:
        change(members)
    return pack(path, members)
