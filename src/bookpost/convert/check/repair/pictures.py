"""The pictures of a book under repair: those that an e-reader would not show are encoded anew, in colour and full size."""

import re
import tempfile
from pathlib import Path

from bookpost.convert.check.manifest import MAX_PICTURE
from bookpost.convert.check.pictures import SVG, Shape, shape
from bookpost.convert.check.repair.draft import Draft

_WIDTH, _HEIGHT = 1920, 2560
"""The largest screen of a Kindle Scribe: nothing is gained by more pixels."""
_ACTIVE = re.compile(rb"<(?:\w+:)?(?:text|script|foreignObject)[\s>]")


def mend_pictures(draft: Draft) -> None:
    """Encode what is no plain JPEG, PNG or GIF; a picture that cannot be decoded stays, with its finding."""
    bad = {}
    for item in draft.items():
        member = draft.member(item)
        if member is None or member not in draft or not str(item.get("media-type", "")).startswith("image/"):
            continue
        data = draft.read(member)
        look = shape(data) if data is not None else None
        if (
            data is not None
            and look is not None
            and (look.faults or len(data) > MAX_PICTURE or (look.media_type == SVG and _ACTIVE.search(data)))
        ):
            bad[member] = data
    if not bad:
        return
    for member, (new, media_type) in _encoded(bad).items():
        listed = draft.item_of(member)
        if listed is not None:
            draft.changed[member] = new
            listed.set("media-type", media_type)
            stem = draft.renamed.get(member, member).rpartition(".")[0]
            draft.renamed[member] = _free(draft, stem, "jpg" if media_type == "image/jpeg" else "png")


def _is_bad(data: bytes, look: Shape) -> bool:
    return bool(look.faults) or len(data) > MAX_PICTURE or (look.media_type == SVG and _ACTIVE.search(data) is not None)


def _free(draft: Draft, stem: str, suffix: str) -> str:
    taken = {draft.renamed.get(name, name).casefold() for name in draft.names()}
    names = (f"{stem}{'' if n == 1 else f'-{n}'}.{suffix}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name.casefold() not in taken)


def _encoded(pictures: dict[str, bytes]) -> dict[str, tuple[bytes, str]]:
    """The pictures that could be encoded, with their new media types."""
    from bookpost.article import Article, Image
    from bookpost.convert.book import bind
    from bookpost.convert.images import Encoding, encode_pictures

    images = tuple(Image(id=member, source=data) for member, data in pictures.items())
    book = bind((Article(title="pictures", content="", language="en", images=images),))
    with tempfile.TemporaryDirectory(prefix="bookpost-") as folder:
        found = encode_pictures(book, (Encoding(width=_WIDTH, height=_HEIGHT, colour=True),), Path(folder)).pictures[0]
        return {member: (picture.path.read_bytes(), picture.media_type) for (_, member), picture in found.items()}
