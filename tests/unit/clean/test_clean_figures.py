"""Figures: captions and credits find their pictures."""

import pytest

from bookpost.clean import clean

IMG = '<img src="image:i1" alt=""/>'
CASES = {
    "a picture alone": ("<p><img src=a.jpg></p>", f"<figure>{IMG}</figure>"),
    "a linked picture alone": (
        '<p><a href="https://x.org/"><img src=a.jpg alt="A"></a></p>',
        '<figure><a href="https://x.org/"><img src="image:i1" alt="A"/></a></figure>',
    ),
    "a figure": (
        "<figure><div><img src=a.jpg></div><figcaption><p>A</p></figcaption></figure>",
        f"<figure>{IMG}<figcaption>A</figcaption></figure>",
    ),
    "WordPress": (
        '<div class="wp-caption"><img src=a.jpg><p class="wp-caption-text">A</p></div>',
        f"<figure>{IMG}<figcaption>A</figcaption></figure>",
    ),
    "words after the picture": ("<figure><img src=a.jpg><p>A</p></figure>", f"<figure>{IMG}<figcaption>A</figcaption></figure>"),
    "a credit in the caption": (
        '<figure><img src=a.jpg><figcaption>A <small class="photo-credit">Ann</small></figcaption></figure>',
        f'<figure>{IMG}<figcaption>A <span class="credit">Ann</span></figcaption></figure>',
    ),
    "a credit beside the caption": (
        '<figure><img src=a.jpg><figcaption>A</figcaption><span class="credit">Ann</span></figure>',
        f'<figure>{IMG}<figcaption>A <span class="credit">Ann</span></figcaption></figure>',
    ),
    "a gallery": (
        "<figure><figure><img src=a.jpg></figure><figure><img src=b.jpg></figure><figcaption>All</figcaption></figure>",
        f'<figure>{IMG}</figure><figure><img src="image:i2" alt=""/></figure><p>All</p>',
    ),
    "a caption without a picture": ("<figure><figcaption>A</figcaption></figure><figcaption>B</figcaption>", "<p>A</p><p>B</p>"),
    "a table in a figure": (
        "<figure><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><figcaption>T</figcaption></figure>",
        "<figure><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
        "<figcaption>T</figcaption></figure>",
    ),
}


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES.keys())
def test_pictures_stand_with_their_words(before: str, after: str) -> None:
    assert clean(before).content == after


def test_a_reference_tells_caption_and_credit_apart() -> None:
    html = '<figure><img src=a.jpg alt="x"><figcaption>A boat. <cite class="credit">Ann / Agency</cite></figcaption></figure>'
    reference = clean(html).references[0]
    assert (reference.alt, reference.caption, reference.credit) == ("x", "A boat.", "Ann / Agency")
