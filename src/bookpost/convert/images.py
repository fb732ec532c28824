"""The pictures of a book, made fit for an e-reader: sniffed, turned upright, flattened, resized, encoded.

Each source is read and decoded once, whatever number of encodings is asked for, and the same picture is encoded once
per book. At most `workers` pictures are in memory. A picture that cannot be used is a finding and not an error.
"""

import hashlib
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bookpost.article import Image
from bookpost.convert.sniff import Facts, PictureRefused, bomb, broken, look
from bookpost.document import Finding

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

    from bookpost.convert.book import Book
    from bookpost.convert.svg import Drawings
    from bookpost.device import Device

Key = tuple[int, str]
"""The index of the article in `book.articles`, and the picture's id in it."""

_MAX_BYTES = 100_000_000
_KEEP_BYTES = 5_000_000
_KEEP_PIXELS = 24_000_000
_MANY = 16
"""From so many pictures on, the decoder that needs numpy (130 ms to load) pays."""
_HEAVY = 12_000_000
"""Pixels from which a picture is worked on alone, so that two never fill the memory together."""
_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How pictures are written: inside width × height pixels, in colour or grey, JPEG at `quality`.

    `keep` leaves what any e-reader can show (JPEG, PNG and GIF stills without alpha) untouched; `jpeg` makes all of them JPEG.
    """

    width: int
    height: int
    colour: bool
    quality: int = 80
    keep: bool = False
    jpeg: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it goes into a book. `name` is ASCII and the same for the same source; `path` may be the source itself.

    `width`, `height` are its pixels; `source_width` the width of the original (of a drawing: as it was drawn).
    """

    path: Path
    name: str
    media_type: str
    width: int
    height: int
    source_width: int = 0


@dataclass(frozen=True, slots=True)
class Encoded:
    """The pictures of a book: one mapping per encoding, and what could not be used, in reading order."""

    pictures: tuple[Mapping[Key, Picture], ...]
    findings: tuple[Finding, ...]


def encoding_for(device: "Device") -> Encoding:
    """What the device's screen shows."""
    return Encoding(width=device.width, height=device.height, colour=device.colour, keep=device.keep_pictures)


def encode_pictures(book: "Book", encodings: Sequence[Encoding], folder: Path, *, workers: int = 2) -> Encoded:
    """Every picture of the book that has a source, once per encoding, written below `folder`. Raises OSError when that fails."""
    from bookpost.convert.svg import Drawings

    images = list(_images(book))
    with Drawings() as drawings, warnings.catch_warnings():
        # Pillow warns of damaged metadata; the pixels are what counts. Here, because filters belong to all threads
        warnings.simplefilter("ignore")
        press = _Press(tuple(encodings), folder, drawings, scaled=len(images) >= _MANY)
        if workers > 1 and len(images) > 1:
            with ThreadPoolExecutor(workers) as pool:
                digests = list(pool.map(press.take, (image for _, image in images)))
        else:
            digests = [press.take(image) for _, image in images]
    outcomes = [press.outcomes[digest] for digest in digests]
    pictures: tuple[dict[Key, Picture], ...] = tuple({} for _ in encodings)
    for (key, _), outcome in zip(images, outcomes, strict=True):
        if not isinstance(outcome, PictureRefused):
            for mapping, picture in zip(pictures, outcome, strict=True):
                mapping[key] = picture
    findings = _findings(book, images, outcomes)
    return Encoded(tuple(MappingProxyType(mapping) for mapping in pictures), findings)


def _images(book: "Book") -> Iterator[tuple[Key, Image]]:
    for index, article in enumerate(book.articles):
        for image in article.images:
            if image.source is not None:
                yield (index, image.id), image


Outcome = tuple[Picture, ...] | PictureRefused


def _findings(book: "Book", images: Sequence[tuple[Key, Image]], outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    found = []
    for ((index, _), image), outcome in zip(images, outcomes, strict=True):
        if isinstance(outcome, PictureRefused):
            found.append(Finding(outcome.code, f"the picture {_called(image)} {outcome.why}", book.articles[index].title))
    return tuple(dict.fromkeys(found))


def _called(image: Image) -> str:
    if image.url and not image.url.startswith("data:"):
        return f"`{image.url[:200]}`"
    return f"`{image.source.name}`" if isinstance(image.source, Path) else f"`{image.id}`"


class _Press:
    """Takes pictures one by one, from several threads; `outcomes` tells by source digest what became of each."""

    def __init__(self, encodings: tuple[Encoding, ...], folder: Path, drawings: "Drawings", *, scaled: bool) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._encodings = encodings
        self._folders = tuple(folder / str(number) for number in range(len(encodings)))
        self._drawings = drawings
        self._scaled = scaled
        self._claims: set[str] = set()
        self._lock = threading.Lock()
        self._heavy = threading.Lock()
        for path in self._folders:
            path.mkdir(parents=True, exist_ok=True)

    def take(self, image: Image) -> str:
        """Encode the picture unless its like was taken; the key of its outcome."""
        try:
            data = _read(image)
        except PictureRefused as refused:
            self.outcomes[f"{image.source!r}"] = refused
            return f"{image.source!r}"
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:
            taken = digest in self._claims
            self._claims.add(digest)
        if not taken:
            try:
                self.outcomes[digest] = self._encode(data, digest[:16], image)
            except PictureRefused as refused:
                self.outcomes[digest] = refused
        return digest

    def _encode(self, data: bytes, name: str, image: Image) -> tuple[Picture, ...]:
        facts = look(data)
        kept = [_keeps(encoding, facts, len(data)) for encoding in self._encodings]
        pixels: Pixels | None = None
        source_width = facts.upright[0]
        pictures = []
        with self._heavy if facts.width * facts.height > _HEAVY else nullcontext():
            for encoding, folder, keep in zip(self._encodings, self._folders, kept, strict=True):
                if keep:
                    pictures.append(_kept(data, facts, name, image, folder))
                    continue
                if pixels is None:
                    others = [e for e, k in zip(self._encodings, kept, strict=True) if not k]
                    pixels, line_art = self._decoded(data, facts, others)
                    source_width = source_width or pixels.width
                drawn = line_art and not encoding.jpeg
                pictures.append(replace(_written(pixels, encoding, folder, name, line_art=drawn), source_width=source_width))
        return tuple(pictures)

    def _decoded(self, data: bytes, facts: Facts, encodings: Sequence[Encoding]) -> "tuple[Pixels, bool]":
        from bookpost.convert.decode import decode
        from bookpost.convert.encode import is_line_art

        box = max(e.width for e in encodings), max(e.height for e in encodings)
        if facts.kind == "svg":
            data = self._drawings.draw(data, box)
            facts = look(data)
        pixels = decode(data, facts, box, colour=any(e.colour for e in encodings), scaled=self._scaled)
        return pixels, facts.kind != "jpeg" and is_line_art(pixels, noise=2 if facts.kind in ("webp", "avif") else 0)


def _read(image: Image) -> bytes:
    if isinstance(image.source, bytes):
        return image.source
    assert image.source
    try:
        if (size := image.source.stat().st_size) > _MAX_BYTES:
            raise bomb(f"is a file of {size:,} bytes")
        return image.source.read_bytes()
    except OSError as error:
        raise broken(f"cannot be read ({error.strerror or error})") from error


def _keeps(encoding: Encoding, facts: Facts, size: int) -> bool:
    return encoding.keep and facts.plain and size <= _KEEP_BYTES and facts.width * facts.height <= _KEEP_PIXELS


def _kept(data: bytes, facts: Facts, name: str, image: Image, folder: Path) -> Picture:
    media_type = f"image/{facts.kind}"
    file_name = f"{name}.{_SUFFIXES[media_type]}"
    path = image.source if isinstance(image.source, Path) else folder / file_name
    if path is not image.source:
        path.write_bytes(data)
    return Picture(path, file_name, media_type, facts.width, facts.height, facts.width)


def _written(pixels: "Pixels", encoding: Encoding, folder: Path, name: str, *, line_art: bool) -> Picture:
    from bookpost.convert.decode import grey, shrink
    from bookpost.convert.encode import LIMIT, encode, stretch

    small = shrink(pixels, (encoding.width, encoding.height), sharp=line_art)
    if not encoding.colour:
        small = grey(small) if line_art else stretch(grey(small))
    data, media_type = encode(small, encoding.quality, line_art=line_art)
    if len(data) > LIMIT:
        raise bomb(f"has {len(data):,} bytes even when it is made small")
    file_name = f"{name}.{_SUFFIXES[media_type]}"
    path = folder / file_name
    path.write_bytes(data)
    return Picture(path, file_name, media_type, small.width, small.height)
