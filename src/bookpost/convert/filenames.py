"""The name of a document's file, which many e-readers show as its title: readable, and safe on every system.

Rules: Windows' naming rules (learn.microsoft.com, "Naming Files, Paths, and Namespaces"), 255 bytes on Linux with room
for a suffix, PocketBook's mail gateway (ASCII, at most 40 characters).
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection
from datetime import date
from itertools import count

from bookpost.convert.transliteration import to_ascii
from bookpost.device import Device

MAX_BYTES = 200
_SITE_LENGTH = 40
_POCKETBOOK_LENGTH = 40
_TITLE_LENGTH = 24
"""A title keeps at least so many characters before its site gives way."""
_FALLBACK = "Article"
_JOINERS = "\u200c\u200d"
"""Format characters with a meaning inside words: Persian's non-joiner and the joiner of emoji and Indic scripts."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)")
_FORBIDDEN = re.compile(r'[*?<>|"\x00-\x1f\x7f]')
_EDGES = " .-_~,;"


def file_name(title: str, site: str | None, day: date, extension: str, *, device: Device) -> str:
    """`Title - Site (2026-11-24).epub`, within the device's length and 200 bytes of UTF-8; the date is never cut.

    A device with `ascii_names` gets `Title-Site-2026-11-24.epub` of `[A-Za-z0-9._-]`; a title in a script that has no
    plain transliteration is stood for by eight digits of its hash.
    """
    if device.ascii_names:
        return _ascii_file_name(title, site, day, extension, device.name_length)
    ending = f" ({day:%Y-%m-%d}).{extension}"
    head = _head(_tidy(title), _tidy(site or ""), device.name_length - len(ending), MAX_BYTES - len(ending))
    return _unreserved(head + ending)


def ascii_name(name: str) -> str:
    """A file name in printable ASCII for mail readers that know no other (RFC 6266, appendix D); ASCII names stay."""
    stem, dot, extension = name.rpartition(".") if "." in name else (name, "", "")
    plain, lost = to_ascii(stem)
    plain = " ".join(_FORBIDDEN.sub("", re.sub(r"[/\\]", "-", plain)).split()).strip(_EDGES)
    if lost or not plain:
        plain = f"{plain} {_hash(stem)}".strip()
    return _unreserved(plain + dot + re.sub(r"[^A-Za-z0-9]", "", to_ascii(extension)[0]))


def numbered(name: str, taken: Collection[str]) -> str:
    """The name, or `name 2`, `name 3` …: the first that is not taken.

    A name without spaces (PocketBook's) is numbered with a hyphen; a name of 40 characters or more gets no longer.
    """
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    marks = (f"{'-' if ' ' not in name else ' '}{number}" for number in count(2))
    room = max(len(name), _POCKETBOOK_LENGTH) - len(dot + extension)
    return next(free for mark in marks if (free := f"{stem[: room - len(mark)]}{mark}{dot}{extension}") not in taken)


def _head(title: str, site: str, characters: int, size: int) -> str:
    """What stands before the date: the title, and the site while there is room for both."""
    if not title or title == site:
        return _cut(site or _FALLBACK, characters, size)
    if not site or title.endswith(site):
        return _cut(title, characters, size)
    tail = " - " + _cut(site, _SITE_LENGTH, 3 * _SITE_LENGTH)
    room = characters - len(tail)
    shortened = _cut(title, room, size - len(tail.encode()))
    if len(shortened) < min(len(title), _TITLE_LENGTH):
        return _cut(title, characters, size)
    return shortened + tail


def _tidy(text: str) -> str:
    """The text on one line without what no file name may hold; empty when nothing in it can be read aloud."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"\s*:\s+", " - ", text).replace(":", "-")
    text = re.sub(r"[/\\]", "-", text).replace('"', "'")
    kept = (c if c in _JOINERS or unicodedata.category(c)[0] != "C" else " " if c.isspace() else "" for c in text)
    text = " ".join(_FORBIDDEN.sub("", "".join(kept)).split()).strip(_EDGES + _JOINERS)
    return text if any(c.isalnum() for c in text) else ""


def _cut(text: str, characters: int, size: int) -> str:
    """The text within both limits, cut between words when there are several, never inside a letter with its marks."""
    if len(text) <= characters and len(text.encode()) <= size:
        return text
    end = min(len(text), characters)
    while len(text[:end].encode()) > size or (end < len(text) and _continues(text, end)):
        end -= 1
    if end < len(text) and not text[end].isspace() and (space := text.rfind(" ", end // 2, end)) > 0:
        end = space
    return text[:end].strip(_EDGES + _JOINERS) or text[:end]


def _continues(text: str, index: int) -> bool:
    """Whether the character belongs to the one before it: a mark, a joiner, a variation or what a joiner joins."""
    return unicodedata.category(text[index])[0] == "M" or text[index] in _JOINERS or (index > 0 and text[index - 1] in _JOINERS)


def _ascii_file_name(title: str, site: str | None, day: date, extension: str, length: int) -> str:
    ending = f"-{day:%Y-%m-%d}.{extension}"
    room = length - len(ending)
    title_slug, lost = _slug(_tidy(title))
    site_slug, site_lost = _slug(_tidy(site or ""))
    site_slug = "" if site_lost else site_slug
    if lost or not title_slug:
        mark = _hash(title)
        named = (site_slug or _FALLBACK)[: room - len(mark) - 1].strip("-._")
        return _unreserved(f"{named}-{mark}{ending}")
    both = f"{title_slug}-{site_slug}" if site_slug and not title_slug.endswith(site_slug) else title_slug
    return _unreserved((both if len(both) <= room else _cut_slug(title_slug, room)) + ending)


def _slug(text: str) -> tuple[str, bool]:
    """The text as words joined by hyphens, and whether most of its letters were lost."""
    plain, lost = to_ascii(text)
    return "-".join(re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))), lost


def _cut_slug(slug: str, room: int) -> str:
    if len(slug) <= room:
        return slug
    end = room if slug[room] == "-" else slug.rfind("-", room // 2, room)
    return slug[: end if end > 0 else room].strip("-")


def _unreserved(name: str) -> str:
    return f"_{name}" if _RESERVED.match(name) else name


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
