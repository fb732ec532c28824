"""Articles spread over several books: in their order, of about the same size. Pure but for asking files how long they are."""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from bookpost.article import Article


def spread(articles: Sequence[Article], parts: int) -> list[Sequence[Article]]:
    """The articles in `parts` runs, none empty; fewer runs when there are fewer articles.

    Each goes to the part that its middle falls in when all are laid end to end.
    """
    parts = max(1, min(parts, len(articles)))
    weights = [weight(article) for article in articles]
    ends = list(accumulate(weights))
    wanted = [int((end - own / 2) * parts / ends[-1]) for end, own in zip(ends, weights, strict=True)]
    return [articles[start:end] for start, end in _runs(wanted, parts)]


def weight(article: Article) -> int:
    """About how many bytes the article takes up: its text and its pictures, at least one."""
    return 1 + len(article.content) + sum(_size(image.source) for image in article.images)


def _size(source: Path | bytes | None) -> int:
    return source.stat().st_size if isinstance(source, Path) else len(source or b"")


def _runs(wanted: Sequence[int], parts: int) -> list[tuple[int, int]]:
    """Where each part starts and ends, with at least one article in each, whatever was wanted."""
    runs, start = [], 0
    for part in range(parts):
        left = parts - part - 1
        end = max([start + 1, *(index + 1 for index, number in enumerate(wanted) if number <= part)])
        end = len(wanted) if not left else min(end, len(wanted) - left)
        runs.append((start, end))
        start = end
    return runs
