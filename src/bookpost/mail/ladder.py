"""The ladders: in which form a document is tried next after it was too big, or refused. Pure.

    shrink   lower quality ▸ grey ▸ smaller pictures ▸ a book of several articles in parts, ever more of them
    repair   EPUB ▸ plain EPUB (text and JPEG) ▸ PDF;   PDF ▸ plain EPUB
    format   EPUB ▸ PDF;   PDF ▸ plain EPUB

A form is never tried twice: each rung gives up something that was there before, and nothing is given back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType
from typing import Literal

from bookpost.convert.make import FORMATS
from bookpost.produce.request import Form

Cause = Literal["shrink", "repair", "format"]
_PICTURES: tuple[tuple[int, bool, float], ...] = ((45, False, 1.0), (45, True, 1.0), (40, True, 0.6), (35, True, 0.35))
"""Quality, grey, scale: each step is at most the one before it in all three."""
_COVER = ((80, False, 0.35),)
"""An EPUB without pictures has a cover all the same."""
_CAUSES: Mapping[str, Cause] = MappingProxyType(
    {"E001": "format", "E013": "repair", "E999": "repair", "5.2.3": "shrink", "5.3.4": "shrink", "5.6.1": "format"}
)
"""Identical bytes that Amazon refused with E013 or E999 never worked later; a plainer document did."""
_SPARE = 1.1
"""Parts are never of quite the same size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the ladder must know of the book and its reader.

    `articles` are those of the document at hand; `excess` is its size by what fits (1.5: half too much); `formats` are
    what the device reads; `colour` whether it is made in colours.
    """

    articles: int
    pictures: int
    colour: bool
    formats: Sequence[str]
    excess: float = 1.0


@dataclass(frozen=True, slots=True)
class Rung:
    """The form to try next."""

    form: Form


def next_rung(history: Sequence[Form], cause: Cause, facts: Facts) -> Rung | None:
    """The next form after those tried, the last of which was too big (shrink) or refused (repair, format).

    None when there is none: it has been tried in every form.
    """
    if cause == "shrink":
        found = _smaller(history[-1], facts)
    else:
        found = (_plainer(history) if cause == "repair" else None) or _other_format(history, facts)
    return Rung(found) if found else None


def cause_of(refusal: str | None) -> Cause | None:
    """The ladder that a rejection's code asks for: Amazon's (`E013`), or a bounce's status (RFC 3463); None: there is none."""
    return _CAUSES.get(refusal or "")


def words(form: Form, first: Form, fits: int | None) -> str:
    """What was given up between two forms, for the queue and for the book's last page; `fits` is the limit in bytes."""
    smaller = [
        *(["pictures at a lower quality"] if form.quality < first.quality else []),
        *(["in grey"] if form.grey and not first.grey else []),
        *([f"at {form.scale:.0%} of their size"] if form.scale < first.scale and form.quality < first.quality else []),
        *(["with a smaller cover"] if form.scale < first.scale and form.quality == first.quality else []),
        *([f"split into {form.parts} parts"] if form.parts > first.parts else []),
    ]
    plainer = []
    if form.plain and not first.plain:
        plainer.append("made plainer after it was refused: text and simple pictures only")
    if form.format != first.format:
        plainer.append(f"made as {form.format.upper()} after it was refused as {first.format.upper()}")
    limit = f" {megabytes(fits)}" if fits else ""
    return "; ".join([*([f"made smaller to fit{limit}: {', '.join(smaller)}"] if smaller else []), *plainer])


def megabytes(size: int) -> str:
    """A size as people say it: `20 MB`, `1.4 MB`, `300 KB`."""
    return f"{size / 1e6:.3g} MB" if size >= 1_000_000 else f"{round(size / 1000)} KB"


def _smaller(form: Form, facts: Facts) -> Form | None:
    now = (form.quality, form.grey, form.scale)
    steps = _PICTURES if facts.pictures else _COVER if form.format == "epub" else ()
    for quality, grey, scale in steps:
        then = (min(quality, now[0]), grey or now[1], min(scale, now[2]))
        # what is grey already is not made smaller by saying so
        seen = then if facts.colour else (then[0], now[1], then[2])
        if seen != now:
            return replace(form, quality=then[0], grey=then[1], scale=then[2])
    return _split(form, facts)


def _split(form: Form, facts: Facts) -> Form | None:
    """Into as many parts as should fit; when that was too few, into half as many more."""
    wanted = max(form.parts + 1, ceil(form.parts * (1.5 if form.parts > 1 else facts.excess * _SPARE)))
    return replace(form, parts=min(wanted, facts.articles)) if form.parts < facts.articles else None


def _plainer(history: Sequence[Form]) -> Form | None:
    last = history[-1]
    tried = any(form.plain for form in history)
    return replace(last, plain=True) if last.format == "epub" and not tried else None


def _other_format(history: Sequence[Form], facts: Facts) -> Form | None:
    formats = {form.format for form in history}
    for kind in FORMATS:
        if kind in facts.formats and kind not in formats:
            return replace(history[-1], format=kind, plain=kind == "epub")
    return None
