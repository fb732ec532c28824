"""The lead picture: the one for the cover, among the pictures of the content or beside them. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from bookpost.article import Image
from bookpost.ingest.local import Whereabouts, image_from

LEAD = "lead"
"""The id of a lead picture that does not stand in the content."""


def choose_lead(
    src: str | None, sources: Mapping[str, str], images: tuple[Image, ...], where: Whereabouts
) -> tuple[str | None, tuple[Image, ...]]:
    """The lead picture's id, and the images, with the lead picture among them when it is not in the content.

    `sources` are the addresses of the images by id, as in the content.
    """
    if not src:
        return None, images
    image = image_from(LEAD, src, where)
    for other in images:
        if sources[other.id] == src or (image.source is not None and other.source == image.source):
            return other.id, images
    key = _picture_key(src)
    if match := next((id for id, other in sources.items() if key and _picture_key(other) == key), None):
        return match, images
    return LEAD, (*images, image)


def _picture_key(src: str) -> str | None:
    """What is the same in the addresses of one picture in several sizes: its file name without size, ending and query.

    WordPress and its like write `bridge-1024x768.jpg` in the content and `bridge.jpg` into the head.
    """
    if src.startswith("data:"):
        return None
    try:
        name = unquote(urlsplit(src).path.rsplit("/", 1)[-1])
    except ValueError:
        return None
    stem = re.sub(r"(?:[-_@](?:\d{2,5}x\d{2,5}|\d{3,4}w?|\dx|scaled))?(?:\.\w{3,4})+$", "", name)
    return stem.lower() if len(stem) > 5 else None


def lead_to_show(lead: str | None, content: str, images: tuple[Image, ...]) -> tuple[str | None, tuple[Image, ...]]:
    """The same, for a source whose word is a hint: a lead picture that stands nowhere and cannot be had is left out."""
    shown = tuple(image for image in images if image.id != LEAD or image.source is not None)
    if lead not in {image.id for image in shown}:
        lead = None
    return lead or _first_alone(content, shown), shown


def _first_alone(content: str, images: tuple[Image, ...]) -> str | None:
    """The first picture with bytes that stands in a figure."""
    usable = {image.id for image in images if image.source is not None}
    shown = re.findall(r"<figure\b[^>]*>\s*(?:<a [^>]*>\s*)?<img\b[^>]*\bsrc=\"image:([^\"]+)\"", content)
    return next((id for id in shown if id in usable), None)
