"""The article's typography, set in its language's own way: quotes, dashes, ellipses, spaces that do not break."""

from bookpost.dom import Element


def set_type(body: Element, language: str) -> None:
    """Set the text below `body` in place. Running it twice changes nothing more."""
