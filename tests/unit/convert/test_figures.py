"""An article's body as a file shows it: pictures or what is said of them, captions, posters, and nothing lost."""

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.article import Article, Image
from bookpost.convert.figures import Target, render_content
from bookpost.convert.images import Picture
from bookpost.convert.words import words_for
from bookpost.dom import Element, serialise_content, text_of

EPUB = Target(kind="epub", colour=False, columns=4)
PICTURE = Picture(Path("0123456789abcdef.jpg"), "0123456789abcdef.jpg", "image/jpeg", 640, 480)


def body_of(content: str, *, images: tuple[Image, ...] = (), shown: tuple[str, ...] = (), language: str = "en", **more: object) -> Element:
    article = Article(title="A title", content=content, language=language, images=images)
    pictures: Mapping[str, tuple[Picture, str]] = dict.fromkeys(shown, (PICTURE, f"images/{PICTURE.name}"))
    return render_content(article, pictures=pictures, target=EPUB, words=words_for(language), **more)  # type: ignore[arg-type]


def rendered(content: str, *, images: tuple[Image, ...] = (), shown: tuple[str, ...] = (), language: str = "en") -> str:
    return serialise_content(body_of(content, images=images, shown=shown, language=language)).replace("\N{NO-BREAK SPACE}", "~")


def test_a_picture_gets_its_file_and_its_size() -> None:
    """An e-reader can lay out the page before it has decoded the picture."""
    assert rendered('<figure><img src="image:i1" alt="a bridge"/></figure>', shown=("i1",)) == (
        '<figure><img src="images/0123456789abcdef.jpg" alt="a bridge" width="640" height="480"/></figure>'
    )


def test_a_missing_picture_is_said_with_what_it_shows_and_where_it_is() -> None:
    image = Image("i1", None, url="https://www.pictures.example/a.jpg", alt="a bridge", caption="The bridge", missing="no network")
    assert rendered('<figure><img src="image:i1" alt="a bridge"/><figcaption>The bridge</figcaption></figure>', images=(image,)) == (
        '<figure class="missing"><p><span>Picture not available</span>: a bridge '
        '(<a href="https://www.pictures.example/a.jpg">pictures.example</a>)</p><figcaption>The bridge</figcaption></figure>'
    )


def test_a_missing_picture_keeps_the_link_that_was_around_it() -> None:
    content = '<figure><a href="https://a.example/"><img src="image:i1" alt="x"/></a></figure>'
    assert rendered(content) == '<figure class="missing"><p><a href="https://a.example/">Picture not available</a>: x</p></figure>'


def test_a_missing_picture_is_never_linked_to_a_local_file() -> None:
    for url in ("file:///etc/passwd", "javascript:alert(1)", "data:image/png;base64,x", "https://[", "relative.png"):
        assert "<a" not in rendered('<figure><img src="image:i1" alt=""/></figure>', images=(Image("i1", None, url=url),))


def test_a_missing_picture_in_a_line_is_its_words_in_brackets() -> None:
    assert rendered('<p>a <img src="image:i1" alt="smile"/> b</p>') == '<p>a <span class="missing">[smile]</span> b</p>'


def test_the_others_of_a_gallery_stay() -> None:
    out = body_of('<figure><img src="image:i1" alt="a"/><img src="image:i2" alt="b"/></figure>', shown=("i2",))
    assert out[0].get("class") is None
    assert [child.tag for child in out[0]] == ["p", "img"]


def test_our_words_say_their_language_when_it_is_not_the_articles() -> None:
    assert '<span lang="en" dir="ltr">Picture not available</span>' in rendered(
        '<figure><img src="image:i1" alt=""/></figure>', language="tlh"
    )


def test_caption_and_credit_of_the_picture_are_shown_once() -> None:
    image = Image("i1", b"", caption="The bridge", credit="Ana Ruiz")
    wanted = '<figcaption>The bridge <span class="credit">Ana Ruiz</span></figcaption>'
    assert wanted in rendered('<figure><img src="image:i1" alt=""/></figure>', images=(image,), shown=("i1",))
    content = f'<figure><img src="image:i1" alt=""/>{wanted}</figure>'
    assert rendered(content, images=(image,), shown=("i1",)).count("Ana Ruiz") == 1


def test_the_still_of_a_video_leads_to_it() -> None:
    content = (
        '<figure class="embed"><img src="image:i1" alt=""/><figcaption><a href="https://v.example/1">A video</a></figcaption></figure>'
    )
    assert (
        '<a href="https://v.example/1"><img src="images/0123456789abcdef.jpg" alt="A video" width="640" height="480"/></a><figcaption>'
        in rendered(content, shown=("i1",))
    )


def test_formulas_go_through_the_callable_and_keep_the_text_after_them() -> None:
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mi>x</mi></math>'

    def drawn(formula: Element) -> Element:
        new = formula.makeelement("span", {"class": "formula"})
        new.text = formula.get("alttext")
        return new

    assert serialise_content(body_of(f"<p>a {math} b</p>", formulas=drawn)) == '<p>a <span class="formula">x</span> b</p>'
    assert math in rendered(f"<p>a {math} b</p>")


def test_text_is_set_in_the_articles_language() -> None:
    assert rendered('<h2>"Oui"</h2>', language="fr") == "<h2>«~Oui~»</h2>"


WORDS = st.integers(0, 10_000).map(lambda n: f"w{n}q")
BLOCKS = st.one_of(
    WORDS.map(lambda w: f"<p>{w} <em>{w}</em></p>"),
    WORDS.map(lambda w: f"<h2>{w}</h2>"),
    WORDS.map(lambda w: f"<blockquote><p>{w}</p></blockquote>"),
    WORDS.map(lambda w: f'<figure><img src="image:i1" alt="{w}"/><figcaption>{w}c</figcaption></figure>'),
    WORDS.map(lambda w: f'<figure><img src="image:i9" alt="{w}"/><figcaption>{w}c</figcaption></figure>'),
    WORDS.map(lambda w: f'<p>{w}<img src="image:i9" alt="{w}a"/></p>'),
    WORDS.map(lambda w: f'<pre><code class="language-python">def {w}():\n    return "{w}"\n</code></pre>'),
    WORDS.map(lambda w: f"<ul><li>{w}</li><li><p>{w}</p></li></ul>"),
    st.lists(st.lists(WORDS, min_size=1, max_size=7), min_size=1, max_size=5).map(
        lambda rows: "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    ),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(BLOCKS, max_size=8).map("".join))
def test_no_word_of_the_content_is_lost(content: str) -> None:
    """Every word of the text and of the pictures' alternatives is in the result, in order, at least once."""
    body = body_of(content, shown=("i1",))
    said = text_of(body) + " ".join(picture.get("alt", "") for picture in body.iter("img"))
    for word in content.replace("<", " ").replace(">", " ").replace('"', " ").split():
        if word.startswith("w") and "q" in word:
            assert word.strip("():") in said


def test_a_video_whose_still_is_missing_is_its_link() -> None:
    """“Picture not available” says nothing about a video that is there to be seen."""
    video = '<figcaption><a href="https://v.example/1">A video</a></figcaption></figure>'
    assert rendered(f'<figure class="embed"><img src="image:i1" alt="Still"/>{video}') == f'<figure class="embed">{video}'
