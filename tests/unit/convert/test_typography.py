"""The article's typography: what a reader of each language expects, and what is never touched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.convert.typography import set_type, typeset
from bookpost.dom import parse_content, serialise_content, text_of

LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ru",
    "pl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "he",
    "ar",
    "fa",
    "ja",
    "zh",
    "zh-TW",
    "ko",
]


def set_(content: str, language: str = "en") -> str:
    body = parse_content(content)
    set_type(body, language)
    return serialise_content(body).replace("\N{NO-BREAK SPACE}", "~")


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("en", "\"He said 'no' to me,\" she said.", "“He said ‘no’ to me,” she said."),
        ("en-GB", "'He said \"no\" to me,' she said.", "‘He said “no” to me,’ she said."),
        ("de", "\"Er sagte 'nein'.\"", "„Er sagte ‚nein‘.“"),
        ("de-CH", '"Grüezi"', "«Grüezi»"),
        ("fr", "\"Il dit 'non'\" !", "«~Il dit “non”~»~!"),
        ("fr-CH", '"Bonjour"', "«Bonjour»"),
        ("es", '"Hola"', "«Hola»"),
        ("es-MX", '"Hola"', "“Hola”"),
        ("it", '"Ciao"', "«Ciao»"),
        ("pt-BR", '"Oi"', "“Oi”"),
        ("nl", '\'s Avonds zei hij "hoi"', "’s Avonds zei hij “hoi”"),
        ("ru", '"Он сказал "нет" вчера"', "«Он сказал „нет“ вчера»"),
        ("pl", '"Cześć"', "„Cześć”"),
        ("sv", '"Hej"', "”Hej”"),
        ("da", '"Hej"', "»Hej«"),
        ("nb", '"Hei"', "«Hei»"),
        ("fi", '"Hei"', "”Hei”"),
        ("cs", '"Ahoj"', "„Ahoj“"),
        ("he", 'צה"ל אמר "שלום"', "צה״ל אמר ”שלום”"),
        ("ar", 'قال "نعم"', "قال «نعم»"),
        ("ja", '彼は"はい"と"yes"', "彼は「はい」と“yes”"),
        ("zh", '他说"你好"', "他说“你好”"),
        ("zh-Hant", '他說"你好"', "他說「你好」"),
        ("ko", '그는 "네"라고', "그는 “네”라고"),
    ],
)
def test_quotes_are_those_of_the_language(language: str, written: str, read: str) -> None:
    assert set_(f"<p>{written}</p>", language) == f"<p>{read}</p>"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("It's the dogs' bone", "It’s the dogs’ bone"),
        ("'tis the '90s and rock 'n' roll", "’tis the ’90s and rock ’n’ roll"),
        ("5'10\" tall, a 12\" record, 6' away", "5′10″ tall, a 12″ record, 6′ away"),
        ('"the 12" record"', "“the 12″ record”"),
        ('["a"] ("b") "c"-"d"', "[“a”] (“b”) “c”-“d”"),
        ("\"'Tis so,\" 'he' said", "“’Tis so,” ‘he’ said"),
        ('alone " here', 'alone " here'),
    ],
)
def test_english_apostrophes_and_primes(written: str, read: str) -> None:
    assert set_(f"<p>{written}</p>") == f"<p>{read}</p>"


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("en", "well... a--b, c -- d, e - f, g---h", "well… a—b, c~– d, e~– f, g—h"),
        ("en", "10--12 and --help and well-known", "10–12 and --help and well-known"),
        ("ru", "Москва - столица", "Москва~— столица"),
        ("fr", "- Bonjour ; ça va ?", "—~Bonjour~; ça va~?"),
        ("zh", "他说...", "他说……"),
        ("en", "at -5 °C, 3 x 4 and 10x20 cm", "at −5~°C, 3~×~4 and 10×20~cm"),
        ("en", "0x10, F-16, 2020-2021, 1-2, 10 -5", "0x10, F-16, 2020-2021, 1-2, 10 -5"),
        ("en", "5 km, p. 5, § 3, J. S. Bach", "5~km, p.~5, §~3, J.~S.~Bach"),
        ("de", "z. B. S. 5", "z.~B.~S.~5"),
        ("cs", "v lese", "v~lese"),
    ],
)
def test_dashes_signs_and_spaces(language: str, written: str, read: str) -> None:
    assert set_(f"<p>{written}</p>", language) == f"<p>{read}</p>"


def test_a_quotation_may_close_in_another_element() -> None:
    assert set_('<p>"He <em>said" so</em>, "<strong>yes</strong>".</p>') == "<p>“He <em>said” so</em>, “<strong>yes</strong>”.</p>"


def test_what_the_author_set_stays() -> None:
    """A foreign quotation keeps its own marks, and straight marks inside the language's own become inner ones."""
    assert set_("<p>“Le «mot»” and „Wort“ – yes…</p>") == "<p>“Le «mot»” and „Wort“~– yes…</p>"
    assert set_('<p>“he said "no" twice”</p>') == "<p>“he said ‘no’ twice”</p>"


@pytest.mark.parametrize("tag", ["code", "kbd", "samp"])
def test_code_is_never_set(tag: str) -> None:
    inside = f'<{tag}>a -- "b" ... it\'s 3 x 4</{tag}>'
    assert set_(f"<p>{inside} isn't</p>") == f"<p>{inside} isn’t</p>"
    assert set_(f"<pre>{inside}</pre>") == f"<pre>{inside}</pre>"


def test_addresses_are_never_set() -> None:
    address = "https://a.example/x--y...z"
    assert set_(f'<p>"See {address}" or a.example/b--c or o--p@a.example</p>') == (
        f"<p>“See {address}” or a.example/b--c or o--p@a.example</p>"
    )
    assert "a--b" in set_('<p><a href="https://a.example/a--b">it</a></p>')


def test_formulas_are_never_set() -> None:
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="a -- b"><mtext>"a" -- b</mtext></math>'
    assert set_(f"<p>{formula}</p>") == f"<p>{formula}</p>"


def test_another_language_inside_has_its_own_marks() -> None:
    assert set_('<p>"He said <span lang="de">er sagt "ja"</span>"</p><p lang="fr">"oui"</p>') == (
        '<p>“He said <span lang="de">er sagt „ja“</span>”</p><p lang="fr">«~oui~»</p>'
    )


def test_an_unknown_language_is_left_alone() -> None:
    assert set_('<p>"x" -- y...</p>', "tlh") == '<p>"x" -- y...</p>'


def test_a_title_is_set_like_the_text() -> None:
    assert typeset('"No" - says A. Ruiz at https://a.example/--', "en") == (
        "“No”\N{NO-BREAK SPACE}– says A.\N{NO-BREAK SPACE}Ruiz at https://a.example/--"
    )
    assert typeset('"x"', "tlh") == '"x"'


def test_sentences_that_end_in_a_contraction_or_a_unit_may_break() -> None:
    assert set_("<p>He wasn't. They met at 5 °C. In Rome.</p>") == "<p>He wasn’t. They met at 5~°C. In Rome.</p>"


def test_a_block_inside_a_block_starts_anew() -> None:
    assert set_('<ul><li>"a<ul><li>"b"</li></ul></li></ul>') == "<ul><li>“a<ul><li>“b”</li></ul></li></ul>"


def test_hostile_runs_of_marks_take_linear_time() -> None:
    """A megabyte of one sign in one paragraph must not hang a conversion."""
    for sign in ('"a ', "'a ", "- ", "...", "1x", "a.", "a/", "--", "a@"):
        set_(f"<p>{sign * 100_000}</p>")


PIECES = [" - ", " ", " ?", "\N{NO-BREAK SPACE}", "<span lang='de'>", "<br/>", "<code>c</code>", "<em>", "</em>"]
# fmt: off
PIECES += [
    "'", '"', "-", "--", "...", ".", "a", "s", "B", "5", "90s", "x", "«", "»", "“", "”", "„", "!", "(", ")", "n", "tis", "/", "א", "字",
    "—", "§", "km", "=", ":", "www.", "@",
]
# fmt: on


@st.composite
def paragraphs(draw: st.DrawFn) -> str:
    """Paragraphs of everything that typography looks at, well-formed."""
    out: list[str] = []
    open_tags: list[str] = []
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=25)):
        if piece == "</em>":
            out.append(f"</{open_tags.pop()}>" if open_tags else "")
            continue
        if piece.startswith(("<em", "<span")):
            open_tags.append(piece[1:].split(">")[0].split()[0])
        out.append(piece)
    return "<p>" + "".join(out) + "".join(f"</{tag}>" for tag in reversed(open_tags)) + "</p>"


@settings(max_examples=400, deadline=None)
@given(paragraphs(), st.sampled_from(LANGUAGES))
def test_setting_twice_changes_nothing_more(content: str, language: str) -> None:
    once = parse_content(content)
    set_type(once, language)
    first = serialise_content(once)
    set_type(once, language)
    assert serialise_content(once) == first


@settings(max_examples=200, deadline=None)
@given(paragraphs(), st.sampled_from(LANGUAGES))
def test_no_letter_or_element_is_lost(content: str, language: str) -> None:
    body = parse_content(content)
    before, tags = text_of(body), [e.tag for e in body.iter()]
    set_type(body, language)
    assert [e.tag for e in body.iter()] == tags
    assert [c for c in text_of(body) if c.isalnum() and c != "x"] == [c for c in before if c.isalnum() and c != "x"]
