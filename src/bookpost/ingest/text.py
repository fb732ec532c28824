"""Plain text → Article: blank lines divide paragraphs; short lines are verse; the title is the first line, else the file's name."""

import re
from html import escape

from bookpost.article import Article
from bookpost.ingest.assemble import Origin, assemble
from bookpost.ingest.bylines import split_byline
from bookpost.ingest.facts import Facts

_TITLE_LENGTH = 120
_VERSE_LENGTH = 58
"""Characters of a line of verse at most; prose is wrapped at 60 to 80."""
_BY = re.compile(r"(?:by|von|par|por|di)\s+\S", re.IGNORECASE)


def read_text(text: str, origin: Origin, *, url: str | None = None) -> Article:
    """The article of a plain text; raises NoArticleError when it is blank."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\ufeff\n")) if block.strip()]
    title, blocks = _title(blocks)
    authors: tuple[str, ...] = ()
    if title and blocks and "\n" not in blocks[0] and len(blocks[0]) <= _TITLE_LENGTH and _BY.match(blocks[0].strip()):
        authors, blocks = split_byline(blocks[0]), blocks[1:]
    html = "\n".join(_block(block) for block in blocks) or f"<p>{escape(title)}</p>"
    return assemble(html, Facts(title=title, authors=authors, url=url), origin)


def _title(blocks: list[str]) -> tuple[str, list[str]]:
    """(the title or an empty text, the blocks without it): a first line that stands alone and is no sentence, or is underlined."""
    if len(blocks) < 2:
        return "", blocks
    lines = [line.strip() for line in blocks[0].split("\n")]
    if len(lines) >= 2 and re.fullmatch(r"[=\-~*_]{3,}", lines[1]):
        rest = "\n".join(lines[2:])
        return lines[0], [rest, *blocks[1:]] if rest else blocks[1:]
    if len(lines) == 2 and _BY.match(lines[1]) and len(lines[0]) <= _TITLE_LENGTH:
        return lines[0], [lines[1], *blocks[1:]]
    alone = len(lines) == 1 and len(lines[0]) <= _TITLE_LENGTH and not re.search(r"[.,;:。]$", lines[0])
    return (lines[0], blocks[1:]) if alone else ("", blocks)


def _block(block: str) -> str:
    lines = [line.rstrip() for line in block.split("\n")]
    if len(lines) == 1 and re.fullmatch(r"\s*(?:[*_\-=~]\s*){3,}", block):
        return "<hr/>"
    if len(lines) > 1 and max(map(len, lines)) <= _VERSE_LENGTH:
        return f'<p class="verse">{"<br/>".join(escape(line.strip()) for line in lines)}</p>'
    if len(lines) > 1 and min(map(len, lines[:-1])) > 100:
        return "".join(f"<p>{escape(line.strip())}</p>" for line in lines)
    return f"<p>{escape(' '.join(line.strip() for line in lines))}</p>"
