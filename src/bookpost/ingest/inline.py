"""Pictures written into the page itself (`data:` URIs) are set aside while the page is read: they are 99 % of a saved page's bytes.

Raises TooLargeError when the rest is more than anybody reads.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bookpost.errors import TooLargeError

MAX_MARKUP = 10 * 1024 * 1024
"""Characters of text and markup without the pictures in it: ten novels. Reading takes about 0.7 s and 70 MB for each million."""

_MARK = "inline-"
_DATA = re.compile(r"(?<=[=\"' ,])data:image/[A-Za-z0-9.+-]+;base64,[A-Za-z0-9+/=_%-]{300,}")
_SET_ASIDE = re.compile(rf"image:({_MARK}\d+)")


@dataclass(frozen=True, slots=True)
class Aside:
    """HTML in which long `data:` URIs are `image:inline-N`, and those URIs by that address."""

    html: str = field(repr=False)
    uris: Mapping[str, str] = field(repr=False)

    def uri(self, address: str) -> str:
        """The address, or the `data:` URI that it stands for."""
        return self.uris.get(address, address)

    def restored(self, text: str) -> str:
        """The text with the `data:` URIs in it again: a page may write about them."""
        return _SET_ASIDE.sub(lambda found: self.uri(found[0]), text) if self.uris else text


def set_aside(html: str) -> Aside:
    """The HTML without its long `data:` URIs; raises TooLargeError when what is left is too long."""
    uris: dict[str, str] = {}

    def address(found: re.Match[str]) -> str:
        name = f"image:{_MARK}{len(uris)}"
        uris[name] = found[0]
        return name

    short = _DATA.sub(address, html) if "data:image/" in html else html
    if len(short) > MAX_MARKUP:
        raise TooLargeError(
            f"has {len(short) / 1024**2:.1f} MB of text and markup; at most {MAX_MARKUP // 1024**2} MB are read", hint="give a part of it"
        )
    return Aside(short, uris)
