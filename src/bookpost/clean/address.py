"""Addresses of links and pictures: absolute, of a harmless kind, and spelled as RFC 3986 wants."""

import re
from urllib.parse import quote, urljoin

# What most addresses look like already: nothing to mend.
_FINE = re.compile(
    r"https?://[a-z0-9.-]+\.[a-z0-9-]+(:[0-9]+)?(/(?:[\w!$&'()*+,/:;=@~.-]|%[0-9A-Fa-f]{2})*)?(\?(?:[\w!$&'()*+,/:;=?@~.-]|%[0-9A-Fa-f]{2})*)?",
    re.ASCII,
)
_WEB = re.compile(r"(https?):/*([^/?#\\]+)([^#]*)(#.*)?", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAIL = re.compile(r"mailto:[^\s<>\"@]+@[^\s<>\"@]+", re.IGNORECASE)
_IMAGE_DATA = re.compile(r"data:image/[a-z0-9.+-]+[;,]", re.IGNORECASE)
_CLEAN = re.compile(r"image:[A-Za-z0-9_-]+")
_LONGEST = 4000


def link_address(href: str, base_url: str | None) -> str | None:
    """The address a link may have: `http:`, `https:`, `mailto:`, or `#fragment`; None for every other.

    `javascript:…` → None; `../b` → `https://site/b`, or None without a base; `http://x.org/a b` → `http://x.org/a%20b`
    """
    if _FINE.fullmatch(href):
        return href
    href = _CONTROL.sub("", href).strip()
    if not href or len(href) > _LONGEST:
        return None
    if href.startswith("#"):
        return href if len(href) > 1 else None
    if href[:7].lower() == "mailto:":
        return "mailto:" + _quoted(href[7:]) if _MAIL.match(href) else None
    return _web(href, base_url)


def picture_address(src: str, base_url: str | None) -> str | None:
    """The address a picture may have: as a link's, or `data:image/…`, or `image:ID`; without a base also a relative path."""
    src = src.strip()
    if _IMAGE_DATA.match(src) or _CLEAN.fullmatch(src):
        return src
    src = _CONTROL.sub("", src)
    if not src or src.startswith("#") or len(src) > _LONGEST:
        return None
    if address := _web(src, base_url):
        return address
    return None if base_url or _SCHEME.match(src) or src.startswith(("//", "\\")) else src


def same_page(url: str) -> str:
    """What is equal for two addresses of one page: without scheme, fragment and a slash at the end."""
    return url.partition("#")[0].partition("://")[2].rstrip("/")


def _web(url: str, base_url: str | None) -> str | None:
    if url.startswith("//"):
        url = "https:" + url
    elif not _SCHEME.match(url):
        if not base_url:
            return None
        try:
            url = urljoin(base_url, url)
        except ValueError:
            return None
    found = _WEB.fullmatch(url)
    if not found:
        return None
    host = _ascii_host(found[2])
    if host is None:
        return None
    path = _quoted(found[3].replace("\\", "/")) or "/"
    fragment = "#" + _quoted(found[4][1:]) if found[4] and len(found[4]) > 1 else ""
    return f"{found[1].lower()}://{host}{path if path[0] in '/?' else '/' + path}{fragment}"


def _ascii_host(host: str) -> str | None:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return host if _HOST.fullmatch(host) else None


def _quoted(text: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", text), safe="!$%&'()*+,/:;=?@~")
