"""A split book has every article once, in order, in parts of about the same size."""

from hypothesis import given
from hypothesis import strategies as st

from bookpost.article import Article, Image
from bookpost.produce.split import spread, weight


def article(size: int, picture: int = 0) -> Article:
    images = (Image("i1", b"x" * picture),) if picture else ()
    return Article(title=str(size), content="x" * size, language="en", images=images)


@given(sizes=st.lists(st.integers(0, 5000), min_size=1, max_size=30), parts=st.integers(1, 40))
def test_every_article_is_in_one_part_in_order_and_no_part_is_empty(sizes: list[int], parts: int) -> None:
    articles = [article(size) for size in sizes]
    runs = spread(articles, parts)
    assert [each for run in runs for each in run] == articles
    assert len(runs) == min(parts, len(articles))
    assert all(runs)


def test_parts_are_of_about_the_same_size() -> None:
    runs = spread([article(1000) for _ in range(12)], 3)
    assert [len(run) for run in runs] == [4, 4, 4]
    assert [len(run) for run in spread([article(9000), *(article(1000) for _ in range(9))], 2)] == [1, 9]


def test_pictures_count_more_than_words() -> None:
    assert weight(article(10, picture=5000)) > weight(article(4000))
